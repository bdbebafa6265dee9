/** DescribeInstanceInformation: the machines that joined. What their agents say of themselves is told by ECS. */
import type {
  DescribeInstanceInformationRequest,
  DescribeInstanceInformationResult,
  InstanceInformation,
} from '@aws-sdk/client-ssm'
import { dateOf } from '../../../kit/timestamps.ts'
import { SSM_LIST_PAGE } from '../../../model/limits.ts'
import type { ManagedInstanceRecord } from '../../../model/managed-instance-records.ts'
import type { SsmOperation } from '../context.ts'
import { fault } from '../faults.ts'
import { ownRows } from '../own-rows.ts'
import { page } from '../page.ts'

export const describeInstanceInformation: SsmOperation<
  DescribeInstanceInformationRequest,
  DescribeInstanceInformationResult
> = {
  access: () => [{ resource: '*' }],
  handle: (input, context) => {
    const { Filters = [], InstanceInformationFilterList = [] } = input
    const filters = [
      ...Filters.map(({ Key: key = '', Values: values = [] }) => ({ key, values })),
      ...InstanceInformationFilterList.map(({ key = '', valueSet: values = [] }) => ({ key: String(key), values })),
    ]
    const { items, nextToken } = page(context, input, {
      scope: ['DescribeInstanceInformation', filters],
      sizes: SSM_LIST_PAGE,
      rowsAfter: ownRows(context.tx.managedInstances, context, keyOf),
      keyOf,
      itemOf: (row) => (filters.every((filter) => passes(row, filter)) ? describe(row) : undefined),
    })
    return { InstanceInformationList: items, ...(nextToken !== undefined && { NextToken: nextToken }) }
  },
}

const keyOf = ({ instanceId }: ManagedInstanceRecord): string => instanceId

interface Filter {
  readonly key: string
  readonly values: readonly string[]
}

const FILTERS: Readonly<Record<string, (row: ManagedInstanceRecord) => string>> = {
  __proto__: null as never,
  InstanceIds: ({ instanceId }) => instanceId,
  ActivationIds: ({ activationId }) => activationId,
  IamRole: ({ iamRole }) => iamRole,
  ResourceType: () => 'ManagedInstance',
}

const passes = (row: ManagedInstanceRecord, { key, values }: Filter): boolean => {
  const valueOf = FILTERS[key]
  if (valueOf === undefined)
    throw fault('InvalidInstanceInformationFilterValue', `Instances cannot be filtered by ${key}.`)
  return values.includes(valueOf(row))
}

const describe = (row: ManagedInstanceRecord): InstanceInformation => ({
  InstanceId: row.instanceId,
  ActivationId: row.activationId,
  IamRole: row.iamRole,
  RegistrationDate: dateOf(row.registeredAt),
  ResourceType: 'ManagedInstance',
  ...(row.name !== undefined && { Name: row.name }),
})

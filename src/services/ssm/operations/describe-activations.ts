/** DescribeActivations: all that there are, or those of an id, a default name or a role. Codes are never shown again. */
import type {
  Activation,
  DescribeActivationsFilter,
  DescribeActivationsRequest,
  DescribeActivationsResult,
} from '@aws-sdk/client-ssm'
import { dateOf } from '../../../kit/timestamps.ts'
import { SSM_LIST_PAGE } from '../../../model/limits.ts'
import type { ActivationRecord } from '../../../model/managed-instance-records.ts'
import type { SsmOperation } from '../context.ts'
import { fault } from '../faults.ts'
import { ownRows } from '../own-rows.ts'
import { page } from '../page.ts'

export const describeActivations: SsmOperation<DescribeActivationsRequest, DescribeActivationsResult> = {
  access: () => [{ resource: '*' }],
  handle: (input, context) => {
    const { Filters: filters = [] } = input
    const isWanted = (row: ActivationRecord): boolean => filters.every((filter) => passes(row, filter))
    const { items, nextToken } = page(context, input, {
      scope: ['DescribeActivations', filters],
      sizes: SSM_LIST_PAGE,
      rowsAfter: ownRows(context.tx.activations, context, keyOf),
      keyOf,
      itemOf: (row) => (isWanted(row) ? describe(row, context.now) : undefined),
    })
    return { ActivationList: items, ...(nextToken !== undefined && { NextToken: nextToken }) }
  },
}

const keyOf = ({ activationId }: ActivationRecord): string => activationId

const FILTERS: Readonly<Record<string, (row: ActivationRecord) => string | undefined>> = {
  __proto__: null as never,
  ActivationIds: ({ activationId }) => activationId,
  DefaultInstanceName: ({ defaultInstanceName }) => defaultInstanceName,
  IamRole: ({ iamRole }) => iamRole,
}

const passes = (
  row: ActivationRecord,
  { FilterKey: key = '' as never, FilterValues: values = [] }: DescribeActivationsFilter,
) => {
  const valueOf = FILTERS[key]
  if (valueOf === undefined) throw fault('InvalidFilter', `The filter key ${String(key)} is not valid.`)
  return values.includes(valueOf(row) ?? '')
}

const describe = (row: ActivationRecord, now: number): Activation => ({
  ActivationId: row.activationId,
  ...(row.description !== undefined && { Description: row.description }),
  ...(row.defaultInstanceName !== undefined && { DefaultInstanceName: row.defaultInstanceName }),
  IamRole: row.iamRole,
  RegistrationLimit: row.registrationLimit,
  RegistrationsCount: row.registrationsCount,
  ExpirationDate: dateOf(row.expiresAt),
  Expired: row.expiresAt <= now,
  CreatedDate: dateOf(row.createdAt),
  Tags: row.tags.map(({ key: Key, value: Value }) => ({ Key, Value })),
})

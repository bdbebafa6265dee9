/** DeregisterManagedInstance: the machine gets no more credentials, and those that it has are good no longer. */
import type { DeregisterManagedInstanceRequest, DeregisterManagedInstanceResult } from '@aws-sdk/client-ssm'
import { managedInstanceArn } from '../../../model/arn.ts'
import type { SsmOperation } from '../context.ts'
import { fault } from '../faults.ts'

export const deregisterManagedInstance: SsmOperation<
  DeregisterManagedInstanceRequest,
  DeregisterManagedInstanceResult
> = {
  access: ({ InstanceId: id = '' }, { region, account }) => [{ resource: managedInstanceArn(region, account, id) }],
  handle: ({ InstanceId: id = '' }, { tx, account, region }) => {
    const instance = tx.managedInstances.get(id)
    if (instance?.account !== account || instance.region !== region)
      throw fault('InvalidInstanceId', `The instance ${id} is not valid.`)
    tx.managedInstances.remove(id)
    return {}
  },
}

/** Where the instances are that targets name: balancers send requests to addresses. */
import type { ContainerInstanceRecord } from '../../model/records.ts'
import type { ReadTables } from '../tables.ts'

/**
 * The container instance that a target's id stands for, undefined for one that is not registered. A machine that registered anew under
 * its old id is the one that was registered last.
 */
export const instanceOfTarget = (
  { containerInstances }: Pick<ReadTables, 'containerInstances'>,
  targetId: string,
): ContainerInstanceRecord | undefined => {
  let found: ContainerInstanceRecord | undefined
  for (const instance of containerInstances.iterate('byTargetId', targetId))
    if (found === undefined || instance.registeredAt > found.registeredAt) found = instance
  return found
}

/** Its address, where it is known. */
export const instanceAddress = (tables: Pick<ReadTables, 'containerInstances'>, targetId: string): string | undefined =>
  instanceOfTarget(tables, targetId)?.privateIpAddress

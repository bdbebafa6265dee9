/**
 * Tasks that are to stop and still serve: balancers have requests under way with their targets. An agent is told to stop them when the
 * last of their targets is gone, which is when it has drained or its deregistration delay is over.
 */
import type { TaskRecord } from '../../model/records.ts'
import type { ReadTables } from '../tables.ts'

/** A task that ends by itself has nobody to wait for: its agent takes the rest of it down. */
export const isDraining = (
  { targets }: Pick<ReadTables, 'targets'>,
  { taskId, lastStatus, desiredStatus, stopCode }: TaskRecord,
): boolean =>
  desiredStatus === 'STOPPED' &&
  stopCode !== undefined &&
  lastStatus !== 'STOPPED' &&
  targets.findSize('byTask', taskId) > 0

/** What of a service's past is needed yet: the revisions that it may start tasks of, now or by a roll-back. */
import { lastCompleted } from '../../model/completed-revision.ts'
import type { ReadTables } from '../../store/tables.ts'

/** ARNs of the revisions of all deployments and task sets, and of the one that a roll-back leads to. */
export const neededRevisions = (tables: ReadTables, serviceArn: string): ReadonlySet<string> => {
  const completed = lastCompleted(tables.serviceDeployments.iterate('byService', serviceArn))
  const holders = [
    ...tables.deployments.find('byService', serviceArn),
    ...tables.taskSets.find('byService', serviceArn),
    ...(completed === undefined ? [] : [completed]),
  ]
  return new Set(holders.map(({ serviceRevisionArn }) => serviceRevisionArn))
}

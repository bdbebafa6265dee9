/**
 * Service revisions go once nothing refers to them: no deployment or task set, and no service deployment of the history. Those of task
 * sets, which have no such history, stay as long as it would.
 */
import { SERVICE_DEPLOYMENT_RETENTION_MS } from '../../model/limits.ts'
import type { ServiceDeploymentRecord } from '../../model/service-records.ts'
import type { ReadTables } from '../../store/tables.ts'
import type { Controller } from '../controller.ts'
import { neededRevisions } from './needed-revisions.ts'
import { retention, type RetentionOptions } from './retention.ts'

export const serviceRevisionRetention = (options: RetentionOptions): Controller =>
  retention(
    {
      name: 'service-revision-retention',
      everyMs: 3_600_000,
      expired: unusedRevisions,
      // Deployments and task sets begin with new revisions: what nothing refers to stays so.
      remove: (tx, serviceRevisionArn) => tx.serviceRevisions.remove(serviceRevisionArn),
    },
    options,
  )

function* unusedRevisions(tables: ReadTables, now: number): Iterable<string> {
  const usedByService = new Map<string, ReadonlySet<string>>()
  for (const { serviceRevisionArn, serviceArn, createdAt } of tables.serviceRevisions.rows()) {
    if (createdAt > now - SERVICE_DEPLOYMENT_RETENTION_MS) continue
    const used = usedByService.get(serviceArn) ?? usedRevisions(tables, serviceArn)
    usedByService.set(serviceArn, used)
    if (!used.has(serviceRevisionArn)) yield serviceRevisionArn
  }
}

const usedRevisions = (tables: ReadTables, serviceArn: string): ReadonlySet<string> =>
  new Set([
    ...neededRevisions(tables, serviceArn),
    ...tables.serviceDeployments.find('byService', serviceArn).flatMap(revisionsOf),
  ])

const revisionsOf = (deployment: ServiceDeploymentRecord): string[] =>
  [deployment.targetServiceRevision, ...deployment.sourceServiceRevisions, deployment.rollback].flatMap((revision) =>
    revision === undefined ? [] : [revision.serviceRevisionArn],
  )

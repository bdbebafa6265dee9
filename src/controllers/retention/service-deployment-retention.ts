/**
 * Service deployments stay visible for 90 days after their end. A service keeps its current one for as long as it lives, and the last
 * that ended well, because a roll-back leads to its revision.
 */
import { lastCompleted } from '../../model/completed-revision.ts'
import { SERVICE_DEPLOYMENT_RETENTION_MS } from '../../model/limits.ts'
import { isOver } from '../../model/new-deployment.ts'
import type { ServiceDeploymentRecord } from '../../model/service-records.ts'
import type { ReadTables } from '../../store/tables.ts'
import type { Controller } from '../controller.ts'
import { retention, type RetentionOptions } from './retention.ts'

export const serviceDeploymentRetention = (options: RetentionOptions): Controller =>
  retention(
    {
      name: 'service-deployment-retention',
      everyMs: 3_600_000,
      expired: expiredDeployments,
      // Neither the current nor the last completed one ever becomes an older one again.
      remove: (tx, serviceDeploymentArn) => tx.serviceDeployments.remove(serviceDeploymentArn),
    },
    options,
  )

function* expiredDeployments(tables: ReadTables, now: number): Iterable<string> {
  const keptByService = new Map<string, ReadonlySet<string>>()
  for (const deployment of tables.serviceDeployments.rows()) {
    const { serviceArn, serviceDeploymentArn } = deployment
    if (!isOld(deployment, now)) continue
    const kept = keptByService.get(serviceArn) ?? keptDeployments(tables, serviceArn)
    keptByService.set(serviceArn, kept)
    if (!kept.has(serviceDeploymentArn)) yield serviceDeploymentArn
  }
}

const isOld = (deployment: ServiceDeploymentRecord, now: number): boolean =>
  isOver(deployment) && (deployment.finishedAt ?? deployment.updatedAt) <= now - SERVICE_DEPLOYMENT_RETENTION_MS

const keptDeployments = (tables: ReadTables, serviceArn: string): ReadonlySet<string> => {
  const current = tables.services.get(serviceArn)?.currentServiceDeploymentArn
  const completed = lastCompleted(tables.serviceDeployments.iterate('byService', serviceArn))
  return new Set([current ?? '', completed?.deployment.serviceDeploymentArn ?? ''])
}

/**
 * Services that were deleted long enough ago are forgotten, with their revisions, deployments and events.
 * AWS: INACTIVE services "may be cleaned up and purged from Amazon ECS record keeping"; when, it does not say. Source: DeleteService.
 */
import { INACTIVE_SERVICE_RETENTION_MS } from '../../model/limits.ts'
import type { ServiceRecord } from '../../model/service-records.ts'
import { forgetService } from '../../store/forget-service.ts'
import type { ReadTables, Transaction } from '../../store/tables.ts'
import type { Controller } from '../controller.ts'
import { retention, type RetentionOptions } from './retention.ts'

export const serviceRetention = (options: RetentionOptions): Controller =>
  retention(
    {
      name: 'service-retention',
      everyMs: 600_000,
      expired: expiredServices,
      remove: (tx, serviceArn) => removeService(tx, serviceArn, options.clock.now()),
    },
    options,
  )

const isExpired = ({ status, endedAt = 0 }: ServiceRecord, now: number): boolean =>
  status === 'INACTIVE' && endedAt <= now - INACTIVE_SERVICE_RETENTION_MS

function* expiredServices(tables: ReadTables, now: number): Iterable<string> {
  for (const service of tables.services.rows()) if (isExpired(service, now)) yield service.serviceArn
}

/** Its name may have been taken by a new service meanwhile. */
const removeService = (tx: Transaction, serviceArn: string, now: number): void => {
  const service = tx.services.get(serviceArn)
  if (service !== undefined && isExpired(service, now)) forgetService(tx, serviceArn)
}

/** Capacity providers that were deleted long enough ago are forgotten. */
import { INACTIVE_CAPACITY_PROVIDER_RETENTION_MS } from '../../model/limits.ts'
import type { ReadTables } from '../../store/tables.ts'
import type { Controller } from '../controller.ts'
import { retention, type RetentionOptions } from './retention.ts'

export const capacityProviderRetention = (options: RetentionOptions): Controller =>
  retention(
    {
      name: 'capacity-provider-retention',
      everyMs: 600_000,
      expired: expiredProviders,
      // It may have been created anew meanwhile.
      remove: ({ capacityProviders }, arn) => {
        if (capacityProviders.get(arn)?.status === 'INACTIVE') capacityProviders.remove(arn)
      },
    },
    options,
  )

function* expiredProviders(tables: ReadTables, now: number): Iterable<string> {
  for (const { capacityProviderArn, status, deletedAt = 0 } of tables.capacityProviders.rows()) {
    if (status === 'INACTIVE' && deletedAt <= now - INACTIVE_CAPACITY_PROVIDER_RETENTION_MS) yield capacityProviderArn
  }
}

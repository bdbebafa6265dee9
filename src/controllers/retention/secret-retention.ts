/** Secrets whose recovery window is over are deleted, with all their versions; their names are free then. */
import type { SecretRecord } from '../../model/secret-records.ts'
import { forgetSecret } from '../../store/forget-secret.ts'
import type { ReadTables } from '../../store/tables.ts'
import type { Controller } from '../controller.ts'
import { retention, type RetentionOptions } from './retention.ts'

export const secretRetention = (options: RetentionOptions): Controller =>
  retention(
    {
      name: 'secret-retention',
      everyMs: 600_000,
      expired: dueSecrets,
      // It may have been restored meanwhile.
      remove: (tx, arn) => {
        if (isDue(tx.secrets.get(arn), options.clock.now())) forgetSecret(tx, arn)
      },
    },
    options,
  )

const isDue = (secret: SecretRecord | undefined, now: number): boolean =>
  secret?.deletionDueAt !== undefined && secret.deletionDueAt <= now

function* dueSecrets(tables: ReadTables, now: number): Iterable<string> {
  for (const secret of tables.secrets.rows()) if (isDue(secret, now)) yield secret.arn
}

/** Client tokens are good for a day. An expired one is not honoured even before it is removed here, but it may be used anew. */
import { CLIENT_TOKEN_RETENTION_MS } from '../../model/limits.ts'
import type { ClientTokenRecord } from '../../model/records.ts'
import type { ReadTables, Transaction } from '../../store/tables.ts'
import type { Controller } from '../controller.ts'
import { retention, type RetentionOptions } from './retention.ts'

export const clientTokenRetention = (options: RetentionOptions): Controller =>
  retention(
    {
      name: 'client-token-retention',
      everyMs: 600_000,
      expired: (tables, now) => expiredTokens(tables, now),
      remove: (tx, key) => removeToken(tx, key, options.clock.now()),
    },
    options,
  )

const isExpired = ({ createdAt }: ClientTokenRecord, now: number): boolean =>
  createdAt <= now - CLIENT_TOKEN_RETENTION_MS

function* expiredTokens(tables: ReadTables, now: number): Iterable<string> {
  for (const token of tables.clientTokens.rows()) if (isExpired(token, now)) yield token.key
}

const removeToken = (tx: Transaction, key: string, now: number): void => {
  const token = tx.clientTokens.get(key)
  if (token !== undefined && isExpired(token, now)) tx.clientTokens.remove(key)
}

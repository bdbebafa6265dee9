/** Parameters are removed when their expiration policy says so. An expired one is not given out even before it is removed here. */
import { forgetParameter } from '../../store/forget-parameter.ts'
import type { ReadTables, Transaction } from '../../store/tables.ts'
import type { Controller } from '../controller.ts'
import { retention, type RetentionOptions } from './retention.ts'

export const parameterRetention = (options: RetentionOptions): Controller =>
  retention(
    {
      name: 'parameter-retention',
      everyMs: 60_000,
      expired: (tables, now) => expiredParameters(tables, now),
      remove: (tx, arn) => removeParameter(tx, arn, options.clock.now()),
    },
    options,
  )

function* expiredParameters(tables: ReadTables, now: number): Iterable<string> {
  for (const { arn, expiresAt = Infinity } of tables.parameters.rows()) if (expiresAt <= now) yield arn
}

/** It may have been given another policy meanwhile. */
const removeParameter = (tx: Transaction, arn: string, now: number): void => {
  if ((tx.parameters.get(arn)?.expiresAt ?? Infinity) <= now) forgetParameter(tx, arn)
}

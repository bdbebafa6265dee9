/** What CloudWatch Logs' operations work with, besides the call and its transaction. */
import type { CallContext } from '../../wire/service.ts'
import type { ReadTables } from '../../store/tables.ts'
import type { ServicesDeps } from '../deps.ts'
import type { InsightsQueries } from './insights-queries.ts'
import type { Operation, OperationContext, OperationTable } from '../operations.ts'
import type { LiveTails } from './live-tail/live-tails.ts'

export type LogsDeps = Pick<ServicesDeps, 'clock' | 'ids' | 'pageTokens' | 'logs' | 'sealer' | 'guard'> & {
  /** As they are at the moment, for what goes on after the transaction. */
  readonly tables: ReadTables
  readonly liveTails: LiveTails
  readonly queries: InsightsQueries
}
export type LogsContext = OperationContext<LogsDeps>
/** After the transaction. */
export type LogsCall = CallContext & LogsDeps
export type LogsOperation<Input, Output extends object = object> = Operation<LogsDeps, Input, Output>
export type LogsOperationTable = OperationTable<LogsDeps>

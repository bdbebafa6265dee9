/** What CloudWatch Logs' operations work with, besides the call and its transaction. */
import type { CallContext } from '../../wire/service.ts'
import type { ServicesDeps } from '../deps.ts'
import type { Operation, OperationContext, OperationTable } from '../operations.ts'

export type LogsDeps = Pick<ServicesDeps, 'ids' | 'pageTokens' | 'logs'>
export type LogsContext = OperationContext<LogsDeps>
/** After the transaction. */
export type LogsCall = CallContext & LogsDeps
export type LogsOperation<Input, Output extends object = object> = Operation<LogsDeps, Input, Output>
export type LogsOperationTable = OperationTable<LogsDeps>

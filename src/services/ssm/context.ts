/** What Parameter Store's operations work with, besides the call and its transaction. */
import type { ServicesDeps } from '../deps.ts'
import type { Operation, OperationContext, OperationTable } from '../operations.ts'

export type SsmDeps = Pick<ServicesDeps, 'ids' | 'pageTokens' | 'sealer' | 'sessions'>
export type SsmContext = OperationContext<SsmDeps>
export type SsmOperation<Input, Output extends object = object> = Operation<SsmDeps, Input, Output>
export type SsmOperationTable = OperationTable<SsmDeps>

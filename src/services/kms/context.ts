/** What KMS operations work with, besides the call and its transaction. */
import type { ServicesDeps } from '../deps.ts'
import type { Operation, OperationContext, OperationTable } from '../operations.ts'

export type KmsDeps = Pick<ServicesDeps, 'ids' | 'pageTokens' | 'sealer' | 'guard'>
export type KmsContext = OperationContext<KmsDeps>
export type KmsOperation<Input, Output extends object = object> = Operation<KmsDeps, Input, Output>
export type KmsOperationTable = OperationTable<KmsDeps>

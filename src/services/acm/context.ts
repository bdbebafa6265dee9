/** What operations of Certificate Manager work with, besides the call and its transaction. */
import type { ServicesDeps } from '../deps.ts'
import type { Operation, OperationContext, OperationTable } from '../operations.ts'

export type AcmDeps = Pick<ServicesDeps, 'ids' | 'pageTokens' | 'sealer'>
export type AcmContext = OperationContext<AcmDeps>
export type AcmOperation<Input, Output extends object = object> = Operation<AcmDeps, Input, Output>
export type AcmOperationTable = OperationTable<AcmDeps>

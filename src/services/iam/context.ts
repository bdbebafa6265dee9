/** What IAM operations work with, besides the call and its transaction. */
import type { ServicesDeps } from '../deps.ts'
import type { Operation, OperationContext, OperationTable } from '../operations.ts'

export type IamDeps = Pick<ServicesDeps, 'ids' | 'pageTokens' | 'sealer'>
export type IamContext = OperationContext<IamDeps>
/** IAM takes no client tokens. */
export type IamOperation<Input, Output extends object = object> = Omit<Operation<IamDeps, Input, Output>, 'clientToken'>
export type IamOperationTable = OperationTable<IamDeps>

/** What Secrets Manager's operations work with, besides the call and its transaction. */
import type { ServicesDeps } from '../deps.ts'
import type { Operation, OperationContext, OperationTable } from '../operations.ts'

export type SecretsDeps = Pick<ServicesDeps, 'ids' | 'pageTokens' | 'sealer' | 'guard'>
export type SecretsContext = OperationContext<SecretsDeps>
export type SecretsOperation<Input, Output extends object = object> = Operation<SecretsDeps, Input, Output>
export type SecretsOperationTable = OperationTable<SecretsDeps>

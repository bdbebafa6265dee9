/** What Amazon ECR's operations work with, besides the call and its transaction. */
import type { CallContext } from '../../wire/service.ts'
import type { ServicesDeps } from '../deps.ts'
import type { Operation, OperationContext, OperationTable } from '../operations.ts'

export type EcrDeps = Pick<
  ServicesDeps,
  | 'clock'
  | 'guard'
  | 'ids'
  | 'pageTokens'
  | 'sealer'
  | 'blobs'
  | 'registryEndpoint'
  | 'registryEndpointOf'
  | 'replicationEndpoints'
  | 'store'
>
export type EcrContext = OperationContext<EcrDeps>
/** After the transaction. */
export type EcrCall = CallContext & EcrDeps
export type EcrOperation<Input, Output extends object = object> = Operation<EcrDeps, Input, Output>
export type EcrOperationTable = OperationTable<EcrDeps>

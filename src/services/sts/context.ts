/** What STS operations work with, besides the call and its transaction. */
import type { ReadTables } from '../../store/tables.ts'
import type { ServicesDeps } from '../deps.ts'
import type { Operation, OperationContext, OperationTable } from '../operations.ts'
import type { IdentityProviders } from './web-identity/identity-providers.ts'

export type StsDeps = Pick<ServicesDeps, 'guard' | 'sealer' | 'sessions'> & {
  /** For what is looked up before a transaction. */
  readonly tables: ReadTables
  readonly providers: IdentityProviders
}
export type StsContext = OperationContext<StsDeps>
export type StsOperation<Input, Output extends object = object> = Operation<StsDeps, Input, Output>
export type StsOperationTable = OperationTable<StsDeps>

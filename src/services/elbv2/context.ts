/** What Elastic Load Balancing's operations work with, besides the call and its transaction. */
import type { ServicesDeps } from '../deps.ts'
import type { Operation, OperationContext, OperationTable } from '../operations.ts'

export type Elbv2Deps = Pick<ServicesDeps, 'ids' | 'pageTokens' | 'sealer' | 'targetHealth' | 'loadBalancing'>
export type Elbv2Context = OperationContext<Elbv2Deps>
/** Elastic Load Balancing takes no client tokens. */
export type Elbv2Operation<Input, Output extends object = object> = Omit<
  Operation<Elbv2Deps, Input, Output>,
  'clientToken'
>
export type Elbv2OperationTable = OperationTable<Elbv2Deps>

/** What ECS operations work with, besides the call and its transaction. */
import type { Ids } from '../../kit/ids.ts'
import type { LoadBalancingSettings } from '../../model/load-balancing/settings.ts'
import type { CapacityIndex } from '../../scheduler/capacity-index.ts'
import type { PageTokens } from '../../wire/page-tokens.ts'
import type { Guard, Operation, OperationContext, OperationTable } from '../operations.ts'

export interface EcsDeps {
  readonly ids: Ids
  /** Says whether callers are known at all. */
  readonly guard: Guard
  /** Kept up to date from the store; placement reads it, transactions change it by changing tasks and instances. */
  readonly capacity: CapacityIndex
  readonly pageTokens: PageTokens
  /** Base URLs that agents connect to; with a trailing slash. */
  readonly agentEndpoints: { readonly acs: string; readonly tcs: string }
  /** What the installation says of its load balancers, of which ECS makes some. */
  readonly loadBalancing: LoadBalancingSettings
}

export type EcsContext = OperationContext<EcsDeps>
export type EcsOperation<Input, Output extends object = object> = Operation<EcsDeps, Input, Output>
export type EcsOperationTable = OperationTable<EcsDeps>

/**
 * Calls for the balancer of `up`: it is a process that only those need who have load balancers, so it is started with the first one. Once
 * called for, it stays until `up` ends.
 */
import type { Log } from '../kit/log.ts'
import type { Store } from '../store/store.ts'
import { type ReadyMessage, tellParent } from './child.ts'

export interface BalancerCallOptions {
  readonly store: Store
  readonly log: Log
  /** With which the balancer joins if it has not yet; none in `--dev` mode. */
  readonly activation: () => Promise<ReadyMessage>
}

/** What the server says to `up`, with an activation where one is needed. */
export const WANTS_BALANCER = { wants: 'balancer' } as const

/** Says it once, now or when there is a load balancer. */
export const callForBalancer = ({ store, log, activation }: BalancerCallOptions): void => {
  const call = (): void => {
    unwatch()
    activation().then(
      (invitation) => tellParent({ ...WANTS_BALANCER, ...invitation }),
      (error: unknown) => log.error('no balancer could be called for', { error }),
    )
  }
  const unwatch = store.watch(['loadBalancers'], call)
  if (store.tables.loadBalancers.size > 0) call()
}

/** What an installation says of its load balancers. */
import { assert } from '../../kit/assert.ts'
import { type AddressPool, DEFAULT_ADDRESS_POOL, parseAddressPool } from './address-pool.ts'

export interface LoadBalancingSettings {
  /** What DNS names of load balancers end with: `<name>-<id>.<region>.elb.<suffix>`. */
  readonly suffix: string
  readonly addressPool: AddressPool
  /** Where trust stores are read from: `<bucket>/<key>`, as in S3. */
  readonly trustStoresDirectory?: string | undefined
}

/** Names below `localhost` lead to this machine without any set-up. */
export const DEFAULT_BALANCER_SUFFIX = 'localhost'

export const defaultLoadBalancingSettings = (): LoadBalancingSettings => {
  const addressPool = parseAddressPool(DEFAULT_ADDRESS_POOL)
  assert(addressPool, 'the default address pool is none')
  return { suffix: DEFAULT_BALANCER_SUFFIX, addressPool }
}

/** Which addresses of the pool load balancers have. */
import { type AddressPool, nextAddress } from '../../model/load-balancing/address-pool.ts'
import type { ReadTables } from '../tables.ts'

type Tables = Pick<ReadTables, 'loadBalancers'>

/** Addresses that load balancers have, but for those of this one. */
export const takenAddresses = ({ loadBalancers }: Tables, exceptArn?: string): ReadonlySet<string> =>
  new Set(
    Array.from(loadBalancers.rows())
      .filter(({ loadBalancerArn }) => loadBalancerArn !== exceptArn)
      .flatMap(({ addresses }) => addresses),
  )

/** Undefined: all are in use. */
export const nextFreeAddress = (tables: Tables, pool: AddressPool): string | undefined =>
  nextAddress(pool, takenAddresses(tables))

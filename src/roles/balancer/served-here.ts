/** Which load balancers this machine serves, where it is not to serve all: those that have an address here. */
import { type AddressPool, hasAddress } from '../../model/load-balancing/address-pool.ts'
import type { LoadBalancerRoute, RoutingTable } from '../../model/load-balancing/routing.ts'

export interface ServedHere {
  readonly table: RoutingTable
  /** ARNs of those that others have to serve. */
  readonly elsewhere: readonly string[]
}

export const servedHere = (table: RoutingTable, pool: AddressPool | undefined): ServedHere => {
  if (pool === undefined) return { table, elsewhere: [] }
  const isHere = ({ addresses }: LoadBalancerRoute): boolean => addresses.some((address) => hasAddress(pool, address))
  const routes = [...table.loadBalancers]
  const elsewhere = routes.filter(([, route]) => !isHere(route)).map(([arn]) => arn)
  // The same map tells whoever looks at load balancers that there is nothing new.
  if (elsewhere.length === 0) return { table, elsewhere }
  return { table: { ...table, loadBalancers: new Map(routes.filter(([, route]) => isHere(route))) }, elsewhere }
}

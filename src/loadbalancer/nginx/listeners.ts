/**
 * Where datagrams are listened for: at the load balancers' own addresses, and on the shared address, to which names lead on machines without
 * addresses of their own. Datagrams have no names, so that a port of the shared address is one listener's. Pure.
 */
import { preservationProblem } from '../configuration/client-addresses.ts'
import type { ListenerRoute, LoadBalancerRoute, RoutingTable } from '../../model/load-balancing/routing.ts'
import type { HostSettings } from '../configuration/settings.ts'

export interface DatagramListener {
  readonly loadBalancer: LoadBalancerRoute
  readonly listener: ListenerRoute
  /** Those that can be listened on here. */
  readonly addresses: readonly string[]
}

export interface DatagramListeners {
  readonly listeners: readonly DatagramListener[]
  /** By the load balancer's ARN. */
  readonly problems: ReadonlyMap<string, string>
}

export const hasDatagrams = ({ protocol }: Pick<ListenerRoute, 'protocol'>): boolean =>
  protocol === 'UDP' || protocol === 'TCP_UDP'

type Host = Pick<HostSettings, 'sharedAddress' | 'isBindable' | 'clientAddresses'>

export const datagramListeners = (table: RoutingTable, host: Host): DatagramListeners => {
  const problems = new Map<string, string>()
  const all = [...table.loadBalancers.values()].flatMap((loadBalancer) =>
    loadBalancer.listeners
      .filter((listener) => hasDatagrams(listener) && !isHindered(loadBalancer, listener, table, host, problems))
      .map((listener) => ({ loadBalancer, listener })),
  )
  const isSharedBy = sharedPorts(all, host, problems)
  const listeners = all.map((each) => {
    const { loadBalancer, listener } = each
    const { loadBalancerArn, addresses } = loadBalancer
    const own = addresses.filter((address) => host.isBindable(address, listener.port))
    const shared = isSharedBy(listener)
    if (own.length < addresses.length && shared.length === 0 && !problems.has(loadBalancerArn))
      problems.set(loadBalancerArn, `UDP port ${listener.port} of its addresses cannot be listened on here`)
    return { ...each, addresses: [...own, ...shared] }
  })
  return { listeners: listeners.filter(({ addresses }) => addresses.length > 0), problems }
}

const isHindered = (
  { loadBalancerArn }: LoadBalancerRoute,
  { rules }: ListenerRoute,
  table: RoutingTable,
  host: Host,
  problems: Map<string, string>,
): boolean => {
  const problem = preservationProblem(rules, table, host)
  if (problem !== undefined) problems.set(loadBalancerArn, problem)
  return problem !== undefined
}

type Candidate = Omit<DatagramListener, 'addresses'>

/** The shared address, for those listeners that get it: the first of each port. The others, and whose own address it is, do not. */
const sharedPorts = (
  all: readonly Candidate[],
  { sharedAddress, isBindable }: Host,
  problems: Map<string, string>,
): ((listener: ListenerRoute) => readonly string[]) => {
  if (sharedAddress === undefined) return () => []
  const owners = new Map<number, ListenerRoute>()
  const isOwn = ({ loadBalancer }: Candidate): boolean => loadBalancer.addresses.includes(sharedAddress)
  for (const each of all.filter(isOwn)) owners.set(each.listener.port, each.listener)
  const given = new Set<ListenerRoute>()
  for (const { loadBalancer, listener } of all.filter((each) => !isOwn(each))) {
    const { port } = listener
    if (!isBindable(sharedAddress, port)) continue
    if (!owners.has(port)) given.add(listener)
    else
      problems.set(
        loadBalancer.loadBalancerArn,
        `UDP port ${port} of ${sharedAddress} is another load balancer's, and datagrams have no names`,
      )
    owners.set(port, owners.get(port) ?? listener)
  }
  return (listener) => (given.has(listener) ? [sharedAddress] : [])
}

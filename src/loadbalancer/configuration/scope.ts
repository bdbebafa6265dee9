/** What lines of a listener depend on beside the listener. */
import type { ListenerRoute, LoadBalancerRoute, RoutingTable } from '../../model/load-balancing/routing.ts'
import type { HostSettings } from './settings.ts'
import type { Sink } from './sink.ts'

export interface HttpScope {
  readonly table: RoutingTable
  readonly host: HostSettings
  readonly loadBalancer: LoadBalancerRoute
  readonly listener: ListenerRoute
  /** The name of its frontend. */
  readonly section: string
  readonly isLogged: boolean
  readonly sink: Sink
}

/** Whether the request was taken by that rule. */
export const isRule = (name: string): string => `{ var(txn.rule) -m str ${name} }`

export const isOn = (attributes: Readonly<Record<string, string>>, name: string): boolean => attributes[name] === 'true'

/** What a balancer is made with, and what it says. */
import type { Clock } from '../kit/clock.ts'
import type { Ids } from '../kit/ids.ts'
import type { Log } from '../kit/log.ts'
import type { TargetHealthReport } from '../model/load-balancing/messages.ts'
import type { RoutingTable } from '../model/load-balancing/routing.ts'
import type { HostSettings, RenderedConfiguration } from './configuration/settings.ts'
import type { Upload } from './logs/log-uploads.ts'

export interface BalancerEvents {
  /** The table of that revision is served. */
  applied(revision: number): void
  targetHealth(reports: readonly TargetHealthReport[]): void
  /** Something else than before hinders a load balancer, or nothing does any more. */
  loadBalancer(loadBalancerArn: string, problem: string | undefined): void
}

/** What this machine is, besides what the balancer knows of itself. Asked at each rendering. */
export type HostPart = Omit<
  HostSettings,
  'directory' | 'runtimeSocketPath' | 'serverStatePath' | 'logTarget' | 'isBindable' | 'socketPrefix' | 'version'
>

export interface BalancerOptions {
  /** Its own, absolute. */
  readonly directory: string
  /** HAProxy. */
  readonly program: string
  readonly version: HostSettings['version']
  readonly environment?: Readonly<Record<string, string>>
  readonly render: (table: RoutingTable, settings: HostSettings) => RenderedConfiguration
  readonly host: () => HostPart
  readonly events: BalancerEvents
  /** Puts a file of access logs into a bucket; without it, they stay in the directory alone. */
  readonly upload?: Upload
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
}

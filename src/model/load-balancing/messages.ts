/**
 * The conversation of a balancer with the control plane, over one websocket that the balancer opens: JSON texts, in order. The control
 * plane sends the whole routing table item by item and says `ready`; from then on what changes, as soon as it is durable. The balancer
 * keeps the last table on its disk and serves it when the control plane is away. Of what it finds out, it reports changes, after `ready`
 * everything once.
 *
 * This is Longshore's own: AWS has no public protocol here.
 */
import type { TargetHealthReasonEnum, TargetHealthStateEnum } from '@aws-sdk/client-elastic-load-balancing-v2'
import type { CertificateMaterial, LoadBalancerRoute, TargetGroupRoute, TrustMaterial } from './routing.ts'

export type RoutingItem =
  | { readonly kind: 'loadBalancer'; readonly key: string; readonly value: LoadBalancerRoute }
  | { readonly kind: 'targetGroup'; readonly key: string; readonly value: TargetGroupRoute }
  | { readonly kind: 'certificate'; readonly key: string; readonly value: CertificateMaterial }
  | { readonly kind: 'trustStore'; readonly key: string; readonly value: TrustMaterial }

/** What holds for all load balancers of the installation. */
export interface BalancerWelcome {
  /** What cookies are hashed with, so that they mean the same at every balancer. */
  readonly cookieKey: string
  /** What names of load balancers end with: `<name>-<id>.<region>.elb.<suffix>`. */
  readonly suffix: string
}

export type ControlMessage =
  /** The first message. */
  | ({ readonly type: 'welcome' } & BalancerWelcome)
  /** One item is this from now on. */
  | { readonly type: 'set'; readonly item: RoutingItem }
  | { readonly type: 'remove'; readonly kind: RoutingItem['kind']; readonly key: string }
  /** What was said until now is one consistent table. `revision` rises. After a connection's first one, items not named are gone. */
  | { readonly type: 'ready'; readonly revision: number }
  /** Answered in kind; who does not answer, or hears nothing for a minute, is gone. */
  | { readonly type: 'heartbeat' }

export type BalancerMessage =
  /** The first message. Of two connections of one balancer, the newer one counts. */
  | { readonly type: 'hello'; readonly balancerId: string; readonly version: string }
  /** The table of that revision is served: new requests go by it alone. What hinders some load balancers was said before. */
  | { readonly type: 'applied'; readonly revision: number }
  /** A load balancer cannot be served here, e.g. because its port is taken; served again without `problem`. */
  | { readonly type: 'loadBalancer'; readonly loadBalancerArn: string; readonly problem?: string }
  | { readonly type: 'targetHealth'; readonly reports: readonly TargetHealthReport[] }
  | { readonly type: 'heartbeat' }

/** What a balancer says of a target. */
export interface TargetHealthReport {
  readonly targetGroupArn: string
  /** `targetKey()`. */
  readonly target: string
  /** Of the target that is meant: another may be registered at its key by now. */
  readonly registeredAt?: number
  readonly state: TargetHealthStateEnum
  readonly reason?: TargetHealthReasonEnum
  readonly description?: string
  /** Requests and connections under way; a draining target without any is drained. */
  readonly isDrained?: boolean
  /** It answers worse than the others of its group. */
  readonly isAnomalous?: boolean
}

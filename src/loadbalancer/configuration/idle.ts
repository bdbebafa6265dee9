/** After how long without a byte connections end. */
import type { ListenerRoute, LoadBalancerRoute } from '../../model/load-balancing/routing.ts'

/** No attribute allows more. */
export const LONGEST_IDLE_SECONDS = 6000

/** Of an Application Load Balancer, and of its targets. */
export const httpIdleSeconds = (loadBalancer: Pick<LoadBalancerRoute, 'attributes'> | undefined): number =>
  Number(loadBalancer?.attributes['idle_timeout.timeout_seconds'] ?? 60)

/** Of a listener that looks into no bytes. AWS: those with TLS have 350 seconds, always. */
export const tcpIdleSeconds = ({ attributes }: Pick<ListenerRoute, 'attributes'>): number =>
  Number(attributes['tcp.idle_timeout.seconds'] ?? 350)

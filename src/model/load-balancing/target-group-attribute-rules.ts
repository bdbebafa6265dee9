/** The attributes of target groups, by protocol and target type. */
import { DEFAULT_DEREGISTRATION_DELAY_SECONDS, DEREGISTRATION_DELAY } from './deregistration-delay.ts'
import { type AttributeProblem, type AttributeRule, BOOLEAN, integer, oneOf, rule, text } from './attribute-rules.ts'
import {
  LONGEST_DEREGISTRATION_DELAY_SECONDS,
  TARGETS_PER_NETWORK_TARGET_GROUP,
  TARGETS_PER_TARGET_GROUP,
} from './limits.ts'
import type { Attributes, TargetGroupRecord } from './records.ts'

type Kind = Pick<TargetGroupRecord, 'protocol' | 'targetType'>

const WEEK_SECONDS = 604_800
const DAY_SECONDS = '86400'
const SWITCH = oneOf('on', 'off')
const STICKINESS_TYPE = oneOf('lb_cookie', 'app_cookie', 'source_ip')
/** A token of RFC 9110, but not one that load balancers have for themselves. */
const COOKIE_NAME = text(
  /^(?!AWSALB)[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}$/,
  'the name of a cookie that does not begin with AWSALB',
)

const FAILOVER = 'target_group_health.dns_failover.minimum_healthy_targets'

const isUdp = ({ protocol }: Kind): boolean => protocol === 'UDP' || protocol === 'TCP_UDP'
const isHttp = ({ protocol }: Kind): boolean => protocol === 'HTTP' || protocol === 'HTTPS'

/** `whyNoFailover`: why names lead to the same addresses, whatever is healthy. */
const common = (mostTargets: number, whyNoFailover?: string): readonly AttributeRule[] => [
  rule(
    DEREGISTRATION_DELAY,
    String(DEFAULT_DEREGISTRATION_DELAY_SECONDS),
    integer(0, LONGEST_DEREGISTRATION_DELAY_SECONDS),
  ),
  rule(
    'load_balancing.cross_zone.enabled',
    'use_load_balancer_configuration',
    oneOf('true', 'false', 'use_load_balancer_configuration'),
  ),
  rule(`${FAILOVER}.count`, '1', integer(1, mostTargets, 'off'), whyNoFailover),
  rule(`${FAILOVER}.percentage`, 'off', integer(1, 100, 'off'), whyNoFailover),
  rule('target_group_health.unhealthy_state_routing.minimum_healthy_targets.count', '1', integer(1, mostTargets)),
  rule('target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage', 'off', integer(1, 100, 'off')),
]

const APPLICATION: readonly AttributeRule[] = [
  ...common(TARGETS_PER_TARGET_GROUP, 'Application Load Balancers have one address, which is that of all their zones'),
  rule(
    'load_balancing.algorithm.type',
    'round_robin',
    oneOf('round_robin', 'least_outstanding_requests', 'weighted_random'),
  ),
  rule('load_balancing.algorithm.anomaly_mitigation', 'off', SWITCH),
  rule('slow_start.duration_seconds', '0', integer(30, 900, '0')),
  rule('stickiness.enabled', 'false', BOOLEAN),
  rule('stickiness.type', 'lb_cookie', STICKINESS_TYPE),
  rule('stickiness.lb_cookie.duration_seconds', DAY_SECONDS, integer(1, WEEK_SECONDS)),
  rule('stickiness.app_cookie.cookie_name', '', COOKIE_NAME),
  rule('stickiness.app_cookie.duration_seconds', DAY_SECONDS, integer(1, WEEK_SECONDS)),
]

/** AWS: connections to UDP targets end with the deregistration delay, and unhealthy ones are not cut. */
const network = (kind: Kind): readonly AttributeRule[] => [
  ...common(TARGETS_PER_NETWORK_TARGET_GROUP),
  rule('deregistration_delay.connection_termination.enabled', String(isUdp(kind)), BOOLEAN),
  // AWS: on by default for most, and always for UDP. It takes rights and a firewall that not every machine gives.
  rule(
    'preserve_client_ip.enabled',
    'false',
    BOOLEAN,
    kind.targetType === 'alb' ? 'Application Load Balancers see the balancer as their client' : undefined,
  ),
  rule(
    'proxy_protocol_v2.enabled',
    'false',
    BOOLEAN,
    isUdp(kind) ? 'datagrams go to targets without a header' : undefined,
  ),
  rule('stickiness.enabled', 'false', BOOLEAN),
  rule('stickiness.type', 'source_ip', STICKINESS_TYPE),
  rule('target_health_state.unhealthy.connection_termination.enabled', String(!isUdp(kind)), BOOLEAN),
  rule(
    'target_health_state.unhealthy.draining_interval_seconds',
    '0',
    integer(0, 360_000),
    'targets are unhealthy as soon as balancers say so',
  ),
]

const NETWORK_KEYS_OF_ALB_TARGETS = ['stickiness.', 'proxy_protocol_v2.']

const NETWORK_TCP = network({ protocol: 'TCP', targetType: 'ip' })
const NETWORK_UDP = network({ protocol: 'UDP', targetType: 'ip' })
const NETWORK_ALB = network({ protocol: 'TCP', targetType: 'alb' }).filter(
  ({ key }) => !NETWORK_KEYS_OF_ALB_TARGETS.some((start) => key.startsWith(start)),
)

export const targetGroupRules = (kind: Kind): readonly AttributeRule[] => {
  if (isHttp(kind)) return APPLICATION
  if (kind.targetType === 'alb') return NETWORK_ALB
  return isUdp(kind) ? NETWORK_UDP : NETWORK_TCP
}

/** What is wrong with all attributes of a target group together. */
export const targetGroupProblem = (kind: Kind, all: Attributes): AttributeProblem | undefined => {
  const message = stickinessProblem(kind, all) ?? (isHttp(kind) ? applicationProblem(all) : networkProblem(kind, all))
  return message === undefined ? undefined : { kind: 'configuration', message }
}

const stickinessProblem = (kind: Kind, all: Attributes): string | undefined => {
  const { 'stickiness.type': type = '', 'stickiness.enabled': isEnabled } = all
  const isMisplaced = type !== '' && (type === 'source_ip') === isHttp(kind)
  // AWS: TLS has no stickiness at all.
  if (!isMisplaced && !(kind.protocol === 'TLS' && isEnabled === 'true')) return undefined
  return `Stickiness type '${type}' is not supported for target groups with the ${kind.protocol} protocol`
}

const applicationProblem = (all: Attributes): string | undefined => {
  const algorithm = all['load_balancing.algorithm.type']
  if (all['slow_start.duration_seconds'] !== '0' && algorithm !== 'round_robin')
    return `Slow start mode cannot be enabled with the load balancing algorithm '${algorithm}'`
  if (all['load_balancing.algorithm.anomaly_mitigation'] === 'on' && algorithm !== 'weighted_random')
    return "Anomaly mitigation can only be enabled with the load balancing algorithm 'weighted_random'"
  const needsName = all['stickiness.enabled'] === 'true' && all['stickiness.type'] === 'app_cookie'
  if (needsName && all['stickiness.app_cookie.cookie_name'] === '')
    return "You must specify the attribute 'stickiness.app_cookie.cookie_name' for stickiness of type 'app_cookie'"
  return undefined
}

const networkProblem = (kind: Kind, all: Attributes): string | undefined => {
  if (isUdp(kind) && all['target_health_state.unhealthy.connection_termination.enabled'] === 'true')
    return `Connection termination of unhealthy targets is not supported for target groups with the ${kind.protocol} protocol`
  return undefined
}

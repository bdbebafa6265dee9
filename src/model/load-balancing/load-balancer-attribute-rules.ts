/** The attributes of load balancers. */
import { type AttributeProblem, type AttributeRule, BOOLEAN, integer, oneOf, rule, text } from './attribute-rules.ts'
import type { Attributes, LoadBalancerRecord } from './records.ts'

const BUCKET = text(
  /^(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
  'the name of a bucket: 3 to 63 lower-case letters, digits, dots and hyphens',
)
/** No step of it may lead anywhere but down: it becomes a path. */
const PREFIX = text(
  /^(?!.*AWSLogs)(?!\.{1,2}(\/|$))[A-Za-z0-9!_.*'()-]{1,255}(\/(?!\.{1,2}(\/|$))[A-Za-z0-9!_.*'()-]{1,255}){0,16}$/,
  "a prefix without a slash at its beginning and end and without 'AWSLogs'",
)

const NO_LOGS = 'Longshore does not write these logs'

/** `onlyDefault`: why such logs cannot be had. */
const logs = (name: string, onlyDefault?: string): readonly AttributeRule[] => [
  rule(`${name}.s3.enabled`, 'false', BOOLEAN, onlyDefault),
  rule(`${name}.s3.bucket`, '', BUCKET, onlyDefault),
  rule(`${name}.s3.prefix`, '', PREFIX, onlyDefault),
]

const COMMON: readonly AttributeRule[] = [
  rule('deletion_protection.enabled', 'false', BOOLEAN),
  ...logs('access_logs'),
  rule('zonal_shift.config.enabled', 'false', BOOLEAN, 'there is no zonal shift'),
]

const APPLICATION: readonly AttributeRule[] = [
  ...COMMON,
  rule(
    'load_balancing.cross_zone.enabled',
    'true',
    BOOLEAN,
    'it is always enabled for Application Load Balancers, and can be disabled per target group',
  ),
  rule('idle_timeout.timeout_seconds', '60', integer(1, 4000)),
  rule('client_keep_alive.seconds', '3600', integer(60, 604_800)),
  ...logs('connection_logs', NO_LOGS),
  ...logs('health_check_logs', NO_LOGS),
  rule('routing.http.desync_mitigation_mode', 'defensive', oneOf('monitor', 'defensive', 'strictest')),
  rule('routing.http.drop_invalid_header_fields.enabled', 'false', BOOLEAN),
  rule('routing.http.preserve_host_header.enabled', 'false', BOOLEAN),
  rule('routing.http.x_amzn_tls_version_and_cipher_suite.enabled', 'false', BOOLEAN),
  rule('routing.http.xff_client_port.enabled', 'false', BOOLEAN),
  rule('routing.http.xff_header_processing.mode', 'append', oneOf('append', 'preserve', 'remove')),
  rule('routing.http2.enabled', 'true', BOOLEAN),
  rule('waf.fail_open.enabled', 'false', BOOLEAN, 'there is no web application firewall'),
]

const NETWORK: readonly AttributeRule[] = [
  ...COMMON,
  rule('load_balancing.cross_zone.enabled', 'false', BOOLEAN),
  rule(
    'dns_record.client_routing_policy',
    'any_availability_zone',
    oneOf('any_availability_zone', 'availability_zone_affinity', 'partial_availability_zone_affinity'),
    'names resolve to the same addresses for every client',
  ),
  rule('secondary_ips.auto_assigned.per_subnet', '0', integer(0, 7), 'ports to targets are not scarce here'),
]

export const loadBalancerRules = (type: LoadBalancerRecord['type']): readonly AttributeRule[] =>
  type === 'application' ? APPLICATION : NETWORK

/** What is wrong with all attributes of a load balancer together. */
export const loadBalancerProblem = (all: Attributes): AttributeProblem | undefined =>
  all['access_logs.s3.enabled'] === 'true' && all['access_logs.s3.bucket'] === ''
    ? {
        kind: 'configuration',
        message: "The value of 'access_logs.s3.bucket' cannot be empty when access logs are enabled",
      }
    : undefined

import { describe, expect, it } from 'vitest'
import {
  changedListenerAttributes,
  changedLoadBalancerAttributes,
  changedTargetGroupAttributes,
  listenerAttributes,
  loadBalancerAttributes,
  targetGroupAttributes,
} from './attributes.ts'
import type { TargetGroupRecord } from './records.ts'

const anAlb = { type: 'application', attributes: {} } as const
const anNlb = { type: 'network', attributes: {} } as const
const aGroup = (protocol: TargetGroupRecord['protocol'], targetType: TargetGroupRecord['targetType'] = 'ip') => ({
  protocol,
  targetType,
  attributes: {},
})

const HEALTH = {
  'target_group_health.dns_failover.minimum_healthy_targets.count': '1',
  'target_group_health.dns_failover.minimum_healthy_targets.percentage': 'off',
  'target_group_health.unhealthy_state_routing.minimum_healthy_targets.count': '1',
  'target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage': 'off',
}

describe('attributes', () => {
  it('of an Application Load Balancer are complete, with what was set', () => {
    expect(loadBalancerAttributes({ ...anAlb, attributes: { 'idle_timeout.timeout_seconds': '4000' } })).toEqual({
      'access_logs.s3.bucket': '',
      'access_logs.s3.enabled': 'false',
      'access_logs.s3.prefix': '',
      'client_keep_alive.seconds': '3600',
      'connection_logs.s3.bucket': '',
      'connection_logs.s3.enabled': 'false',
      'connection_logs.s3.prefix': '',
      'deletion_protection.enabled': 'false',
      'health_check_logs.s3.bucket': '',
      'health_check_logs.s3.enabled': 'false',
      'health_check_logs.s3.prefix': '',
      'idle_timeout.timeout_seconds': '4000',
      'load_balancing.cross_zone.enabled': 'true',
      'routing.http.desync_mitigation_mode': 'defensive',
      'routing.http.drop_invalid_header_fields.enabled': 'false',
      'routing.http.preserve_host_header.enabled': 'false',
      'routing.http.x_amzn_tls_version_and_cipher_suite.enabled': 'false',
      'routing.http.xff_client_port.enabled': 'false',
      'routing.http.xff_header_processing.mode': 'append',
      'routing.http2.enabled': 'true',
      'waf.fail_open.enabled': 'false',
      'zonal_shift.config.enabled': 'false',
    })
  })

  it('of a Network Load Balancer are others', () => {
    expect(loadBalancerAttributes(anNlb)).toEqual({
      'access_logs.s3.bucket': '',
      'access_logs.s3.enabled': 'false',
      'access_logs.s3.prefix': '',
      'deletion_protection.enabled': 'false',
      'dns_record.client_routing_policy': 'any_availability_zone',
      'load_balancing.cross_zone.enabled': 'false',
      'secondary_ips.auto_assigned.per_subnet': '0',
      'zonal_shift.config.enabled': 'false',
    })
  })

  it('of target groups depend on protocol and target type', () => {
    expect(targetGroupAttributes(aGroup('HTTP'))).toEqual({
      ...HEALTH,
      'deregistration_delay.timeout_seconds': '300',
      'load_balancing.algorithm.anomaly_mitigation': 'off',
      'load_balancing.algorithm.type': 'round_robin',
      'load_balancing.cross_zone.enabled': 'use_load_balancer_configuration',
      'slow_start.duration_seconds': '0',
      'stickiness.app_cookie.cookie_name': '',
      'stickiness.app_cookie.duration_seconds': '86400',
      'stickiness.enabled': 'false',
      'stickiness.lb_cookie.duration_seconds': '86400',
      'stickiness.type': 'lb_cookie',
    })
    expect(targetGroupAttributes(aGroup('TCP'))).toEqual({
      ...HEALTH,
      'deregistration_delay.connection_termination.enabled': 'false',
      'deregistration_delay.timeout_seconds': '300',
      'load_balancing.cross_zone.enabled': 'use_load_balancer_configuration',
      'preserve_client_ip.enabled': 'false',
      'proxy_protocol_v2.enabled': 'false',
      'stickiness.enabled': 'false',
      'stickiness.type': 'source_ip',
      'target_health_state.unhealthy.connection_termination.enabled': 'true',
      'target_health_state.unhealthy.draining_interval_seconds': '0',
    })
    expect(targetGroupAttributes(aGroup('UDP'))).toMatchObject({
      'deregistration_delay.connection_termination.enabled': 'true',
      'target_health_state.unhealthy.connection_termination.enabled': 'false',
    })
    expect(targetGroupAttributes(aGroup('TCP', 'alb'))).not.toHaveProperty(['stickiness.enabled'])
  })

  it('of listeners depend on protocol', () => {
    expect(listenerAttributes({ protocol: 'TCP', attributes: {} })).toEqual({ 'tcp.idle_timeout.seconds': '350' })
    expect(listenerAttributes({ protocol: 'UDP', attributes: {} })).toEqual({})
    expect(Object.keys(listenerAttributes({ protocol: 'HTTP', attributes: {} }))).toHaveLength(11)
    expect(Object.keys(listenerAttributes({ protocol: 'HTTPS', attributes: {} }))).toHaveLength(19)
  })

  it('that are changed are laid over those that were set', () => {
    const before = { ...anAlb, attributes: { 'idle_timeout.timeout_seconds': '10' } }

    expect(changedLoadBalancerAttributes(before, { 'routing.http2.enabled': 'false' })).toEqual({
      attributes: { 'idle_timeout.timeout_seconds': '10', 'routing.http2.enabled': 'false' },
    })
  })

  it.each([
    ['foo', '1', 'value', "Load balancer attribute key 'foo' is not recognized"],
    [
      'dns_record.client_routing_policy',
      'any_availability_zone',
      'configuration',
      "Load balancer attribute key 'dns_record.client_routing_policy' is not supported on load balancers with type 'application'",
    ],
    [
      'idle_timeout.timeout_seconds',
      '4001',
      'value',
      "Load balancer attribute 'idle_timeout.timeout_seconds' must be an integer between 1 and 4000",
    ],
    [
      'routing.http2.enabled',
      'yes',
      'value',
      "Load balancer attribute 'routing.http2.enabled' must be one of [true, false]",
    ],
    [
      'waf.fail_open.enabled',
      'true',
      'configuration',
      "Load balancer attribute 'waf.fail_open.enabled' can only be 'false': there is no web application firewall",
    ],
    [
      'access_logs.s3.enabled',
      'true',
      'configuration',
      "The value of 'access_logs.s3.bucket' cannot be empty when access logs are enabled",
    ],
  ])('of a load balancer may not be %s=%s', (key, value, kind, message) => {
    expect(changedLoadBalancerAttributes(anAlb, { [key]: value })).toEqual({ problem: { kind, message } })
  })

  it.each(['../up', '/begin', 'end/', 'a/../b', 'a\nb', 'AWSLogs', 'a//b', '.'])(
    'do not lead access logs to %j',
    (prefix) => {
      expect(changedLoadBalancerAttributes(anAlb, { 'access_logs.s3.prefix': prefix })).toMatchObject({
        problem: { kind: 'value' },
      })
    },
  )

  it.each([
    ['HTTP', { 'stickiness.type': 'source_ip' }],
    ['HTTP', { 'slow_start.duration_seconds': '29' }],
    ['HTTP', { 'slow_start.duration_seconds': '30', 'load_balancing.algorithm.type': 'weighted_random' }],
    ['HTTP', { 'load_balancing.algorithm.anomaly_mitigation': 'on' }],
    ['HTTP', { 'stickiness.enabled': 'true', 'stickiness.type': 'app_cookie' }],
    ['HTTP', { 'stickiness.app_cookie.cookie_name': 'AWSALBX' }],
    ['HTTP', { 'stickiness.app_cookie.cookie_name': 'a b' }],
    ['HTTP', { 'proxy_protocol_v2.enabled': 'true' }],
    ['HTTP', { 'target_group_health.dns_failover.minimum_healthy_targets.count': '2' }],
    ['HTTPS', { 'target_group_health.dns_failover.minimum_healthy_targets.percentage': '50' }],
    ['TCP', { 'stickiness.type': 'lb_cookie' }],
    ['TCP', { 'target_health_state.unhealthy.draining_interval_seconds': '1' }],
    ['TLS', { 'stickiness.enabled': 'true' }],
    ['UDP', { 'target_health_state.unhealthy.connection_termination.enabled': 'true' }],
    ['UDP', { 'proxy_protocol_v2.enabled': 'true' }],
    ['TCP_UDP', { 'proxy_protocol_v2.enabled': 'true' }],
  ] as const)('of a target group with protocol %s may not be %j', (protocol, changes) => {
    expect(changedTargetGroupAttributes(aGroup(protocol), changes)).toHaveProperty('problem')
  })

  it.each([
    ['HTTP', { 'slow_start.duration_seconds': '30' }],
    [
      'HTTP',
      { 'load_balancing.algorithm.type': 'weighted_random', 'load_balancing.algorithm.anomaly_mitigation': 'on' },
    ],
    [
      'HTTP',
      { 'stickiness.enabled': 'true', 'stickiness.type': 'app_cookie', 'stickiness.app_cookie.cookie_name': 'id' },
    ],
    ['HTTP', { 'target_group_health.dns_failover.minimum_healthy_targets.count': '1' }],
    ['TCP', { 'stickiness.enabled': 'true' }],
    ['TCP', { 'proxy_protocol_v2.enabled': 'true' }],
    ['UDP', { 'proxy_protocol_v2.enabled': 'false' }],
    ['TCP', { 'target_group_health.dns_failover.minimum_healthy_targets.count': '2' }],
  ] as const)('of a target group with protocol %s may be %j', (protocol, changes) => {
    expect(changedTargetGroupAttributes(aGroup(protocol), changes)).toEqual({ attributes: changes })
  })

  it('of stickiness are refused in AWS’s words where they do not belong', () => {
    expect(changedTargetGroupAttributes(aGroup('TCP'), { 'stickiness.type': 'lb_cookie' })).toEqual({
      problem: {
        kind: 'configuration',
        message: "Stickiness type 'lb_cookie' is not supported for target groups with the TCP protocol",
      },
    })
  })

  it('preserve clients’ addresses for all targets but Application Load Balancers', () => {
    const changes = { 'preserve_client_ip.enabled': 'true' }
    for (const protocol of ['TCP', 'TLS', 'UDP', 'TCP_UDP'] as const)
      expect(changedTargetGroupAttributes(aGroup(protocol), changes)).toEqual({ attributes: changes })
    expect(changedTargetGroupAttributes(aGroup('TCP', 'alb'), changes)).toEqual({
      problem: {
        kind: 'configuration',
        message:
          "Target group attribute 'preserve_client_ip.enabled' can only be 'false': Application Load Balancers see the balancer as their client",
      },
    })
  })

  it('of listeners let nothing end a header', () => {
    const csp = 'routing.http.response.content_security_policy.header_value'
    const set = (value: string) => changedListenerAttributes({ protocol: 'HTTP', attributes: {} }, { [csp]: value })

    expect(set("default-src 'self'")).toEqual({ attributes: { [csp]: "default-src 'self'" } })
    expect(set('a\r\nSet-Cookie: b')).toHaveProperty('problem')
    expect(set('')).toEqual({ attributes: { [csp]: '' } })
  })
})

import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import type { AttributeRule } from '../../../src/model/load-balancing/attribute-rules.ts'
import { listenerRules } from '../../../src/model/load-balancing/listener-attribute-rules.ts'
import { loadBalancerRules } from '../../../src/model/load-balancing/load-balancer-attribute-rules.ts'
import { targetGroupRules } from '../../../src/model/load-balancing/target-group-attribute-rules.ts'
import { type AttributeCase, observing, type Owner } from './attribute-case.ts'
import { PROGRAMS } from './haproxy-under-test.ts'
import { listenerCases } from './listener-attribute-cases.ts'
import { applicationCases, networkCases } from './load-balancer-attribute-cases.ts'
import { httpGroupCases, networkGroupCases } from './target-group-attribute-cases.ts'

interface AttributeTable {
  readonly of: string
  readonly owner: Owner
  /** Those that the API takes. */
  readonly rules: readonly AttributeRule[]
  readonly cases: readonly AttributeCase[]
  /** By key, the test of what does not fit into a table: what takes time, other processes, or no balancer at all. */
  readonly elsewhere: Readonly<Record<string, string>>
}

const [TIMEOUTS, DRAINING] = ['timeouts.test.ts', '../../scenarios/load-balancing/draining.test.ts']
const FAILOVER = 'target_group_health.dns_failover.minimum_healthy_targets'
const ROUTING = 'target_group_health.unhealthy_state_routing.minimum_healthy_targets'

const OF_EVERY_LOAD_BALANCER = {
  'deletion_protection.enabled': '../../conformance/elbv2-load-balancers.test.ts',
  'access_logs.s3.enabled': 'balancer.test.ts',
  'access_logs.s3.bucket': 'balancer.test.ts',
  'access_logs.s3.prefix': 'balancer.test.ts',
}

const TABLES: readonly AttributeTable[] = [
  {
    of: 'Application Load Balancers',
    owner: 'loadBalancer',
    rules: loadBalancerRules('application'),
    cases: await applicationCases(),
    elsewhere: {
      ...OF_EVERY_LOAD_BALANCER,
      'idle_timeout.timeout_seconds': TIMEOUTS,
      'client_keep_alive.seconds': TIMEOUTS,
      'routing.http.desync_mitigation_mode': 'malformed-requests.test.ts',
    },
  },
  {
    of: 'Network Load Balancers',
    owner: 'loadBalancer',
    rules: loadBalancerRules('network'),
    cases: networkCases,
    elsewhere: OF_EVERY_LOAD_BALANCER,
  },
  {
    of: 'listeners',
    owner: 'listener',
    rules: (['HTTP', 'HTTPS', 'TCP', 'TLS', 'UDP', 'TCP_UDP'] as const).flatMap(listenerRules),
    cases: await listenerCases(),
    elsewhere: { 'tcp.idle_timeout.seconds': TIMEOUTS },
  },
  {
    of: 'target groups for HTTP',
    owner: 'group',
    rules: targetGroupRules({ protocol: 'HTTP', targetType: 'ip' }),
    cases: httpGroupCases,
    elsewhere: {
      'deregistration_delay.timeout_seconds': DRAINING,
      'slow_start.duration_seconds': 'distribution.test.ts',
      'stickiness.type': 'attributes.test.ts',
      'stickiness.app_cookie.cookie_name': 'attributes.test.ts',
    },
  },
  {
    of: 'target groups for connections and datagrams',
    owner: 'group',
    rules: (['TCP', 'TLS', 'UDP', 'TCP_UDP'] as const).flatMap((protocol) =>
      targetGroupRules({ protocol, targetType: 'ip' }),
    ),
    cases: networkGroupCases,
    elsewhere: {
      'deregistration_delay.timeout_seconds': DRAINING,
      'deregistration_delay.connection_termination.enabled': 'connection-termination.test.ts',
      'target_health_state.unhealthy.connection_termination.enabled': 'connection-termination.test.ts',
      'proxy_protocol_v2.enabled': 'tls-and-tcp.test.ts',
      'preserve_client_ip.enabled': 'client-addresses.test.ts',
      // It can only be what it is.
      'stickiness.type': '../../../src/model/load-balancing/attributes.test.ts',
      // HAProxy is told of these as for HTTP.
      'load_balancing.cross_zone.enabled': 'target-group-attribute-cases.ts',
      [`${ROUTING}.count`]: 'attributes.test.ts',
      [`${ROUTING}.percentage`]: 'attributes.test.ts',
      [`${FAILOVER}.count`]: '../../../src/loadbalancer/dns/dns.test.ts',
      [`${FAILOVER}.percentage`]: '../../../src/loadbalancer/dns/dns.test.ts',
    },
  },
]

describe('every attribute that may be changed has a test', () => {
  it.each(TABLES)('of $of', ({ rules, cases, elsewhere }) => {
    const taken = new Set(rules.filter(({ onlyDefault }) => onlyDefault === undefined).map(({ key }) => key))
    const tested = new Set([...cases.map(({ key }) => key), ...Object.keys(elsewhere)])
    expect([...tested].toSorted()).toEqual([...taken].toSorted())
  })

  it.each(TABLES.flatMap(({ elsewhere }) => Object.entries(elsewhere)))('%s in %s', (key, file) => {
    const full = path.join(import.meta.dirname, file)
    expect(existsSync(full) && readFileSync(full, 'utf8')).toContain(key)
  })
})

describe.each(PROGRAMS)('attributes, by %s,', (program) => {
  describe.each(TABLES)('of $of', ({ owner, cases }) => {
    it.each(cases.map((one) => [one.key, one.value, one] as const))('%s=%s', async (_key, _value, one) => {
      const set = await observing(program, one, { [owner]: { [one.key]: one.value } })
      const unset = await observing(program, one, {})
      expect([set, unset]).toEqual([one.expected, one.otherwise])
    })
  })
})

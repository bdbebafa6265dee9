import { rmSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { renderConfiguration } from '../../../src/loadbalancer/configuration/render.ts'
import type { RenderedConfiguration } from '../../../src/loadbalancer/configuration/settings.ts'
import type { RoutingTable } from '../../../src/model/load-balancing/routing.ts'
import { aLoadBalancer } from '../../builders/a-load-balancer.ts'
import { cpuMs } from '../../cpu-time.ts'
import { aGroupRoute, aRoutingTable, aRuleRoute, aTargetRoute, forwardTo } from './a-route.ts'
import { PROGRAMS, someSettings, temporaryDirectory, versionOf, writeConfiguration } from './haproxy-under-test.ts'

const [LOAD_BALANCERS, RULES_EACH, GROUPS, TARGETS_EACH] = [50, 100, 1000, 10]

/** 50 load balancers with 5,000 rules, 1,000 target groups and 10,000 targets. */
const large = (isDraining = false): RoutingTable => {
  const groups = Array.from({ length: GROUPS }, (_, group) =>
    aGroupRoute(
      `group-${group}`,
      Array.from({ length: TARGETS_EACH }, (_target, target) =>
        aTargetRoute(10_000 + group * TARGETS_EACH + target, { isDraining }),
      ),
    ),
  )
  const tables = Array.from({ length: LOAD_BALANCERS }, (_, index) => {
    const rules = Array.from({ length: RULES_EACH }, (_rule, rule) =>
      aRuleRoute(
        rule + 1,
        [
          { Field: 'host-header', HostHeaderConfig: { Values: [`service-${rule}.example.com`] } },
          ...(rule % 3 === 0 ? [{ Field: 'path-pattern', PathPatternConfig: { Values: [`/v${rule}/*`] } }] : []),
          ...(rule % 10 === 0
            ? [{ Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'x-kind', Values: ['a*'] } }]
            : []),
        ],
        [forwardTo(`group-${(index * RULES_EACH + rule) % GROUPS}`)],
      ),
    )
    const loadBalancer = aLoadBalancer({
      name: `web-${index}`,
      loadBalancerId: `${index}`.padStart(16, '0'),
      addresses: ['127.0.0.1'],
    })
    return aRoutingTable({
      port: 20_000 + index,
      loadBalancer,
      listener: {
        listenerArn: loadBalancer.loadBalancerArn.replace(':loadbalancer/', ':listener/') + '/f2f7dc8efc522ab2',
      },
      rules: [...rules, aRuleRoute('default', [], [forwardTo('group-0')])],
    })
  })
  return {
    loadBalancers: new Map(tables.flatMap(({ loadBalancers }) => [...loadBalancers])),
    targetGroups: new Map(groups.map((group) => [group.targetGroupArn, group])),
    certificates: new Map(),
    trustStores: new Map(),
  }
}

describe.each(PROGRAMS)('large configurations, for %s', (program) => {
  it('are rendered in less than a second, and accepted', () => {
    const directory = temporaryDirectory()
    const table = large()
    const host = someSettings(directory, { version: versionOf(program), maximumConnections: 100 })
    const renderings: RenderedConfiguration[] = []
    expect(cpuMs(() => void renderings.push(renderConfiguration(table, host)))).toBeLessThan(1000)
    const [rendered] = renderings as [RenderedConfiguration]
    expect([rendered.rules.size, rendered.backends.size]).toEqual([LOAD_BALANCERS * (RULES_EACH + 1), GROUPS * 2])
    execFileSync(program, ['-c', '-q', '-f', writeConfiguration(rendered, directory)])
    rmSync(directory, { recursive: true })
  })

  it('need no reload for targets that drain', () => {
    const host = someSettings('/run/longshore', { version: versionOf(program) })
    const [before, after] = [renderConfiguration(large(), host), renderConfiguration(large(true), host)]
    expect(after.text).not.toBe(before.text)
    expect(after.textWithoutServers).toBe(before.textWithoutServers)
    expect([...after.files]).toEqual([...before.files])
  })
})

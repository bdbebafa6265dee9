import { describe, expect, it } from 'vitest'
import { aTargetGroup } from '../../../test/builders/a-load-balancer.ts'
import { aGroupRoute, aRoutingTable, aRuleRoute, aTargetRoute } from '../../../test/e2e/loadbalancer/a-route.ts'
import type { RoutingTable, TargetRoute } from '../../model/load-balancing/routing.ts'
import { type NginxSettings, renderNginx } from './configuration.ts'

const SETTINGS: NginxSettings = {
  processIdFile: '/run/nginx.pid',
  errorLogFile: '/run/error.log',
  isBindable: () => true,
  isServed: () => true,
}

interface Given {
  /** Of the groups, in their order. */
  readonly weights?: readonly number[]
  readonly attributes?: Readonly<Record<string, string>>
}

/** Each group has these targets. */
const aTable = (targets: readonly TargetRoute[], { weights = [1], attributes = {} }: Given = {}): RoutingTable => {
  const names = weights.map((_, index) => `group-${index}`)
  const TargetGroups = weights.map((Weight, index) => ({
    TargetGroupArn: aTargetGroup({ name: `group-${index}` }).targetGroupArn,
    Weight,
  }))
  return aRoutingTable({
    port: 53,
    groups: names.map((name) => aGroupRoute(name, targets, { protocol: 'UDP', attributes })),
    rules: [aRuleRoute('default', [], [{ Type: 'forward', ForwardConfig: { TargetGroups } }])],
    loadBalancer: { type: 'network' },
    listener: { protocol: 'UDP' },
  })
}

const linesOf = (table: RoutingTable, given: Partial<NginxSettings> = {}): string[] =>
  renderNginx(table, { ...SETTINGS, ...given })
    .text.split('\n')
    .map((line) => line.trim())

/** The ports of the targets that get datagrams. */
const servedOf = (table: RoutingTable, given: Partial<NginxSettings> = {}): number[] =>
  linesOf(table, given)
    .filter((line) => line.startsWith('server 127.0.0.1:'))
    .map((line) => Number(/:(\d+)/.exec(line)?.[1]))

const splitOf = (table: RoutingTable): string[] => linesOf(table).filter((line) => /^(\d+\.\d\d%|\*) /.test(line))

describe('the configuration of nginx', () => {
  const targets = [1, 2, 3, 4].map((port) => aTargetRoute(port))
  const healthy =
    (...ports: readonly number[]) =>
    (_: string, key: string): boolean =>
      ports.some((port) => key === aTargetRoute(port).key)

  it('splits flows by the weights of target groups, and leaves out those of none', () => {
    expect(splitOf(aTable(targets, { weights: [1, 2, 0] }))).toEqual([
      '33.33% "to_f2f7dc8efc522ab2_0";',
      '* "to_f2f7dc8efc522ab2_1";',
    ])
    expect(splitOf(aTable(targets, { weights: [0, 100] }))).toEqual([])
    expect(linesOf(aTable(targets, { weights: [0, 100] }))).toContain('proxy_pass to_f2f7dc8efc522ab2_0;')
    expect(splitOf(aTable(targets, { weights: [999, 999, 999, 999, 1] })).slice(3)).toEqual([
      '24.99% "to_f2f7dc8efc522ab2_3";',
      '* "to_f2f7dc8efc522ab2_4";',
    ])
  })

  it('drops the share of a target group that has no targets', () => {
    const table = aTable(targets, { weights: [50, 50] })
    const [empty = '', ...others] = table.targetGroups.keys()
    const targetGroups = new Map(table.targetGroups)
    targetGroups.set(empty, { ...aGroupRoute('group-0', []), targetGroupArn: empty })

    expect(others).toHaveLength(1)
    expect(splitOf({ ...table, targetGroups })).toEqual(['50.00% "";', '* "to_f2f7dc8efc522ab2_1";'])
    expect(linesOf(aTable([]))).toContain('return "";')
  })

  it.each([
    [{}, [2], [2]],
    [{}, [], [1, 2, 3, 4]],
    [{ count: '2' }, [2], [1, 2, 3, 4]],
    [{ count: '2' }, [2, 3], [2, 3]],
    [{ percentage: '60' }, [2, 3], [1, 2, 3, 4]],
    [{ percentage: '50' }, [2, 3], [2, 3]],
    [{ percentage: 'off' }, [2], [2]],
  ])('with %o, if of four targets %j are healthy, sends to %j', (needed, ports, served) => {
    const prefix = 'target_group_health.unhealthy_state_routing.minimum_healthy_targets.'
    const attributes = Object.fromEntries(Object.entries(needed).map(([end, value]) => [`${prefix}${end}`, value]))

    expect(servedOf(aTable(targets, { attributes }), { isServed: healthy(...ports) })).toEqual(served)
  })

  it('sends to no target of another zone where load balancers keep to zones, healthy or not', () => {
    const [here, elsewhere, anywhere] = [
      aTargetRoute(1, { availabilityZone: 'us-east-1a' }),
      aTargetRoute(2, { availabilityZone: 'us-east-1b' }),
      aTargetRoute(3, { availabilityZone: 'all' }),
    ]
    const served = (crossZone: string, isServed: NginxSettings['isServed']): number[] =>
      servedOf(
        aTable([here, elsewhere, anywhere], { attributes: { 'load_balancing.cross_zone.enabled': crossZone } }),
        { availabilityZone: 'us-east-1a', isServed },
      )

    expect(served('false', () => false)).toEqual([1, 3])
    expect(served('false', () => true)).toEqual([1, 3])
    // The default of Network Load Balancers.
    expect(served('use_load_balancer_configuration', () => true)).toEqual([1, 3])
    expect(served('true', () => false)).toEqual([1, 2, 3])
  })

  it('listens on those addresses alone that the host has', () => {
    const { isEmpty, problems } = renderNginx(aTable(targets), { ...SETTINGS, isBindable: () => false })

    expect(isEmpty).toBe(true)
    expect([...problems.values()]).toEqual(['UDP port 53 of its addresses cannot be listened on here'])
  })

  it('listens on the shared address, too, unless it is the load balancer’s own', () => {
    const listens = (sharedAddress: string): string[] =>
      linesOf(aTable(targets), { sharedAddress }).filter((line) => line.startsWith('listen'))

    expect(listens('127.0.0.2')).toEqual(['listen 127.0.0.1:53 udp reuseport;', 'listen 127.0.0.2:53 udp reuseport;'])
    expect(listens('127.0.0.1')).toEqual(['listen 127.0.0.1:53 udp reuseport;'])
  })

  it('sends in the name of clients, but of those of the loopback interface, to groups that preserve their addresses', () => {
    const attributes = { 'preserve_client_ip.enabled': 'true' }
    const clientAddresses = { ownAddress: '192.0.2.7' }
    const lines = linesOf(aTable([aTargetRoute(1)], { attributes }), { clientAddresses })

    expect(lines).toContain('map $remote_addr $client_address { default $remote_addr; ~^127\\. ""; ~: ""; }')
    expect(lines).toContain('proxy_bind $client_address transparent;')
    expect(lines).toContain('server 192.0.2.7:1 max_fails=0;')
    expect(renderNginx(aTable(targets), { ...SETTINGS, clientAddresses }).text).not.toContain('client_address')
  })

  it('sends in the name of clients to those groups alone of several', () => {
    const table = aTable([aTargetRoute(1)], { weights: [1, 1] })
    const [[arn, group] = ['', undefined]] = [...table.targetGroups]
    const preserving = { ...aGroupRoute('', []), ...group, attributes: { 'preserve_client_ip.enabled': 'true' } }
    const lines = linesOf({ ...table, targetGroups: new Map([...table.targetGroups, [arn, preserving]]) })
    const at = lines.indexOf('map $to_f2f7dc8efc522ab2 $from_f2f7dc8efc522ab2 {')

    expect(lines.slice(at + 1, at + 4)).toEqual(['default "";', 'to_f2f7dc8efc522ab2_0 $client_address;', '}'])
    expect(lines).toContain('proxy_bind $from_f2f7dc8efc522ab2 transparent;')
  })

  it('serves no listener that would show targets another address than the client’s', () => {
    const table = aTable(targets, { attributes: { 'preserve_client_ip.enabled': 'true' } })
    const { isEmpty, problems } = renderNginx(table, { ...SETTINGS, clientAddresses: { problem: 'no firewall' } })

    expect([isEmpty, [...problems.values()]]).toEqual([true, ['no firewall']])
  })
})

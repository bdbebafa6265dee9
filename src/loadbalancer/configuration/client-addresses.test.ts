import { describe, expect, it } from 'vitest'
import {
  aGroupRoute,
  aRoutingTable,
  aRuleRoute,
  aTargetRoute,
  forwardTo,
} from '../../../test/e2e/loadbalancer/a-route.ts'
import { renderConfiguration } from './render.ts'
import type { ClientAddressSettings, HostSettings } from './settings.ts'

const HOST: HostSettings = {
  version: { major: 2, minor: 6 },
  directory: '/run/longshore',
  runtimeSocketPath: '/run/worker.sock',
  serverStatePath: '/run/state',
  maximumConnections: 100,
  isBindable: () => true,
  cookieKey: '',
  jsonWebKeys: new Map(),
  socketPrefix: '',
}

/** A load balancer with a group that does, or does not. */
const rendered = (isPreserved: boolean, clientAddresses: ClientAddressSettings, address = '10.0.0.9') => {
  const attributes = { 'preserve_client_ip.enabled': String(isPreserved), 'proxy_protocol_v2.enabled': 'true' }
  const table = aRoutingTable({
    port: 80,
    groups: [aGroupRoute('web', [aTargetRoute(8080, { address })], { protocol: 'TCP', attributes })],
    rules: [aRuleRoute('default', [], [forwardTo('web')])],
    loadBalancer: { type: 'network' },
    listener: { protocol: 'TCP' },
  })
  const { text, problems, backends } = renderConfiguration(table, { ...HOST, clientAddresses })
  const servers = [...backends.values()].flatMap((backend) => backend.servers)
  return { text, problems, servers }
}

describe('target groups that preserve clients’ addresses', () => {
  it('have servers that connections reach in the name of their client, the header of the PROXY protocol included', () => {
    const { text, servers } = rendered(true, {})
    expect(servers).toHaveLength(2)
    for (const { parameters } of servers) expect(parameters).toContain('send-proxy-v2 source 0.0.0.0 usesrc clientip')
    expect(text).toContain('tcp-request content set-src ipv4(0.0.0.0) if { src 127.0.0.0/8 } or !{ src 0.0.0.0/0 }')
  })

  it('reach targets of the loopback interface at another address of the machine', () => {
    const at = (isPreserved: boolean, given: ClientAddressSettings, address: string) =>
      rendered(isPreserved, given, address).servers[0]?.address
    expect(at(true, { ownAddress: '192.0.2.7' }, '127.0.0.1')).toBe('192.0.2.7:8080')
    expect(at(true, {}, '127.0.0.1')).toBe('127.0.0.1:8080')
    expect(at(true, { ownAddress: '192.0.2.7' }, '10.0.0.9')).toBe('10.0.0.9:8080')
    expect(at(false, { ownAddress: '192.0.2.7' }, '127.0.0.1')).toBe('127.0.0.1:8080')
  })

  it('are not sent to from another address where that cannot be done: their listeners are not served', () => {
    const { text, problems, servers } = rendered(true, { problem: 'no firewall' })
    expect([...problems.values()]).toEqual(['no firewall'])
    expect(text).not.toContain('frontend')
    for (const { parameters } of servers) expect(parameters).not.toContain('usesrc')
  })

  it('are all that is different', () => {
    expect(rendered(false, { problem: 'no firewall', ownAddress: '192.0.2.7' })).toEqual(rendered(false, {}))
    expect(rendered(false, {}).text).not.toContain('usesrc')
  })
})

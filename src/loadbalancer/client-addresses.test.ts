import { existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { aGroupRoute, aRoutingTable } from '../../test/e2e/loadbalancer/a-route.ts'
import { FakeFirewall } from '../../test/fakes/fake-firewall.ts'
import { ManualClock } from '../kit/clock.ts'
import { silentLog } from '../kit/log.ts'
import type { Ran } from '../kit/network/run-program.ts'
import { ClientAddresses } from './client-addresses.ts'

const aTable = (isPreserved: boolean) => {
  const attributes = { 'preserve_client_ip.enabled': String(isPreserved) }
  return aRoutingTable({ port: 80, rules: [], groups: [aGroupRoute('web', [], { protocol: 'TCP', attributes })] })
}

const world = () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'longshore-clients-'))
  const host = new FakeFirewall()
  const clock = new ManualClock()
  const state = { haproxy: 'Built with transparent proxy support using: IP_TRANSPARENT\n', hasOld: false, changes: 0 }
  const open = (): ClientAddresses =>
    new ClientAddresses({
      directory,
      program: 'haproxy',
      run: async (program, parameters): Promise<Ran> =>
        program === 'haproxy' ? { status: 0, stdout: state.haproxy, stderr: '' } : host.run(program, parameters),
      clock,
      log: silentLog,
      onChange: () => state.changes++,
      hasOldConnections: () => state.hasOld,
    })
  const counts = () => [host.rules.length, host.routingRules.length, host.routes.size]
  return { directory, host, clock, state, open, counts }
}

describe('the rules for addresses of clients', () => {
  it('are not there before a target group wants them', async () => {
    const { directory, host, open, counts } = world()
    host.programs = []
    const addresses = open()
    await addresses.serve(aTable(false))
    expect([counts(), existsSync(path.join(directory, 'return-paths'))]).toEqual([[0, 0, 0], false])
    expect(addresses.settings).toEqual({})
  })

  it('are there when a table with such a group is to be served, and again when they were lost', async () => {
    const { host, clock, open, counts } = world()
    const addresses = open()
    await addresses.serve(aTable(true))
    expect(counts()).toEqual([3, 1, 1])
    expect(addresses.settings.problem).toBeUndefined()
    host.rules.length = 0
    await clock.advance(10_000)
    await addresses.serve(aTable(true))
    expect(counts()).toEqual([3, 1, 1])
  })

  it('stay when the process ends, and go with HAProxy', async () => {
    const { open, counts } = world()
    const addresses = open()
    await addresses.serve(aTable(true))
    await addresses.stop()
    expect(counts()).toEqual([3, 1, 1])
    await open().remove()
    expect(counts()).toEqual([0, 0, 0])
  })

  it('go some time after the last such group, and not before what began under it has ended', async () => {
    const { clock, state, open, counts } = world()
    await open().serve(aTable(true))
    const next = open()
    state.hasOld = true
    await next.serve(aTable(false))
    await clock.advance(140_000)
    expect(counts()).toEqual([3, 1, 1])
    state.hasOld = false
    await clock.advance(10_000)
    expect(counts()).toEqual([0, 0, 0])
  })

  it('stay for a group that is back in time', async () => {
    const { clock, open, counts } = world()
    const addresses = open()
    await addresses.serve(aTable(true))
    await addresses.serve(aTable(false))
    await clock.advance(100_000)
    await addresses.serve(aTable(true))
    await clock.advance(100_000)
    expect(counts()).toEqual([3, 1, 1])
  })

  it('that a machine cannot have are a problem until it can', async () => {
    const { host, clock, state, open, counts } = world()
    host.programs = []
    const addresses = open()
    await addresses.serve(aTable(true))
    expect(addresses.settings.problem).toBe(
      "Targets cannot be shown the addresses of clients (preserve_client_ip.enabled) by this balancer's machine: there is no iptables: install it, e.g. with apt-get install iptables",
    )
    state.changes = 0
    host.programs = ['iptables', 'ip']
    await clock.advance(10_000)
    expect([counts(), addresses.settings.problem, state.changes]).toEqual([[3, 1, 1], undefined, 1])
    host.refusal = 'busy'
    await clock.advance(10_000)
    expect([addresses.settings.problem, state.changes]).toEqual([undefined, 1])
  })

  it('are not put there for an HAProxy that could not use them', async () => {
    const { state, open, counts } = world()
    state.haproxy = 'HAProxy\n'
    const addresses = open()
    await addresses.serve(aTable(true))
    expect(counts()).toEqual([0, 0, 0])
    expect(addresses.settings.problem).toContain('haproxy was built without transparent proxying')
  })
})

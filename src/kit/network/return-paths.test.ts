import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { FakeFirewall } from '../../../test/fakes/fake-firewall.ts'
import { FirewallError } from './iptables.ts'
import { type ReturnPath, ReturnPaths } from './return-paths.ts'

const aPath = (number: number, name = `path-${number}`): ReturnPath => ({
  number,
  name,
  chain: 'PREROUTING',
  match: ['-m', 'mac', '--mac-source', '02:00:00:00:00:01'],
  route: ['default', 'via', '10.0.0.5', 'dev', 'eth0'],
})

const open = (host: FakeFirewall, directory = mkdtempSync(join(tmpdir(), 'longshore-paths-'))): ReturnPaths =>
  new ReturnPaths({ run: host.run, owner: 'me', directory })

const REPLIES = '-m connmark --mark 0x2000000/0x1f000000 -m conntrack --ctdir REPLY'
const MARK = '-j MARK --set-xmark 0x2000000/0x1f000000'

describe('return paths', () => {
  it('mark connections that begin, and what is replied on them from elsewhere and from here, which goes by another table', async () => {
    const host = new FakeFirewall()
    expect(await open(host).keep([aPath(2)])).toBe(true)
    const comment = '-m comment --comment longshore-me-2-path-2'
    expect(host.rules.map((rule) => rule.replace(/(longshore-me-)[\da-f]{12}-/, '$1')).toSorted()).toEqual([
      `mangle OUTPUT ${REPLIES} ${comment} ${MARK}`,
      `mangle PREROUTING ${REPLIES} ${comment} ${MARK}`,
      `mangle PREROUTING -m conntrack --ctstate NEW -m mac --mac-source 02:00:00:00:00:01 ${comment} -j CONNMARK --set-xmark 0x2000000/0x1f000000`,
    ])
    expect(host.routingRules).toEqual(['pref 4560 fwmark 0x2000000/0x1f000000 lookup 45602'])
    expect([...host.routes]).toEqual([['45602', 'default via 10.0.0.5 dev eth0']])
  })

  it('are there once, and come back when they are lost', async () => {
    const host = new FakeFirewall()
    const paths = open(host)
    await paths.keep([aPath(2)])
    expect(await paths.keep([aPath(2)])).toBe(false)
    expect([host.rules.length, host.routingRules.length]).toEqual([3, 1])
    host.rules.length = 0
    expect(await paths.keep([aPath(2)])).toBe(true)
    host.routingRules.length = 0
    expect(await paths.keep([aPath(2)])).toBe(true)
    expect([host.rules.length, host.routingRules.length]).toEqual([3, 1])
  })

  it('go when they are not wanted any more, those of a killed process included, and others’ stay', async () => {
    const host = new FakeFirewall()
    host.rules.push('mangle OUTPUT -m comment --comment somebody -j ACCEPT')
    const directory = mkdtempSync(join(tmpdir(), 'longshore-paths-'))
    await open(host, directory).keep([aPath(1), aPath(2)])
    await open(host, directory).keep([aPath(2, 'other')])
    expect(host.rules.filter((rule) => rule.includes('-path-'))).toEqual([])
    expect(host.rules.filter((rule) => rule.includes('-2-other'))).toHaveLength(3)
    expect([...host.routes.keys()]).toEqual(['45602'])
    await open(host, directory).keep([])
    expect(host.rules).toEqual(['mangle OUTPUT -m comment --comment somebody -j ACCEPT'])
    expect([host.routingRules, [...host.routes]]).toEqual([[], []])
  })

  it('of one number keep their route until the last owner’s are gone', async () => {
    const host = new FakeFirewall()
    const [one, other] = [open(host), open(host)]
    await one.keep([aPath(3)])
    await other.keep([aPath(3)])
    await one.keep([])
    expect([host.rules.length, host.routingRules.length]).toEqual([3, 1])
    await other.keep([])
    expect([host.rules.length, host.routingRules.length]).toEqual([0, 0])
  })

  it('ask for nothing where none are wanted and none were', async () => {
    const host = new FakeFirewall()
    host.programs = []
    expect(await open(host).keep([])).toBe(false)
  })

  it('say what is missing on a host that cannot have them', async () => {
    const host = new FakeFirewall()
    host.programs = ['iptables']
    const paths = open(host)
    await expect(paths.keep([aPath(1)])).rejects.toThrow(
      new FirewallError('there is no ip: install it, e.g. with apt-get install iproute2'),
    )
  })
})

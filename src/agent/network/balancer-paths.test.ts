import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { FakeFirewall } from '../../../test/fakes/fake-firewall.ts'
import { ManualClock } from '../../kit/clock.ts'
import { LineLog } from '../../kit/log.ts'
import { BalancerPaths } from './balancer-paths.ts'

const [ONE, OTHER] = ['10.0.0.5', '10.0.0.6']

const world = () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'longshore-paths-'))
  const host = new FakeFirewall()
  const clock = new ManualClock()
  const lines: string[] = []
  const log = new LineLog({ clock, level: 'warn', format: 'json', write: (line) => void lines.push(line) })
  const touch = async (): Promise<void> => {}
  const open = (...balancers: readonly string[]): BalancerPaths =>
    new BalancerPaths({ balancers, directory, run: host.run, clock, log, touch })
  const begin = async (paths: BalancerPaths): Promise<void> => {
    const started = paths.start()
    await clock.advance(2000)
    await started
  }
  const marks = () => host.rules.filter((rule) => rule.includes('CONNMARK'))
  const reasons = () => lines.map((line) => (JSON.parse(line) as { reason: string }).reason)
  return { host, clock, open, begin, marks, reasons }
}

describe('the way back through balancers', () => {
  it('is that of connections that come from their hardware addresses, but of those that they have themselves', async () => {
    const { host, open, begin, marks } = world()
    host.neighbours.set(ONE, '02:00:00:00:00:05').set(OTHER, '02:00:00:00:00:06')
    await begin(open(ONE, OTHER))
    expect(marks().map((rule) => rule.replace(/-m comment --comment \S+ /, ''))).toEqual([
      'mangle PREROUTING -m conntrack --ctstate NEW -m mac --mac-source 02:00:00:00:00:06 ! -s 10.0.0.6 -j CONNMARK --set-xmark 0x2000000/0x1f000000',
      'mangle PREROUTING -m conntrack --ctstate NEW -m mac --mac-source 02:00:00:00:00:05 ! -s 10.0.0.5 -j CONNMARK --set-xmark 0x1000000/0x1f000000',
    ])
    expect([...host.routes]).toEqual([
      ['45601', 'default via 10.0.0.5 dev eth0'],
      ['45602', 'default via 10.0.0.6 dev eth0'],
    ])
  })

  it('follows an address to another machine, and stays where nobody answers for a while', async () => {
    const { host, clock, open, begin, marks, reasons } = world()
    host.neighbours.set(ONE, '02:00:00:00:00:05')
    await begin(open(ONE))
    host.neighbours.set(ONE, '')
    await clock.advance(20_000)
    expect(marks()).toEqual([expect.stringContaining('02:00:00:00:00:05')])
    expect(reasons()).toEqual(['it does not answer on the link'])
    host.neighbours.set(ONE, '02:00:00:00:00:07')
    await clock.advance(10_000)
    expect(marks()).toEqual([expect.stringContaining('02:00:00:00:00:07')])
  })

  it('stays when the agent ends, and goes with a start that names no balancers', async () => {
    const { host, open, begin, marks } = world()
    host.neighbours.set(ONE, '02:00:00:00:00:05')
    const paths = open(ONE)
    await begin(paths)
    await paths.stop()
    expect(marks()).toHaveLength(1)
    await begin(open())
    expect([host.rules, host.routingRules, [...host.routes]]).toEqual([[], [], []])
  })

  it('is none to the own machine, and to those that are not on a link', async () => {
    const { host, open, begin, reasons } = world()
    await begin(open('127.0.0.1', ONE))
    expect(host.rules).toEqual([])
    expect(reasons()).toEqual(['it is not on a link of this host'])
  })

  it('asks a host for nothing where no balancers are named', async () => {
    const { host, open, begin, reasons } = world()
    host.programs = []
    await begin(open())
    expect(reasons()).toEqual([])
  })

  it('is complained of once where the host cannot have it', async () => {
    const { host, clock, open, begin, reasons } = world()
    host.neighbours.set(ONE, '02:00:00:00:00:05')
    host.refusal = 'Permission denied (you must be root)'
    await begin(open(ONE))
    await clock.advance(30_000)
    expect(reasons()).toEqual(['iptables does not work: Permission denied (you must be root)'])
    host.refusal = undefined
    await clock.advance(10_000)
    expect(host.rules).toHaveLength(3)
  })
})

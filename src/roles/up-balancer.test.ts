import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { ManualClock } from '../kit/clock.ts'
import { silentLog } from '../kit/log.ts'
import { UpBalancer } from './up-balancer.ts'

const balancer = (program: string, failures = 0) => {
  const [clock, said] = [new ManualClock(), [] as string[]]
  const child = {
    starts: 0,
    isStopped: false,
    start: (): Promise<Readonly<Record<string, string>>> => {
      child.starts++
      return child.starts > failures ? Promise.resolve({}) : Promise.reject(new Error('it did not start'))
    },
    stop: (): Promise<void> => {
      child.isStopped = true
      return Promise.resolve()
    },
  }
  const up = new UpBalancer({ child, clock, log: silentLog, program, say: (sentence) => void said.push(sentence) })
  return { up, child, clock, said }
}

describe('the balancer of `up`', () => {
  it('is started once, when it is wanted', async () => {
    const { up, child, clock, said } = balancer('/bin/sh')
    await clock.advance(60_000)
    expect(child.starts).toBe(0)
    up.want()
    up.want()
    await clock.advance(60_000)
    expect([child.starts, said]).toEqual([1, []])
  })

  it('waits for HAProxy to be installed, and says how, once', async () => {
    const program = path.join(mkdtempSync(path.join(tmpdir(), 'longshore-haproxy-')), 'haproxy')
    const { up, child, clock, said } = balancer(program)
    up.want()
    await clock.advance(60_000)
    expect(child.starts).toBe(0)
    expect(said).toEqual([expect.stringContaining('apt install haproxy')])
    writeFileSync(program, '#!/bin/sh\n')
    chmodSync(program, 0o755)
    await clock.advance(5000)
    expect([child.starts, said.length]).toEqual([1, 1])
  })

  it('is tried again when it does not start, until it is to stop', async () => {
    const { up, child, clock } = balancer('/bin/sh', 2)
    up.want()
    await clock.advance(60_000)
    expect(child.starts).toBe(3)
    const other = balancer('/bin/sh', 100)
    other.up.want()
    await other.clock.advance(1000)
    await other.up.stop()
    await other.clock.advance(60_000)
    expect([other.child.starts, other.child.isStopped]).toEqual([1, true])
  })
})

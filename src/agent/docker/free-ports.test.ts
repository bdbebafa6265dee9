import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../kit/clock.ts'
import { SeededIds } from '../../kit/ids.ts'
import { FreePorts, type FreePortsOptions } from './free-ports.ts'

const somePorts = (options: Partial<FreePortsOptions> = {}) => {
  const clock = new ManualClock()
  const ports = new FreePorts({
    range: { first: 100, last: 104 },
    reserved: { tcp: [], udp: [] },
    clock,
    ids: new SeededIds(1),
    isFree: () => Promise.resolve(true),
    ...options,
  })
  const takeAll = async (protocol: 'tcp' | 'udp', count: number) => {
    const taken = await Promise.all(Array.from({ length: count }, () => ports.take(protocol)))
    return taken.toSorted((a, b) => Number(a) - Number(b))
  }
  return { clock, ports, takeAll }
}

describe('free ports', () => {
  it('are given to one container each, until there are none', async () => {
    const { takeAll, ports } = somePorts()
    expect(await takeAll('tcp', 5)).toEqual([100, 101, 102, 103, 104])
    expect(await ports.take('tcp')).toBeUndefined()
    expect(await ports.take('udp')).toBeDefined()
  })

  it('are neither reserved nor in use', async () => {
    const isFree = (port: number) => Promise.resolve(port !== 103)
    const { takeAll } = somePorts({ reserved: { tcp: [101], udp: [] }, isFree })
    expect(await takeAll('tcp', 4)).toEqual([100, 102, 104, undefined])
  })

  it('are given again when they had time to be taken and were not', async () => {
    const { takeAll, clock } = somePorts()
    await takeAll('tcp', 5)
    await clock.advance(10 * 60_000)
    expect(await takeAll('tcp', 5)).toHaveLength(5)
  })

  it('are looked at on this host', async () => {
    const server = createServer()
    await new Promise<void>((listening) => server.listen(0, '0.0.0.0', listening))
    const { port } = server.address() as AddressInfo
    const range = { first: port, last: port }
    const look = () =>
      new FreePorts({ range, reserved: { tcp: [], udp: [] }, clock: new ManualClock(), ids: new SeededIds(1) })
    expect(await look().take('tcp')).toBeUndefined()
    await new Promise((closed) => server.close(closed))
    expect(await look().take('tcp')).toBe(port)
    expect(await look().take('udp')).toBe(port)
  })
})

/** What the agent reads of containers from the kernel's files, against what the engine itself says of them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ContainerStats } from '../../../src/agent/runtime.ts'
import type { KernelStats } from '../../../src/agent/telemetry/kernel-stats.ts'
import { Harness } from './harness.ts'

let harness: Harness
let kernelStats: KernelStats

beforeAll(async () => {
  harness = await Harness.start()
  kernelStats = await harness.host.kernelStats!()
})

afterAll(() => harness.stop())

/** Uses processor, memory, disk and network, says so, and does nothing more. */
const BUSY = [
  'i=0; while [ $i -lt 50000 ]; do i=$((i+1)); done',
  'dd if=/dev/zero of=/written bs=64k count=64 conv=fsync',
  'ping -c 3 -i 0.2 -s 1000 "$(ip route | sed -n "s/default via \\([^ ]*\\).*/\\1/p")"',
  'echo done',
  'sleep 3600',
].join('; ')

const runBusy = async (): Promise<string> => {
  const id = await harness.run({ command: ['sh', '-c', BUSY] }, { networkMode: 'bridge' })
  while (!(await harness.logs(id)).includes('done')) await new Promise((resolve) => setTimeout(resolve, 50))
  return id
}

/** The kernel's sample between two of the engine's. */
const samples = async (dockerId: string, run: string) => {
  const { runtime } = harness.host
  const before = await runtime.stats(dockerId)
  const own = await kernelStats.stats({ dockerId, run })
  if (own === undefined) throw new Error('there are no statistics from the kernel')
  return { before, own, after: await runtime.stats(dockerId) }
}

/** Counters only grow, and a network is never quite silent. */
const expectBetween = ({ before, own, after }: Awaited<ReturnType<typeof samples>>): void => {
  const counters = ({ network, cpuTotalNanoseconds, storageReadBytes, storageWriteBytes }: ContainerStats) => ({
    ...network,
    cpuTotalNanoseconds,
    storageReadBytes,
    storageWriteBytes,
  })
  const [least, most] = [counters(before), counters(after)]
  for (const [name, value] of Object.entries(counters(own)) as [keyof typeof least, number][]) {
    expect([name, value >= least[name], value <= most[name]]).toEqual([name, true, true])
  }
}

describe('statistics from the kernel', () => {
  it("are the engine's", async () => {
    const { runtime } = harness.host
    const id = await runBusy()
    const taken = await samples(id, '1')
    expectBetween(taken)
    const { own, after } = taken
    expect(own.network.rxBytes).toBeGreaterThan(3000)
    expect(own.network.txBytes).toBeGreaterThan(3000)
    expect(own.cpuTotalNanoseconds).toBeGreaterThan(10_000_000)
    expect(Math.abs(after.memoryBytes - own.memoryBytes)).toBeLessThan(1024 * 1024)
    expect(own.onlineCpus).toBe(after.onlineCpus)
    await runtime.remove(id)
    expect(await kernelStats.stats({ dockerId: id, run: '1' })).toBeUndefined()
  })

  it('are found anew when the container is started again', async () => {
    const { runtime } = harness.host
    const id = await harness.run({ command: ['sleep', '3600'] })
    expectBetween(await samples(id, '1'))
    await runtime.stop(id, 0)
    await runtime.start(id)
    expectBetween(await samples(id, '2'))
    await runtime.remove(id)
  })
})

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ManualClock } from '../../kit/clock.ts'
import type { ContainerState } from '../runtime.ts'
import { KernelStats } from './kernel-stats.ts'

const ID = 'c0ffee'
const GROUP = `docker/${ID}`

let root: string
let inspected: number
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'kernel-'))
  inspected = 0
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const write = (files: Readonly<Record<string, string>>): void => {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(root, name)
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
}

/** Process 7 is the container's, in control groups of version 2. */
const aContainer = (processId = 7): void =>
  write({
    'proc/stat': 'cpu  1 2 3 4 5 6 7 8 0 0\n',
    [`proc/${processId}/cgroup`]: `0::/${GROUP}\n`,
    [`proc/${processId}/net/dev`]: `head\nhead\n  eth0: ${processId} 1 0 0 0 0 0 0 20 2 0 0 0 0 0 0\n`,
    [`cgroup/${GROUP}/cpu.stat`]: 'usage_usec 1500\n',
    [`cgroup/${GROUP}/memory.current`]: '1000\n',
    [`cgroup/${GROUP}/memory.stat`]: 'inactive_file 400\n',
    [`cgroup/${GROUP}/io.stat`]: '8:0 rbytes=4096 wbytes=512\n',
  })

const kernelStats = (processIds: readonly (number | undefined)[]): KernelStats => {
  const left = [...processIds]
  return new KernelStats({
    runtime: {
      inspect: async () => {
        inspected++
        const processId = left.shift()
        return processId === undefined ? undefined : ({ processId } as ContainerState)
      },
    },
    clock: new ManualClock(),
    cgroupVersion: '2',
    cgroupRoot: path.join(root, 'cgroup'),
    procRoot: path.join(root, 'proc'),
    cpus: 4,
  })
}

const container = { dockerId: ID, run: '1' }

describe('statistics from the kernel', () => {
  it('are read without asking the engine again', async () => {
    aContainer()
    const stats = kernelStats([7])
    const sample = await stats.stats(container)
    expect(sample).toMatchObject({
      cpuTotalNanoseconds: 1_500_000,
      onlineCpus: 4,
      memoryBytes: 600,
      network: { rxBytes: 7, txBytes: 20 },
      storageReadBytes: 4096,
      storageWriteBytes: 512,
      document: { cpu_stats: { cpu_usage: { total_usage: 1_500_000 }, system_cpu_usage: 36e7, online_cpus: 4 } },
    })
    await stats.stats(container)
    expect(inspected).toBe(1)
  })

  it('are found anew after a restart of the container', async () => {
    aContainer()
    aContainer(8)
    const stats = kernelStats([7, 8])
    await stats.stats(container)
    expect((await stats.stats({ ...container, run: '2' }))?.network.rxBytes).toBe(8)
  })

  it('are not there while a container ends, and found again when it is back', async () => {
    aContainer()
    const stats = kernelStats([7, 7])
    await stats.stats(container)
    rmSync(path.join(root, 'cgroup'), { recursive: true })
    expect(await stats.stats(container)).toBeUndefined()
    aContainer()
    expect(await stats.stats(container)).toBeDefined()
  })

  it('are left to the engine where its processes are not those of this host', async () => {
    write({ 'proc/7/cgroup': '0::/user.slice\n' })
    const stats = kernelStats([7])
    expect(await stats.stats(container)).toBeUndefined()
    expect(await stats.stats(container)).toBeUndefined()
    expect(await kernelStats([9]).stats(container)).toBeUndefined()
    expect(await kernelStats([undefined]).stats(container)).toBeUndefined()
    expect(inspected).toBe(3)
  })
})

import { describe, expect, it } from 'vitest'
import { anEngineContainer, aTaskOf } from '../../../test/builders/an-engine-task.ts'
import { type ContainerStats, RuntimeError } from '../runtime.ts'
import { StatsView } from './stats-view.ts'

const RUNNING = anEngineContainer({}, { dockerId: 'abc', knownStatus: 'RUNNING' })
const NO_TRAFFIC = {
  rxBytes: 0,
  rxPackets: 0,
  rxErrors: 0,
  rxDropped: 0,
  txBytes: 0,
  txPackets: 0,
  txErrors: 0,
  txDropped: 0,
}

/** The sample of a container that receives 100 bytes and sends 10 in every second. */
const sampleAt = (seconds: number, members: Partial<ContainerStats> = {}): ContainerStats => ({
  readAt: seconds * 1000,
  cpuTotalNanoseconds: seconds,
  onlineCpus: 1,
  memoryBytes: 0,
  network: { ...NO_TRAFFIC, rxBytes: seconds * 100, txBytes: seconds * 10 },
  storageReadBytes: 0,
  storageWriteBytes: 0,
  document: { read: `second ${seconds}`, cpu_stats: { seconds }, precpu_stats: {}, networks: {} },
  ...members,
})

const aView = (samples: (ContainerStats | Error)[], last?: ContainerStats) =>
  new StatsView({
    runtime: {
      stats: async () => {
        const sample = samples.shift()
        if (sample === undefined || sample instanceof Error) throw sample ?? new Error('asked too often')
        return sample
      },
    },
    lastSample: () => last,
  })

const RATES = { rx_bytes_per_sec: 100, tx_bytes_per_sec: 10 }

describe('statistics of a container', () => {
  it("are the engine's, with rates since the last sample that was taken", async () => {
    expect(await aView([sampleAt(9)], sampleAt(5)).ofContainer(RUNNING, 'v4')).toEqual({
      read: 'second 9',
      cpu_stats: { seconds: 9 },
      preread: 'second 5',
      precpu_stats: { seconds: 5 },
      networks: {},
      network_rate_stats: RATES,
    })
  })

  it('have no rates before there are two samples, nor in older versions', async () => {
    const view = aView([sampleAt(9), sampleAt(11), sampleAt(12)])
    expect(await view.ofContainer(RUNNING, 'v4')).toEqual(sampleAt(9).document)
    expect(await view.ofContainer(RUNNING, 'v3')).toEqual({
      ...sampleAt(11).document,
      preread: 'second 9',
      precpu_stats: { seconds: 9 },
    })
    expect(await view.ofContainer(RUNNING, 'v4')).toMatchObject({ preread: 'second 11', network_rate_stats: RATES })
  })

  it('are compared with a sample that is no document of the engine as far as that goes', async () => {
    const { document: _none, ...kernels } = sampleAt(5)
    expect(await aView([sampleAt(9)], kernels).ofContainer(RUNNING, 'v4')).toEqual({
      ...sampleAt(9).document,
      network_rate_stats: RATES,
    })
  })

  it('have no rates without a network of its own', async () => {
    const document = { read: 'now' }
    const view = aView([sampleAt(9, { document })], sampleAt(5, { document }))
    expect(await view.ofContainer(RUNNING, 'v4')).not.toHaveProperty('network_rate_stats')
  })

  it('span a second however often they are asked for', async () => {
    const view = aView([9, 9.4, 9.8, 10.2].map((second) => sampleAt(second)))
    const spans: unknown[] = []
    for (let times = 0; times < 4; times++) spans.push((await view.ofContainer(RUNNING, 'v4'))['preread'])
    expect(spans).toEqual([undefined, 'second 9', 'second 9', 'second 9'])
  })

  it('are not compared with those of an earlier run', async () => {
    const view = aView([sampleAt(9, { cpuTotalNanoseconds: 1 })], sampleAt(5))
    expect(await view.ofContainer(RUNNING, 'v4')).not.toHaveProperty('network_rate_stats')
  })

  it.each([
    ['of a container that does not run', anEngineContainer({}, { dockerId: 'abc', knownStatus: 'STOPPED' }), []],
    ['of one that has just ended', RUNNING, [sampleAt(0, { document: { read: '0001-01-01T00:00:00Z' } })]],
    ['of one that is gone', RUNNING, [new RuntimeError('not-found', 'gone')]],
    ['of one that is simulated', RUNNING, [{ ...sampleAt(9), document: undefined } as unknown as ContainerStats]],
  ])('are none %s', async (_of, container, samples) => {
    expect(await aView(samples).ofContainer(container, 'v4')).toEqual({})
  })

  it('cannot be had from an engine that does not answer', async () => {
    const view = aView([new RuntimeError('unreachable', 'down')])
    await expect(view.ofContainer(RUNNING, 'v4')).rejects.toThrow('down')
  })
})

describe('statistics of a task', () => {
  it('are those of its containers, by their ids', async () => {
    const stopped = anEngineContainer({ name: 'b' }, { dockerId: 'def', knownStatus: 'STOPPED' })
    const pulled = anEngineContainer({ name: 'c' }, { knownStatus: 'PULLED' })
    const task = aTaskOf([RUNNING, stopped, pulled])
    const view = aView([sampleAt(9), sampleAt(12)])
    expect(await view.ofTask(task, 'v4')).toEqual({ abc: sampleAt(9).document, def: {} })
    view.forget(task)
    expect(await view.ofTask(task, 'v4')).toEqual({ abc: sampleAt(12).document, def: {} })
  })
})

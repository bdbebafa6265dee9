/** What a container used since the last publish: samples of its statistics, boiled down as they come. */
import type { ContainerMetric, CounterStatsSet, StatsSet } from '../../agentlink/tcs-messages.ts'
import type { ContainerStats } from '../runtime.ts'

const MEBIBYTE = 1024 * 1024
/** What these exceed 63 bits by would stand in the overflow members; a JSON number is exact to 53, so there it is always 0. */
const COUNTERS = [
  'rxBytes',
  'rxPackets',
  'rxErrors',
  'rxDropped',
  'txBytes',
  'txPackets',
  'txErrors',
  'txDropped',
] as const

class Samples {
  #min = Infinity
  #max = -Infinity
  #sum = 0
  #sampleCount = 0

  add(value: number): void {
    this.#min = Math.min(this.#min, value)
    this.#max = Math.max(this.#max, value)
    this.#sum += value
    this.#sampleCount++
  }

  set(): StatsSet {
    return { min: this.#min, max: this.#max, sum: this.#sum, sampleCount: this.#sampleCount }
  }

  counterSet(): CounterStatsSet {
    return { ...this.set(), overflowMin: 0, overflowMax: 0, overflowSum: 0 }
  }
}

export class ContainerUsage {
  #last: ContainerStats | undefined
  #samples = new Map<string, Samples>()
  #restartsTold: number

  /** Restarts before count for nothing. */
  constructor(restartCount = 0) {
    this.#restartsTold = restartCount
  }

  /** The newest sample. */
  get last(): ContainerStats | undefined {
    return this.#last
  }

  /** A sample says something together with the one before it; the first one alone says nothing. */
  add(stats: ContainerStats): void {
    const last = this.#last
    this.#last = stats
    if (last === undefined || stats.readAt <= last.readAt || stats.cpuTotalNanoseconds < last.cpuTotalNanoseconds)
      return
    const seconds = (stats.readAt - last.readAt) / 1000
    const cpuSeconds = (stats.cpuTotalNanoseconds - last.cpuTotalNanoseconds) / 1e9
    this.#add('cpu', (cpuSeconds / (Math.max(1, stats.onlineCpus) * seconds)) * 100)
    this.#add('memory', stats.memoryBytes / MEBIBYTE)
    for (const name of COUNTERS) this.#add(name, stats.network[name])
    this.#add('rxBytesPerSecond', Math.max(0, stats.network.rxBytes - last.network.rxBytes) / seconds)
    this.#add('txBytesPerSecond', Math.max(0, stats.network.txBytes - last.network.txBytes) / seconds)
    this.#add('readSizeBytes', stats.storageReadBytes)
    this.#add('writeSizeBytes', stats.storageWriteBytes)
  }

  /** The metric of the samples since the last call, undefined if there were none. Restarts are told where they are given. */
  take(hasNetwork: boolean, restartCount?: number): Omit<ContainerMetric, 'containerName'> | undefined {
    const samples = this.#samples
    if (samples.size === 0) return undefined
    this.#samples = new Map()
    const of = (name: string): Samples => samples.get(name) ?? new Samples()
    const counters = COUNTERS.map((name) => [name, of(name).counterSet()])
    const rates = ['rxBytesPerSecond', 'txBytesPerSecond'].map((name) => [name, of(name).set()])
    return {
      cpuStatsSet: of('cpu').set(),
      memoryStatsSet: of('memory').set(),
      ...(hasNetwork && {
        networkStatsSet: Object.fromEntries([...counters, ...rates]) as Record<string, CounterStatsSet>,
      }),
      storageStatsSet: {
        readSizeBytes: of('readSizeBytes').counterSet(),
        writeSizeBytes: of('writeSizeBytes').counterSet(),
      },
      ...(restartCount !== undefined && { restartStatsSet: { restartCount: this.#restartsSince(restartCount) } }),
    }
  }

  /** Since they were told. */
  #restartsSince(restartCount: number): number {
    const since = Math.max(0, restartCount - this.#restartsTold)
    this.#restartsTold = restartCount
    return since
  }

  #add(name: string, value: number): void {
    const samples = this.#samples.get(name) ?? new Samples()
    this.#samples.set(name, samples)
    samples.add(value)
  }
}

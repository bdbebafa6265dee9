/** Collects the samples of one minute, by dimensions and metric, into statistics. */
import type { MetricDatum, MetricDimension } from '../../store/metrics/metric-store.ts'
import { type Dimensions, sorted } from './dimensions.ts'

/** Compared by identity: each metric is one constant. */
export interface Metric {
  readonly namespace: string
  readonly metricName: string
  readonly unit: string
}

export class MetricSheet {
  readonly #subjects = new Map<string, Samples>()

  /** What is told of what has these dimensions. */
  of(dimensions: Dimensions): Samples {
    const key = Object.values(dimensions).join('\n') + Object.keys(dimensions).join('\n')
    const samples = this.#subjects.get(key) ?? new Samples(dimensions)
    this.#subjects.set(key, samples)
    return samples
  }

  data(timestamp: number): MetricDatum[] {
    return [...this.#subjects.values()].flatMap((samples) => samples.data(timestamp))
  }
}

/** Nothing is measured so exactly that more would be true, and doubles that end in zeros take far less room on a disk. */
const PARTS = 1024
const rounded = (value: number): number => Math.round(value * PARTS) / PARTS

export class Samples {
  readonly #dimensions: readonly MetricDimension[]
  readonly #statistics = new Map<Metric, { minimum: number; maximum: number; sum: number; sampleCount: number }>()

  constructor(dimensions: Dimensions) {
    this.#dimensions = sorted(dimensions)
  }

  /** What is not known is no sample. A sample of another weight than 1 counts so much more, or less, in the average. */
  add(metric: Metric, given: number | undefined, weight = 1): void {
    if (given === undefined) return
    const value = rounded(given)
    const found = this.#statistics.get(metric)
    if (found === undefined) {
      const first = { minimum: value, maximum: value, sum: rounded(value * weight), sampleCount: 1 }
      this.#statistics.set(metric, first)
      return
    }
    found.minimum = Math.min(found.minimum, value)
    found.maximum = Math.max(found.maximum, value)
    found.sum += rounded(value * weight)
    found.sampleCount++
  }

  data(timestamp: number): MetricDatum[] {
    const dimensions = this.#dimensions
    return [...this.#statistics].map(([metric, statistics]) => ({ ...metric, dimensions, timestamp, statistics }))
  }
}

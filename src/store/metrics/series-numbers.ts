/** The numbers that the series of one segment have, as its definitions give them: for the writer, which defines what it has not met yet. */
import type { SeriesGroup } from './metric-frames.ts'
import { type MetricMinute, type MetricSubject, subjectKey } from './metric-minutes.ts'

/** Where some metrics of a subject are. Most subjects have one such place, and share its `metrics`. */
interface Place {
  readonly metrics: readonly string[]
  readonly first: number
  readonly stride: number
}

export class SeriesNumbers {
  #next = 0
  readonly #places = new Map<string, Place | readonly Place[]>()

  /** Of a definition that was read, or is made. */
  add({ first, metrics, subjects }: SeriesGroup): void {
    for (const [index, subject] of subjects.entries())
      this.#addPlace(subjectKey(subject), { metrics, first: first + index, stride: subjects.length })
    this.#next = Math.max(this.#next, first + metrics.length * subjects.length)
  }

  /** The number of a series, undefined if it has none yet. */
  get(subject: string, metric: string): number | undefined {
    for (const { metrics, first, stride } of this.#placesOf(subject)) {
      const index = metrics.indexOf(metric)
      if (index >= 0) return first + index * stride
    }
    return undefined
  }

  require(subject: string, metric: string): number {
    const number = this.get(subject, metric)
    if (number === undefined) throw new Error('a series has no number')
    return number
  }

  /** Numbers below are not given any more. */
  leaveOut(below: number): void {
    this.#next = Math.max(this.#next, below)
  }

  /** Gives numbers to all series of a minute that have none. Those of the same metrics are neighbours: they compress well together. */
  define(minute: MetricMinute): SeriesGroup[] {
    const unknown = new Map<string, { metrics: readonly string[]; subjects: MetricSubject[] }>()
    for (const [key, { subject, metrics }] of minute) {
      const missing = [...metrics.keys()].filter((metric) => this.get(key, metric) === undefined)
      if (missing.length === 0) continue
      const signature = missing.join('\t')
      const group = unknown.get(signature) ?? { metrics: missing, subjects: [] }
      unknown.set(signature, group)
      group.subjects.push(subject)
    }
    return [...unknown.values()].map((group) => {
      const defined = { first: this.#next, ...group }
      this.add(defined)
      return defined
    })
  }

  #placesOf(subject: string): readonly Place[] {
    const found = this.#places.get(subject)
    if (found === undefined) return []
    return 'first' in found ? [found] : found
  }

  #addPlace(subject: string, place: Place): void {
    const before = this.#placesOf(subject)
    this.#places.set(subject, before.length === 0 ? place : [...before, place])
  }
}

/** What a seed decides of a run. Its draws are its own, so that a change in how many ids the system draws does not change the run. */
import { SeededIds } from '../../src/kit/ids.ts'

export class Chance {
  readonly #ids: SeededIds

  constructor(seed: number) {
    this.#ids = new SeededIds(Math.imul(seed + 1, 0x9e3779b1))
  }

  /** Whether something of this probability happens. */
  is(probability: number): boolean {
    return this.#ids.random() < probability
  }

  /** A whole number, both ends included. */
  int(least: number, most: number): number {
    return least + Math.floor(this.#ids.random() * (most - least + 1))
  }

  /** A time span; short ones are as likely as long ones, by orders of magnitude. */
  span(leastMs: number, mostMs: number): number {
    return Math.round(leastMs * (mostMs / leastMs) ** this.#ids.random())
  }

  /** One of them; undefined of nothing. */
  of<T>(items: readonly T[]): T | undefined {
    return items[Math.floor(this.#ids.random() * items.length)]
  }

  /** One of at least one. */
  one<T>(items: readonly T[]): T {
    return this.of(items)!
  }

  /** Up to so many different ones. */
  some<T>(items: readonly T[], count: number): T[] {
    const left = [...items]
    const picked: T[] = []
    while (picked.length < count && left.length > 0) picked.push(...left.splice(this.int(0, left.length - 1), 1))
    return picked
  }

  /** One of them, each as likely as its weight says. */
  weighted<T extends { readonly weight: number }>(items: readonly T[]): T | undefined {
    let point = this.#ids.random() * items.reduce((sum, { weight }) => sum + weight, 0)
    return items.find(({ weight }) => (point -= weight) < 0)
  }
}

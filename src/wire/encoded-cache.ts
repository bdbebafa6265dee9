/**
 * Encodings of stored rows, kept for as long as their rows live but never more than a limit: two generations of weak maps, of which
 * the older one is dropped when the younger one is full. What is used moves to the young generation.
 */
import type { Described } from './described.ts'

/** Encodings of one row, by variant; nearly always one. */
interface Encodings {
  readonly variant: string
  readonly text: string
  readonly next: Encodings | undefined
}

export class EncodedCache {
  readonly #generationCharacters: number
  #young = new WeakMap<object, Encodings>()
  #old = new WeakMap<object, Encodings>()
  #characters = 0

  constructor(generationCharacters: number) {
    this.#generationCharacters = generationCharacters
  }

  /** The encoding of what is described, by `encode` if it is not known yet. */
  get(described: Described<unknown>, encode: (value: unknown) => string): string {
    const { record, variant } = described
    const young = find(this.#young.get(record), variant)
    if (young !== undefined) return young
    const text = find(this.#old.get(record), variant) ?? flat(encode(described.value()))
    this.#keep(record, variant, text)
    return text
  }

  #keep(record: object, variant: string, text: string): void {
    if (this.#characters + text.length > this.#generationCharacters) {
      this.#old = this.#young
      this.#young = new WeakMap()
      this.#characters = 0
    }
    this.#young.set(record, { variant, text, next: this.#young.get(record) })
    this.#characters += text.length
  }
}

const find = (encodings: Encodings | undefined, variant: string): string | undefined => {
  let each = encodings
  while (each !== undefined && each.variant !== variant) each = each.next
  return each?.text
}

/**
 * The text in one piece. The engine keeps concatenations as trees and copies them piece by piece each time they become bytes;
 * a kept text is copied often, so that it pays to join it once.
 */
const flat = (text: string): string => Buffer.from(text).toString()

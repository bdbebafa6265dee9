/**
 * The instances of a cell by how many tasks of one group they have: a set of positions per count, as bits.
 * Placing on the instance with the fewest tasks is then a look at the first set that is not empty.
 */

export interface PositionSet {
  /** Bit `p % 32` of word `p / 32` stands for position `p`. */
  words: Int32Array
  size: number
}

export class LevelSets {
  readonly #sets: (PositionSet | undefined)[] = []

  /** How many levels there may be; those without positions included. */
  get length(): number {
    return this.#sets.length
  }

  /** The positions that have exactly that many tasks; undefined if there are none. */
  at(level: number): PositionSet | undefined {
    return this.#sets[level]
  }

  add(level: number, position: number): void {
    const set = (this.#sets[level] ??= { words: new Int32Array((position >> 5) + 1), size: 0 })
    const word = position >> 5
    if (word >= set.words.length) set.words = grown(set.words, word)
    set.words[word]! |= 1 << (position & 31)
    set.size++
  }

  remove(level: number, position: number): void {
    const set = this.#sets[level]
    if (set === undefined) return
    set.words[position >> 5]! &= ~(1 << (position & 31))
    if (--set.size > 0) return
    this.#sets[level] = undefined
    while (this.#sets.length > 0 && this.#sets.at(-1) === undefined) this.#sets.pop()
  }

  /** Puts the positions from 0 to `size` at level 0. */
  addAll(size: number): void {
    if (size === 0) return
    const words = new Int32Array(((size - 1) >> 5) + 1).fill(-1)
    if ((size & 31) !== 0) words[words.length - 1] = (1 << (size & 31)) - 1
    this.#sets[0] = { words, size }
  }
}

const grown = (words: Int32Array, word: number): Int32Array<ArrayBuffer> => {
  const larger = new Int32Array(Math.max(word + 1, words.length * 2))
  larger.set(words)
  return larger
}

/**
 * Instances in order of what they have left: by the primary resource, then by the secondary, then by slot.
 * A list of short sorted blocks. Each knows the most it holds of the secondary resource, so that a walk leaps over blocks in
 * which nothing can fit.
 */
import { assert, defined } from '../../kit/assert.ts'

const BLOCK_LENGTH = 256
/** Both amounts fit into one exact number: 2 ** 26 CPU units or MiB are more than a machine has. */
const UNIT = 2 ** 26

interface Block {
  readonly keys: Float64Array
  readonly slots: Int32Array
  length: number
  /** At least the most that any entry has of the secondary resource; exact when `exact`. */
  secondaryMaximum: number
  exact: boolean
}

const clamp = (amount: number): number => Math.min(Math.max(amount, -1), UNIT - 2) + 1

/** Amounts as one number that orders as they do. */
export const orderKey = (primary: number, secondary: number): number => clamp(primary) * UNIT + clamp(secondary)

/** The primary amount of an order's key. */
export const primaryOf = (key: number): number => Math.floor(key / UNIT) - 1

/** Not by `%`, which takes ten times as long on numbers of this size. */
const secondaryOf = (key: number): number => key - Math.floor(key / UNIT) * UNIT - 1

export class ResourceOrder {
  readonly #blocks: Block[] = []

  insert(key: number, slot: number): void {
    if (this.#blocks.length === 0) this.#blocks.push(emptyBlock())
    const index = this.#blockFor(key, slot)
    const block = this.#blocks[index]!
    insertAt(block, positionIn(block, key, slot), key, slot)
    if (block.length === BLOCK_LENGTH) this.#blocks.splice(index + 1, 0, splitOff(block))
  }

  remove(key: number, slot: number): void {
    const index = this.#blockFor(key, slot)
    const block = defined(this.#blocks[index], 'block of the order')
    const at = positionIn(block, key, slot)
    assert(block.slots[at] === slot, `slot ${slot} is not in the order under its key`)
    block.keys.copyWithin(at, at + 1, block.length)
    block.slots.copyWithin(at, at + 1, block.length)
    block.length--
    if (secondaryOf(key) === block.secondaryMaximum) block.exact = false
    if (block.length === 0) this.#blocks.splice(index, 1)
    else this.#mergeNext(index)
  }

  /**
   * Visits, from the entry at or after (key, slot) on, those with at least that much of the secondary resource,
   * until `visit` returns true.
   */
  walk(key: number, slot: number, secondary: number, visit: (slot: number, key: number) => boolean): void {
    if (this.#blocks.length === 0) return
    let index = this.#blockFor(key, slot)
    let at = positionIn(this.#blocks[index]!, key, slot)
    for (; index < this.#blocks.length; index++, at = 0) {
      const block = this.#blocks[index]!
      if (mostSecondary(block) < secondary) continue
      for (; at < block.length; at++) {
        const found = block.keys[at]!
        if (secondaryOf(found) >= secondary && visit(block.slots[at]!, found)) return
      }
    }
  }

  /** The last block that starts at or before the entry, or the first. */
  #blockFor(key: number, slot: number): number {
    let low = 0
    let high = this.#blocks.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      const block = this.#blocks[middle]!
      if (isBefore(key, slot, block.keys[0]!, block.slots[0]!)) high = middle - 1
      else low = middle
    }
    return low
  }

  /** Keeps blocks from becoming many and nearly empty. */
  #mergeNext(index: number): void {
    const block = this.#blocks[index]!
    const next = this.#blocks[index + 1]
    if (next === undefined || block.length + next.length > BLOCK_LENGTH / 2) return
    block.keys.set(next.keys.subarray(0, next.length), block.length)
    block.slots.set(next.slots.subarray(0, next.length), block.length)
    block.length += next.length
    block.secondaryMaximum = Math.max(block.secondaryMaximum, next.secondaryMaximum)
    block.exact &&= next.exact
    this.#blocks.splice(index + 1, 1)
  }
}

const isBefore = (key: number, slot: number, otherKey: number, otherSlot: number): boolean =>
  key < otherKey || (key === otherKey && slot < otherSlot)

/** Index of the first entry that is not before (key, slot). */
const positionIn = ({ keys, slots, length }: Block, key: number, slot: number): number => {
  let low = 0
  let high = length
  while (low < high) {
    const middle = (low + high) >> 1
    if (isBefore(keys[middle]!, slots[middle]!, key, slot)) low = middle + 1
    else high = middle
  }
  return low
}

const emptyBlock = (): Block => ({
  keys: new Float64Array(BLOCK_LENGTH),
  slots: new Int32Array(BLOCK_LENGTH),
  length: 0,
  secondaryMaximum: -1,
  exact: true,
})

const insertAt = (block: Block, at: number, key: number, slot: number): void => {
  block.keys.copyWithin(at + 1, at, block.length)
  block.slots.copyWithin(at + 1, at, block.length)
  block.keys[at] = key
  block.slots[at] = slot
  block.length++
  const secondary = secondaryOf(key)
  if (secondary < block.secondaryMaximum) return
  block.secondaryMaximum = secondary
  block.exact = true
}

const splitOff = (block: Block): Block => {
  const half = block.length >> 1
  const upper = emptyBlock()
  upper.keys.set(block.keys.subarray(half, block.length))
  upper.slots.set(block.slots.subarray(half, block.length))
  upper.length = block.length - half
  block.length = half
  upper.secondaryMaximum = block.secondaryMaximum
  block.exact = false
  upper.exact = false
  return upper
}

const mostSecondary = (block: Block): number => {
  if (block.exact) return block.secondaryMaximum
  let most = -1
  for (let at = 0; at < block.length; at++) most = Math.max(most, secondaryOf(block.keys[at]!))
  block.secondaryMaximum = most
  block.exact = true
  return most
}

/** A binary heap: which of very many is first costs little to know, while they come and go. Of equal items any may be first. */

export class Heap<T> {
  readonly #items: T[] = []
  readonly #isBefore: (one: T, other: T) => boolean

  constructor(isBefore: (one: T, other: T) => boolean) {
    this.#isBefore = isBefore
  }

  get first(): T | undefined {
    return this.#items[0]
  }

  add(item: T): void {
    const items = this.#items
    let at = items.length
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (this.#isBefore(items[parent]!, item)) break
      items[at] = items[parent]!
      at = parent
    }
    items[at] = item
  }

  removeFirst(): void {
    const last = this.#items.pop()
    if (last !== undefined && this.#items.length > 0) this.#sink(last)
  }

  /** Puts the item where it belongs, from the top, whose place is free. */
  #sink(item: T): void {
    const items = this.#items
    let at = 0
    for (;;) {
      const left = 2 * at + 1
      if (left >= items.length) break
      const right = left + 1
      const child = right < items.length && this.#isBefore(items[right]!, items[left]!) ? right : left
      if (this.#isBefore(item, items[child]!)) break
      items[at] = items[child]!
      at = child
    }
    items[at] = item
  }
}

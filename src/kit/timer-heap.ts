/** Timers in the order they fall due, ties in the order they were set: a binary heap, so that a simulation may have very many. */

export interface DueTimer {
  readonly dueAt: number
  readonly order: number
}

export class TimerHeap<T extends DueTimer> {
  readonly #items: T[] = []

  get first(): T | undefined {
    return this.#items[0]
  }

  add(item: T): void {
    const items = this.#items
    let at = items.length
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (isBefore(items[parent]!, item)) break
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
      const child = right < items.length && isBefore(items[right]!, items[left]!) ? right : left
      if (isBefore(item, items[child]!)) break
      items[at] = items[child]!
      at = child
    }
    items[at] = item
  }
}

const isBefore = (a: DueTimer, b: DueTimer): boolean => a.dueAt < b.dueAt || (a.dueAt === b.dueAt && a.order < b.order)

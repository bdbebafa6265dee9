/**
 * How many calls the container engine gets at once. More make it slower, not faster, so the rest waits here: what finishes something
 * begun goes before what begins something new. Looking is cheap and never waits for either.
 */

export type SlotClass = 'finishing' | 'beginning' | 'looking'

/** Inspections at once. They cost the engine little, but a thousand at a time would cost as many connections. */
const LOOKING_SLOTS = 16

export class Slots {
  readonly #working: Pool
  readonly #looking = new Pool(LOOKING_SLOTS)

  /** `count` slots for calls that work. */
  constructor(count: number) {
    this.#working = new Pool(count)
  }

  /** Resolves with the function that gives the slot back; calling it again does nothing. */
  take(slotClass: SlotClass): Promise<() => void> {
    return slotClass === 'looking' ? this.#looking.take(true) : this.#working.take(slotClass === 'finishing')
  }
}

class Pool {
  readonly #urgent: Array<() => void> = []
  readonly #others: Array<() => void> = []
  #free: number

  constructor(count: number) {
    this.#free = count
  }

  async take(isUrgent: boolean): Promise<() => void> {
    if (this.#free > 0) this.#free--
    else await new Promise<void>((resolve) => (isUrgent ? this.#urgent : this.#others).push(resolve))
    let held = true
    return () => {
      if (held) this.#giveBack()
      held = false
    }
  }

  /** The slot goes to the next in line directly, so that nobody slips in between. */
  #giveBack(): void {
    const next = this.#urgent.shift() ?? this.#others.shift()
    if (next === undefined) this.#free++
    else next()
  }
}

/** Finds, in the text of runs, messages that contain certain bytes, without looking at each message. */
import { indexAtOffset, type LogRun, runSize } from './log-run.ts'

/** Of each group, a message has to contain one at least. */
export type TextGroups = readonly (readonly Buffer[])[]

/** Whether a text may have such a message. */
export const mayContain = (text: Buffer, groups: TextGroups): boolean =>
  groups.every((group) => group.some((needle) => text.includes(needle)))

/** Goes through the messages of one run in one direction: what it found ahead, it does not look for again. */
export class TextSearch {
  readonly #groups: readonly (readonly Needle[])[]

  constructor(run: LogRun, groups: TextGroups, direction: 'forward' | 'backward') {
    const Finder = direction === 'forward' ? NeedleAhead : NeedleBehind
    this.#groups = groups.map((group) => group.map((bytes) => new Finder(run, bytes)))
  }

  /** Index of the first message from `index` on, in the search's direction, that has something of each group; beyond the run if none has. */
  from(index: number): number {
    for (let at = index; ;) {
      const furthest = this.#furthest(at)
      if (furthest === at) return at
      at = furthest
    }
  }

  /** No message before this one, from `index` on, has something of each group. */
  #furthest(index: number): number {
    let at = index
    for (const group of this.#groups) at = nearest(group, at)
    return at
  }
}

interface Needle {
  /** Index of the first message from `index` on that has it. */
  from(index: number): number
  isNearer(one: number, other: number): boolean
}

const nearest = (group: readonly Needle[], index: number): number => {
  let best = group[0]!.from(index)
  for (let other = 1; other < group.length; other++) {
    const found = group[other]!.from(index)
    if (group[other]!.isNearer(found, best)) best = found
  }
  return best
}

class NeedleAhead implements Needle {
  readonly #run: LogRun
  readonly #bytes: Buffer
  /** The message where it was found last; it is in none between the one that was asked for then and that one. */
  #found = -1

  constructor(run: LogRun, bytes: Buffer) {
    this.#run = run
    this.#bytes = bytes
  }

  from(index: number): number {
    if (this.#found < index) this.#found = this.#look(index)
    return this.#found
  }

  isNearer(one: number, other: number): boolean {
    return one < other
  }

  #look(index: number): number {
    const { offsets, text } = this.#run
    const size = runSize(this.#run)
    if (index >= size) return size
    for (let from = offsets[index]!; ; from++) {
      from = text.indexOf(this.#bytes, from)
      if (from === -1) return size
      const found = indexAtOffset(this.#run, from)
      if (isWithin(this.#run, found, from, this.#bytes)) return found
    }
  }
}

class NeedleBehind implements Needle {
  readonly #run: LogRun
  readonly #bytes: Buffer
  #found: number

  constructor(run: LogRun, bytes: Buffer) {
    this.#run = run
    this.#bytes = bytes
    this.#found = runSize(run)
  }

  from(index: number): number {
    if (this.#found > index) this.#found = this.#look(index)
    return this.#found
  }

  isNearer(one: number, other: number): boolean {
    return one > other
  }

  #look(index: number): number {
    if (index < 0) return -1
    const { offsets, text } = this.#run
    for (let from = offsets[index + 1]! - 1 - this.#bytes.length; from >= 0; from--) {
      from = text.lastIndexOf(this.#bytes, from)
      if (from === -1) return -1
      const found = indexAtOffset(this.#run, from)
      if (isWithin(this.#run, found, from, this.#bytes)) return found
    }
    return -1
  }
}

/** What is found must not reach into the next message. */
const isWithin = ({ offsets }: LogRun, index: number, from: number, bytes: Buffer): boolean =>
  from + bytes.length < offsets[index + 1]!

/** Which segments there are, by group, and how they come and go: several can be replaced by one. */
import { Segment } from './segment.ts'
import type { SegmentHome } from './segment-home.ts'
import { parseSegmentName, type SegmentSummary } from './segment-name.ts'

export class SegmentCatalog {
  readonly #home: SegmentHome
  /** In the order of their sequences. */
  readonly #groups = new Map<string, readonly Segment[]>()

  constructor(home: SegmentHome) {
    this.#home = home
  }

  /** Finds what is there. Of groups that are gone, and of segments that others have replaced, the rest is removed. */
  async load(isKnown: (groupId: string) => boolean): Promise<void> {
    for (const groupId of await this.#home.groups()) {
      if (isKnown(groupId)) this.#groups.set(groupId, await this.#loadGroup(groupId))
      else await this.#home.removeGroup(groupId)
    }
  }

  of(groupId: string): readonly Segment[] {
    return this.#groups.get(groupId) ?? []
  }

  /** Of all segments; 0 if there are none. */
  get lastSequence(): number {
    let last = 0
    for (const segments of this.#groups.values())
      for (const { summary } of segments) last = Math.max(last, summary.lastSequence)
    return last
  }

  /** Up to which sequence the segments have what was appended to the group; -1 if there are none. */
  sealedUpTo(groupId: string): number {
    return this.of(groupId).reduce((last, { summary }) => Math.max(last, summary.lastSequence), -1)
  }

  storedBytes(groupId: string): number {
    return this.of(groupId).reduce((sum, { summary }) => sum + summary.storedBytes, 0)
  }

  /** Writes a segment; resolves when it is durable. It is not in the catalog yet. */
  async write(groupId: string, summary: SegmentSummary, parts: AsyncIterable<Buffer>): Promise<Segment> {
    const segment = new Segment(this.#home, groupId, summary)
    await this.#home.write(groupId, segment.name, parts)
    return segment
  }

  /** Takes in a segment in the place of others. */
  replace(groupId: string, replaced: readonly Segment[], segment: Segment | undefined): void {
    const left = this.of(groupId).filter((each) => !replaced.includes(each))
    const segments = segment === undefined ? left : [...left, segment]
    this.#groups.set(groupId, segments.toSorted(bySequence))
  }

  async removeGroup(groupId: string): Promise<void> {
    const segments = this.of(groupId)
    this.#groups.delete(groupId)
    for (const segment of segments) await segment.retire()
    await this.#home.removeGroup(groupId)
  }

  async #loadGroup(groupId: string): Promise<readonly Segment[]> {
    const names = await this.#home.list(groupId)
    const all = names.flatMap((name) => {
      const summary = parseSegmentName(name)
      return summary === undefined ? [] : [new Segment(this.#home, groupId, summary)]
    })
    const isReplaced = (segment: Segment): boolean => all.some((other) => other !== segment && covers(other, segment))
    for (const segment of all.filter(isReplaced)) await segment.retire()
    return all.filter((segment) => !isReplaced(segment)).toSorted(bySequence)
  }
}

const bySequence = (one: Segment, other: Segment): number => one.summary.firstSequence - other.summary.firstSequence

/** Whether the one came in the place of the other; of two with the same sequences, what was removed from the one was removed for good. */
const covers = ({ summary: one }: Segment, { summary: other }: Segment): boolean => {
  const isWithin = one.firstSequence <= other.firstSequence && one.lastSequence >= other.lastSequence
  const isSame = one.firstSequence === other.firstSequence && one.lastSequence === other.lastSequence
  return isWithin && (!isSame || one.storedBytes < other.storedBytes)
}

/** What can be told of a segment without opening it stands in its name. */

export interface SegmentSummary {
  /** The segment has every event of its group with these sequences and those between, but for what was removed. */
  readonly firstSequence: number
  readonly lastSequence: number
  /** Timestamps of its earliest and its latest event. */
  readonly from: number
  readonly to: number
  /** What its events count, as AWS counts bytes. */
  readonly storedBytes: number
}

const NAME = /^(\d+)-(\d+)_(\d+)-(\d+)_(\d+)\.segment$/

export const segmentName = ({ firstSequence, lastSequence, from, to, storedBytes }: SegmentSummary): string =>
  `${firstSequence}-${lastSequence}_${from}-${to}_${storedBytes}.segment`

/** Undefined if it is not the name of a segment. */
export const parseSegmentName = (name: string): SegmentSummary | undefined => {
  const [firstSequence, lastSequence, from, to, storedBytes] = (NAME.exec(name)?.slice(1) ?? []).map(Number)
  if (firstSequence === undefined || lastSequence === undefined) return undefined
  if (from === undefined || to === undefined || storedBytes === undefined) return undefined
  return { firstSequence, lastSequence, from, to, storedBytes }
}

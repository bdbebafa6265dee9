/** Ids of log events: events of a group can be told apart by them, and their order is that of the events. */

interface Position {
  readonly timestamp: number
  readonly sequence: number
}

/** AWS: ids have 56 digits. */
export const EVENT_ID_DIGITS = 56
/** More than any sequence. */
const SEQUENCES = 10n ** 16n

export const eventIdOf = ({ timestamp, sequence }: Position): string =>
  (BigInt(timestamp) * SEQUENCES + BigInt(sequence)).toString().padStart(EVENT_ID_DIGITS, '0')

/** Of an id's digits. */
export const positionOfEventId = (digits: string): Position => {
  const number = BigInt(digits)
  return { timestamp: Number(number / SEQUENCES), sequence: Number(number % SEQUENCES) }
}

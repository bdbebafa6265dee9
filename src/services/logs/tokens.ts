/**
 * Positions of events as clients have them. Tokens of GetLogEvents: each stands for a gap between two events of the stream and for a direction: `f/` and `b/` with the digits of
 * the position just before the gap. Such a gap stays where it is, whatever comes to the stream.
 */
import type { LogPosition } from '../../store/logs/log-store.ts'
import { invalidToken } from './faults.ts'

export interface PageToken {
  readonly direction: 'forward' | 'backward'
  readonly gap: LogPosition
}

/** AWS: tokens have 56 digits. */
const DIGITS = 56
const TOKEN = /^([fb])\/(\d{56})\/s$/
/** More than any sequence. */
const SEQUENCES = 10n ** 16n

export const formatToken = ({ direction, gap }: PageToken): string => {
  return `${direction === 'forward' ? 'f' : 'b'}/${eventIdOf(gap)}/s`
}

/** An event's id, by which events of a group can be told apart and put in order. */
export const eventIdOf = ({ timestamp, sequence }: LogPosition): string =>
  (BigInt(timestamp) * SEQUENCES + BigInt(sequence)).toString().padStart(DIGITS, '0')

/** Throws `InvalidParameterException` if it is no token. */
export const parseToken = (token: string): PageToken => {
  const [, letter, digits] = TOKEN.exec(token) ?? []
  if (digits === undefined) throw invalidToken()
  const number = BigInt(digits)
  const gap = { timestamp: Number(number / SEQUENCES), sequence: Number(number % SEQUENCES) }
  return { direction: letter === 'f' ? 'forward' : 'backward', gap }
}

/** What PutLogEvents answers as the next sequence token. */
export const sequenceToken = (now: number): string => String(now).padEnd(DIGITS, '0')

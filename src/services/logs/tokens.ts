/**
 * Tokens of GetLogEvents. Each stands for a gap between two events of the stream and for a direction: `f/` and `b/` with the id of the
 * event just before the gap. Such a gap stays where it is, whatever comes to the stream.
 */
import { EVENT_ID_DIGITS, eventIdOf, positionOfEventId } from '../../model/log-event-id.ts'
import type { LogPosition } from '../../store/logs/log-store.ts'
import { invalidToken } from './faults.ts'

export interface PageToken {
  readonly direction: 'forward' | 'backward'
  readonly gap: LogPosition
}

const TOKEN = /^([fb])\/(\d{56})\/s$/

export const formatToken = ({ direction, gap }: PageToken): string =>
  `${direction === 'forward' ? 'f' : 'b'}/${eventIdOf(gap)}/s`

/** Throws `InvalidParameterException` if it is no token. */
export const parseToken = (token: string): PageToken => {
  const [, letter, digits] = TOKEN.exec(token) ?? []
  if (digits === undefined) throw invalidToken()
  return { direction: letter === 'f' ? 'forward' : 'backward', gap: positionOfEventId(digits) }
}

/** What PutLogEvents answers as the next sequence token. */
export const sequenceToken = (now: number): string => String(now).padEnd(EVENT_ID_DIGITS, '0')

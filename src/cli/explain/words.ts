/** Numbers, moments and lists in words, and lines that fit a terminal. */
import { isoText } from '../../kit/timestamps.ts'

const LINE_WIDTH = 100

/** `1 task`, `2 tasks`. */
export const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`

export const isOrAre = (number: number): string => (number === 1 ? 'is' : 'are')

/** `a, b and c`. */
export const listed = (parts: readonly string[]): string =>
  parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`

const SECOND_MS = 1000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** `12 s`, `3 min`, `5 h`, `2 days`; never less than one second. */
export const duration = (ms: number): string => {
  if (ms < 2 * MINUTE_MS) return `${Math.max(1, Math.round(ms / SECOND_MS))} s`
  if (ms < 2 * HOUR_MS) return `${Math.round(ms / MINUTE_MS)} min`
  if (ms < 2 * DAY_MS) return `${Math.round(ms / HOUR_MS)} h`
  return `${Math.round(ms / DAY_MS)} days`
}

/** `10:31:05Z`, with the day if it is another than that of `now`. */
export const clockTime = (at: number, now: number): string => {
  const text = isoText(at - (at % SECOND_MS))
  return text.slice(0, 10) === isoText(now).slice(0, 10) ? text.slice(11) : text
}

/** `at 10:31:05Z, in 12 s`, or `any moment` for what is due. */
export const whenDue = (at: number, now: number): string =>
  at <= now ? 'any moment' : `at ${clockTime(at, now)}, in ${duration(at - now)}`

/**
 * The text in lines, the first behind `first` and the others behind `rest`. A word alone on a too long line stays whole; what follows a
 * line feed stays one line, so that a command can be copied.
 */
export const wrapped = (text: string, first = '', rest = ' '.repeat(first.length)): string => {
  const [prose = '', ...verbatim] = text.split('\n')
  const lines: string[] = []
  let line = first
  let isEmpty = true
  for (const word of prose.split(/\s+/).filter(Boolean)) {
    if (!isEmpty && line.length + 1 + word.length > LINE_WIDTH) {
      lines.push(line)
      line = rest
      isEmpty = true
    }
    line += isEmpty ? word : ` ${word}`
    isEmpty = false
  }
  return `${[...lines, line, ...verbatim.map((command) => rest + command)].join('\n')}\n`
}

/** The last part of an ARN. */
export const shortName = (arn: string | undefined): string => arn?.slice(arn.lastIndexOf('/') + 1) ?? '-'

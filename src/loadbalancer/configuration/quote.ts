/**
 * The one place where texts of the API become words of the configuration. HAProxy reads a line in layers, and each has a function here:
 * words of the line, arguments of a fetch within a word, formats with `%[…]`, regular expressions. What cannot stand on one line (line
 * breaks, NUL) is refused here; such texts belong into files.
 *
 * Source: HAProxy Configuration Manual, 2.2 "Quoting and escaping", 7.1 "ACL basics", 8.2 "Log formats".
 */
import { assert } from '../../kit/assert.ts'

// oxlint-disable-next-line no-control-regex -- they are what is looked for
const CONTROL = /[\u0000-\u001f\u007f]/

/** A word of a line that means the text itself. Between apostrophes nothing has a meaning, not even a backslash. */
export const quoteWord = (text: string): string => {
  assert(!CONTROL.test(text), 'a text with control characters cannot stand on a line of the configuration')
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}

/** A fetch or converter with arguments, as a part of a word: `call('req.hdr', name)`. Belongs into `quoteWord`. */
export const call = (name: string, ...args: readonly string[]): string =>
  `${name}(${args.map(quoteArgument).join(',')})`

const quoteArgument = (text: string): string => `"${text.replace(/["\\]/g, String.raw`\$&`)}"`

/** A text within a format: `%` has no meaning. */
export const formatText = (text: string): string => text.replaceAll('%', '%%')

/** What a regular expression is replaced with, within a format: a backslash has no meaning, either. */
export const replacementText = (text: string): string => formatText(text).replaceAll('\\', String.raw`\\`)

/** Characters that mean something to readers of lines and of files with patterns, and nothing to those of regular expressions. */
const UNSAFE_IN_EXPRESSION = /\\([^A-Za-z0-9])|[^!-~]|[#'"`%]/g

/** The same regular expression without spaces, quotes, `#`, and what is not ASCII: it may stand on any line and in any file. */
export const safeExpression = (expression: string): string =>
  expression.replace(UNSAFE_IN_EXPRESSION, (whole, escaped: string | undefined) => hexadecimal(escaped ?? whole))

/**
 * The same, of which a reader tries so many steps and then finds nothing: less than a millisecond, however often it would have to go back.
 */
export const boundedExpression = (expression: string): string =>
  `(*LIMIT_MATCH=${MOST_STEPS})${safeExpression(expression)}`

const MOST_STEPS = 100_000

const hexadecimal = (text: string): string =>
  Array.from(Buffer.from(text), (byte) => String.raw`\x${byte.toString(16).padStart(2, '0')}`).join('')

/** A regular expression for that text alone. */
export const exactly = (text: string): string => `^${hexadecimal(text)}$`

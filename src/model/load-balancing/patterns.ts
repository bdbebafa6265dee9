/**
 * The patterns of rules' conditions: `*` stands for any characters or none, `?` for exactly one. As regular expressions of PCRE they hold for
 * whole texts, and take time in proportion to both lengths: what stands between two wildcards is looked for once, from left to right.
 */
import type { QueryStringKeyValuePair } from '@aws-sdk/client-elastic-load-balancing-v2'

/** One piece of a pattern. */
type Piece = { readonly type: 'any' } | { readonly type: 'one' } | { readonly type: 'text'; readonly text: string }

/** `hasEscapes`: a backslash takes the meaning from the `*`, `?` or backslash behind it, as in query strings. */
export interface PatternOptions {
  readonly hasEscapes?: boolean
}

/** In query strings alone. */
export const QUERY_PATTERN: PatternOptions = { hasEscapes: true }

const piecesOf = (pattern: string, { hasEscapes = false }: PatternOptions): readonly Piece[] =>
  (pattern.match(hasEscapes ? /\\[*?\\]|[^]/gu : /[^]/gu) ?? []).map((character) => {
    if (character === '*') return { type: 'any' }
    if (character === '?') return { type: 'one' }
    return { type: 'text', text: character.length > 1 && character.startsWith('\\') ? character.slice(1) : character }
  })

export const wildcardsIn = (pattern: string, options: PatternOptions = {}): number =>
  piecesOf(pattern, options).filter(({ type }) => type !== 'text').length

/** The text that a pattern without wildcards stands for; undefined if it has some. */
export const literalOf = (pattern: string, options: PatternOptions = {}): string | undefined => {
  const pieces = piecesOf(pattern, options)
  return pieces.some(({ type }) => type !== 'text')
    ? undefined
    : pieces.map((piece) => (piece.type === 'text' ? piece.text : '')).join('')
}

/** Whether the whole text is as the pattern says. Takes time in proportion to both lengths. */
export const matchesPattern = (pattern: string, text: string, options: PatternOptions = {}): boolean => {
  const pieces = piecesOf(pattern, options)
  const characters = Array.from(text)
  let [at, from] = [0, 0]
  let [lastAny, retryFrom] = [-1, 0]
  while (from < characters.length) {
    const piece = pieces[at]
    if (piece?.type === 'any') {
      lastAny = at++
      retryFrom = from
    } else if (piece !== undefined && (piece.type === 'one' || piece.text === characters[from])) {
      at++
      from++
    } else if (lastAny >= 0) {
      at = lastAny + 1
      from = ++retryFrom
    } else return false
  }
  return pieces.slice(at).every(({ type }) => type === 'any')
}

/** Source of a regular expression for the whole text; `character`: what a wildcard may stand for. */
export const patternExpression = (pattern: string, options: PatternOptions & { character?: string } = {}): string =>
  `^${bodyOf(pattern, options.character ?? '.', options)}$`

const bodyOf = (pattern: string, character: string, options: PatternOptions): string => {
  const [start = '', ...others] = textsOf(pattern, character, options)
  const end = others.pop()
  const between = others.filter((text) => text !== '').map((text) => `(?>${character}*?${text})`)
  return `${start}${between.join('')}${end === undefined ? '' : `${character}*${end}`}`
}

/** What stands between the `*` of a pattern, as expressions of a fixed length. */
const textsOf = (pattern: string, character: string, options: PatternOptions): string[] => {
  const texts = ['']
  for (const piece of piecesOf(pattern, options))
    if (piece.type === 'any') texts.push('')
    else texts.push(`${texts.pop() ?? ''}${piece.type === 'one' ? character : escapeExpression(piece.text)}`)
  return texts
}

/** A text that means itself in a regular expression. */
const escapeExpression = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')

/**
 * Source of a regular expression for a whole query string that has such a parameter, to be compared without regard to case. A parameter
 * without `=` has an empty value.
 */
export const queryExpression = ({ Key: key, Value: value = '' }: QueryStringKeyValuePair): string => {
  const name = key === undefined ? '[^&=]*' : bodyOf(key, '[^&=]', QUERY_PATTERN)
  const equals = `=${bodyOf(value, '[^&]', QUERY_PATTERN)}`
  return `(?:^|&)${name}${matchesPattern(value, '', QUERY_PATTERN) ? `(?:${equals})?` : equals}(?:&|$)`
}

/** Whether a query string, without its `?`, has such a parameter. */
export const matchesQuery = ({ Key: key = '*', Value: value = '' }: QueryStringKeyValuePair, query: string): boolean =>
  query.split('&').some((parameter) => {
    const equals = parameter.indexOf('=')
    const [name, content] = equals === -1 ? [parameter, ''] : [parameter.slice(0, equals), parameter.slice(equals + 1)]
    return (
      matchesPattern(key.toLowerCase(), name.toLowerCase(), QUERY_PATTERN) &&
      matchesPattern(value.toLowerCase(), content.toLowerCase(), QUERY_PATTERN)
    )
  })

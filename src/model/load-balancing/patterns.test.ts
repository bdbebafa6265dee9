import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  literalOf,
  matchesPattern,
  matchesQuery,
  patternExpression,
  QUERY_PATTERN,
  queryExpression,
  wildcardsIn,
} from './patterns.ts'

const texts = fc.string({ unit: fc.constantFrom('a', 'b', '.', '\\'), maxLength: 8 })
const patterns = fc.string({ unit: fc.constantFrom('a', 'b', '.', '\\', '*', '?'), maxLength: 8 })
const queryTexts = fc.string({ unit: fc.constantFrom('a', 'B', '=', '&', '*', '\\'), maxLength: 10 })
const queryPatterns = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?', '\\'), maxLength: 5 })

/** JavaScript knows no atomic groups; what a look ahead found and a reference back are the same. */
const javaScript = (expression: string, flags: string): RegExp => {
  let groups = 0
  const source = expression.replace(
    /\(\?>((?:\\.|\[[^\]]*\]|[^\\)])*)\)/g,
    (_, inner: string) => `(?=(${inner}))\\${++groups}(?:)`,
  )
  return new RegExp(source, flags)
}

describe('patterns', () => {
  it.each([
    ['/img/*', '/img/', true],
    ['/img/*', '/img/a/b.png', true],
    ['/img/*', '/img', false],
    ['/img/*/pics', '/img/a/b/pics', true],
    ['*.example.com', 'a.b.example.com', true],
    ['*.example.com', 'example.com', false],
    ['a?c', 'abc', true],
    ['a?c', 'ac', false],
    ['*ab*ab', 'abxabab', true],
    ['a.c', 'abc', false],
    ['', '', true],
  ])('%s for %s: %s', (pattern, text, expected) => expect(matchesPattern(pattern, text)).toBe(expected))

  it('a backslash means itself, but before wildcards of query strings', () => {
    expect(matchesPattern('a\\*', 'a\\b')).toBe(true)
    expect(matchesPattern('a\\*', 'a*', QUERY_PATTERN)).toBe(true)
    expect(matchesPattern('a\\*', 'a\\b', QUERY_PATTERN)).toBe(false)
  })

  it('wildcards are counted, and a pattern without them is a text', () => {
    expect(wildcardsIn('*a?\\*')).toBe(3)
    expect(wildcardsIn('*a?\\*', QUERY_PATTERN)).toBe(2)
    expect(literalOf('a\\?b', QUERY_PATTERN)).toBe('a?b')
    expect(literalOf('a?b')).toBeUndefined()
  })

  it('as regular expressions, patterns match the same texts', () => {
    fc.assert(
      fc.property(patterns, texts, fc.boolean(), (pattern, text, hasEscapes) => {
        const expression = javaScript(patternExpression(pattern, { hasEscapes }), 's')
        expect(expression.test(text)).toBe(matchesPattern(pattern, text, { hasEscapes }))
      }),
    )
  })

  it('time is bounded, however many wildcards there are', () => {
    expect(matchesPattern('*a'.repeat(60), 'a'.repeat(20_000) + 'b')).toBe(false)
  })
})

describe('query strings', () => {
  it.each([
    [{ Key: 'version', Value: 'v1' }, 'a=1&version=v1', true],
    [{ Key: 'version', Value: 'v1' }, 'VERSION=V1', true],
    [{ Key: 'version', Value: 'v1' }, 'version=v10', false],
    [{ Value: 'v1' }, 'anything=v1', true],
    [{ Value: '*ample*' }, 'q=example', true],
    [{ Key: 'flag', Value: '*' }, 'flag', true],
    [{ Key: 'flag', Value: '?' }, 'flag', false],
    [{ Key: 'a', Value: 'b=c' }, 'a=b=c', true],
    [{ Key: 'a', Value: '*' }, 'b=1&c=2', false],
  ])('%j in %s: %s', (pair, query, expected) => expect(matchesQuery(pair, query)).toBe(expected))

  it('as regular expressions, conditions match the same query strings', () => {
    fc.assert(
      fc.property(fc.option(queryPatterns, { nil: undefined }), queryPatterns, queryTexts, (key, value, query) => {
        const pair = { ...(key !== undefined && { Key: key }), Value: value }
        expect(javaScript(queryExpression(pair), 'i').test(query)).toBe(matchesQuery(pair, query))
      }),
      { numRuns: 1000 },
    )
  })
})

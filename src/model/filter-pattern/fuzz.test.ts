/** Patterns and lines that nobody would write. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cpuMs } from '../../../test/cpu-time.ts'
import { type FilterPattern, literalsOf, parseFilterPattern } from './filter-pattern.ts'
import { InvalidFilterPattern } from './invalid-filter-pattern.ts'
import { readJsonPattern } from './json-pattern.ts'
import { PatternReader } from './pattern-reader.ts'
import { readSpaceDelimitedPattern } from './space-delimited-pattern.ts'
import { readTermPattern } from './term-pattern.ts'

const parsed = (text: string): FilterPattern | undefined => {
  try {
    return parseFilterPattern(text)
  } catch (error) {
    if (error instanceof InvalidFilterPattern && error.position >= 0 && error.position <= text.length) return undefined
    throw error
  }
}

const READERS = { json: readJsonPattern, 'space-delimited': readSpaceDelimitedPattern, terms: readTermPattern }

/** What the pattern says of the line, without a look at its literals first. */
const matchesUnguarded = ({ kind, text }: FilterPattern, line: string): boolean =>
  READERS[kind](new PatternReader(text)).matches(line)

const aName = fc.constantFrom('a', 'b', 'list', 'c d', 'x/y')
const aText = fc.constantFrom('a', 'b', 'ab', 'x y', '/p/q', '1', '10', '1e1', 'true', 'é', '"', '\\', '')
const aStep = fc.oneof(
  fc.constantFrom('.a', '.b', '.list', '[0]', '[1]', '[*]', '.*'),
  aName.map((name) => `["${name}"]`),
)
const aSelector = fc.array(aStep, { minLength: 1, maxLength: 3 }).map((steps) => `$${steps.join('')}`)
const anOperator = fc.constantFrom('=', '!=', '<', '>=', '=')
const aValue = fc.oneof(
  fc.constantFrom('1', '10', '*', 'a*', '*b*', '%a|b%', '%[ab]+%', '%x .%', '1*'),
  aText.map((text) => JSON.stringify(text)),
)
const aTest = fc.oneof(
  fc.tuple(aSelector, anOperator, aValue).map((parts) => parts.join(' ')),
  fc.tuple(aSelector, fc.constantFrom('IS TRUE', 'IS NULL', 'NOT EXISTS')).map((parts) => parts.join(' ')),
)
const aJsonPattern = fc
  .array(fc.tuple(aTest, fc.constantFrom('&&', '||')), { minLength: 1, maxLength: 4 })
  .map((tests) => `{ ${tests.map(([test, joint], index) => (index === 0 ? test : `${joint} ${test}`)).join(' ')} }`)
const aField = fc.oneof(
  fc.constantFrom('', 'a', '...'),
  fc
    .tuple(anOperator, aValue, anOperator, aValue)
    .map(([one, value, other, more]) => `f ${one} ${value} || f ${other} ${more}`),
  fc.tuple(anOperator, aValue).map(([operator, value]) => `f ${operator} ${value}`),
)
const aFieldPattern = fc.array(aField, { maxLength: 4 }).map((fields) => `[${fields.join(',')}]`)
const aTermPattern = fc
  .array(
    fc.tuple(
      fc.constantFrom('', '', '?', '-'),
      fc.oneof(
        fc.constantFrom('a', 'b', '1', '%a.%', '%x|y%'),
        aText.map((text) => JSON.stringify(text)),
      ),
    ),
    {
      maxLength: 3,
    },
  )
  .map((terms) => terms.map((parts) => parts.join('')).join(' '))
const aPattern = fc.oneof(aJsonPattern, aFieldPattern, aTermPattern)

const someJson = fc.letrec<{ node: unknown }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small' },
    aText,
    fc.constantFrom(1, 10, 0.5, 1e300, true, false, null),
    fc.array(tie('node'), { maxLength: 3 }),
    fc.dictionary(aName, tie('node'), { maxKeys: 3 }),
  ),
})).node

/** The same JSON, written as few would. */
const aJsonLine = fc.tuple(fc.dictionary(aName, someJson, { maxKeys: 4 }), fc.nat(3)).map(([value, style]) => {
  const text = JSON.stringify(value)
  if (style === 1) return text.replaceAll('/', '\\/')
  return style === 2 ? text.replaceAll('a', '\\u0061').replaceAll('10', '1e1') : text
})
const aLine = fc.oneof(
  aJsonLine,
  fc
    .array(fc.oneof(aText, fc.constantFrom('[a b]', '"x y"', 'a"', '[')), { maxLength: 6 })
    .map((words) => words.join(' ')),
)

describe('any pattern', () => {
  it('matches no line that lacks its literals', () => {
    let matched = 0
    fc.assert(
      fc.property(aPattern, aLine, (text, line) => {
        const pattern = parsed(text)
        if (pattern === undefined || !matchesUnguarded(pattern, line)) return
        matched++
        expect(pattern.matches(line)).toBe(true)
        const bytes = Buffer.from(line)
        for (const group of literalsOf(pattern)) expect(group.some((literal) => bytes.includes(literal))).toBe(true)
      }),
      { numRuns: 20_000 },
    )
    expect(matched).toBeGreaterThan(1000)
  })

  it('answers for any line, and reads values from any', () => {
    fc.assert(
      fc.property(aPattern, fc.oneof(aLine, fc.string({ unit: 'binary' }), fc.json()), (text, line) => {
        const pattern = parsed(text)
        expect([true, false, undefined]).toContain(pattern?.matches(line))
        expect(pattern?.extracted(line) ?? new Map()).toBeInstanceOf(Map)
      }),
      { numRuns: 5000 },
    )
  })

  it('is read or refused, whatever it is', () => {
    const characters = Array.from('ab1 "%{}[]().,$*?-=!<>&|\\ISNOTEXTULé\ud800')
    const anyText = fc.oneof(
      fc.string({ unit: fc.constantFrom(...characters), maxLength: 20 }),
      fc.string({ unit: 'binary' }),
      fc.tuple(aPattern, fc.nat(), fc.nat(3), fc.constantFrom('', ...characters)).map(([text, place, length, by]) => {
        const at = place % (text.length + 1)
        return text.slice(0, at) + by + text.slice(at + length)
      }),
    )
    fc.assert(
      fc.property(anyText, aLine, (text, line) => {
        expect(() => parsed(text)?.matches(line)).not.toThrow()
      }),
      { numRuns: 10_000 },
    )
  })

  it.each<readonly [string, string]>([
    ['[a, b]', '[x '.repeat(60_000)],
    ['[a, b]', `${'[x '.repeat(60_000)}]y`],
    ['[..., a = *x*x*x*y]', 'x'.repeat(200_000)],
    ['%x[xy]*z%', 'x'.repeat(200_000)],
    ['{ $.a = 1 }', '['.repeat(200_000)],
    ['{ $.a = 1 }', ' '.repeat(200_000)],
    [`{ ${'$.a = 1 || '.repeat(90)}$.b = 1 }`, '{"a":2}'],
  ])('%s takes time in proportion to the line', (text, line) => {
    const pattern = parseFilterPattern(text)
    const used = cpuMs(() => {
      pattern.matches(line)
    })
    expect(used).toBeLessThan(1000)
  })
})

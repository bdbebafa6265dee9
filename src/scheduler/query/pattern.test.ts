import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compilePattern } from './pattern.ts'

const matches = (pattern: string, text: string): boolean => compilePattern(pattern, 0)(text)

/** Patterns of the part of the syntax that JavaScript and we read alike. */
const aPattern = fc.letrec<{ pattern: string; atom: string }>((tie) => ({
  pattern: fc.array(tie('atom'), { maxLength: 4 }).map((atoms) => atoms.join('')),
  atom: fc.oneof(
    { maxDepth: 2, depthIdentifier: 'pattern' },
    fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\w', '\\d', '^', '$'),
    fc
      .tuple(tie('pattern'), tie('pattern'), fc.constantFrom('', '*', '+', '?', '{2}', '{1,2}', '{1,}', '*?'))
      .map(([left, right, quantifier]) => `(${left}|${right})${quantifier}`),
  ),
})).pattern

describe('patterns', () => {
  it('match what JavaScript matches, over the whole text', () => {
    const aText = fc.string({ unit: fc.constantFrom('a', 'b', '1'), maxLength: 6 })
    fc.assert(
      fc.property(aPattern, aText, (pattern, text) => {
        expect(matches(pattern, text)).toBe(new RegExp(`^(?:${pattern})$`).test(text))
      }),
    )
  })

  it('know classes, ranges and escapes', () => {
    expect(matches('[a-c0-9_.-]+', 'b7_.-')).toBe(true)
    expect(matches('m5\\.(x|4x)?large', 'm5.4xlarge')).toBe(true)
    expect(matches('[\\d]{3}', '123')).toBe(true)
    expect(matches('[^\\s]+', 'a b')).toBe(false)
  })

  it('take bounded time where backtracking would take years', () => {
    expect(matches('(a+)+b', 'a'.repeat(128))).toBe(false)
    expect(matches('(a|a)*b', 'a'.repeat(128))).toBe(false)
    expect(matches('((a*)*)*', `${'a'.repeat(128)}b`)).toBe(false)
  })

  it('are refused by name where they cannot be matched in bounded time', () => {
    for (const pattern of [
      '(?=a)',
      '(?i)a',
      '\\1',
      '\\bA',
      'a++',
      '[a&&b]',
      '(a',
      'a)',
      '*a',
      'a{2',
      'a{3,2}',
      '[z-a]',
      '[a',
      'a\\',
    ]) {
      expect(() => compilePattern(pattern, 0)).toThrow('Invalid expression')
    }
  })

  it('are refused when their repetitions multiply', () => {
    expect(() => compilePattern('((a{100}){100}){100}', 0)).toThrow('too complex a pattern')
    expect(() => compilePattern('((){999}){999}', 0)).toThrow('too complex a pattern')
  })
})

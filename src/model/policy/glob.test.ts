import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cpuMs } from '../../../test/cpu-time.ts'
import { globOf, matcherOf, matchesGlob, splitGlob, textOfGlob } from './glob.ts'
import { matchesLongGlob } from './long-glob.ts'

const aText = (...characters: string[]) => fc.string({ unit: fc.constantFrom(...characters), maxLength: 8 })

const expression = (pattern: string): RegExp =>
  new RegExp(`^${pattern.replaceAll('*', '[^]*').replaceAll('?', '[^]')}$`)

describe('a pattern', () => {
  it('matches what a regular expression of the same meaning matches', () => {
    fc.assert(
      fc.property(aText('a', 'b', '*', '?'), aText('a', 'b'), (pattern, text) => {
        const expected = expression(pattern).test(text)
        expect(matcherOf(globOf(pattern))(text)).toBe(expected)
        expect(matchesGlob(globOf(pattern), text)).toBe(expected)
        expect(matchesLongGlob(globOf(pattern), text)).toBe(expected)
      }),
      { numRuns: 20_000 },
    )
  })

  it('matches long pieces, which take more than a word of bits', () => {
    const [long, longer] = [aText('a').map((text) => text.repeat(9)), aText('a', 'b').map((text) => text.repeat(20))]
    fc.assert(
      fc.property(long, aText('a', '?', '*'), longer, (piece, wild, text) => {
        const pattern = `*${piece}${wild}b?*`
        expect(matchesLongGlob(globOf(pattern), text)).toBe(matchesGlob(globOf(pattern), text))
      }),
      { numRuns: 5000 },
    )
  })

  it('matches a text of a million characters before anyone has to wait', () => {
    const text = 'a'.repeat(1_000_000)
    const used = cpuMs(() => {
      expect(matcherOf(globOf(`*${'a'.repeat(2000)}b?`))(text)).toBe(false)
      expect(matcherOf(globOf(`*${'a'.repeat(2000)}b?*`))(text)).toBe(false)
      expect(matcherOf(globOf(`*${'a'.repeat(2000)}?*`))(text)).toBe(true)
    })
    expect(used).toBeLessThan(2000)
  })

  it('matches line breaks and halves of characters', () => {
    expect(matcherOf(globOf('a*b?'))('a\n\ud83d\ude00b\n')).toBe(true)
    expect(matcherOf(globOf('??'))('\ud83d\ude00')).toBe(true)
  })

  it('is cut at its first colons', () => {
    const parts = (text: string, count: number) => splitGlob(globOf(text), count).map(textOfGlob)
    expect(parts('arn:aws:s3:::a:b', 6)).toEqual(['arn', 'aws', 's3', '', '', 'a:b'])
    expect(parts('arn:aws', 6)).toEqual(['arn', 'aws'])
    expect(parts('', 6)).toEqual([''])
  })
})

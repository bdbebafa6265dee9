import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatToken, type PageToken, parseToken } from './tokens.ts'

describe('tokens of GetLogEvents', () => {
  it('come back as they were given', () => {
    const token = fc.record({
      direction: fc.constantFrom('forward' as const, 'backward' as const),
      gap: fc.record({ timestamp: fc.nat(2 ** 31), sequence: fc.maxSafeNat() }),
    })
    fc.assert(
      fc.property(token, (given: PageToken) => {
        expect(parseToken(formatToken(given))).toEqual(given)
      }),
    )
  })

  it('look like those of AWS', () => {
    const gap = { timestamp: 1_767_225_600_000, sequence: 42 }
    expect(formatToken({ direction: 'forward', gap })).toBe(
      'f/00000000000000000000000000017672256000000000000000000042/s',
    )
  })

  it.each(['', 'f/1/s', `x/${'0'.repeat(56)}/s`, `f/${'0'.repeat(56)}`])('are not made up: %s', (text) => {
    expect(() => parseToken(text)).toThrow('The specified nextToken is invalid.')
  })
})

import { describe, expect, it } from 'vitest'
import { clockTime, duration, listed, whenDue, wrapped } from './words.ts'

const NOW = Date.UTC(2026, 0, 2, 10, 0, 0)

describe('words', () => {
  it('round times to what a reader needs', () => {
    expect([0, 1400, 119_000, 121_000, 3 * 3_600_000, 50 * 3_600_000].map(duration)).toEqual([
      '1 s',
      '1 s',
      '119 s',
      '2 min',
      '3 h',
      '2 days',
    ])
    expect(clockTime(NOW - 500, NOW)).toBe('09:59:59Z')
    expect(clockTime(NOW - 86_400_000, NOW)).toBe('2026-01-01T10:00:00Z')
    expect([NOW, NOW + 12_000].map((at) => whenDue(at, NOW))).toEqual(['any moment', 'at 10:00:12Z, in 12 s'])
  })

  it('list as one would say it', () => {
    expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map(listed)).toEqual(['', 'a', 'a and b', 'a, b and c'])
  })

  it('are wrapped, but words and commands stay whole', () => {
    const long = 'x'.repeat(120)
    expect(wrapped(`${'word '.repeat(25)}${long}\nrun ${long}`, '- ').split('\n')).toEqual([
      `- ${'word '.repeat(19)}word`.slice(0, 96 + 1).trimEnd(),
      `  ${'word '.repeat(6).trimEnd()}`,
      `  ${long}`,
      `  run ${long}`,
      '',
    ])
  })
})

/** What each kind of pattern matches and what it does not, by AWS's rules. */
import { describe, expect, it } from 'vitest'
import { FILTER_PATTERN_EXAMPLES, MATCHING_EVERYTHING } from '../../../test/builders/filter-pattern-examples.ts'
import { parseFilterPattern } from './filter-pattern.ts'

describe('the filter pattern', () => {
  it.each(FILTER_PATTERN_EXAMPLES)('%s', (text, matching, others) => {
    const pattern = parseFilterPattern(text)
    const answers = (lines: readonly string[]) => lines.map((line) => [line, pattern.matches(line)])
    expect(answers(matching)).toEqual(matching.map((line) => [line, true]))
    expect(answers(others)).toEqual(others.map((line) => [line, false]))
  })

  it('is shown by at least 150 examples, all of them different, each with lines that match and lines that do not', () => {
    const patterns = FILTER_PATTERN_EXAMPLES.map(([pattern]) => pattern)
    expect(new Set(patterns).size).toBe(patterns.length)
    expect(patterns.length).toBeGreaterThanOrEqual(150)
    const oneSided = FILTER_PATTERN_EXAMPLES.filter(([, matching, others]) => matching.length * others.length === 0)
    expect(oneSided.map(([pattern]) => pattern)).toEqual(MATCHING_EVERYTHING)
  })
})

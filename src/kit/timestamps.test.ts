import { describe, expect, it } from 'vitest'
import { parseIso8601 } from './timestamps.ts'

const NEW_YEAR = Date.UTC(2026, 0, 1)

describe('a date in ISO 8601', () => {
  it.each<readonly [string, number | undefined]>([
    ['2026', NEW_YEAR],
    ['2026-01', NEW_YEAR],
    ['2026-01-01', NEW_YEAR],
    ['2026-01-01T00:00Z', NEW_YEAR],
    ['2026-01-01T00:00:00', NEW_YEAR],
    ['2026-01-01t00:00:00z', NEW_YEAR],
    ['2026-01-01T01:30:00+01:30', NEW_YEAR],
    ['2025-12-31T19:00:00-0500', NEW_YEAR],
    ['2026-01-01T00:00:00.123Z', NEW_YEAR + 123],
    ['2026-01-01T00:00:00.5', NEW_YEAR + 500],
    ['2024-02-29', Date.UTC(2024, 1, 29)],
    ['2026-02-29', undefined],
    ['2026-04-31', undefined],
    ['2026-13-01', undefined],
    ['2026-00-01', undefined],
    ['2026-1-1', undefined],
    ['2026-01-01T24:00Z', undefined],
    ['2026-01-01T12', undefined],
    ['2026-01-01 00:00:00', undefined],
    ['2026-01-01T00:00:00+1', undefined],
    ['', undefined],
    ['Thu, 01 Jan 2026 00:00:00 GMT', undefined],
  ])('%s', (text, expected) => {
    expect(parseIso8601(text)).toBe(expected)
  })
})

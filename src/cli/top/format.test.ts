import { describe, expect, it } from 'vitest'
import { bytes, mebibytes, percent, sparkline } from './format.ts'

describe('amounts', () => {
  it('of bytes have at most five characters', () => {
    const amounts = [0, 1, 999, 1000, 1024, 10_000, 1_000_000, 1024 ** 2, 12.34 * 1024 ** 3, 5 * 1024 ** 5]
    expect(amounts.map(bytes)).toEqual(['0', '1', '999', '1.0K', '1.0K', '9.8K', '977K', '1.0M', '12G', '5.0P'])
    expect(mebibytes(1536)).toBe('1.5G')
  })

  it('of percent have one decimal as far as there is room', () => {
    expect([0, 0.04, 12.34, 99.94, 99.96, 250].map(percent)).toEqual(['0.0', '0.0', '12.3', '99.9', '100', '250'])
  })

  it('that are not known are dashes', () => {
    expect([bytes(undefined), mebibytes(undefined), percent(undefined)]).toEqual(['-', '-', '-'])
  })
})

describe('a sparkline', () => {
  it('reaches from nothing to everything, with gaps where nothing is known', () => {
    expect(sparkline([0, 12.4, 12.5, 50, 99, 100, null, 0])).toBe('▁▁▂▅██ ▁')
  })

  it('has room for more than everything', () => {
    expect(sparkline([100, 200])).toBe('▅█')
  })
})

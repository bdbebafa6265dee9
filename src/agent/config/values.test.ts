import { describe, expect, it } from 'vitest'
import {
  duration,
  flag,
  goDurationMs,
  integerOfAtLeast,
  portList,
  portRange,
  requestRate,
  stringMap,
  ValueError,
} from './values.ts'

const ignore = (): void => {}

describe('a Go duration', () => {
  it.each([
    ['3h', 10_800_000],
    ['1h30m', 5_400_000],
    ['1.5s', 1500],
    ['100ms', 100],
    ['+.5m', 30_000],
    ['250us', 0.25],
    ['0', 0],
  ])('%s is %i ms', (text, milliseconds) => {
    expect(goDurationMs(text)).toBe(milliseconds)
  })

  it.each(['', '3', '-1s', '1 h', '1d', 'h', '1.s.', '.s'])('%j is none', (text) => {
    expect(goDurationMs(text)).toBeUndefined()
  })

  it('outside its limits is replaced, with a warning', () => {
    const warnings: string[] = []
    const warn = (message: string) => warnings.push(message)
    expect(duration({ minimumMs: 60_000 })('1s', warn)).toBe(60_000)
    expect(duration({ minimumMs: 5_000, maximumMs: 20_000 })('1h', warn)).toBe(20_000)
    expect(duration({ minimumMs: 8, maximumMs: 100, replacementMs: 100 })('1ms', warn)).toBe(100)
    expect(warnings).toHaveLength(3)
    expect(warnings[0]).toBe('is outside what is allowed; 60s is used instead')
  })
})

describe('other values', () => {
  it.each([
    ['TRUE', true],
    ['1', true],
    ['f', false],
  ])('%s is a boolean', (text, expected) => {
    expect(flag(text, ignore)).toBe(expected)
  })

  it('are refused with what is expected', () => {
    expect(() => flag('yes', ignore)).toThrow('true or false')
    expect(() => portList('[0]', ignore)).toThrow(ValueError)
    expect(() => portList('22,80', ignore)).toThrow('a JSON list of ports')
    expect(() => portRange('5-4', ignore)).toThrow('a range of ports')
    expect(() => portRange('1-70000', ignore)).toThrow('a range of ports')
    expect(() => stringMap('{"a":1}', ignore)).toThrow('a JSON object of strings')
    expect(() => stringMap('[]', ignore)).toThrow('a JSON object of strings')
  })

  it('are read', () => {
    expect(portList('[22,2375]', ignore)).toEqual([22, 2375])
    expect(portRange('100-200', ignore)).toEqual({ first: 100, last: 200 })
    expect(integerOfAtLeast(1)('0', ignore)).toBe(1)
    expect(requestRate({ perSecond: 40, burst: 60 })('10, 20', ignore)).toEqual({ perSecond: 10, burst: 20 })
  })

  it.each(['10', '10,0', '0,10', 'a,b', '1,2,3', '-1,5'])('%j is no rate of requests', (text) => {
    const fallback = { perSecond: 40, burst: 60 }
    const warnings: string[] = []
    expect(requestRate(fallback)(text, (message) => warnings.push(message))).toBe(fallback)
    expect(warnings).toEqual(['is no <requests a second>,<burst>; 40,60 is used instead'])
  })
})

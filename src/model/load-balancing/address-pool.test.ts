import { describe, expect, it } from 'vitest'
import { hasAddress, nextAddress, parseAddressPool } from './address-pool.ts'
import { defaultLoadBalancingSettings } from './settings.ts'

const poolOf = (text: string) => parseAddressPool(text) ?? { text, ranges: [] }
const NOBODY: ReadonlySet<string> = new Set()

describe('an address pool', () => {
  it('gives its addresses in order, until all are taken', () => {
    const pool = poolOf('10.0.0.254-10.0.1.0, 10.9.0.1')
    const taken = new Set<string>()
    const given = [1, 2, 3, 4, 5].map(() => {
      const address = nextAddress(pool, taken)
      if (address !== undefined) taken.add(address)
      return address
    })

    expect(given).toEqual(['10.0.0.254', '10.0.0.255', '10.0.1.0', '10.9.0.1', undefined])
  })

  it('leaves out the first and the last address of a block', () => {
    expect(nextAddress(poolOf('10.0.0.77/30'), NOBODY)).toBe('10.0.0.77')
    expect(poolOf('10.0.0.0/30').ranges).toEqual([{ first: 10 * 2 ** 24 + 1, last: 10 * 2 ** 24 + 2 }])
    expect(nextAddress(poolOf('10.0.0.7/32'), NOBODY)).toBe('10.0.0.7')
  })

  it('gives an address again that is free again', () => {
    expect(nextAddress(poolOf('10.0.0.1-10.0.0.3'), new Set(['10.0.0.1', '10.0.0.3']))).toBe('10.0.0.2')
  })

  it('knows its own', () => {
    const pool = poolOf('10.0.0.0/24')

    expect(hasAddress(pool, '10.0.0.9')).toBe(true)
    expect(hasAddress(pool, '10.0.1.9')).toBe(false)
    expect(hasAddress(pool, 'ten')).toBe(false)
  })

  it('is of this machine by default', () => {
    expect(nextAddress(defaultLoadBalancingSettings().addressPool, NOBODY)).toBe('127.66.0.1')
  })

  it.each([
    '',
    '10.0.0.0/33',
    '10.0.0.256',
    '10.0.0.2-10.0.0.1',
    '10.0.0.1,',
    '10.0.0',
    'a/8',
    '10.0.0.1-2-3',
    '10.0.0.0/1/2',
  ])('is not %j', (text) => {
    expect(parseAddressPool(text)).toBeUndefined()
  })
})

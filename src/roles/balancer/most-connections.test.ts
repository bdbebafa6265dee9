import { describe, expect, it } from 'vitest'
import { mostConnections } from './most-connections.ts'

const limits = (hard: number | 'unlimited'): string =>
  `Max open files            1024                 ${hard}              files\n`

describe('connections of clients', () => {
  it('take two files each, but for those that HAProxy needs itself', () => {
    expect(mostConnections(10, limits(20_000))).toBe(9488)
    expect(mostConnections(10, limits('unlimited'))).toBe(100_000)
    expect(mostConnections(10, limits(1024))).toBe(1024)
  })

  it('leave a file for the health check of each of many targets', () => {
    expect(2 * mostConnections(10_000, limits(20_000)) + 10_000).toBeLessThan(20_000)
  })

  it('are the same with a target more', () => {
    const numbers = Array.from({ length: 5000 }, (_, targets) => mostConnections(targets, limits(20_000)))
    expect(new Set(numbers).size).toBeLessThan(6)
  })
})

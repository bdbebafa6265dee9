import { describe, expect, it } from 'vitest'
import { kernelPortRange, longestFreePart } from './dynamic-ports.ts'

describe('dynamic host ports', () => {
  it('are the kernel’s where nothing is configured', () => {
    const { first, last } = kernelPortRange()
    expect(first).toBeLessThan(last)
    expect(kernelPortRange('/does/not/exist')).toEqual({ first: 32_768, last: 60_999 })
  })

  it('leave reserved ports out', () => {
    expect(longestFreePart({ first: 100, last: 200 }, [])).toEqual({ first: 100, last: 200 })
    expect(longestFreePart({ first: 100, last: 200 }, [120, 22])).toEqual({ first: 121, last: 200 })
    expect(longestFreePart({ first: 100, last: 200 }, [200, 100])).toEqual({ first: 101, last: 199 })
    expect(longestFreePart({ first: 100, last: 101 }, [100, 101])).toBeUndefined()
  })
})

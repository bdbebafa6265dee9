import { describe, expect, it } from 'vitest'
import { freeBuffer } from './free-buffer.ts'

describe('a buffer that is not needed any more', () => {
  it('gives its memory back at once', () => {
    const before = process.memoryUsage().arrayBuffers
    const buffer = Buffer.allocUnsafeSlow(8 * 1024 * 1024)
    expect(process.memoryUsage().arrayBuffers - before).toBeGreaterThanOrEqual(buffer.length)
    freeBuffer(buffer)
    expect(buffer.length).toBe(0)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1024 * 1024)
    // Once more does no harm.
    freeBuffer(buffer)
  })

  it('is left as it is if it is a part of more', () => {
    const whole = Buffer.allocUnsafeSlow(10).fill('a')
    freeBuffer(whole.subarray(0, 5))
    freeBuffer(Buffer.from('pooled'))
    expect(whole.toString()).toBe('aaaaaaaaaa')
  })
})

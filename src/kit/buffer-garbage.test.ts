import { describe, expect, it } from 'vitest'
import { BufferGarbage } from './buffer-garbage.ts'

describe('buffers that are needed for a moment', () => {
  it('are collected while they are made, so that memory does not grow with them', () => {
    const garbage = new BufferGarbage()
    const before = process.memoryUsage().arrayBuffers
    for (let number = 0; number < 1000; number++) {
      Buffer.allocUnsafeSlow(1e6)
      garbage.add(1e6)
    }
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50e6)
  })
})

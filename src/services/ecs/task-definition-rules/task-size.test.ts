import { describe, expect, it } from 'vitest'
import { parseCpu, parseMemory } from './task-size.ts'

describe('task sizes', () => {
  it.each([
    ['256', 256],
    ['1 vCPU', 1024],
    ['.25 vcpu', 256],
    ['0.5vCPU', 512],
    ['16 VCPU', 16_384],
  ])('reads the CPU size %s', (text, units) => expect(parseCpu(text)).toBe(units))

  it.each([
    ['512', 512],
    ['0.5 GB', 512],
    ['1gb', 1024],
    ['30 GB', 30_720],
  ])('reads the memory size %s', (text, mib) => expect(parseMemory(text)).toBe(mib))

  it.each(['', '0', '-1', '1.5', 'one', '1 GB', '1e3', '0.0001 vCPU'])('does not take %j as CPU', (text) => {
    expect(parseCpu(text)).toBeUndefined()
  })

  it.each(['', '0', '1.5', '1 vCPU', '1 TB'])('does not take %j as memory', (text) => {
    expect(parseMemory(text)).toBeUndefined()
  })
})

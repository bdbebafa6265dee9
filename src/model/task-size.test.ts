import { describe, expect, it } from 'vitest'
import { parseTaskCpu, parseTaskMemory } from './task-size.ts'

describe('task sizes', () => {
  it('reads plain units and MiB', () => {
    expect(parseTaskCpu('256')).toBe(256)
    expect(parseTaskMemory(' 512 ')).toBe(512)
  })

  it('reads vCPUs and GB in any case and spacing', () => {
    expect(['1 vCPU', '.5vcpu', '0.25 VCPU', '2vcpu'].map(parseTaskCpu)).toEqual([1024, 512, 256, 2048])
    expect(['1 GB', '0.5gb', '30GB'].map(parseTaskMemory)).toEqual([1024, 512, 30720])
  })

  it('refuses everything else', () => {
    expect(['', 'x', '-1', '1.5', '1 GB', '1e3'].map(parseTaskCpu)).toEqual(Array(6).fill(undefined))
    expect(['1 MB', '1 vCPU', '9999999999'].map(parseTaskMemory)).toEqual(Array(3).fill(undefined))
  })
})

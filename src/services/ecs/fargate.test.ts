import { describe, expect, it } from 'vitest'
import { checkFargateSize, fargatePlatformVersion, isFargateSize } from './fargate.ts'

describe('Fargate', () => {
  it('has the sizes of its table', () => {
    const sizes: [number, number][] = [
      [256, 512],
      [256, 2048],
      [512, 1024],
      [512, 4096],
      [1024, 8192],
      [2048, 4096],
      [4096, 30720],
      [8192, 20480],
      [16384, 122880],
    ]
    expect(sizes.every(([cpuUnits, memoryMiB]) => isFargateSize(cpuUnits, memoryMiB))).toBe(true)
  })

  it('has no others', () => {
    const sizes: [number, number][] = [
      [256, 4096],
      [128, 512],
      [512, 512],
      [1024, 2500],
      [4096, 31744],
      [8192, 18432],
      [16384, 36864],
    ]
    expect(sizes.some(([cpuUnits, memoryMiB]) => isFargateSize(cpuUnits, memoryMiB))).toBe(false)
  })

  it('needs both CPU and memory of the task', () => {
    expect(() => checkFargateSize('256', undefined)).toThrow('at the task level')
    expect(() => checkFargateSize('256', '4096')).toThrow('No Fargate configuration exists for given values')
    expect(() => checkFargateSize('256', '512')).not.toThrow()
  })

  it('has a newest platform version', () => {
    expect([undefined, 'LATEST', '1.4.0', '1.3.0'].map(fargatePlatformVersion)).toEqual([
      '1.4.0',
      '1.4.0',
      '1.4.0',
      '1.3.0',
    ])
    expect(() => fargatePlatformVersion('2')).toThrow('The specified platform version does not exist.')
  })
})

import { describe, expect, it } from 'vitest'
import { aFargateTaskDefinition } from '../../../test/builders/a-task-definition.ts'
import type { TaskDefinitionRecord } from '../../model/records.ts'
import { checkFargateSize, fargatePlatformVersion, isFargateSize } from './fargate.ts'

const definition = aFargateTaskDefinition()

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
    const versions = [undefined, 'LATEST', '1.4.0', '1.3.0']
    expect(versions.map((version) => fargatePlatformVersion(version, definition))).toEqual([
      '1.4.0',
      '1.4.0',
      '1.4.0',
      '1.3.0',
    ])
    expect(() => fargatePlatformVersion('2', definition)).toThrow('The specified platform version does not exist.')
  })

  it.each([
    ['more ephemeral storage', { ephemeralStorage: { sizeInGiB: 30 } }],
    ['a shared process namespace', { pidMode: 'task' }],
    ['8 vCPU', { cpu: '8192' }],
    ['ARM64', { runtimePlatform: { cpuArchitecture: 'ARM64' } }],
    ['Amazon EFS', { volumes: [{ name: 'data', efsVolumeConfiguration: { fileSystemId: 'fs-1' } }] }],
    [
      'system controls',
      { containerDefinitions: [{ systemControls: [{ namespace: 'net.core.somaxconn', value: '1' }] }] },
    ],
    ['environment files', { containerDefinitions: [{ environmentFiles: [{ type: 's3', value: 'arn:x' }] }] }],
  ] satisfies [string, Partial<TaskDefinitionRecord>][])('has %s on the newest platform only', (_what, given) => {
    const demanding = aFargateTaskDefinition(given)
    expect(fargatePlatformVersion('1.4.0', demanding)).toBe('1.4.0')
    expect(() => fargatePlatformVersion('1.3.0', demanding)).toThrow(
      'One or more of the requested capabilities are not supported.',
    )
  })
})

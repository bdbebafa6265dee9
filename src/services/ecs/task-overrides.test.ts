import type { ContainerOverride, TaskOverride } from '@aws-sdk/client-ecs'
import { describe, expect, it } from 'vitest'
import { aContainerDefinition, aTaskDefinition } from '../../../test/builders/a-task-definition.ts'
import { checkedOverrides } from './task-overrides.ts'

const definition = aTaskDefinition({
  containerDefinitions: [
    aContainerDefinition({ name: 'app', cpu: 128, memory: 256 }),
    aContainerDefinition({ name: 'db', cpu: 128, memory: 256, memoryReservation: 128 }),
  ],
})
const check = (overrides: TaskOverride | undefined, given = definition) => checkedOverrides(overrides, given, 'EC2')
const app = (override: ContainerOverride): TaskOverride => ({ containerOverrides: [{ name: 'app', ...override }] })

describe('checkedOverrides', () => {
  it('is nothing where nothing is overridden', () => {
    expect(check(undefined)).toBeUndefined()
    expect(check({})).toBeUndefined()
    expect(check({ containerOverrides: [], inferenceAcceleratorOverrides: [] })).toBeUndefined()
  })

  it('keeps everything that may be overridden', () => {
    const overrides: TaskOverride = {
      containerOverrides: [
        {
          name: 'app',
          command: ['sh'],
          environment: [{ name: 'A', value: '1' }],
          environmentFiles: [{ type: 's3', value: 'arn:aws:s3:::bucket/a.env' }],
          cpu: 1,
          memory: 100,
          memoryReservation: 50,
          resourceRequirements: [{ type: 'GPU', value: '1' }],
        },
      ],
      taskRoleArn: 'arn:aws:iam::000000000000:role/a',
      executionRoleArn: 'arn:aws:iam::000000000000:role/path/b',
    }
    expect(check(overrides)).toEqual(overrides)
  })

  it('keeps sizes in CPU units and MiB', () => {
    expect(check({ cpu: '1 vCPU', memory: '2GB' })).toEqual({ cpu: '1024', memory: '2048' })
  })

  it.each<[string, TaskOverride, string]>([
    ['overrides that are too long', app({ command: ['x'.repeat(8192)] }), 'length must be at most 8192'],
    [
      'a container that is not there',
      { containerOverrides: [{ name: 'web' }] },
      'Override for container named web is not',
    ],
    ['a container without name', { containerOverrides: [{ cpu: 1 }] }, 'must specify the name of a container'],
    ['a container twice', { containerOverrides: [{ name: 'app' }, { name: 'app' }] }, 'overridden more than once'],
    ['CPU below zero', app({ cpu: -1 }), "Invalid 'cpu' setting for container 'app'."],
    ['memory that Docker does not take', app({ memory: 5 }), "Invalid 'memory' setting for container 'app'."],
    ['a soft limit above the hard one', app({ memoryReservation: 300 }), "'memoryReservation' cannot be greater"],
    ['a variable without name', app({ environment: [{ value: 'x' }] }), 'name of an environment variable cannot be'],
    [
      'a file elsewhere',
      app({ environmentFiles: [{ type: 's3', value: 'a.env' }] }),
      'must be the ARN of an Amazon S3',
    ],
    [
      'a file of another type',
      app({ environmentFiles: [{ type: 'nfs' as never, value: 'x' }] }),
      "Value 'nfs' at 'environmentFiles.type'",
    ],
    [
      'too many files',
      app({ environmentFiles: Array(11).fill({ type: 's3', value: 'arn:aws:s3:::b/a.env' }) }),
      'at most 10 environment files',
    ],
    ['part of a GPU', app({ resourceRequirements: [{ type: 'GPU', value: '0.5' }] }), "Invalid 'resourceRequirements'"],
    [
      'devices of other types',
      app({ resourceRequirements: [{ type: 'NeuronDevice', value: 'ALL' }] }),
      'Resource requirements of type NeuronDevice are not supported.',
    ],
    ['a size that is none', { cpu: 'much' }, "Invalid 'cpu' setting for task."],
    ['containers larger than their task', { cpu: '200' }, 'The sum of the CPU units of all containers'],
    ['a container larger than its task', { memory: '200' }, "Its memory cannot be greater than the task's."],
    ['what is no role', { taskRoleArn: 'admin' }, 'Role is not valid'],
    [
      'inference accelerators',
      { inferenceAcceleratorOverrides: [{ deviceName: 'd' }] },
      'Inference accelerators are no longer available',
    ],
    ['storage on EC2', { ephemeralStorage: { sizeInGiB: 30 } }, 'for tasks on AWS Fargate only'],
  ])('refuses %s', (_what, overrides, message) => {
    expect(() => check(overrides)).toThrow(message)
  })
})

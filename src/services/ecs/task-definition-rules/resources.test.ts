import type { RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs'
import { describe, expect, it } from 'vitest'
import { aDefinition, aDefinitionOf, aDefinitionOfTwo } from '../../../../test/builders/a-definition-request.ts'
import { refusal } from '../../../../test/ecs-refusal.ts'

describe('resources', () => {
  it.each<[string, RegisterTaskDefinitionRequest]>([
    [
      "Invalid setting for container 'app'. At least one of 'memory' or 'memoryReservation' must be specified.",
      aDefinitionOf([{ name: 'app', image: 'a' }]),
    ],
    ["Invalid setting for container 'app'. 'memory' must be at least 6 MiB.", aDefinition({ memory: 5 })],
    [
      "Invalid setting for container 'app'. 'memory' must be greater than 'memoryReservation'.",
      aDefinition({ memoryReservation: 128 }),
    ],
    ["Invalid setting for container 'app'. 'cpu' must not be negative.", aDefinition({ cpu: -1 })],
    [
      "The 'memory' setting for container 'app' is greater than for the task.",
      aDefinition({ memory: 1025 }, { memory: '1 GB' }),
    ],
    [
      "The sum of all container 'memory' values cannot be greater than the value of the task 'memory'.",
      aDefinitionOfTwo({ memory: 600 }, { memory: 600 }, { memory: '1024' }),
    ],
    [
      "The sum of all container 'cpu' values cannot be greater than the value of the task 'cpu'.",
      aDefinitionOfTwo({ cpu: 200 }, { cpu: 200 }, { cpu: '256' }),
    ],
    [
      "Invalid 'cpu' setting for task. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.",
      aDefinition({}, { cpu: '127' }),
    ],
    [
      "Invalid 'memory' setting for task. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.",
      aDefinition({}, { memory: 'much' }),
    ],
    [
      'Resource requirements of type InferenceAccelerator are not supported.',
      aDefinition({ resourceRequirements: [{ type: 'InferenceAccelerator', value: 'a' }] }),
    ],
    [
      "Invalid GPU resource requirement for container 'app'. The value must be a positive integer.",
      aDefinition({ resourceRequirements: [{ type: 'GPU', value: 'ALL' }] }),
    ],
    [
      'GPU sharing strategies are not supported.',
      aDefinition({ resourceRequirements: [{ type: 'GPU', sharingStrategy: { nvidiaMps: { memory: 1 } } }] }),
    ],
  ])('are refused: %s', (message, task) => expect(refusal(task)).toBe(message))
})

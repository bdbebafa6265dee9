import type { ContainerDefinition, RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs'
import { describe, expect, it } from 'vitest'
import { aDefinition } from '../../../../test/builders/a-definition-request.ts'
import { refusal } from '../../../../test/ecs-refusal.ts'

const awslogs = (options: Record<string, string>): ContainerDefinition => ({
  logConfiguration: { logDriver: 'awslogs', options },
})

describe('logging', () => {
  it.each<[string, RegisterTaskDefinitionRequest]>([
    ['Log driver awslogs requires options: awslogs-region, awslogs-group', aDefinition(awslogs({}))],
    [
      'Log driver awslogs disallows options: max-size',
      aDefinition(awslogs({ 'awslogs-group': 'g', 'awslogs-region': 'r', 'max-size': '1m' })),
    ],
    [
      "Invalid log driver mode 'fast'.",
      aDefinition({ logConfiguration: { logDriver: 'json-file', options: { mode: 'fast' } } }),
    ],
    [
      'When a firelensConfiguration object is specified, at least one container has to be configured with the awsfirelens log driver.',
      aDefinition({ firelensConfiguration: { type: 'fluentd' } }),
    ],
    [
      'When a container is configured with the awsfirelens log driver, a firelensConfiguration object has to be specified.',
      aDefinition({ logConfiguration: { logDriver: 'awsfirelens' } }),
    ],
    [
      "The 'config-file-type' must be s3 or file.",
      aDefinition({
        firelensConfiguration: { type: 'fluentd', options: { 'config-file-type': 'http', 'config-file-value': 'a' } },
      }),
    ],
  ])('is refused: %s', (message, task) => expect(refusal(task)).toBe(message))
})

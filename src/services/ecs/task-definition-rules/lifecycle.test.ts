import type { RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs'
import { describe, expect, it } from 'vitest'
import { aDefinition } from '../../../../test/builders/a-definition-request.ts'
import { refusal } from '../../../../test/ecs-refusal.ts'

describe('health checks, restart policies and timeouts', () => {
  it.each<[string, RegisterTaskDefinitionRequest]>([
    [
      'Container.healthCheck.command must start with CMD or CMD-SHELL.',
      aDefinition({ healthCheck: { command: ['curl'] } }),
    ],
    [
      'Container.healthCheck.command must specify a command to run.',
      aDefinition({ healthCheck: { command: ['CMD-SHELL'] } }),
    ],
    [
      'Container.healthCheck.interval must be between 5 and 300.',
      aDefinition({ healthCheck: { command: ['CMD', 'a'], interval: 4 } }),
    ],
    [
      'Container.healthCheck.timeout must be between 2 and 60.',
      aDefinition({ healthCheck: { command: ['CMD', 'a'], timeout: 61 } }),
    ],
    [
      'Container.healthCheck.retries must be between 1 and 10.',
      aDefinition({ healthCheck: { command: ['CMD', 'a'], retries: 0 } }),
    ],
    [
      'Container.healthCheck.startPeriod must be between 0 and 300.',
      aDefinition({ healthCheck: { command: ['CMD', 'a'], startPeriod: 301 } }),
    ],
    [
      'Container.restartPolicy.restartAttemptPeriod must be between 60 and 1800.',
      aDefinition({ restartPolicy: { enabled: true, restartAttemptPeriod: 59 } }),
    ],
    [
      'Container.restartPolicy.ignoredExitCodes can have at most 50 items.',
      aDefinition({ restartPolicy: { enabled: true, ignoredExitCodes: Array.from({ length: 51 }, () => 1) } }),
    ],
    ['Container.startTimeout must be between 2 and 2147483647.', aDefinition({ startTimeout: 1 })],
    ['Container.stopTimeout must be between 0 and 2147483647.', aDefinition({ stopTimeout: -1 })],
  ])('are refused: %s', (message, task) => expect(refusal(task)).toBe(message))
})

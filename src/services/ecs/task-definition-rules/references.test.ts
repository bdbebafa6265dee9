import type { RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs'
import { describe, expect, it } from 'vitest'
import { aPlainContainer, aDefinition, aDefinitionOfTwo } from '../../../../test/builders/a-definition-request.ts'
import { refusal } from '../../../../test/ecs-refusal.ts'

const volume = (given: object, task: object = {}): RegisterTaskDefinitionRequest =>
  aDefinition({}, { volumes: [{ name: 'data', ...given }], ...task })

describe('references between containers', () => {
  it.each<[string, RegisterTaskDefinitionRequest]>([
    [
      "Container 'app' depends on the unknown container 'other'.",
      aDefinition({ dependsOn: [{ containerName: 'other', condition: 'START' }] }),
    ],
    [
      'A dependency container with SUCCESS or COMPLETE condition cannot be an essential container',
      aDefinitionOfTwo({ dependsOn: [{ containerName: 'side', condition: 'COMPLETE' }] }),
    ],
    [
      'A dependency container with HEALTHY condition must have a health check',
      aDefinitionOfTwo({ dependsOn: [{ containerName: 'side', condition: 'HEALTHY' }] }),
    ],
    [
      'Container dependencies should not have a cycle',
      aDefinitionOfTwo(
        { dependsOn: [{ containerName: 'side', condition: 'START' }] },
        { dependsOn: [{ containerName: 'app', condition: 'START' }] },
      ),
    ],
    [
      'Container dependencies should not have a cycle',
      aDefinition({ dependsOn: [{ containerName: 'app', condition: 'START' }] }),
    ],
    ["Unknown container 'other'.", aDefinition({ links: ['other:db'] })],
    ["Invalid link ':db' for container 'app'.", aDefinition({ links: [':db'] })],
    [
      'Links are not supported when networkMode=host.',
      aDefinitionOfTwo({ links: ['side'] }, {}, { networkMode: 'host' }),
    ],
    ['Container links should not have a cycle', aDefinitionOfTwo({ links: ['side'] }, { links: ['app'] })],
    ["Unknown container 'other'.", aDefinition({ volumesFrom: [{ sourceContainer: 'other' }] })],
    ['Container volumesFrom should not have a cycle', aDefinition({ volumesFrom: [{ sourceContainer: 'app' }] })],
    ["Unknown volume 'data'.", aDefinition({ mountPoints: [{ sourceVolume: 'data', containerPath: '/data' }] })],
    [
      "Mount point containerPath for container 'app' should not be null or empty.",
      volume({}, { containerDefinitions: [aPlainContainer({ mountPoints: [{ sourceVolume: 'data' }] })] }),
    ],
  ])('are refused: %s', (message, task) => expect(refusal(task)).toBe(message))
})

import type { RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs'
import { describe, expect, it } from 'vitest'
import { aDefinition } from '../../../../test/builders/a-definition-request.ts'
import { refusal } from '../../../../test/ecs-refusal.ts'

const volume = (given: object, task: object = {}): RegisterTaskDefinitionRequest =>
  aDefinition({}, { volumes: [{ name: 'data', ...given }], ...task })
const efs = (given: object): RegisterTaskDefinitionRequest =>
  volume({ efsVolumeConfiguration: { fileSystemId: 'fs-01234567', ...given } })

describe('volumes', () => {
  it.each<[string, RegisterTaskDefinitionRequest]>([
    ['volume.name contains invalid characters.', volume({ name: 'a.b' })],
    [
      "Volume name 'data' is specified more than once.",
      aDefinition({}, { volumes: [{ name: 'data' }, { name: 'data' }] }),
    ],
    [
      'When the volume parameter is specified, only one volume configuration type should be used.',
      volume({ host: {}, configuredAtLaunch: true }),
    ],
    [
      'The autoprovision parameter is only supported for Docker volumes with the scope shared.',
      volume({ dockerVolumeConfiguration: { autoprovision: true } }),
    ],
    ["Invalid EFS file system ID 'efs'.", efs({ fileSystemId: 'efs' })],
    [
      'EFS transit encryption must be enabled when an access point or IAM authorization is used.',
      efs({ authorizationConfig: { iam: 'ENABLED' } }),
    ],
    [
      'The EFS root directory must be omitted or set to / when an access point is used.',
      efs({ rootDirectory: '/a', transitEncryption: 'ENABLED', authorizationConfig: { accessPointId: 'fsap-1' } }),
    ],
    [
      'An FSx volume must specify rootDirectory, credentialsParameter and domain.',
      volume({ fsxWindowsFileServerVolumeConfiguration: { fileSystemId: 'fs-01234567' } }),
    ],
    [
      'A task definition with an S3 Files volume must specify a task role.',
      volume({ s3filesVolumeConfiguration: { fileSystemArn: 'arn:aws:s3files:us-east-1:1:f' } }),
    ],
    [
      'Only one volume configured at launch is supported.',
      aDefinition(
        {},
        {
          volumes: [
            { name: 'a', configuredAtLaunch: true },
            { name: 'b', configuredAtLaunch: true },
          ],
        },
      ),
    ],
  ])('are refused: %s', (message, task) => expect(refusal(task)).toBe(message))
})

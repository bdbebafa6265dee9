import type { ContainerDefinition, RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs'
import { describe, expect, it } from 'vitest'
import { aDefinition } from '../../../../test/builders/a-definition-request.ts'
import { refusal } from '../../../../test/ecs-refusal.ts'

const awslogs = (options: Record<string, string>): ContainerDefinition => ({
  logConfiguration: { logDriver: 'awslogs', options },
})

const ROLE = { executionRoleArn: 'arn:aws:iam::000000000000:role/execution' }
const AWSLOGS = { 'awslogs-group': 'g', 'awslogs-region': 'r' }

describe('logging', () => {
  it.each<[string, ContainerDefinition['logConfiguration']]>([
    ['local', { logDriver: 'local' as never }],
    ['none', { logDriver: 'none' as never }],
    ['a buffer in bytes', { logDriver: 'json-file', options: { mode: 'non-blocking', 'max-buffer-size': '4194304' } }],
    ['a buffer in mebibytes', { logDriver: 'awslogs', options: { ...AWSLOGS, 'max-buffer-size': '25m' } }],
    [
      'required options that are secrets',
      {
        logDriver: 'splunk',
        options: { 'splunk-url': 'http://splunk' },
        secretOptions: [{ name: 'splunk-token', valueFrom: 'p' }],
      },
    ],
  ])('may be: %s', (_name, logConfiguration = { logDriver: undefined }) =>
    expect(refusal(aDefinition({ logConfiguration }, ROLE))).toBeUndefined(),
  )

  it.each<[string, RegisterTaskDefinitionRequest]>([
    ['Log driver awslogs requires options: awslogs-region, awslogs-group', aDefinition(awslogs({}))],
    [
      'Log driver awslogs disallows options: max-size',
      aDefinition(awslogs({ 'awslogs-group': 'g', 'awslogs-region': 'r', 'max-size': '1m' })),
    ],
    ['Log driver awslogs requires options: awslogs-group', aDefinition(awslogs({ 'awslogs-region': 'r' }))],
    [
      'Log driver awslogs disallows options: awslogs-stream',
      aDefinition(awslogs({ ...AWSLOGS, 'awslogs-stream': 's' })),
    ],
    [
      "Log driver option 'awslogs-create-group' must be 'true' or 'false', not 'yes'.",
      aDefinition(awslogs({ ...AWSLOGS, 'awslogs-create-group': 'yes' })),
    ],
    [
      "Log driver options 'awslogs-datetime-format' and 'awslogs-multiline-pattern' cannot be used together.",
      aDefinition(awslogs({ ...AWSLOGS, 'awslogs-datetime-format': '%Y', 'awslogs-multiline-pattern': '^x' })),
    ],
    [
      'Log driver splunk requires options: splunk-token',
      aDefinition({ logConfiguration: { logDriver: 'splunk', options: { 'splunk-url': 'http://splunk' } } }),
    ],
    [
      "Log driver option 'splunk-token' is specified more than once.",
      aDefinition(
        {
          logConfiguration: {
            logDriver: 'splunk',
            options: { 'splunk-url': 'http://splunk', 'splunk-token': 't' },
            secretOptions: [{ name: 'splunk-token', valueFrom: 'p' }],
          },
        },
        ROLE,
      ),
    ],
    [
      "Invalid log driver max-buffer-size 'much'.",
      aDefinition({ logConfiguration: { logDriver: 'json-file', options: { 'max-buffer-size': 'much' } } }),
    ],
    [
      "Log driver option 'max-buffer-size' is only supported with mode 'non-blocking'.",
      aDefinition(awslogs({ ...AWSLOGS, mode: 'blocking', 'max-buffer-size': '1m' })),
    ],
    [
      "Invalid log driver mode 'fast'.",
      aDefinition({ logConfiguration: { logDriver: 'json-file', options: { mode: 'fast' } } }),
    ],
  ])('is refused: %s', (message, task) => expect(refusal(task)).toBe(message))
})

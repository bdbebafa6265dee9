import type { ContainerDefinition, RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs'
import { describe, expect, it } from 'vitest'
import { aFargateDefinition, aDefinition } from '../../../../test/builders/a-definition-request.ts'
import { refusal } from '../../../../test/ecs-refusal.ts'

const linux = (linuxParameters: NonNullable<ContainerDefinition['linuxParameters']>): ContainerDefinition => ({
  linuxParameters,
})
const awslogs = (options: Record<string, string>): ContainerDefinition => ({
  logConfiguration: { logDriver: 'awslogs', options },
})
const AWSLOGS = awslogs({ 'awslogs-group': 'web', 'awslogs-region': 'us-east-1', 'awslogs-stream-prefix': 'p' })
const UNPREFIXED = awslogs({ 'awslogs-group': 'web', 'awslogs-region': 'us-east-1' })

describe('a definition that requires Fargate', () => {
  it.each<[string, RegisterTaskDefinitionRequest]>([
    ['Fargate only supports network mode ‘awsvpc’.', aFargateDefinition({}, { networkMode: 'bridge' })],
    [
      "Fargate requires that 'cpu' be defined at the task level.",
      aDefinition({}, { requiresCompatibilities: ['FARGATE'], networkMode: 'awsvpc', memory: '512' }),
    ],
    [
      "Fargate requires that 'memory' be defined at the task level.",
      aDefinition({}, { requiresCompatibilities: ['FARGATE'], networkMode: 'awsvpc', cpu: '256' }),
    ],
    ['No Fargate configuration exists for given values.', aFargateDefinition({}, { memory: '3 GB' })],
    ['Tasks using the Fargate launch type do not support ipcMode.', aFargateDefinition({}, { ipcMode: 'task' })],
    [
      'Tasks using the Fargate launch type do not support the pidMode host.',
      aFargateDefinition({}, { pidMode: 'host' }),
    ],
    [
      'Fargate compatible task definitions do not support placementConstraints',
      aFargateDefinition({}, { placementConstraints: [{ type: 'memberOf', expression: 'attribute:a exists' }] }),
    ],
    [
      'Fargate compatible task definitions do not support sourcePath',
      aFargateDefinition({}, { volumes: [{ name: 'a', host: { sourcePath: '/a' } }] }),
    ],
    [
      'Fargate compatible task definitions do not support dockerVolumeConfiguration',
      aFargateDefinition({}, { volumes: [{ name: 'a', dockerVolumeConfiguration: {} }] }),
    ],
    ['Fargate compatible task definitions do not support privileged', aFargateDefinition({ privileged: true })],
    [
      'Fargate compatible task definitions do not support dockerSecurityOptions',
      aFargateDefinition({ dockerSecurityOptions: ['no-new-privileges'] }),
    ],
    [
      'Fargate compatible task definitions do not support resourceRequirements',
      aFargateDefinition({ resourceRequirements: [{ type: 'GPU', value: '1' }] }),
    ],
    [
      'Fargate compatible task definitions do not support devices',
      aFargateDefinition(linux({ devices: [{ hostPath: '/dev/a' }] })),
    ],
    [
      'Fargate compatible task definitions do not support sharedMemorySize',
      aFargateDefinition(linux({ sharedMemorySize: 1 })),
    ],
    ['Fargate compatible task definitions do not support maxSwap', aFargateDefinition(linux({ maxSwap: 0 }))],
    ['Fargate compatible task definitions do not support swappiness', aFargateDefinition(linux({ swappiness: 0 }))],
    [
      'Fargate compatible task definitions do not support adding capabilities other than SYS_PTRACE',
      aFargateDefinition(linux({ capabilities: { add: ['NET_ADMIN'] } })),
    ],
    [
      'Fargate compatible task definitions do not support log drivers other than awslogs, splunk and awsfirelens',
      aFargateDefinition({ logConfiguration: { logDriver: 'json-file' } }),
    ],
    [
      'Tasks using the Fargate launch type do not support timeouts of more than 120 seconds.',
      aFargateDefinition({ stopTimeout: 121 }),
    ],
    [
      'Fargate requires task definition to have execution role ARN to support log driver awslogs.',
      aFargateDefinition(AWSLOGS),
    ],
    [
      'Fargate requires log configuration options to include awslogs-stream-prefix to support log driver awslogs.',
      aFargateDefinition(UNPREFIXED, { executionRoleArn: 'arn:aws:iam::000000000000:role/execution' }),
    ],
    [
      'Fargate requires task definition to have execution role ARN to support ECR images.',
      aFargateDefinition({ image: '000000000000.dkr.ecr.us-east-1.amazonaws.com/a:b' }),
    ],
  ])('is refused: %s', (message, task) => expect(refusal(task)).toBe(message))
})

import type { RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs'
import { describe, expect, it } from 'vitest'
import { aFargateDefinition, aDefinition, aDefinitionOfTwo } from '../../../test/builders/a-definition-request.ts'
import { requiredAttributes } from './required-attributes.ts'

const ROLE = { executionRoleArn: 'arn:aws:iam::000000000000:role/exec' }
const ECR = '000000000000.dkr.ecr.us-east-1.amazonaws.com/app:1'

describe('required attributes', () => {
  it('are none for a plain definition', () => {
    expect(requiredAttributes(aDefinition())).toEqual([])
  })

  it.each<[string, RegisterTaskDefinitionRequest, string[]]>([
    [
      'Fargate',
      aFargateDefinition(),
      ['com.amazonaws.ecs.capability.docker-remote-api.1.18', 'ecs.capability.task-eni'],
    ],
    ['task sizes', aDefinition({}, { cpu: '256' }), ['ecs.capability.task-cpu-mem-limit']],
    ['a task role', aDefinition({}, { taskRoleArn: 'a' }), ['com.amazonaws.ecs.capability.task-iam-role']],
    [
      'a task role in host mode',
      aDefinition({}, { taskRoleArn: 'a', networkMode: 'host' }),
      ['com.amazonaws.ecs.capability.task-iam-role', 'com.amazonaws.ecs.capability.task-iam-role-network-host'],
    ],
    ['a shared namespace', aDefinition({}, { pidMode: 'task' }), ['ecs.capability.pid-ipc-namespace-sharing']],
    ['privileged', aDefinition({ privileged: true }), ['com.amazonaws.ecs.capability.privileged-container']],
    [
      'SELinux and AppArmor',
      aDefinition({ dockerSecurityOptions: ['label:type:a', 'apparmor:b'] }),
      [
        'com.amazonaws.ecs.capability.apparmor',
        'com.amazonaws.ecs.capability.docker-remote-api.1.17',
        'com.amazonaws.ecs.capability.selinux',
      ],
    ],
    [
      'a health check with a start period',
      aDefinition({ healthCheck: { command: ['CMD', 'a'], startPeriod: 1 } }),
      [
        'com.amazonaws.ecs.capability.docker-remote-api.1.24',
        'com.amazonaws.ecs.capability.docker-remote-api.1.29',
        'ecs.capability.container-health-check',
      ],
    ],
    [
      'dependencies',
      aDefinitionOfTwo({ dependsOn: [{ containerName: 'side', condition: 'START' }] }),
      ['ecs.capability.container-ordering'],
    ],
    ['a stop timeout', aDefinition({ stopTimeout: 5 }), ['ecs.capability.container-ordering']],
    [
      'a restart policy',
      aDefinition({ restartPolicy: { enabled: true } }),
      ['ecs.capability.container-restart-policy'],
    ],
    ['a restart policy that is off', aDefinition({ restartPolicy: { enabled: false } }), []],
    [
      'a port range',
      aDefinition({ portMappings: [{ containerPortRange: '1-2' }] }),
      ['ecs.capability.network.container-port-range'],
    ],
    ['a soft limit', aDefinition({ memoryReservation: 64 }), ['com.amazonaws.ecs.capability.docker-remote-api.1.21']],
    [
      'an image in ECR',
      aDefinition({ image: ECR }, ROLE),
      [
        'com.amazonaws.ecs.capability.docker-remote-api.1.19',
        'com.amazonaws.ecs.capability.ecr-auth',
        'ecs.capability.execution-role-ecr-pull',
      ],
    ],
    [
      'awslogs',
      aDefinition({ logConfiguration: { logDriver: 'awslogs' } }, ROLE),
      [
        'com.amazonaws.ecs.capability.docker-remote-api.1.18',
        'com.amazonaws.ecs.capability.docker-remote-api.1.19',
        'com.amazonaws.ecs.capability.logging-driver.awslogs',
        'ecs.capability.execution-role-awslogs',
      ],
    ],
    [
      'a log router',
      aDefinition({ firelensConfiguration: { type: 'fluentbit', options: { 'config-file-type': 's3' } } }),
      ['ecs.capability.firelens.fluentbit', 'ecs.capability.firelens.options.config.s3'],
    ],
    [
      'a log router that is root',
      aDefinition({ firelensConfiguration: { type: 'fluentd' }, user: '0:0' }),
      ['ecs.capability.firelens.fluentd'],
    ],
    [
      'a log router that is not root',
      aDefinition({ firelensConfiguration: { type: 'fluentd' }, user: '1000:0' }),
      ['ecs.capability.firelens.fluentd', 'ecs.capability.firelens.non-root-user'],
    ],
    [
      'a limit of what waits for a log router',
      aDefinition({
        logConfiguration: { logDriver: 'awsfirelens', options: { 'log-driver-buffer-limit': '2097152' } },
      }),
      [
        'com.amazonaws.ecs.capability.docker-remote-api.1.18',
        'com.amazonaws.ecs.capability.logging-driver.awsfirelens',
        'ecs.capability.logging-driver.awsfirelens.log-driver-buffer-limit',
      ],
    ],
    [
      'secrets of both stores',
      aDefinition({
        secrets: [
          { name: 'A', valueFrom: 'arn:aws:secretsmanager:us-east-1:1:secret:a' },
          { name: 'B', valueFrom: 'b' },
        ],
      }),
      ['ecs.capability.secrets.asm.environment-variables', 'ecs.capability.secrets.ssm.environment-variables'],
    ],
    [
      'environment files and registry credentials',
      aDefinition({
        environmentFiles: [{ type: 's3', value: 'a' }],
        repositoryCredentials: { credentialsParameter: 'a' },
      }),
      ['ecs.capability.env-files.s3', 'ecs.capability.private-registry-authentication.secretsmanager'],
    ],
    [
      'an encrypted EFS volume',
      aDefinition({}, { volumes: [{ efsVolumeConfiguration: { fileSystemId: 'fs', transitEncryption: 'ENABLED' } }] }),
      ['ecs.capability.efs', 'ecs.capability.efsAuth'],
    ],
    [
      'a Docker volume',
      aDefinition({}, { volumes: [{ dockerVolumeConfiguration: { driver: 'rexray' } }] }),
      ['com.amazonaws.ecs.capability.docker-remote-api.1.25', 'ecs.capability.docker-plugin.rexray'],
    ],
  ])('name what %s needs', (_, task, names) => {
    expect(requiredAttributes(task)).toEqual(names.map((name) => ({ name })))
  })

  it('name the platform with its values', () => {
    const on = (runtimePlatform: NonNullable<RegisterTaskDefinitionRequest['runtimePlatform']>) =>
      requiredAttributes(aDefinition({}, { runtimePlatform }))

    expect(on({ cpuArchitecture: 'ARM64', operatingSystemFamily: 'LINUX' })).toEqual([
      { name: 'ecs.cpu-architecture', value: 'arm64' },
      { name: 'ecs.os-type', value: 'linux' },
    ])
    expect(on({ operatingSystemFamily: 'WINDOWS_SERVER_2022_CORE' })).toEqual([
      { name: 'ecs.os-family', value: 'WINDOWS_SERVER_2022_CORE' },
      { name: 'ecs.os-type', value: 'windows' },
    ])
  })
})

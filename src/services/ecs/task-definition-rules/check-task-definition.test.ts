/** What a definition may say, and the enumerated values it must keep to. What each rule refuses is tested beside the rule. */
import type { ContainerDefinition, RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs'
import { describe, expect, it } from 'vitest'
import {
  aFargateDefinition,
  aPlainContainer,
  aDefinition,
  aDefinitionOf,
  aDefinitionOfTwo,
} from '../../../../test/builders/a-definition-request.ts'
import { refusal } from '../../../../test/ecs-refusal.ts'

const ROLE = 'arn:aws:iam::000000000000:role/service/exec'
const ports = (...portMappings: NonNullable<ContainerDefinition['portMappings']>): ContainerDefinition => ({
  portMappings,
})
const linux = (linuxParameters: NonNullable<ContainerDefinition['linuxParameters']>): ContainerDefinition => ({
  linuxParameters,
})
const volume = (given: object, task: object = {}): RegisterTaskDefinitionRequest =>
  aDefinition({}, { volumes: [{ name: 'data', ...given }], ...task })
const efs = (given: object): RegisterTaskDefinitionRequest =>
  volume({ efsVolumeConfiguration: { fileSystemId: 'fs-01234567', ...given } })
const awslogs = (options: Record<string, string>): ContainerDefinition => ({
  logConfiguration: { logDriver: 'awslogs', options },
})
const AWSLOGS = awslogs({ 'awslogs-group': 'web', 'awslogs-region': 'us-east-1', 'awslogs-stream-prefix': 'p' })
const mesh = (given: object = {}): Partial<RegisterTaskDefinitionRequest> => ({
  networkMode: 'awsvpc',
  proxyConfiguration: {
    containerName: 'app',
    properties: Object.entries({ AppPorts: '80', ProxyIngressPort: '1', ProxyEgressPort: '2', IgnoredUID: '3' }).map(
      ([name, value]) => ({ name, value }),
    ),
    ...given,
  },
})

describe('a task definition', () => {
  it.each<[string, RegisterTaskDefinitionRequest]>([
    ['the smallest there is', aDefinition({})],
    ['memory left to the task', aDefinitionOf([{ name: 'app', image: 'a' }], { memory: '0.5 GB' })],
    ['a reservation below the limit', aDefinition({ memory: 256, memoryReservation: 128 })],
    ['an image by digest', aDefinition({ image: `r.example:5000/a/b@sha256:${'0'.repeat(64)}` })],
    ['dynamic and static host ports', aDefinition(ports({ containerPort: 80 }, { containerPort: 81, hostPort: 8081 }))],
    ['a range of ports', aDefinition(ports({ containerPortRange: '8000-8010' }, { containerPort: 7999 }))],
    ['ports that match in host mode', aDefinition(ports({ containerPort: 80, hostPort: 80 }), { networkMode: 'host' })],
    ['host port 0 in awsvpc mode', aDefinition(ports({ containerPort: 80, hostPort: 0 }), { networkMode: 'awsvpc' })],
    [
      'the same host port over TCP and UDP',
      aDefinitionOfTwo(
        ports({ containerPort: 1, hostPort: 53 }),
        ports({ containerPort: 2, hostPort: 53, protocol: 'udp' }),
      ),
    ],
    [
      'a dependency that becomes healthy',
      aDefinitionOfTwo(
        { dependsOn: [{ containerName: 'side', condition: 'HEALTHY' }] },
        { healthCheck: { command: ['CMD', 'true'] } },
      ),
    ],
    [
      'a dependency that ends',
      aDefinitionOfTwo({ dependsOn: [{ containerName: 'side', condition: 'SUCCESS' }] }, { essential: false }),
    ],
    ['a link with an alias', aDefinitionOfTwo({ links: ['side:db'] })],
    ['volumes of another container', aDefinitionOfTwo({ volumesFrom: [{ sourceContainer: 'side' }] })],
    [
      'a mounted volume',
      volume(
        {},
        {
          containerDefinitions: [aPlainContainer({ mountPoints: [{ sourceVolume: 'data', containerPath: '/data' }] })],
        },
      ),
    ],
    ['a shared Docker volume', volume({ dockerVolumeConfiguration: { scope: 'shared', autoprovision: true } })],
    ['an EFS access point', efs({ transitEncryption: 'ENABLED', authorizationConfig: { accessPointId: 'fsap-1' } })],
    [
      'an FSx volume',
      volume({
        fsxWindowsFileServerVolumeConfiguration: {
          fileSystemId: 'fs-01234567',
          rootDirectory: 'd',
          authorizationConfig: { credentialsParameter: 'p', domain: 'd' },
        },
      }),
    ],
    [
      'an S3 Files volume',
      volume({ s3filesVolumeConfiguration: { fileSystemArn: 'arn:aws:s3files:us-east-1:1:f' } }, { taskRoleArn: ROLE }),
    ],
    ['a volume configured at launch', volume({ configuredAtLaunch: true })],
    ['a disabled health check', aDefinition({ healthCheck: { command: ['NONE'] } })],
    [
      'a restart policy',
      aDefinition({ restartPolicy: { enabled: true, ignoredExitCodes: [0, 143], restartAttemptPeriod: 60 } }),
    ],
    [
      'Linux parameters',
      aDefinition(
        linux({
          capabilities: { add: ['NET_ADMIN'], drop: ['ALL'] },
          devices: [{ hostPath: '/dev/fuse', permissions: ['read'] }],
          tmpfs: [{ containerPath: '/run', size: 8, mountOptions: ['rw', 'mode=755'] }],
          sharedMemorySize: 64,
          maxSwap: 0,
          swappiness: 100,
        }),
      ),
    ],
    ['an unlimited ulimit', aDefinition({ ulimits: [{ name: 'memlock', softLimit: -1, hardLimit: -1 }] })],
    [
      'sysctls',
      aDefinition({
        systemControls: [
          { namespace: 'net.core.somaxconn', value: '1024' },
          { namespace: 'kernel.shmmax', value: '1' },
        ],
      }),
    ],
    [
      'security options',
      aDefinition({ dockerSecurityOptions: ['no-new-privileges', 'apparmor:docker-default', 'label:user:x'] }),
    ],
    ['environment files', aDefinition({ environmentFiles: [{ type: 's3', value: 'arn:aws:s3:::bucket/a.env' }] })],
    [
      'secrets',
      aDefinition(
        { secrets: [{ name: 'A', valueFrom: 'arn:aws:ssm:us-east-1:1:parameter/a' }] },
        { executionRoleArn: ROLE },
      ),
    ],
    ['a GPU', aDefinition({ resourceRequirements: [{ type: 'GPU', value: '2' }] })],
    ['awslogs', aDefinition(AWSLOGS)],
    [
      'awslogs with a secret as option',
      aDefinition(
        {
          logConfiguration: {
            logDriver: 'awslogs',
            options: { 'awslogs-group': 'g' },
            secretOptions: [{ name: 'awslogs-region', valueFrom: 'p' }],
          },
        },
        { executionRoleArn: ROLE },
      ),
    ],
    [
      'a log router',
      aDefinitionOfTwo(
        { logConfiguration: { logDriver: 'awsfirelens', options: { Name: 'anything' } } },
        {
          firelensConfiguration: {
            type: 'fluentbit',
            options: { 'config-file-type': 'file', 'config-file-value': '/a' },
          },
        },
      ),
    ],
    [
      'placement constraints',
      aDefinition({}, { placementConstraints: [{ type: 'memberOf', expression: 'attribute:ecs.os-type == linux' }] }),
    ],
    ['App Mesh', aDefinition({}, mesh())],
    ['a task role by its name', aDefinition({}, { taskRoleArn: 'web-role' })],
    ['vCPU and GB', aDefinition({}, { cpu: '0.5 vCPU', memory: '1 GB' })],
    ['Fargate', aFargateDefinition()],
    [
      'the largest Fargate',
      aFargateDefinition({}, { cpu: '16 vCPU', memory: '120 GB', ephemeralStorage: { sizeInGiB: 200 } }),
    ],
    ['Fargate with awslogs', aFargateDefinition(AWSLOGS, { executionRoleArn: ROLE })],
    [
      'Fargate with SYS_PTRACE',
      aFargateDefinition(linux({ capabilities: { add: ['SYS_PTRACE'], drop: ['NET_RAW'] } })),
    ],
    ['External', aDefinition({}, { requiresCompatibilities: ['EXTERNAL', 'EC2'] })],
    ['fault injection in host mode', aDefinition({}, { enableFaultInjection: true, networkMode: 'host' })],
  ])('may have %s', (_, task) => expect(refusal(task)).toBeUndefined())

  it.each<[string, RegisterTaskDefinitionRequest]>([
    ['networkMode', aDefinition({}, { networkMode: 'wireless' as never })],
    ['pidMode', aDefinition({}, { pidMode: 'none' as never })],
    ['requiresCompatibilities', aDefinition({}, { requiresCompatibilities: ['LAMBDA' as never] })],
    ['dependsOn.condition', aDefinitionOfTwo({ dependsOn: [{ containerName: 'side', condition: 'READY' as never }] })],
    ['ulimits.name', aDefinition({ ulimits: [{ name: 'files' as never, softLimit: 1, hardLimit: 1 }] })],
    ['logConfiguration.logDriver', aDefinition({ logConfiguration: { logDriver: 'paper' as never } })],
    ['portMappings.appProtocol', aDefinition(ports({ containerPort: 80, appProtocol: 'ftp' as never }))],
    ['runtimePlatform.cpuArchitecture', aDefinition({}, { runtimePlatform: { cpuArchitecture: 'Z80' as never } })],
    ['environmentFiles.type', aDefinition({ environmentFiles: [{ type: 'http' as never, value: 'a' }] })],
    ['versionConsistency', aDefinition({ versionConsistency: 'maybe' as never })],
  ])('takes only the values that the API enumerates for %s', (member, task) => {
    expect(refusal(task)).toContain(
      `at '${member}' failed to satisfy constraint: Member must satisfy enum value set: [`,
    )
  })
})

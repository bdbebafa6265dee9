import type { ContainerDefinition, ContainerOverride, TaskOverride, Volume } from '@aws-sdk/client-ecs'
import { describe, expect, it } from 'vitest'
import { aTask, aTaskContainer } from '../../../test/builders/a-task.ts'
import { aTaskDefinition } from '../../../test/builders/a-task-definition.ts'
import type { IAMRoleCredentials, PayloadContainer } from '../../agentlink/acs-messages.ts'
import type { TaskDefinitionRecord, TaskRecord } from '../../model/records.ts'
import { type PayloadAdditions, stopPayload, taskPayload } from './payload.ts'

interface Given {
  readonly container?: ContainerDefinition
  readonly override?: ContainerOverride
  readonly definition?: Partial<TaskDefinitionRecord>
  readonly task?: Partial<TaskRecord>
  readonly additions?: PayloadAdditions
}

const payloadOf = ({ container, override, definition, task, additions }: Given) => {
  const overrides: TaskOverride | undefined = override && { containerOverrides: [{ name: 'app', ...override }] }
  return taskPayload(
    aTask({ ...(overrides && { overrides }), ...task }),
    aTaskDefinition({ containerDefinitions: [{ name: 'app', image: 'busybox', ...container }], ...definition }),
    additions,
  )
}

/** The one container's payload, with Docker's two texts read. */
const containerOf = (given: Given) => {
  const [container] = payloadOf(given).containers as [PayloadContainer]
  return {
    ...container,
    config: JSON.parse(container.dockerConfig.config ?? '{}') as Record<string, unknown>,
    host: JSON.parse(container.dockerConfig.hostConfig ?? '{}') as Record<string, unknown>,
  }
}

const ECR_AUTH = { registryId: '000000000000', region: 'eu-west-1', endpointOverride: 'http://10.0.0.5:4566' }
const ecrAuthOf = (image: string) => (image.includes('.dkr.ecr.') ? ECR_AUTH : undefined)

const credentialsNamed = (credentialsId: string): IAMRoleCredentials => ({
  credentialsId,
  roleArn: 'arn:aws:iam::000000000000:role/r',
  accessKeyId: 'AK',
  secretAccessKey: 'SK',
  sessionToken: 'ST',
  expiration: '2026-01-01T00:00:00Z',
})

describe('the payload of a task', () => {
  it('says which task it is', () => {
    const task = aTask({ taskId: 'a1', group: 'service:shop' })
    expect(taskPayload(task, aTaskDefinition())).toMatchObject({
      arn: 'arn:aws:ecs:us-east-1:000000000000:task/default/a1',
      taskClusterArn: 'arn:aws:ecs:us-east-1:000000000000:cluster/default',
      family: 'web',
      version: '1',
      desiredStatus: 'RUNNING',
      launchType: 'EC2',
      group: 'service:shop',
      serviceName: 'shop',
    })
  })

  it('has a service name only for a service', () => {
    expect(payloadOf({ task: { group: 'family:web' } })).not.toHaveProperty('serviceName')
  })

  it('gives the task CPU in vCPUs and memory in MiB', () => {
    expect(payloadOf({ task: { cpu: '256', memory: '512' } })).toMatchObject({ cpu: 0.25, memory: 512 })
    expect(payloadOf({ task: { cpu: '2 vCPU', memory: '1GB' } })).toMatchObject({ cpu: 2, memory: 1024 })
    expect(payloadOf({})).not.toHaveProperty('cpu')
  })

  it('carries what the definition says of namespaces, faults and proxies', () => {
    const proxyConfiguration = {
      type: 'APPMESH' as const,
      containerName: 'envoy',
      properties: [{ name: 'AppPorts', value: '80,81' }],
    }
    const definition = { pidMode: 'task', ipcMode: 'host', enableFaultInjection: true, proxyConfiguration } as const
    expect(payloadOf({ definition })).toMatchObject({
      pidMode: 'task',
      ipcMode: 'host',
      enableFaultInjection: true,
      proxyConfiguration: { type: 'APPMESH', containerName: 'envoy', properties: { AppPorts: '80,81' } },
    })
  })

  it('uses the bridge for awsvpc, and publishes nothing then', () => {
    const portMappings = [{ containerPort: 80, hostPort: 80, protocol: 'tcp' as const }]
    const given = { definition: { networkMode: 'awsvpc' as const }, task: { launchType: 'FARGATE' as const } }
    expect(payloadOf(given).networkMode).toBe('bridge')
    const container = containerOf({ ...given, container: { portMappings } })
    expect(container.host.NetworkMode).toBe('bridge')
    expect(container).toMatchObject({ environment: { AWS_EXECUTION_ENV: 'AWS_ECS_FARGATE' } })
  })

  it.each(['bridge', 'host', 'none'] as const)('says network mode %s to the task and to Docker', (networkMode) => {
    expect(payloadOf({ definition: { networkMode } }).networkMode).toBe(networkMode)
    expect(containerOf({ definition: { networkMode } }).host.NetworkMode).toBe(networkMode)
  })

  it('gives each GPU to the container that has it', () => {
    const containers = [aTaskContainer({ name: 'app', gpuIds: ['GPU-1', 'GPU-2'] }), aTaskContainer({ name: 'side' })]
    expect(payloadOf({ task: { containers } }).associations).toEqual([
      { name: 'GPU-1', type: 'gpu', containers: ['app'], content: { encoding: 'identity', value: '' } },
      { name: 'GPU-2', type: 'gpu', containers: ['app'], content: { encoding: 'identity', value: '' } },
    ])
  })

  it.each<[string, Volume, object]>([
    ['a path of the host', { name: 'v', host: { sourcePath: '/d' } }, { type: 'host', host: { sourcePath: '/d' } }],
    ['a volume of the task', { name: 'v', host: {} }, { type: 'host', host: { sourcePath: '' } }],
    ['a volume without more', { name: 'v' }, { type: 'host', host: { sourcePath: '' } }],
    [
      "a volume of Docker's",
      {
        name: 'v',
        dockerVolumeConfiguration: {
          scope: 'shared',
          autoprovision: true,
          driver: 'local',
          driverOpts: { a: 'b' },
          labels: { c: 'd' },
        },
      },
      {
        type: 'docker',
        dockerVolumeConfiguration: {
          scope: 'shared',
          autoprovision: true,
          driver: 'local',
          driverOpts: { a: 'b' },
          labels: { c: 'd' },
        },
      },
    ],
    [
      'a file system',
      { name: 'v', efsVolumeConfiguration: { fileSystemId: 'fs-1', rootDirectory: '/r' } },
      { type: 'efs', efsVolumeConfiguration: { fileSystemId: 'fs-1', rootDirectory: '/r' } },
    ],
    ['a volume attached at launch', { name: 'v', configuredAtLaunch: true }, {}],
  ])('carries %s', (_what, volume, expected) => {
    expect(payloadOf({ definition: { volumes: [volume] } }).volumes).toEqual([{ name: 'v', ...expected }])
  })

  it('carries credentials of both roles, if there are any', () => {
    const [taskRole, executionRole] = [credentialsNamed('a'), credentialsNamed('b')]
    expect(payloadOf({ additions: { taskRole, executionRole } })).toMatchObject({
      roleCredentials: taskRole,
      executionRoleCredentials: executionRole,
    })
    expect(payloadOf({})).not.toHaveProperty('roleCredentials')
  })

  it('stops a task by its name alone', () => {
    expect(stopPayload(aTask({ taskId: 'a1' }))).toEqual({
      arn: 'arn:aws:ecs:us-east-1:000000000000:task/default/a1',
      taskClusterArn: 'arn:aws:ecs:us-east-1:000000000000:cluster/default',
      family: 'web',
      version: '1',
      desiredStatus: 'STOPPED',
    })
  })
})

describe('the payload of a container', () => {
  it('has an ARN within its task, and defaults', () => {
    const task = { taskId: 'a1', containers: [aTaskContainer({ containerId: 'c1' })] }
    expect(containerOf({ task })).toMatchObject({
      name: 'app',
      image: 'busybox',
      containerArn: 'arn:aws:ecs:us-east-1:000000000000:container/default/a1/c1',
      cpu: 0,
      memory: 0,
      essential: true,
      environment: { AWS_EXECUTION_ENV: 'AWS_ECS_EC2' },
      overrides: '{}',
      config: {},
      host: { NetworkMode: 'bridge' },
    })
  })

  it('carries the members that have a place of their own', () => {
    const container: ContainerDefinition = {
      cpu: 128,
      memory: 256,
      essential: false,
      command: ['a', 'b'],
      entryPoint: ['sh', '-c'],
      environment: [{ name: 'X', value: '1' }],
      environmentFiles: [{ value: 'arn:aws:s3:::b/k.env', type: 's3' }],
      links: ['db:database'],
      mountPoints: [{ sourceVolume: 'v', containerPath: '/v' }],
      volumesFrom: [{ sourceContainer: 'db', readOnly: true }],
      dependsOn: [{ containerName: 'db', condition: 'HEALTHY' }],
      startTimeout: 30,
      stopTimeout: 5,
      restartPolicy: { enabled: true, ignoredExitCodes: [3], restartAttemptPeriod: 60 },
      credentialSpecs: ['credentialspec:x'],
    }
    expect(containerOf({ container })).toMatchObject({
      cpu: 128,
      memory: 256,
      essential: false,
      command: ['a', 'b'],
      entryPoint: ['sh', '-c'],
      environment: { X: '1', AWS_EXECUTION_ENV: 'AWS_ECS_EC2' },
      environmentFiles: [{ value: 'arn:aws:s3:::b/k.env', type: 's3' }],
      links: ['db:database'],
      mountPoints: [{ sourceVolume: 'v', containerPath: '/v', readOnly: false }],
      volumesFrom: [{ sourceContainer: 'db', readOnly: true }],
      dependsOn: [{ containerName: 'db', condition: 'HEALTHY' }],
      startTimeout: 30,
      stopTimeout: 5,
      restartPolicy: { enabled: true, ignoredExitCodes: [3], restartAttemptPeriod: 60 },
      credentialSpecs: ['credentialspec:x'],
    })
  })

  it('publishes static, dynamic and ranged ports', () => {
    const portMappings = [
      { containerPort: 80, hostPort: 8080, protocol: 'tcp' as const },
      { containerPort: 53, protocol: 'udp' as const },
      { containerPort: 90 },
      { containerPortRange: '100-110' },
    ]
    expect(containerOf({ container: { portMappings } }).portMappings).toEqual([
      { containerPort: 80, hostPort: 8080, protocol: 'tcp' },
      { containerPort: 53, hostPort: 0, protocol: 'udp' },
      { containerPort: 90, hostPort: 0, protocol: 'tcp' },
      { containerPortRange: '100-110', protocol: 'tcp' },
    ])
    expect(containerOf({ container: { portMappings }, definition: { networkMode: 'none' } })).not.toHaveProperty(
      'portMappings',
    )
    expect(containerOf({ container: { portMappings }, definition: { networkMode: 'awsvpc' } })).not.toHaveProperty(
      'portMappings',
    )
  })

  it('is what the overrides make of it', () => {
    const container: ContainerDefinition = {
      command: ['a'],
      cpu: 1,
      memory: 2,
      memoryReservation: 1,
      environment: [
        { name: 'KEPT', value: '1' },
        { name: 'CHANGED', value: '1' },
      ],
      environmentFiles: [{ value: 'arn:aws:s3:::b/old.env', type: 's3' }],
    }
    const override: ContainerOverride = {
      command: ['b'],
      cpu: 10,
      memory: 20,
      memoryReservation: 15,
      environment: [
        { name: 'CHANGED', value: '2' },
        { name: 'ADDED', value: '3' },
      ],
      environmentFiles: [{ value: 'arn:aws:s3:::b/new.env', type: 's3' }],
    }
    const payload = containerOf({ container, override })
    expect(payload).toMatchObject({
      command: ['b'],
      cpu: 10,
      memory: 20,
      environment: { KEPT: '1', CHANGED: '2', ADDED: '3', AWS_EXECUTION_ENV: 'AWS_ECS_EC2' },
      environmentFiles: [{ value: 'arn:aws:s3:::b/new.env', type: 's3' }],
      host: { MemoryReservation: 15 * 1024 * 1024 },
    })
  })

  it.each<[string, ContainerDefinition, object]>([
    ['labels', { dockerLabels: { a: 'b' } }, { Labels: { a: 'b' } }],
    ['the user', { user: '1:2' }, { User: '1:2' }],
    ['the working directory', { workingDirectory: '/w' }, { WorkingDir: '/w' }],
    ['the host name', { hostname: 'h' }, { Hostname: 'h' }],
    ['no network', { disableNetworking: true }, { NetworkDisabled: true }],
    ['a terminal', { pseudoTerminal: true, interactive: true }, { Tty: true, OpenStdin: true }],
  ])('tells Docker %s in the configuration', (_what, container, expected) => {
    expect(containerOf({ container }).config).toEqual(expected)
  })

  it('gives health checks in nanoseconds, with the defaults of ECS', () => {
    const command = ['CMD-SHELL', 'true']
    expect(containerOf({ container: { healthCheck: { command } } })).toMatchObject({
      healthCheckType: 'docker',
      config: { Healthcheck: { Test: command, Interval: 30e9, Timeout: 5e9, Retries: 3 } },
    })
    const healthCheck = { command, interval: 5, timeout: 2, retries: 1, startPeriod: 10 }
    expect(containerOf({ container: { healthCheck } }).config.Healthcheck).toEqual({
      Test: command,
      Interval: 5e9,
      Timeout: 2e9,
      Retries: 1,
      StartPeriod: 10e9,
    })
    expect(containerOf({})).not.toHaveProperty('healthCheckType')
  })

  it.each<[string, ContainerDefinition, object]>([
    ['privileged', { privileged: true }, { Privileged: true }],
    ['readonlyRootFilesystem', { readonlyRootFilesystem: true }, { ReadonlyRootfs: true }],
    ['memoryReservation', { memoryReservation: 64 }, { MemoryReservation: 67_108_864 }],
    ['dnsServers', { dnsServers: ['1.1.1.1'] }, { Dns: ['1.1.1.1'] }],
    ['dnsSearchDomains', { dnsSearchDomains: ['x.y'] }, { DnsSearch: ['x.y'] }],
    ['extraHosts', { extraHosts: [{ hostname: 'h', ipAddress: '10.0.0.1' }] }, { ExtraHosts: ['h:10.0.0.1'] }],
    ['dockerSecurityOptions', { dockerSecurityOptions: ['no-new-privileges'] }, { SecurityOpt: ['no-new-privileges'] }],
    [
      'ulimits',
      { ulimits: [{ name: 'nofile', softLimit: 1, hardLimit: 2 }] },
      { Ulimits: [{ Name: 'nofile', Soft: 1, Hard: 2 }] },
    ],
    ['systemControls', { systemControls: [{ namespace: 'net.a', value: '1' }] }, { Sysctls: { 'net.a': '1' } }],
    [
      'logConfiguration',
      { logConfiguration: { logDriver: 'json-file', options: { 'max-size': '1m' } } },
      { LogConfig: { Type: 'json-file', Config: { 'max-size': '1m' } } },
    ],
    [
      'capabilities',
      { linuxParameters: { capabilities: { add: ['SYS_PTRACE'], drop: ['MKNOD'] } } },
      { CapAdd: ['SYS_PTRACE'], CapDrop: ['MKNOD'] },
    ],
    [
      'devices',
      {
        linuxParameters: {
          devices: [
            { hostPath: '/dev/a' },
            { hostPath: '/dev/b', containerPath: '/dev/c', permissions: ['read', 'mknod'] },
          ],
        },
      },
      {
        Devices: [
          { PathOnHost: '/dev/a', PathInContainer: '/dev/a', CgroupPermissions: 'rwm' },
          { PathOnHost: '/dev/b', PathInContainer: '/dev/c', CgroupPermissions: 'rm' },
        ],
      },
    ],
    ['initProcessEnabled', { linuxParameters: { initProcessEnabled: true } }, { Init: true }],
    ['sharedMemorySize', { linuxParameters: { sharedMemorySize: 2 } }, { ShmSize: 2_097_152 }],
    [
      'tmpfs',
      {
        linuxParameters: {
          tmpfs: [
            { containerPath: '/t', size: 16, mountOptions: ['ro', 'noexec'] },
            { containerPath: '/u', size: 1 },
          ],
        },
      },
      { Tmpfs: { '/t': 'ro,noexec,size=16m', '/u': 'size=1m' } },
    ],
    [
      'maxSwap and swappiness',
      { memory: 100, linuxParameters: { maxSwap: 50, swappiness: 10 } },
      { MemorySwap: 157_286_400, MemorySwappiness: 10 },
    ],
    ['no swap', { memory: 100, linuxParameters: { maxSwap: 0 } }, { MemorySwap: 104_857_600 }],
    ['swappiness without maxSwap, which means nothing', { memory: 100, linuxParameters: { swappiness: 10 } }, {}],
    ['empty lists, which say nothing', { dnsServers: [], systemControls: [], linuxParameters: { devices: [] } }, {}],
  ])("tells Docker %s in the host's configuration", (_what, container, expected) => {
    expect(containerOf({ container }).host).toEqual({ NetworkMode: 'bridge', ...expected })
  })

  it('leaves the parameters of other accounts to those who know them', () => {
    const valueFrom = 'arn:aws:ssm:us-east-1:111111111111:parameter/p'
    expect(containerOf({ container: { secrets: [{ name: 'A', valueFrom }] } }).secrets).toMatchObject([{ valueFrom }])
  })

  it('names where its secrets are, those of its log driver too', () => {
    const parameter = 'arn:aws:ssm:eu-west-1:000000000000:parameter/db/password'
    const secret = 'arn:aws:secretsmanager:eu-west-2:000000000000:secret:s-abc'
    const container: ContainerDefinition = {
      secrets: [
        { name: 'A', valueFrom: parameter },
        { name: 'B', valueFrom: 'plain' },
      ],
      logConfiguration: { logDriver: 'splunk', secretOptions: [{ name: 'token', valueFrom: secret }] },
    }
    expect(containerOf({ container }).secrets).toEqual([
      {
        name: 'A',
        valueFrom: '/db/password',
        region: 'eu-west-1',
        provider: 'ssm',
        type: 'ENVIRONMENT_VARIABLE',
        target: 'CONTAINER',
      },
      {
        name: 'B',
        valueFrom: 'plain',
        region: 'us-east-1',
        provider: 'ssm',
        type: 'ENVIRONMENT_VARIABLE',
        target: 'CONTAINER',
      },
      {
        name: 'token',
        valueFrom: secret,
        region: 'eu-west-2',
        provider: 'asm',
        type: 'BOOTSTRAP',
        target: 'LOG_DRIVER',
      },
    ])
  })

  it('says how to get at its image', () => {
    const image = '000000000000.dkr.ecr.eu-west-1.amazonaws.com/app:1'
    expect(containerOf({ container: { image }, additions: { ecrAuthOf } }).registryAuthentication).toEqual({
      type: 'ecr',
      ecrAuthData: { ...ECR_AUTH, useExecutionRole: false },
    })
    const credentialsParameter = 'arn:aws:secretsmanager:eu-west-2:000000000000:secret:s'
    expect(
      containerOf({ container: { repositoryCredentials: { credentialsParameter } } }).registryAuthentication,
    ).toEqual({
      type: 'asm',
      asmAuthData: { credentialsParameter, region: 'eu-west-2' },
    })
    expect(containerOf({})).not.toHaveProperty('registryAuthentication')
  })

  it('names the digest of an image that is to be the same in all tasks', () => {
    const additions = { imageDigests: { app: 'sha256:1' } }
    expect(containerOf({ container: { image: 'r/app:1' }, additions }).image).toBe('r/app:1@sha256:1')
    expect(containerOf({ container: { image: 'r/app@sha256:2' }, additions }).image).toBe('r/app@sha256:2')
  })

  it('lets the execution role log and pull only if it has credentials', () => {
    const container: ContainerDefinition = {
      image: '000000000000.dkr.ecr.eu-west-1.amazonaws.com/app:1',
      logConfiguration: { logDriver: 'awslogs' },
    }
    expect(containerOf({ container })).not.toHaveProperty('logsAuthStrategy')
    const additions = { executionRole: credentialsNamed('e'), ecrAuthOf }
    expect(containerOf({ container, additions })).toMatchObject({
      logsAuthStrategy: 'ExecutionRole',
      registryAuthentication: { ecrAuthData: { useExecutionRole: true } },
    })
  })

  it.each([
    ['json-file', {}, { mode: 'non-blocking' }],
    ['json-file', { mode: 'blocking' }, { mode: 'blocking' }],
    ['awsfirelens', { Name: 'stdout' }, { Name: 'stdout' }],
  ] as const)('gives log driver %s with options %j the options %j', (logDriver, options, expected) => {
    const container: ContainerDefinition = { logConfiguration: { logDriver, options } }
    const { host } = containerOf({ container, additions: { logDriverMode: 'non-blocking' } })
    expect(host['LogConfig']).toEqual({ Type: logDriver, Config: expected })
  })

  it('names the stream of awslogs after container and task where there is a prefix', () => {
    const configOf = (options: Record<string, string>): unknown => {
      const container: ContainerDefinition = { name: 'web', logConfiguration: { logDriver: 'awslogs', options } }
      const { host } = containerOf({ container, task: { taskId: '0123' } })
      return (host['LogConfig'] as { Config: unknown }).Config
    }
    const options = { 'awslogs-group': 'g', 'awslogs-region': 'eu-west-1', 'awslogs-create-group': 'true' }
    expect(configOf({ ...options, 'awslogs-stream-prefix': 'a/b' })).toEqual({
      ...options,
      'awslogs-stream': 'a/b/web/0123',
    })
    expect(configOf(options)).toEqual(options)
  })

  it('leaves a container without a log configuration to Docker', () => {
    expect(containerOf({ additions: { logDriverMode: 'non-blocking' } }).host).not.toHaveProperty('LogConfig')
  })

  it('carries FireLens, and the agent of ECS Exec where the task has it', () => {
    const firelensConfiguration = { type: 'fluentbit' as const, options: { 'enable-ecs-log-metadata': 'true' } }
    expect(containerOf({ container: { firelensConfiguration } }).firelensConfiguration).toEqual(firelensConfiguration)
    expect(containerOf({ task: { enableExecuteCommand: true } }).managedAgents).toEqual([
      { name: 'ExecuteCommandAgent', properties: { sessionLimit: '2' } },
    ])
    expect(containerOf({})).not.toHaveProperty('managedAgents')
  })
})

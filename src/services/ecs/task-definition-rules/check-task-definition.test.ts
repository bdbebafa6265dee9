/**
 * Every rule of RegisterTaskDefinition: what each lets pass, and what it says to what it refuses. The definition at the start of
 * each case is valid; a case changes one thing.
 */
import type { ContainerDefinition, RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs'
import { describe, expect, it } from 'vitest'
import { checkTaskDefinition } from './check-task-definition.ts'

type Task = RegisterTaskDefinitionRequest

const ROLE = 'arn:aws:iam::000000000000:role/service/exec'

const aContainer = (given: ContainerDefinition = {}): ContainerDefinition => ({
  name: 'app',
  image: 'busybox',
  memory: 128,
  ...given,
})

const aTaskOf = (containers: ContainerDefinition[], given: Partial<Task> = {}): Task => ({
  family: 'web',
  containerDefinitions: containers,
  ...given,
})

/** One container with these members, in a task with those. */
const one = (container: ContainerDefinition, task: Partial<Task> = {}): Task => aTaskOf([aContainer(container)], task)

/** Two containers, `app` with these members and the plain `side`. */
const two = (container: ContainerDefinition, side: ContainerDefinition = {}, task: Partial<Task> = {}): Task =>
  aTaskOf([aContainer(container), aContainer({ name: 'side', ...side })], task)

/** A definition that requires Fargate and may. */
const fargate = (container: ContainerDefinition = {}, task: Partial<Task> = {}): Task =>
  one(container, { requiresCompatibilities: ['FARGATE'], networkMode: 'awsvpc', cpu: '256', memory: '512', ...task })

/** The message with which the definition is refused; undefined if it is valid. */
const refusal = (task: Task): string | undefined => {
  try {
    checkTaskDefinition(task)
    return undefined
  } catch (error) {
    expect(error).toMatchObject({ code: 'ClientException' })
    return (error as Error).message
  }
}

const ports = (...portMappings: NonNullable<ContainerDefinition['portMappings']>): ContainerDefinition => ({
  portMappings,
})
const linux = (linuxParameters: NonNullable<ContainerDefinition['linuxParameters']>): ContainerDefinition => ({
  linuxParameters,
})
const volume = (given: object, task: Partial<Task> = {}): Task =>
  one({}, { volumes: [{ name: 'data', ...given }], ...task })
const efs = (given: object): Task => volume({ efsVolumeConfiguration: { fileSystemId: 'fs-01234567', ...given } })
const awslogs = (options: Record<string, string>): ContainerDefinition => ({
  logConfiguration: { logDriver: 'awslogs', options },
})
const AWSLOGS = awslogs({ 'awslogs-group': 'web', 'awslogs-region': 'us-east-1' })
const mesh = (given: object = {}): Partial<Task> => ({
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
  it.each<[string, Task]>([
    ['the smallest there is', one({})],
    ['memory left to the task', aTaskOf([{ name: 'app', image: 'a' }], { memory: '0.5 GB' })],
    ['a reservation below the limit', one({ memory: 256, memoryReservation: 128 })],
    ['an image by digest', one({ image: `r.example:5000/a/b@sha256:${'0'.repeat(64)}` })],
    ['dynamic and static host ports', one(ports({ containerPort: 80 }, { containerPort: 81, hostPort: 8081 }))],
    ['a range of ports', one(ports({ containerPortRange: '8000-8010' }, { containerPort: 7999 }))],
    ['ports that match in host mode', one(ports({ containerPort: 80, hostPort: 80 }), { networkMode: 'host' })],
    ['host port 0 in awsvpc mode', one(ports({ containerPort: 80, hostPort: 0 }), { networkMode: 'awsvpc' })],
    [
      'the same host port over TCP and UDP',
      two(ports({ containerPort: 1, hostPort: 53 }), ports({ containerPort: 2, hostPort: 53, protocol: 'udp' })),
    ],
    [
      'a dependency that becomes healthy',
      two(
        { dependsOn: [{ containerName: 'side', condition: 'HEALTHY' }] },
        { healthCheck: { command: ['CMD', 'true'] } },
      ),
    ],
    [
      'a dependency that ends',
      two({ dependsOn: [{ containerName: 'side', condition: 'SUCCESS' }] }, { essential: false }),
    ],
    ['a link with an alias', two({ links: ['side:db'] })],
    ['volumes of another container', two({ volumesFrom: [{ sourceContainer: 'side' }] })],
    [
      'a mounted volume',
      volume(
        {},
        { containerDefinitions: [aContainer({ mountPoints: [{ sourceVolume: 'data', containerPath: '/data' }] })] },
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
    ['a disabled health check', one({ healthCheck: { command: ['NONE'] } })],
    [
      'a restart policy',
      one({ restartPolicy: { enabled: true, ignoredExitCodes: [0, 143], restartAttemptPeriod: 60 } }),
    ],
    [
      'Linux parameters',
      one(
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
    ['an unlimited ulimit', one({ ulimits: [{ name: 'memlock', softLimit: -1, hardLimit: -1 }] })],
    [
      'sysctls',
      one({
        systemControls: [
          { namespace: 'net.core.somaxconn', value: '1024' },
          { namespace: 'kernel.shmmax', value: '1' },
        ],
      }),
    ],
    [
      'security options',
      one({ dockerSecurityOptions: ['no-new-privileges', 'apparmor:docker-default', 'label:user:x'] }),
    ],
    ['environment files', one({ environmentFiles: [{ type: 's3', value: 'arn:aws:s3:::bucket/a.env' }] })],
    [
      'secrets',
      one({ secrets: [{ name: 'A', valueFrom: 'arn:aws:ssm:us-east-1:1:parameter/a' }] }, { executionRoleArn: ROLE }),
    ],
    ['a GPU', one({ resourceRequirements: [{ type: 'GPU', value: '2' }] })],
    ['awslogs', one(AWSLOGS)],
    [
      'awslogs with a secret as option',
      one(
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
      two(
        { logConfiguration: { logDriver: 'awsfirelens', options: { anything: 'goes' } } },
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
      one({}, { placementConstraints: [{ type: 'memberOf', expression: 'attribute:ecs.os-type == linux' }] }),
    ],
    ['App Mesh', one({}, mesh())],
    ['a task role by its name', one({}, { taskRoleArn: 'web-role' })],
    ['vCPU and GB', one({}, { cpu: '0.5 vCPU', memory: '1 GB' })],
    ['Fargate', fargate()],
    ['the largest Fargate', fargate({}, { cpu: '16 vCPU', memory: '120 GB', ephemeralStorage: { sizeInGiB: 200 } })],
    ['Fargate with awslogs', fargate(AWSLOGS, { executionRoleArn: ROLE })],
    ['Fargate with SYS_PTRACE', fargate(linux({ capabilities: { add: ['SYS_PTRACE'], drop: ['NET_RAW'] } }))],
    ['External', one({}, { requiresCompatibilities: ['EXTERNAL', 'EC2'] })],
    ['fault injection in host mode', one({}, { enableFaultInjection: true, networkMode: 'host' })],
  ])('may have %s', (_, task) => expect(refusal(task)).toBeUndefined())

  it.each<[string, Task]>([
    ['Family can not be blank.', one({}, { family: '' })],
    ['Family contains invalid characters.', one({}, { family: 'a.b' })],
    ['Container list cannot be empty.', aTaskOf([])],
    ['Too many containers.', aTaskOf(Array.from({ length: 11 }, (_, index) => aContainer({ name: `c${index}` })))],
    ['Container.name should not be null or empty.', one({ name: '' })],
    ['Container.name contains invalid characters.', one({ name: 'a b' })],
    ["Container name 'app' is specified more than once.", two({}, { name: 'app' })],
    ['Task definition must have at least one essential container.', one({ essential: false })],
    ['Container.image should not be null or empty.', aTaskOf([{ name: 'app', memory: 128 }])],
    ['Container.image contains invalid characters.', one({ image: 'a b' })],
    ['Container.image contains an invalid digest.', one({ image: 'a@sha256:0' })],
    ['Container.image can have at most 255 characters.', one({ image: 'a'.repeat(256) })],
  ])('is named as ECS has it: %s', (message, task) => expect(refusal(task)).toBe(message))

  it.each<[string, Task]>([
    [
      "Invalid setting for container 'app'. At least one of 'memory' or 'memoryReservation' must be specified.",
      aTaskOf([{ name: 'app', image: 'a' }]),
    ],
    ["Invalid setting for container 'app'. 'memory' must be at least 6 MiB.", one({ memory: 5 })],
    [
      "Invalid setting for container 'app'. 'memory' must be greater than 'memoryReservation'.",
      one({ memoryReservation: 128 }),
    ],
    ["Invalid setting for container 'app'. 'cpu' must not be negative.", one({ cpu: -1 })],
    [
      "The 'memory' setting for container 'app' is greater than for the task.",
      one({ memory: 1025 }, { memory: '1 GB' }),
    ],
    [
      "The sum of all container 'memory' values cannot be greater than the value of the task 'memory'.",
      two({ memory: 600 }, { memory: 600 }, { memory: '1024' }),
    ],
    [
      "The sum of all container 'cpu' values cannot be greater than the value of the task 'cpu'.",
      two({ cpu: 200 }, { cpu: 200 }, { cpu: '256' }),
    ],
    [
      "Invalid 'cpu' setting for task. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.",
      one({}, { cpu: '127' }),
    ],
    [
      "Invalid 'memory' setting for task. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.",
      one({}, { memory: 'much' }),
    ],
    [
      'Resource requirements of type InferenceAccelerator are not supported.',
      one({ resourceRequirements: [{ type: 'InferenceAccelerator', value: 'a' }] }),
    ],
    [
      "Invalid GPU resource requirement for container 'app'. The value must be a positive integer.",
      one({ resourceRequirements: [{ type: 'GPU', value: 'ALL' }] }),
    ],
    [
      'GPU sharing strategies are not supported.',
      one({ resourceRequirements: [{ type: 'GPU', sharingStrategy: { nvidiaMps: { memory: 1 } } }] }),
    ],
  ])('fits its resources: %s', (message, task) => expect(refusal(task)).toBe(message))

  it.each<[string, Task]>([
    ['A port mapping must specify a containerPort or a containerPortRange.', one(ports({ hostPort: 80 }))],
    ['PortMapping.containerPort must be between 1 and 65535.', one(ports({ containerPort: 65_536 }))],
    ['PortMapping.hostPort must be between 0 and 65535.', one(ports({ containerPort: 80, hostPort: 65_536 }))],
    [
      'Port mappings are not supported when networkMode=none.',
      one(ports({ containerPort: 80 }), { networkMode: 'none' }),
    ],
    [
      'When networkMode=awsvpc, the host ports and container ports in port mappings must match.',
      one(ports({ containerPort: 80, hostPort: 81 }), { networkMode: 'awsvpc' }),
    ],
    [
      'When networkMode=host, the host ports and container ports in port mappings must match.',
      one(ports({ containerPort: 80, hostPort: 81 }), { networkMode: 'host' }),
    ],
    [
      'Container port 80 is specified in more than one port mapping.',
      one(ports({ containerPort: 80 }, { containerPort: 80, protocol: 'udp' })),
    ],
    [
      'Container port 8005 is specified in more than one port mapping.',
      one(ports({ containerPortRange: '8000-8010' }, { containerPort: 8005 })),
    ],
    [
      "Host port '80/tcp' is specified more than once.",
      two(ports({ containerPort: 80, hostPort: 80 }), ports({ containerPort: 81, hostPort: 80 })),
    ],
    [
      "Host port '80/tcp' is specified more than once.",
      two(ports({ containerPort: 80 }), ports({ containerPort: 80 }), { networkMode: 'awsvpc' }),
    ],
    ["Invalid containerPortRange '10-10'.", one(ports({ containerPortRange: '10-10' }))],
    [
      'containerPortRange is not supported when networkMode=host.',
      one(ports({ containerPortRange: '1-2' }), { networkMode: 'host' }),
    ],
    [
      'When containerPortRange is specified, containerPort and hostPort must not be specified.',
      one(ports({ containerPortRange: '1-2', containerPort: 1 })),
    ],
    ['PortMapping.name contains invalid characters.', one(ports({ containerPort: 80, name: '-web' }))],
    [
      "Port mapping name 'web' is specified more than once.",
      one(ports({ containerPort: 80, name: 'web' }, { containerPort: 81, name: 'web' })),
    ],
  ])('maps ports: %s', (message, task) => expect(refusal(task)).toBe(message))

  it.each<[string, Task]>([
    [
      "Container 'app' depends on the unknown container 'other'.",
      one({ dependsOn: [{ containerName: 'other', condition: 'START' }] }),
    ],
    [
      'A dependency container with SUCCESS or COMPLETE condition cannot be an essential container',
      two({ dependsOn: [{ containerName: 'side', condition: 'COMPLETE' }] }),
    ],
    [
      'A dependency container with HEALTHY condition must have a health check',
      two({ dependsOn: [{ containerName: 'side', condition: 'HEALTHY' }] }),
    ],
    [
      'Container dependencies should not have a cycle',
      two(
        { dependsOn: [{ containerName: 'side', condition: 'START' }] },
        { dependsOn: [{ containerName: 'app', condition: 'START' }] },
      ),
    ],
    [
      'Container dependencies should not have a cycle',
      one({ dependsOn: [{ containerName: 'app', condition: 'START' }] }),
    ],
    ["Unknown container 'other'.", one({ links: ['other:db'] })],
    ["Invalid link ':db' for container 'app'.", one({ links: [':db'] })],
    ['Links are not supported when networkMode=host.', two({ links: ['side'] }, {}, { networkMode: 'host' })],
    ['Container links should not have a cycle', two({ links: ['side'] }, { links: ['app'] })],
    ["Unknown container 'other'.", one({ volumesFrom: [{ sourceContainer: 'other' }] })],
    ['Container volumesFrom should not have a cycle', one({ volumesFrom: [{ sourceContainer: 'app' }] })],
    ["Unknown volume 'data'.", one({ mountPoints: [{ sourceVolume: 'data', containerPath: '/data' }] })],
    [
      "Mount point containerPath for container 'app' should not be null or empty.",
      volume({}, { containerDefinitions: [aContainer({ mountPoints: [{ sourceVolume: 'data' }] })] }),
    ],
  ])('refers to what there is: %s', (message, task) => expect(refusal(task)).toBe(message))

  it.each<[string, Task]>([
    ['volume.name contains invalid characters.', volume({ name: 'a.b' })],
    ["Volume name 'data' is specified more than once.", one({}, { volumes: [{ name: 'data' }, { name: 'data' }] })],
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
      one(
        {},
        {
          volumes: [
            { name: 'a', configuredAtLaunch: true },
            { name: 'b', configuredAtLaunch: true },
          ],
        },
      ),
    ],
  ])('has volumes: %s', (message, task) => expect(refusal(task)).toBe(message))

  it.each<[string, Task]>([
    ['Container.healthCheck.command must start with CMD or CMD-SHELL.', one({ healthCheck: { command: ['curl'] } })],
    ['Container.healthCheck.command must specify a command to run.', one({ healthCheck: { command: ['CMD-SHELL'] } })],
    [
      'Container.healthCheck.interval must be between 5 and 300.',
      one({ healthCheck: { command: ['CMD', 'a'], interval: 4 } }),
    ],
    [
      'Container.healthCheck.timeout must be between 2 and 60.',
      one({ healthCheck: { command: ['CMD', 'a'], timeout: 61 } }),
    ],
    [
      'Container.healthCheck.retries must be between 1 and 10.',
      one({ healthCheck: { command: ['CMD', 'a'], retries: 0 } }),
    ],
    [
      'Container.healthCheck.startPeriod must be between 0 and 300.',
      one({ healthCheck: { command: ['CMD', 'a'], startPeriod: 301 } }),
    ],
    [
      'Container.restartPolicy.restartAttemptPeriod must be between 60 and 1800.',
      one({ restartPolicy: { enabled: true, restartAttemptPeriod: 59 } }),
    ],
    [
      'Container.restartPolicy.ignoredExitCodes can have at most 50 items.',
      one({ restartPolicy: { enabled: true, ignoredExitCodes: Array.from({ length: 51 }, () => 1) } }),
    ],
    ['Container.startTimeout must be between 2 and 2147483647.', one({ startTimeout: 1 })],
    ['Container.stopTimeout must be between 0 and 2147483647.', one({ stopTimeout: -1 })],
  ])('lives and dies: %s', (message, task) => expect(refusal(task)).toBe(message))

  it.each<[string, Task]>([
    ["Invalid Linux capability 'FLY'.", one(linux({ capabilities: { add: ['FLY'] } }))],
    ['Device hostPath should not be null or empty.', one(linux({ devices: [{ hostPath: '' }] }))],
    ['Tmpfs containerPath must be an absolute path.', one(linux({ tmpfs: [{ containerPath: 'run', size: 1 }] }))],
    ['Tmpfs size must be between 1 and 2147483647.', one(linux({ tmpfs: [{ containerPath: '/run', size: 0 }] }))],
    [
      "Invalid tmpfs mount option 'fast'.",
      one(linux({ tmpfs: [{ containerPath: '/run', size: 1, mountOptions: ['fast'] }] })),
    ],
    ['linuxParameters.swappiness must be between 0 and 100.', one(linux({ swappiness: 101 }))],
    ['linuxParameters.maxSwap must be between 0 and 2147483647.', one(linux({ maxSwap: -1 }))],
    ['linuxParameters.sharedMemorySize must be between 1 and 2147483647.', one(linux({ sharedMemorySize: 0 }))],
    [
      "The soft limit of ulimit 'nofile' must not be greater than its hard limit.",
      one({ ulimits: [{ name: 'nofile', softLimit: 2, hardLimit: 1 }] }),
    ],
    [
      "Invalid system control namespace 'vm.swappiness'.",
      one({ systemControls: [{ namespace: 'vm.swappiness', value: '1' }] }),
    ],
    [
      'Network namespace system controls are not supported when networkMode=host.',
      one({ systemControls: [{ namespace: 'net.a', value: '1' }] }, { networkMode: 'host' }),
    ],
    [
      'IPC namespace system controls are not supported when ipcMode=host.',
      one({ systemControls: [{ namespace: 'kernel.sem', value: '1' }] }, { ipcMode: 'host' }),
    ],
    ["Invalid Docker security option 'seccomp:unconfined'.", one({ dockerSecurityOptions: ['seccomp:unconfined'] })],
  ])('tunes Linux: %s', (message, task) => expect(refusal(task)).toBe(message))

  it.each<[string, Task]>([
    [
      "Environment variable name for container 'app' should not be null or empty.",
      one({ environment: [{ name: '', value: 'a' }] }),
    ],
    [
      "Invalid environment file 'a.env'. It must be the ARN of an Amazon S3 object with the extension .env.",
      one({ environmentFiles: [{ type: 's3', value: 'a.env' }] }),
    ],
    [
      "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.",
      one({ secrets: [{ name: 'A', valueFrom: 'a' }] }),
    ],
    [
      "The secret name must be unique and not shared with any new or existing environment variables set on the container, such as 'A'.",
      one(
        { environment: [{ name: 'A', value: '' }], secrets: [{ name: 'A', valueFrom: 'a' }] },
        { executionRoleArn: ROLE },
      ),
    ],
    [
      "When you are specifying repository credentials, you must also specify a value for 'executionRoleArn'.",
      one({ repositoryCredentials: { credentialsParameter: 'a' } }),
    ],
    ['A container can have at most 1 credential spec.', one({ credentialSpecs: ['a', 'b'] })],
    [
      'hostname is not supported on container when networkMode=awsvpc.',
      one({ hostname: 'a' }, { networkMode: 'awsvpc' }),
    ],
    [
      'extraHosts is not supported on container when networkMode=awsvpc.',
      one({ extraHosts: [{ hostname: 'a', ipAddress: '1.1.1.1' }] }, { networkMode: 'awsvpc' }),
    ],
    ["Invalid IP address 'a' in extraHosts.", one({ extraHosts: [{ hostname: 'a', ipAddress: 'a' }] })],
    ["Invalid DNS server 'dns'.", one({ dnsServers: ['dns'] })],
  ])('sets up an environment: %s', (message, task) => expect(refusal(task)).toBe(message))

  it.each<[string, Task]>([
    ['Log driver awslogs requires options: awslogs-region, awslogs-group', one(awslogs({}))],
    [
      'Log driver awslogs disallows options: max-size',
      one(awslogs({ 'awslogs-group': 'g', 'awslogs-region': 'r', 'max-size': '1m' })),
    ],
    [
      "Invalid log driver mode 'fast'.",
      one({ logConfiguration: { logDriver: 'json-file', options: { mode: 'fast' } } }),
    ],
    [
      'When a firelensConfiguration object is specified, at least one container has to be configured with the awsfirelens log driver.',
      one({ firelensConfiguration: { type: 'fluentd' } }),
    ],
    [
      'When a container is configured with the awsfirelens log driver, a firelensConfiguration object has to be specified.',
      one({ logConfiguration: { logDriver: 'awsfirelens' } }),
    ],
    [
      "The 'config-file-type' must be s3 or file.",
      one({
        firelensConfiguration: { type: 'fluentd', options: { 'config-file-type': 'http', 'config-file-value': 'a' } },
      }),
    ],
  ])('logs: %s', (message, task) => expect(refusal(task)).toBe(message))

  it.each<[string, Task]>([
    ['Role is not valid', one({}, { taskRoleArn: 'arn:aws:iam::000000000000:user/a' })],
    ['Role is not valid', one({}, { executionRoleArn: 'a b' })],
    [
      'A task can have at most 10 placement constraints.',
      one(
        {},
        { placementConstraints: Array.from({ length: 11 }, () => ({ type: 'memberOf' as const, expression: 'a' })) },
      ),
    ],
    [
      'Placement constraint expression should not be null or empty.',
      one({}, { placementConstraints: [{ type: 'memberOf' }] }),
    ],
    ['proxyConfiguration is only supported when networkMode=awsvpc.', one({}, { ...mesh(), networkMode: 'bridge' })],
    ["Unknown container 'envoy'.", one({}, mesh({ containerName: 'envoy' }))],
    ['proxyConfiguration must specify the property AppPorts.', one({}, mesh({ properties: [] }))],
    ['The ephemeral storage size in GiB must be between 21 and 200.', one({}, { ephemeralStorage: { sizeInGiB: 20 } })],
    [
      'Amazon Elastic Inference is no longer available.',
      one({}, { inferenceAccelerators: [{ deviceName: 'a', deviceType: 'b' }] }),
    ],
    ['enableFaultInjection is not supported when networkMode=bridge.', one({}, { enableFaultInjection: true })],
    [
      'The MANAGED_INSTANCES compatibility is not supported.',
      one({}, { requiresCompatibilities: ['MANAGED_INSTANCES'] }),
    ],
    [
      'Tasks using the External launch type do not support network mode awsvpc.',
      one({}, { requiresCompatibilities: ['EXTERNAL'], networkMode: 'awsvpc' }),
    ],
  ])('is a whole: %s', (message, task) => expect(refusal(task)).toBe(message))

  it('says where an expression goes wrong', () => {
    expect(refusal(one({}, { placementConstraints: [{ type: 'memberOf', expression: 'attribute:a ==' }] }))).toMatch(
      /^Invalid placement constraint expression: /,
    )
  })

  it.each<[string, Task]>([
    ['Fargate only supports network mode ‘awsvpc’.', fargate({}, { networkMode: 'bridge' })],
    [
      "Fargate requires that 'cpu' be defined at the task level.",
      one({}, { requiresCompatibilities: ['FARGATE'], networkMode: 'awsvpc', memory: '512' }),
    ],
    [
      "Fargate requires that 'memory' be defined at the task level.",
      one({}, { requiresCompatibilities: ['FARGATE'], networkMode: 'awsvpc', cpu: '256' }),
    ],
    ['No Fargate configuration exists for given values.', fargate({}, { memory: '3 GB' })],
    ['Tasks using the Fargate launch type do not support ipcMode.', fargate({}, { ipcMode: 'task' })],
    ['Tasks using the Fargate launch type do not support the pidMode host.', fargate({}, { pidMode: 'host' })],
    [
      'Fargate compatible task definitions do not support placementConstraints',
      fargate({}, { placementConstraints: [{ type: 'memberOf', expression: 'attribute:a exists' }] }),
    ],
    [
      'Fargate compatible task definitions do not support sourcePath',
      fargate({}, { volumes: [{ name: 'a', host: { sourcePath: '/a' } }] }),
    ],
    [
      'Fargate compatible task definitions do not support dockerVolumeConfiguration',
      fargate({}, { volumes: [{ name: 'a', dockerVolumeConfiguration: {} }] }),
    ],
    ['Fargate compatible task definitions do not support privileged', fargate({ privileged: true })],
    [
      'Fargate compatible task definitions do not support dockerSecurityOptions',
      fargate({ dockerSecurityOptions: ['no-new-privileges'] }),
    ],
    [
      'Fargate compatible task definitions do not support resourceRequirements',
      fargate({ resourceRequirements: [{ type: 'GPU', value: '1' }] }),
    ],
    [
      'Fargate compatible task definitions do not support devices',
      fargate(linux({ devices: [{ hostPath: '/dev/a' }] })),
    ],
    ['Fargate compatible task definitions do not support sharedMemorySize', fargate(linux({ sharedMemorySize: 1 }))],
    ['Fargate compatible task definitions do not support maxSwap', fargate(linux({ maxSwap: 0 }))],
    ['Fargate compatible task definitions do not support swappiness', fargate(linux({ swappiness: 0 }))],
    [
      'Fargate compatible task definitions do not support adding capabilities other than SYS_PTRACE',
      fargate(linux({ capabilities: { add: ['NET_ADMIN'] } })),
    ],
    [
      'Fargate compatible task definitions do not support log drivers other than awslogs, splunk and awsfirelens',
      fargate({ logConfiguration: { logDriver: 'json-file' } }),
    ],
    [
      'Tasks using the Fargate launch type do not support timeouts of more than 120 seconds.',
      fargate({ stopTimeout: 121 }),
    ],
    ['Fargate requires task definition to have execution role ARN to support log driver awslogs.', fargate(AWSLOGS)],
    [
      'Fargate requires task definition to have execution role ARN to support ECR images.',
      fargate({ image: '000000000000.dkr.ecr.us-east-1.amazonaws.com/a:b' }),
    ],
  ])('that requires Fargate: %s', (message, task) => expect(refusal(task)).toBe(message))

  it.each<[string, Task]>([
    ['networkMode', one({}, { networkMode: 'wireless' as never })],
    ['pidMode', one({}, { pidMode: 'none' as never })],
    ['requiresCompatibilities', one({}, { requiresCompatibilities: ['LAMBDA' as never] })],
    ['dependsOn.condition', two({ dependsOn: [{ containerName: 'side', condition: 'READY' as never }] })],
    ['ulimits.name', one({ ulimits: [{ name: 'files' as never, softLimit: 1, hardLimit: 1 }] })],
    ['logConfiguration.logDriver', one({ logConfiguration: { logDriver: 'paper' as never } })],
    ['portMappings.appProtocol', one(ports({ containerPort: 80, appProtocol: 'ftp' as never }))],
    ['runtimePlatform.cpuArchitecture', one({}, { runtimePlatform: { cpuArchitecture: 'Z80' as never } })],
    ['environmentFiles.type', one({ environmentFiles: [{ type: 'http' as never, value: 'a' }] })],
    ['versionConsistency', one({ versionConsistency: 'maybe' as never })],
  ])('takes only the values that the API enumerates for %s', (member, task) => {
    expect(refusal(task)).toContain(
      `at '${member}' failed to satisfy constraint: Member must satisfy enum value set: [`,
    )
  })
})

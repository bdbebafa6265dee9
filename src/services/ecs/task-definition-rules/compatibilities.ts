/**
 * Where tasks of a definition can run. What a launch type cannot do is a sentence; a definition that requires the launch type is
 * refused with it, any other just lacks the launch type in its `compatibilities`.
 */
import type { ContainerDefinition, RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs'
import { isFargateSize } from '../fargate.ts'
import { clientException } from '../faults.ts'
import { networkModeOf, type TaskRule } from './rule.ts'
import { parseCpu, parseMemory } from './task-size.ts'

type Task = RegisterTaskDefinitionRequest
/** The sentence, or undefined if nothing stands in the way. */
type Obstacle = (task: Task) => string | false | 0 | undefined

const FARGATE_LOG_DRIVERS: ReadonlySet<string> = new Set(['awslogs', 'splunk', 'awsfirelens'])
const FARGATE_TIMEOUT_MAX_SECONDS = 120
/** AWS: of any account; ours may have another ending than AWS's, and a port. */
const ECR_IMAGE = /^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.[a-z0-9.-]+(:\d+)?\//

export const isEcrImage = (image: string | undefined): boolean => ECR_IMAGE.test(image ?? '')

const some = (task: Task, uses: (container: ContainerDefinition) => unknown): boolean =>
  task.containerDefinitions?.some((container) => Boolean(uses(container))) ?? false

const unsupported = (what: string): string => `Fargate compatible task definitions do not support ${what}`

const needsRole = (task: Task, uses: boolean, what: string): string | false =>
  uses && !task.executionRoleArn && `Fargate requires task definition to have execution role ARN to support ${what}.`

const fargateObstacles: readonly Obstacle[] = [
  (task) => networkModeOf(task) !== 'awsvpc' && 'Fargate only supports network mode ‘awsvpc’.',
  ({ cpu }) => !cpu && "Fargate requires that 'cpu' be defined at the task level.",
  ({ memory }) => !memory && "Fargate requires that 'memory' be defined at the task level.",
  ({ cpu = '', memory = '' }) =>
    !isFargateSize(parseCpu(cpu) ?? 0, parseMemory(memory) ?? 0) && 'No Fargate configuration exists for given values.',
  ({ ipcMode }) => ipcMode && 'Tasks using the Fargate launch type do not support ipcMode.',
  ({ pidMode }) => pidMode === 'host' && 'Tasks using the Fargate launch type do not support the pidMode host.',
  ({ placementConstraints }) => placementConstraints?.length && unsupported('placementConstraints'),
  ({ volumes }) => volumes?.some(({ host }) => host?.sourcePath) && unsupported('sourcePath'),
  ({ volumes }) =>
    volumes?.some((volume) => volume.dockerVolumeConfiguration) && unsupported('dockerVolumeConfiguration'),
  ({ volumes }) =>
    volumes?.some((volume) => volume.fsxWindowsFileServerVolumeConfiguration) &&
    unsupported('fsxWindowsFileServerVolumeConfiguration'),
  (task) => some(task, ({ privileged }) => privileged) && unsupported('privileged'),
  (task) =>
    some(task, ({ dockerSecurityOptions }) => dockerSecurityOptions?.length) && unsupported('dockerSecurityOptions'),
  (task) => some(task, ({ credentialSpecs }) => credentialSpecs?.length) && unsupported('credentialSpecs'),
  (task) =>
    some(task, ({ resourceRequirements }) => resourceRequirements?.length) && unsupported('resourceRequirements'),
  (task) => some(task, ({ linuxParameters }) => linuxParameters?.devices?.length) && unsupported('devices'),
  (task) => some(task, ({ linuxParameters }) => linuxParameters?.sharedMemorySize) && unsupported('sharedMemorySize'),
  (task) => some(task, ({ linuxParameters }) => linuxParameters?.maxSwap !== undefined) && unsupported('maxSwap'),
  (task) => some(task, ({ linuxParameters }) => linuxParameters?.swappiness !== undefined) && unsupported('swappiness'),
  (task) => some(task, addsCapability) && unsupported('adding capabilities other than SYS_PTRACE'),
  (task) => some(task, hasForeignLogDriver) && unsupported('log drivers other than awslogs, splunk and awsfirelens'),
  (task) => some(task, configuresRouterFromS3) && unsupported('the config-file-type s3'),
  (task) =>
    some(task, waitsTooLong) &&
    `Tasks using the Fargate launch type do not support timeouts of more than ${FARGATE_TIMEOUT_MAX_SECONDS} seconds.`,
  (task) =>
    needsRole(
      task,
      some(task, (container) => container.logConfiguration?.logDriver === 'awslogs'),
      'log driver awslogs',
    ),
  (task) =>
    some(task, writesToUnnamedStream) &&
    'Fargate requires log configuration options to include awslogs-stream-prefix to support log driver awslogs.',
  (task) =>
    needsRole(
      task,
      some(task, ({ image }) => isEcrImage(image)),
      'ECR images',
    ),
]

const addsCapability = ({ linuxParameters }: ContainerDefinition): boolean =>
  linuxParameters?.capabilities?.add?.some((name) => name !== 'SYS_PTRACE') ?? false

const hasForeignLogDriver = ({ logConfiguration }: ContainerDefinition): boolean =>
  logConfiguration !== undefined && !FARGATE_LOG_DRIVERS.has(logConfiguration.logDriver ?? '')

const writesToUnnamedStream = ({ logConfiguration }: ContainerDefinition): boolean =>
  logConfiguration?.logDriver === 'awslogs' && logConfiguration.options?.['awslogs-stream-prefix'] === undefined

const configuresRouterFromS3 = ({ firelensConfiguration }: ContainerDefinition): boolean =>
  firelensConfiguration?.options?.['config-file-type'] === 's3'

const waitsTooLong = ({ startTimeout = 0, stopTimeout = 0 }: ContainerDefinition): boolean =>
  Math.max(startTimeout, stopTimeout) > FARGATE_TIMEOUT_MAX_SECONDS

const external = (what: string): string => `Tasks using the External launch type do not support ${what}.`

const externalObstacles: readonly Obstacle[] = [
  (task) => networkModeOf(task) === 'awsvpc' && external('network mode awsvpc'),
  ({ volumes }) => volumes?.some((volume) => volume.efsVolumeConfiguration) && external('EFS volumes'),
  ({ volumes }) => volumes?.some((volume) => volume.s3filesVolumeConfiguration) && external('S3 Files volumes'),
  ({ volumes }) => volumes?.some((volume) => volume.configuredAtLaunch) && external('volumes configured at launch'),
  ({ ephemeralStorage }) => ephemeralStorage && external('ephemeralStorage'),
  ({ enableFaultInjection }) => enableFaultInjection && external('fault injection'),
]

/** In the order in which ECS lists them. */
const OBSTACLES: Readonly<Record<string, readonly Obstacle[]>> = {
  EXTERNAL: externalObstacles,
  EC2: [],
  FARGATE: fargateObstacles,
}

const obstacle = (task: Task, launchType: string): string | undefined => {
  for (const check of OBSTACLES[launchType] ?? []) {
    const sentence = check(task)
    if (sentence) return sentence
  }
  return undefined
}

export const requiredCompatibilitiesHold: TaskRule = (task) => {
  for (const launchType of task.requiresCompatibilities ?? []) {
    const sentence = obstacle(task, launchType)
    if (sentence !== undefined) throw clientException(sentence)
  }
}

/** The launch types by which tasks of this (valid) definition can be run. */
export const compatibilitiesOf = (task: Task): string[] =>
  Object.keys(OBSTACLES).filter((launchType) => obstacle(task, launchType) === undefined)

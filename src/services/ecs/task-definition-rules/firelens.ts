/**
 * Log routers, and the containers whose logs they route. Source: FirelensConfiguration in the API reference and
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_firelens.html
 */
import type { ContainerDefinition } from '@aws-sdk/client-ecs'
import { parseArn } from '../../../model/arn.ts'
import {
  BUFFER_LIMIT_OPTION,
  FIRELENS_DRIVER,
  type FirelensType,
  includedFileProblem,
  nameProblem,
  optionProblem,
  PATTERN_OPTIONS,
  patternProblem,
} from '../../../model/firelens-options.ts'
import { LOG_DRIVER_BUFFER_BYTES } from '../../../model/limits.ts'
import { ecsEnums } from '../enums.ts'
import { type ContainerRule, ensure, requireOneOf, type TaskRule } from './rule.ts'

const ROUTER_OPTIONS: ReadonlySet<string> = new Set([
  'enable-ecs-log-metadata',
  'config-file-type',
  'config-file-value',
])
const USER_ID = /^\d{1,10}(:\d{1,10})?$/
const PATTERNS: ReadonlySet<string> = new Set(Object.values(PATTERN_OPTIONS))

export const firelensIsValid: ContainerRule = ({ firelensConfiguration, logConfiguration, user }) => {
  if (firelensConfiguration === undefined) return
  const { type, options = {} } = firelensConfiguration
  ensure(Boolean(type), 'firelensConfiguration.type should not be null or empty.')
  requireOneOf('firelensConfiguration.type', type, ecsEnums.FirelensConfigurationType)
  ensure(
    logConfiguration?.logDriver !== FIRELENS_DRIVER,
    'A container with a firelensConfiguration object cannot be configured with the awsfirelens log driver.',
  )
  // The router's files are its user's, whose name means nothing outside of its image.
  ensure(
    user === undefined || USER_ID.test(user),
    "If 'user' field is specified on firelens container, then it has to be a 'UID' or 'UID:GID'.",
  )
  checkRouterOptions(type as FirelensType, options)
}

const checkRouterOptions = (type: FirelensType, options: Readonly<Record<string, string>>): void => {
  const unknown = Object.keys(options).filter((name) => !ROUTER_OPTIONS.has(name))
  ensure(unknown.length === 0, `Invalid firelensConfiguration options: ${unknown.join(', ')}`)
  const { 'enable-ecs-log-metadata': metadata, 'config-file-type': fileType, 'config-file-value': file } = options
  ensure(
    metadata === undefined || metadata === 'true' || metadata === 'false',
    "The 'enable-ecs-log-metadata' must be true or false.",
  )
  ensure(
    fileType === undefined || fileType === 's3' || fileType === 'file',
    "The 'config-file-type' must be s3 or file.",
  )
  ensure(
    (fileType === undefined) === (file === undefined),
    "The options 'config-file-type' and 'config-file-value' must be specified together.",
  )
  if (file === undefined) return
  ensure(fileType !== 's3' || parseArn(file)?.service === 's3', 'Invalid arn syntax.')
  const problem = includedFileProblem(type, file)
  ensure(problem === undefined, `Invalid 'config-file-value': ${problem}.`)
}

export const logRouterIsThere: TaskRule = ({ containerDefinitions = [] }) => {
  const routers = containerDefinitions.filter(({ firelensConfiguration }) => firelensConfiguration !== undefined)
  const routed = containerDefinitions.filter(isRouted)
  ensure(routers.length <= 1, 'A task definition can have at most 1 container with a firelensConfiguration object.')
  ensure(
    routed.length > 0 || routers.length === 0,
    'When a firelensConfiguration object is specified, at least one container has to be configured with the awsfirelens log driver.',
  )
  ensure(
    routed.length === 0 || routers.length > 0,
    'When awsfirelens log driver is specified in log configuration, a firelens configuration object must be configured in one of the containers.',
  )
  const type = routers[0]?.firelensConfiguration?.type
  if (type !== undefined) for (const container of routed) checkOutput(container, type)
  checkBuffers(routed)
}

const isRouted = ({ logConfiguration }: ContainerDefinition): boolean => logConfiguration?.logDriver === FIRELENS_DRIVER

/** AWS leaves this to the router, which then does not start, or does something else. */
const checkOutput = ({ name: container, logConfiguration }: ContainerDefinition, type: FirelensType): void => {
  const { options = {}, secretOptions = [] } = logConfiguration ?? {}
  const problems = [
    ...Object.entries(options).map(([name, value]) => ({ name, problem: problemOf(type, name, value) })),
    ...secretOptions.map(({ name = '' }) => ({ name, problem: nameProblem(type, name) })),
  ]
  const first = problems.find(({ problem }) => problem !== undefined)
  ensure(
    first === undefined,
    `Invalid log option '${first?.name}' of container '${container}' for the log router: ${first?.problem}.`,
  )
}

const problemOf = (type: FirelensType, name: string, value: string): string | undefined => {
  if (name === BUFFER_LIMIT_OPTION) return /^\d+$/.test(value) ? undefined : 'its value is not a whole number'
  return PATTERNS.has(name) ? patternProblem(type, value) : optionProblem(type, name, value)
}

/** AWS: where containers have no memory of their own, what all their drivers may buffer together is bounded. */
const checkBuffers = (routed: readonly ContainerDefinition[]): void => {
  const bytes = routed
    .filter(({ memory, memoryReservation }) => memory === undefined && memoryReservation === undefined)
    .reduce((sum, { logConfiguration }) => sum + Number(logConfiguration?.options?.[BUFFER_LIMIT_OPTION] ?? 0), 0)
  ensure(
    bytes < LOG_DRIVER_BUFFER_BYTES,
    `The total of '${BUFFER_LIMIT_OPTION}' of containers without memory must be less than ${LOG_DRIVER_BUFFER_BYTES} bytes.`,
  )
}

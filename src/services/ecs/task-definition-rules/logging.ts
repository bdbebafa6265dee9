/** Log drivers and log routers. Source: LogConfiguration and FirelensConfiguration in the API reference. */
import { ecsEnums } from '../enums.ts'
import { type ContainerRule, ensure, requireOneOf, type TaskRule } from './rule.ts'

const AWSLOGS_REQUIRED = ['awslogs-region', 'awslogs-group']
const AWSLOGS_OPTIONS: ReadonlySet<string> = new Set([
  ...AWSLOGS_REQUIRED,
  'awslogs-create-group',
  'awslogs-datetime-format',
  'awslogs-endpoint',
  'awslogs-format',
  'awslogs-multiline-pattern',
  'awslogs-stream-prefix',
  'max-buffer-size',
  'mode',
])
const FIRELENS_OPTIONS: ReadonlySet<string> = new Set([
  'enable-ecs-log-metadata',
  'config-file-type',
  'config-file-value',
])

export const logConfigurationIsValid: ContainerRule = ({ logConfiguration }) => {
  if (logConfiguration === undefined) return
  const { logDriver = '', options = {}, secretOptions = [] } = logConfiguration
  requireOneOf('logConfiguration.logDriver', logDriver, ecsEnums.LogDriver)
  const mode = options['mode']
  ensure(mode === undefined || mode === 'blocking' || mode === 'non-blocking', `Invalid log driver mode '${mode}'.`)
  if (logDriver !== 'awslogs') return
  const given = new Set([...Object.keys(options), ...secretOptions.map(({ name }) => name)])
  const missing = AWSLOGS_REQUIRED.filter((name) => !given.has(name))
  ensure(missing.length === 0, `Log driver awslogs requires options: ${missing.join(', ')}`)
  const unknown = Object.keys(options).filter((name) => !AWSLOGS_OPTIONS.has(name))
  ensure(unknown.length === 0, `Log driver awslogs disallows options: ${unknown.join(', ')}`)
}

export const firelensIsValid: ContainerRule = ({ firelensConfiguration }) => {
  if (firelensConfiguration === undefined) return
  const { type = '', options = {} } = firelensConfiguration
  requireOneOf('firelensConfiguration.type', type, ecsEnums.FirelensConfigurationType)
  const unknown = Object.keys(options).filter((name) => !FIRELENS_OPTIONS.has(name))
  ensure(unknown.length === 0, `Invalid firelensConfiguration options: ${unknown.join(', ')}`)
  const fileType = options['config-file-type']
  ensure(
    fileType === undefined || fileType === 's3' || fileType === 'file',
    "The 'config-file-type' must be s3 or file.",
  )
  ensure(
    (fileType === undefined) === (options['config-file-value'] === undefined),
    "The options 'config-file-type' and 'config-file-value' must be specified together.",
  )
}

export const logRouterIsThere: TaskRule = ({ containerDefinitions = [] }) => {
  const routers = containerDefinitions.filter(({ firelensConfiguration }) => firelensConfiguration !== undefined)
  const routed = containerDefinitions.some(({ logConfiguration }) => logConfiguration?.logDriver === 'awsfirelens')
  ensure(routers.length <= 1, 'A task definition can have at most 1 container with a firelensConfiguration object.')
  ensure(
    routed || routers.length === 0,
    'When a firelensConfiguration object is specified, at least one container has to be configured with the awsfirelens log driver.',
  )
  ensure(
    !routed || routers.length > 0,
    'When a container is configured with the awsfirelens log driver, a firelensConfiguration object has to be specified.',
  )
}

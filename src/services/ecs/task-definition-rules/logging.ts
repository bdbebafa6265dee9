/** Log drivers. Source: LogConfiguration in the API reference. */
import { ecsEnums } from '../enums.ts'
import { type ContainerRule, ensure, requireDistinct, requireOneOf } from './rule.ts'

/** Options without which a driver cannot work. */
const REQUIRED_OPTIONS: Readonly<Record<string, readonly string[]>> = {
  awslogs: ['awslogs-region', 'awslogs-group'],
  splunk: ['splunk-url', 'splunk-token'],
}
const AWSLOGS_OPTIONS: ReadonlySet<string> = new Set([
  'awslogs-region',
  'awslogs-group',
  'awslogs-create-group',
  'awslogs-datetime-format',
  'awslogs-endpoint',
  'awslogs-format',
  'awslogs-multiline-pattern',
  'awslogs-stream-prefix',
  'max-buffer-size',
  'mode',
])
/** Drivers of Docker that ECS does not have, beside those of its enumeration. */
const MORE_DRIVERS = { LOCAL: 'local', NONE: 'none' } as const
/** A number of bytes as Docker reads it: `10m`, `1.5 GiB`. */
const BYTES = /^\d+(\.\d+)? ?([kmgtp]i?)?b?$/i

export const logConfigurationIsValid: ContainerRule = ({ logConfiguration }) => {
  if (logConfiguration === undefined) return
  const { logDriver = '', options = {}, secretOptions = [] } = logConfiguration
  requireOneOf('logConfiguration.logDriver', logDriver, { ...ecsEnums.LogDriver, ...MORE_DRIVERS })
  const names = [...Object.keys(options), ...secretOptions.map(({ name = '' }) => name)]
  requireDistinct('Log driver option', names)
  const missing = (REQUIRED_OPTIONS[logDriver] ?? []).filter((name) => !names.includes(name))
  ensure(missing.length === 0, `Log driver ${logDriver} requires options: ${missing.join(', ')}`)
  const unknown = logDriver === 'awslogs' ? names.filter((name) => !AWSLOGS_OPTIONS.has(name)) : []
  ensure(unknown.length === 0, `Log driver awslogs disallows options: ${unknown.join(', ')}`)
  checkDelivery(options)
  if (logDriver === 'awslogs') checkAwslogs(options)
}

type LogOptions = Readonly<Record<string, string>>

/** What all of Docker's drivers understand. */
const checkDelivery = ({ mode, 'max-buffer-size': buffer }: LogOptions): void => {
  ensure(mode === undefined || mode === 'blocking' || mode === 'non-blocking', `Invalid log driver mode '${mode}'.`)
  if (buffer === undefined) return
  ensure(BYTES.test(buffer), `Invalid log driver max-buffer-size '${buffer}'.`)
  ensure(mode !== 'blocking', "Log driver option 'max-buffer-size' is only supported with mode 'non-blocking'.")
}

const checkAwslogs = ({ 'awslogs-create-group': create, ...options }: LogOptions): void => {
  ensure(
    create === undefined || create === 'true' || create === 'false',
    `Log driver option 'awslogs-create-group' must be 'true' or 'false', not '${create}'.`,
  )
  ensure(
    options['awslogs-datetime-format'] === undefined || options['awslogs-multiline-pattern'] === undefined,
    "Log driver options 'awslogs-datetime-format' and 'awslogs-multiline-pattern' cannot be used together.",
  )
}

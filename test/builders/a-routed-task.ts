/** Tasks with a log router, as the control plane sends them: a container `app` whose logs it routes, and the router, `log_router`. */
import type { PayloadContainer, PayloadSecret, PayloadTask } from '../../src/agentlink/acs-messages.ts'
import { aPayloadContainer, aPayloadTask } from './a-payload-task.ts'

type Options = Readonly<Record<string, string>>

/** What the driver `awsfirelens` with these options is in a payload. */
const logConfig = (options: Options): string =>
  JSON.stringify({ NetworkMode: 'bridge', LogConfig: { Type: 'awsfirelens', Config: options } })

export const aRoutedContainer = (options: Options, members: Partial<PayloadContainer> = {}): PayloadContainer =>
  aPayloadContainer({ dockerConfig: { hostConfig: logConfig(options) }, ...members })

export const aLogRouter = (
  firelensConfiguration: NonNullable<PayloadContainer['firelensConfiguration']> = { type: 'fluentbit' },
  members: Partial<PayloadContainer> = {},
): PayloadContainer => aPayloadContainer({ name: 'log_router', image: 'fluent-bit', firelensConfiguration, ...members })

export const aRoutedTask = (containers: readonly PayloadContainer[], members: Partial<PayloadTask> = {}): PayloadTask =>
  aPayloadTask({
    arn: 'arn:aws:ecs:us-west-2:000000000000:task/shop/0123456789abcdef0123456789abcdef',
    family: 'web',
    version: '7',
    containers,
    ...members,
  })

/** A secret option of a log driver, from Parameter Store. */
export const aLogSecret = (name: string, valueFrom = `/log/${name}`): PayloadSecret => ({
  name,
  valueFrom,
  region: 'us-west-2',
  provider: 'ssm',
  type: 'BOOTSTRAP',
  target: 'LOG_DRIVER',
})

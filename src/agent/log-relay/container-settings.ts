/** What the relay changes of the log configuration that a container is created with. Pure. */
import { isJsonObject, type JsonObject } from '../docker/overlay.ts'
import type { EngineContainer, EngineTask } from '../engine/task.ts'
import { BodyError } from '../engine/tools.ts'
import { credentialsPath } from '../metadata/task-roles.ts'
import type { LogRelay } from './log-relay.ts'
import { USUAL_BUFFER } from './log-settings.ts'

const ENDPOINT = 'awslogs-endpoint'

/** The `LogConfig` of a container's `HostConfig` as Docker gets it, as a member of it. Throws `BodyError` where there is no relay to log by. */
export const deliveredLogConfig = (
  task: EngineTask,
  container: EngineContainer,
  logConfig: unknown,
  relay: Pick<LogRelay, 'logOptions'> | undefined,
): JsonObject => {
  if (!isJsonObject(logConfig) || !isJsonObject(logConfig['Config'])) return {}
  const { Type, Config: options } = logConfig
  const isRelayed = Type === 'awslogs' && !namesEndpoint(container, options)
  const Config = isRelayed
    ? relayed(task, container, options, relay)
    : { ...buffered(options), ...(Type === 'awslogs' && executionRole(task, container)) }
  return { LogConfig: { ...logConfig, Config } }
}

/** Docker writes to where the task definition says, by itself. */
const namesEndpoint = ({ definition }: EngineContainer, options: JsonObject): boolean =>
  options[ENDPOINT] !== undefined ||
  (definition.secrets ?? []).some(({ target, name }) => target === 'LOG_DRIVER' && name === ENDPOINT)

/** Docker always waits for the relay, which has the buffer that mode and size are about. */
const relayed = (
  task: EngineTask,
  container: EngineContainer,
  { mode: _mode, 'max-buffer-size': _size, ...options }: JsonObject,
  relay: Pick<LogRelay, 'logOptions'> | undefined,
): JsonObject => {
  if (relay === undefined) throw new BodyError('log driver awslogs is not available on this container instance')
  return { ...options, ...relay.logOptions(task, container) }
}

/** AWS: a non-blocking log driver whose buffer is not sized gets 10 MiB. */
const buffered = (options: JsonObject): JsonObject =>
  options['mode'] === 'non-blocking' ? { 'max-buffer-size': USUAL_BUFFER, ...options } : options

const executionRole = ({ executionCredentialsId: id }: EngineTask, { definition }: EngineContainer): JsonObject =>
  definition.logsAuthStrategy === 'ExecutionRole' && id !== undefined
    ? { 'awslogs-credentials-endpoint': credentialsPath(id) }
    : {}

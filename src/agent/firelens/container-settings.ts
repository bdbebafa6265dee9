/**
 * What FireLens adds to the create bodies of containers: the router finds its configuration and the directory of its socket, containers whose
 * logs it routes write them there by Docker's fluentd driver. Pure.
 */
import { resourceId } from '../../model/arn.ts'
import { BUFFER_LIMIT_OPTION } from '../../model/firelens-options.ts'
import type { JsonObject } from '../docker/overlay.ts'
import type { EngineContainer, EngineTask } from '../engine/task.ts'
import { BodyError } from '../engine/tools.ts'
import { findLogRouter, routedOptions, routerUser } from './log-routing.ts'
import { DRIVER_OPTIONS, FORWARD_PORT, SOCKET_PATH } from './router-config.ts'
import { routerPaths } from './router-files.ts'

export interface FirelensSettings {
  /** Of the files of all routers. */
  readonly directory: string
  /** Whether Docker connects to routers in the background. */
  readonly isAsync: boolean
}

const CONFIG_PATHS: Readonly<Record<string, string>> = {
  fluentbit: '/fluent-bit/etc/fluent-bit.conf',
  fluentd: '/fluentd/etc/fluent.conf',
}

/** Throws `BodyError` where a container needs FireLens and there is none. */
export const requireFirelens = (task: EngineTask, container: EngineContainer, isThere: boolean): void => {
  const { firelensConfiguration } = container.definition
  const isRouted = routedOptions(container.definition) !== undefined
  if (firelensConfiguration === undefined && !isRouted) return
  if (!isThere) throw new BodyError('FireLens is not supported by this agent')
  if (isRouted && findLogRouter(task.containers) === undefined)
    throw new BodyError('the task has no container with a firelensConfiguration')
}

/** Binds of the router, none of other containers. */
export const routerBinds = (
  task: EngineTask,
  { definition }: EngineContainer,
  settings: FirelensSettings | undefined,
): readonly string[] => {
  const configPath = CONFIG_PATHS[definition.firelensConfiguration?.type ?? '']
  if (configPath === undefined || settings === undefined) return []
  const { configFile, socketDirectory } = routerPaths(settings.directory, task.arn)
  return [
    `${configFile}:${configPath}`,
    `${socketDirectory}/:${SOCKET_PATH.slice(0, SOCKET_PATH.lastIndexOf('/') + 1)}`,
  ]
}

/** Variables of the router and of containers that send it records themselves. */
export const firelensVariables = (
  task: EngineTask,
  { definition }: EngineContainer,
): Readonly<Record<string, string>> => {
  // AWS: Fluentd's image runs as another user than root unless it is told not to, and could not make the socket then.
  if (definition.firelensConfiguration?.type === 'fluentd')
    return { FLUENT_UID: String(routerUser(definition)[0] ?? 0) }
  const { networkMode = 'bridge' } = task.definition
  if (routedOptions(definition) === undefined || networkMode !== 'bridge') return {}
  const address = findLogRouter(task.containers)?.networks.find(({ ipv4Address }) => ipv4Address !== '')?.ipv4Address
  return address === undefined ? {} : { FLUENT_HOST: address, FLUENT_PORT: FORWARD_PORT }
}

/** The log driver of a container whose logs are routed, as a member of its `HostConfig`; none of others. */
export const routedLogConfig = (
  task: EngineTask,
  { definition }: EngineContainer,
  settings: FirelensSettings | undefined,
): JsonObject => {
  const options = routedOptions(definition)
  if (options === undefined || settings === undefined) return {}
  const { [BUFFER_LIMIT_OPTION]: bufferLimit, ...others } = Object.fromEntries(
    Object.entries(options).filter(([name]) => DRIVER_OPTIONS.has(name)),
  )
  const Config = {
    tag: `${definition.name}-firelens-${resourceId(task.arn)}`,
    'fluentd-address': `unix://${routerPaths(settings.directory, task.arn).socket}`,
    'fluentd-async': String(settings.isAsync),
    'fluentd-sub-second-precision': 'true',
    ...(bufferLimit !== undefined && { 'fluentd-buffer-limit': bufferLimit }),
    ...others,
  }
  return { LogConfig: { Type: 'fluentd', Config } }
}

/**
 * FireLens within a task: which container routes logs, whose logs it routes, and what that means for either. The rest of the agent sees
 * nothing special in them: the order between containers and the secrets of the router's outputs are put where those of all containers
 * are. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_firelens.html
 */
import type { PayloadContainer, PayloadSecret } from '../../agentlink/acs-messages.ts'
import { FIRELENS_DRIVER, FIRELENS_TYPES, type FirelensType } from '../../model/firelens-options.ts'
import { isJsonObject, type JsonObject } from '../docker/overlay.ts'
import type { EngineTask } from '../engine/task.ts'

export type LogOptions = Readonly<Record<string, string>>

/** A FireLens configuration that cannot be. The message says why, for whoever started the task. */
export class FirelensError extends Error {
  override readonly name = 'FirelensError'
}

export const findLogRouter = <Container extends { readonly definition: PayloadContainer }>(
  containers: readonly Container[],
): Container | undefined => containers.find(({ definition }) => definition.firelensConfiguration !== undefined)

/** Whether there is something to make before the task's containers, and to take away after them. */
export const hasLogRouter = ({ containers }: EngineTask): boolean => findLogRouter(containers) !== undefined

/** Options of a container whose logs are routed; undefined for all others. */
export const routedOptions = ({ dockerConfig }: PayloadContainer): LogOptions | undefined => {
  const { LogConfig } = parsed(dockerConfig.hostConfig)
  if (!isJsonObject(LogConfig) || LogConfig['Type'] !== FIRELENS_DRIVER) return undefined
  return isJsonObject(LogConfig['Config']) ? (LogConfig['Config'] as LogOptions) : {}
}

/** What is no JSON is told when the container is created. */
const parsed = (text: string | undefined): JsonObject => {
  try {
    const value: unknown = JSON.parse(text || '{}')
    return isJsonObject(value) ? value : {}
  } catch {
    return {}
  }
}

/** Of any other type no configuration can be written; that is told then. */
export const isFirelensType = (type: string): type is FirelensType =>
  (FIRELENS_TYPES as readonly string[]).includes(type)

/**
 * Containers of a payload as the agent runs them. A container whose logs are routed starts after the router, and so stops before it; the
 * secrets among its log options become variables of the router, which its configuration refers to.
 */
export const routeLogs = (containers: readonly PayloadContainer[]): readonly PayloadContainer[] => {
  const router = containers.find(({ firelensConfiguration }) => firelensConfiguration !== undefined)
  if (router === undefined) return containers
  const type = router.firelensConfiguration?.type ?? ''
  return containers.map((container, index) => {
    if (container === router) return withSecrets(router, containers.flatMap(variablesOf))
    return routedOptions(container) === undefined ? container : routed(container, { router, type, index })
  })
}

const logSecrets = ({ secrets = [] }: PayloadContainer): readonly PayloadSecret[] =>
  secrets.filter(({ target }) => target === 'LOG_DRIVER')

/** AWS: options of several containers may have the same name, so the container's number is part of it. */
const variableName = (option: string, index: number): string => `${option}_${index}`

const variablesOf = (container: PayloadContainer, index: number): readonly PayloadSecret[] =>
  routedOptions(container) === undefined
    ? []
    : logSecrets(container).map((secret) => ({
        ...secret,
        name: variableName(secret.name, index),
        type: 'ENVIRONMENT_VARIABLE',
        target: 'CONTAINER',
      }))

const withSecrets = (container: PayloadContainer, more: readonly PayloadSecret[]): PayloadContainer =>
  more.length === 0 ? container : { ...container, secrets: [...(container.secrets ?? []), ...more] }

interface Routing {
  readonly router: PayloadContainer
  readonly type: string
  /** The container's place among those of the task. */
  readonly index: number
}

const routed = (container: PayloadContainer, { router, type, index }: Routing): PayloadContainer => {
  const references = logSecrets(container).map(({ name }) => [name, reference(type, variableName(name, index))])
  const { secrets, ...others } = container
  const kept = secrets?.filter(({ target }) => target !== 'LOG_DRIVER') ?? []
  return {
    ...others,
    ...(kept.length > 0 && { secrets: kept }),
    dockerConfig: withOptions(container, Object.fromEntries(references) as LogOptions),
    ...(mayWaitFor(router, container) && {
      dependsOn: [...(container.dependsOn ?? []), { containerName: router.name, condition: 'START' }],
    }),
  }
}

/** How a configuration file says the value of a variable. */
const reference = (type: string, variable: string): string =>
  type === 'fluentd' ? `"#{ENV['${variable}']}"` : `\${${variable}}`

const withOptions = ({ dockerConfig }: PayloadContainer, options: LogOptions): PayloadContainer['dockerConfig'] => {
  if (Object.keys(options).length === 0) return dockerConfig
  const hostConfig = parsed(dockerConfig.hostConfig)
  const logConfig = hostConfig['LogConfig'] as JsonObject
  const Config = { ...(logConfig['Config'] as LogOptions | undefined), ...options }
  return { ...dockerConfig, hostConfig: JSON.stringify({ ...hostConfig, LogConfig: { ...logConfig, Config } }) }
}

/** AWS: not where the task says when it starts, and not on a router that itself waits for others, lest they wait for each other. */
const mayWaitFor = (router: PayloadContainer, { dependsOn = [] }: PayloadContainer): boolean =>
  !dependsOn.some(({ containerName }) => containerName === router.name) &&
  [router.dependsOn, router.links, router.volumesFrom].every((others = []) => others.length === 0)

/** User and group of a router, by number: names mean nothing outside of its image. Empty text is root. */
export const routerUser = (router: PayloadContainer | undefined): readonly number[] => {
  const { User: user } = parsed(router?.dockerConfig.config)
  const ids = (typeof user === 'string' ? user : '').split(':').map(Number)
  if (ids.every(Number.isInteger)) return ids
  throw new FirelensError(`the user of a log router is a number here, not ${JSON.stringify(user)}`)
}

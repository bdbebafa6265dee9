/**
 * From a task's container to the body of the engine's create call: the agent's own settings first, the payload's `dockerConfig` laid
 * over them, and last what nobody may change: ECS's labels and whose restart policy it is. Refuses with `BodyError` what this
 * agent cannot do, so that nothing is left out in silence.
 */
import { EXECUTE_COMMAND_AGENT } from '../../model/exec-session.ts'
import { containerLabels } from '../engine/labels.ts'
import type { EngineContainer, EngineTask } from '../engine/task.ts'
import { BodyError, type CreateBody } from '../engine/tools.ts'
import {
  type FirelensSettings,
  firelensVariables,
  requireFirelens,
  routedLogConfig,
} from '../firelens/container-settings.ts'
import { deliveredLogConfig } from '../log-relay/container-settings.ts'
import type { LogRelay } from '../log-relay/log-relay.ts'
import { type MetadataSettings, metadataVariables, withMetadataFile } from '../metadata/container-settings.ts'
import { credentialsPath, hasTaskRoles, type TaskRoleSupport } from '../metadata/task-roles.ts'
import type { ContainerCreateBody } from '../runtime.ts'
import { longestFreePart, type PortRange } from './dynamic-ports.ts'
import type { FreePorts } from './free-ports.ts'
import { ownHostConfig } from './host-config.ts'
import { isJsonObject, type JsonObject, overlay } from './overlay.ts'
import { dynamicMappings, portSettings } from './port-bindings.ts'

export interface CreateBodyOptions {
  readonly region: string
  readonly cluster: string
  readonly ownLabels: Readonly<Record<string, string>>
  readonly dynamicHostPorts: PortRange
  /** Chooses ports of that range; without it the engine does, at every start anew. */
  readonly freePorts?: Pick<FreePorts, 'take'>
  readonly reservedPorts: readonly number[]
  readonly reservedPortsUdp: readonly number[]
  readonly disablePrivileged: boolean
  readonly propagateTaskMemoryLimit: boolean
  /** Parent control group of a task, where task limits are enforced. */
  readonly cgroupParent?: (taskArn: string) => string
  /** What the engine calls the container's image; that which the task definition calls it, unless given. */
  readonly imageName?: (container: EngineContainer) => string
  /** `NAME=value` as the container's image sets them. */
  readonly imageEnvironment: (container: EngineContainer) => readonly string[]
  /** Which tasks get the credentials of their roles. */
  readonly taskRoles: TaskRoleSupport
  /** Absent where containers find out nothing about themselves. */
  readonly metadata?: MetadataSettings
  /** Absent where no logs are routed. */
  readonly firelens?: FirelensSettings
  /** Absent where Docker's awslogs driver cannot be used. */
  readonly logRelay?: Pick<LogRelay, 'logOptions'>
}

export const createBodyWith =
  (options: CreateBodyOptions): CreateBody =>
  async (task, container) => {
    const ports = isBridged(task) ? await dynamicPortsOf(container, options) : []
    const body = createBodyOf(task, container, options, ports)
    const file = options.metadata?.files.prepare(task, container)
    return file === undefined ? body : withMetadataFile(body, file)
  }

/** Pure. `dynamicPorts` has a host port, or a range to take one of, for each dynamic mapping. */
export const createBodyOf = (
  task: EngineTask,
  container: EngineContainer,
  options: CreateBodyOptions,
  dynamicPorts: readonly string[],
): ContainerCreateBody => {
  refuseUnsupported(task, container)
  requireFirelens(task, container, options.firelens !== undefined)
  // Ports are mapped on the bridge only: in host mode the container has the host's, without network it has none.
  const ports = isBridged(task) ? portSettings(container, dynamicPorts) : { ExposedPorts: {}, PortBindings: {} }
  const hostConfig = overlay(
    { ...ownHostConfig(task, container, hostSettings(task, options)), PortBindings: ports.PortBindings },
    parsed('hostConfig', container.definition.dockerConfig.hostConfig),
  )
  const config = overlay(
    ownConfig(task, container, ports.ExposedPorts, options),
    parsed('config', container.definition.dockerConfig.config),
  )
  return {
    ...config,
    Image: options.imageName?.(container) ?? container.definition.image,
    Labels: { ...labelsOf(config), ...containerLabels(task, container, options) },
    HostConfig: checkedHostConfig({ ...hostConfig, ...logConfigOf(task, container, hostConfig, options) }, options),
  }
}

/** Where the container's lines go: to the task's log router, or as its log driver delivers them. */
const logConfigOf = (
  task: EngineTask,
  container: EngineContainer,
  hostConfig: JsonObject,
  { firelens, logRelay }: CreateBodyOptions,
): JsonObject => {
  const { LogConfig } = { ...hostConfig, ...routedLogConfig(task, container, firelens) }
  return deliveredLogConfig(task, container, LogConfig, logRelay)
}

const isBridged = ({ definition }: EngineTask): boolean => (definition.networkMode ?? 'bridge') === 'bridge'

const dynamicPortsOf = async (container: EngineContainer, options: CreateBodyOptions): Promise<string[]> => {
  const ports: string[] = []
  for (const protocol of dynamicMappings(container)) {
    const port = await options.freePorts?.take(protocol)
    ports.push(port === undefined ? rangeFor(protocol, options) : String(port))
  }
  return ports
}

const rangeFor = (protocol: 'tcp' | 'udp', options: CreateBodyOptions): string => {
  const reserved = protocol === 'tcp' ? options.reservedPorts : options.reservedPortsUdp
  const range = longestFreePart(options.dynamicHostPorts, reserved)
  if (range === undefined) throw new BodyError('every port of the dynamic host port range is reserved')
  return `${range.first}-${range.last}`
}

const refuseUnsupported = ({ definition }: EngineTask, container: EngineContainer): void => {
  const { environmentFiles = [], managedAgents = [] } = container.definition
  if (definition.networkMode === 'awsvpc') throw new BodyError('network mode awsvpc is not supported by this agent')
  if (definition.pidMode === 'task') throw new BodyError('pid mode task is not supported by this agent')
  if (definition.ipcMode === 'task') throw new BodyError('ipc mode task is not supported by this agent')
  if (environmentFiles.length > 0) throw new BodyError('environment files are not supported by this agent')
  const unknown = managedAgents.find(({ name }) => name !== EXECUTE_COMMAND_AGENT)
  if (unknown !== undefined) throw new BodyError(`the managed agent ${unknown.name} is not supported by this agent`)
}

const hostSettings = (task: EngineTask, { cgroupParent, propagateTaskMemoryLimit, firelens }: CreateBodyOptions) => ({
  propagateTaskMemoryLimit,
  ...(firelens && { firelens }),
  ...(cgroupParent && { cgroupParent: cgroupParent(task.arn) }),
})

const ownConfig = (
  task: EngineTask,
  container: EngineContainer,
  exposedPorts: JsonObject,
  options: CreateBodyOptions,
): JsonObject => {
  const { entryPoint, command } = container.definition
  const overriding = overridingCommand(container)
  return {
    ...(entryPoint && { Entrypoint: entryPoint }),
    ...((overriding ?? command) && { Cmd: overriding ?? command }),
    Env: [
      ...environmentOf(task, container, options),
      ...credentialsOf(task, options),
      ...metadataOf(task, container, options),
    ],
    ExposedPorts: exposedPorts,
  }
}

/** The payload's `overrides` is a JSON text of which only the command counts. */
const overridingCommand = ({ definition }: EngineContainer): readonly string[] | undefined => {
  const { command } = parsed('overrides', definition.overrides)
  return Array.isArray(command) ? (command as readonly string[]) : undefined
}

const REGION_VARIABLES = ['AWS_REGION', 'AWS_DEFAULT_REGION']

/** AWS: both region variables, unless the task or its image sets either. */
const environmentOf = (
  task: EngineTask,
  container: EngineContainer,
  { region, imageEnvironment }: CreateBodyOptions,
): string[] => {
  const variables = { ...container.definition.environment, ...firelensVariables(task, container) }
  const own = Object.entries(variables).map(([name, value]) => `${name}=${value}`)
  const isSet = (variable: string) =>
    [...own, ...imageEnvironment(container)].some((entry) => entry.startsWith(`${variable}=`))
  return REGION_VARIABLES.some(isSet) ? own : [...own, ...REGION_VARIABLES.map((variable) => `${variable}=${region}`)]
}

const metadataOf = (task: EngineTask, container: EngineContainer, { metadata }: CreateBodyOptions): readonly string[] =>
  metadata === undefined ? [] : metadataVariables(task, container, metadata)

/** Where the SDKs of all languages look for the credentials of the task's role. It stands last: no other value counts. */
const credentialsOf = (task: EngineTask, { taskRoles }: CreateBodyOptions): string[] =>
  task.credentialsId !== undefined && hasTaskRoles(task, taskRoles)
    ? [`AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=${credentialsPath(task.credentialsId)}`]
    : []

const parsed = (member: string, text: string | undefined): JsonObject => {
  if (!text) return {}
  try {
    const value: unknown = JSON.parse(text)
    if (isJsonObject(value)) return value
  } catch {
    // Told below, like any other text that is no object.
  }
  throw new BodyError(`unable to decode the container's ${member}: not a JSON object`)
}

const labelsOf = ({ Labels }: JsonObject): Record<string, string> =>
  isJsonObject(Labels) ? (Labels as Record<string, string>) : {}

/** Restarts are the agent's to decide, by the container's restart policy. */
const checkedHostConfig = (hostConfig: JsonObject, options: CreateBodyOptions): JsonObject => {
  if (hostConfig['Privileged'] === true && options.disablePrivileged) {
    throw new BodyError('privileged containers are disabled on this container instance (ECS_DISABLE_PRIVILEGED)')
  }
  return { ...hostConfig, RestartPolicy: { Name: 'no' } }
}

/**
 * What a task's log router is configured to do, whichever program it is: where logs come in, what is added to them, which of them are left
 * out, and where those of each container go. Pure; `fluent-bit-text.ts` and `fluentd-text.ts` write it down.
 */
import type { PayloadContainer } from '../../agentlink/acs-messages.ts'
import {
  BUFFER_LIMIT_OPTION,
  type FirelensType,
  includedFileProblem,
  optionProblem,
  PATTERN_OPTIONS,
  patternProblem,
  PLUGIN_OPTION,
} from '../../model/firelens-options.ts'
import type { EngineTask } from '../engine/task.ts'
import { FirelensError, findLogRouter, isFirelensType, type LogOptions, routedOptions } from './log-routing.ts'

export interface Plugin {
  readonly name: string
  /** What comes in is tagged with it, or goes out if its tag matches. */
  readonly tag?: string
  readonly options: LogOptions
}

export interface PatternFilter {
  /** Matches the tags of the container's logs. */
  readonly tag: string
  readonly pattern: string
  readonly keeps: 'matching' | 'others'
}

export interface RouterConfig {
  readonly type: FirelensType
  readonly inputs: readonly Plugin[]
  readonly filters: readonly PatternFilter[]
  /** Members that every record is given. */
  readonly record: Readonly<Record<string, string>>
  /** A file of the router's image. */
  readonly included?: string
  readonly outputs: readonly Plugin[]
}

/** Where the router finds the directory of its socket; the path is the containers' end of it. */
export const SOCKET_PATH = '/var/run/fluent.sock'
export const FORWARD_PORT = '24224'
const HEALTH_PORT = '8877'
const HEALTH_TAG = 'firelens-healthcheck'
const LOOPBACK = '127.0.0.1'

/** Drivers of Docker understand these; they are no options of the router's output. */
export const DRIVER_OPTIONS: ReadonlySet<string> = new Set([BUFFER_LIMIT_OPTION, 'mode', 'max-buffer-size'])

/** Throws `FirelensError` for what cannot be configured. */
export const routerConfig = (task: EngineTask, cluster: string): RouterConfig => {
  const { type = '', options = {} } = findLogRouter(task.containers)?.definition.firelensConfiguration ?? {}
  if (!isFirelensType(type)) throw new FirelensError(`invalid firelens configuration type: ${type}`)
  const routed = task.containers.flatMap(({ definition }) => routedContainer(definition, type))
  const { networkMode = 'bridge' } = task.definition
  const hasNetwork = networkMode === 'bridge' || networkMode === 'awsvpc'
  const included = includedFile(type, options)
  return {
    type,
    inputs: [
      socketInput(type),
      ...(hasNetwork ? networkInputs(type, networkMode === 'bridge' ? '0.0.0.0' : LOOPBACK) : []),
    ],
    filters: routed.flatMap(filtersOf),
    record: options['enable-ecs-log-metadata'] === 'false' ? {} : metadata(task, cluster),
    ...(included !== undefined && { included }),
    outputs: [...(hasNetwork ? healthOutputs(type) : []), ...routed.flatMap((container) => outputsOf(container, type))],
  }
}

const socketInput = (type: FirelensType): Plugin =>
  type === 'fluentd'
    ? { name: 'unix', options: { path: SOCKET_PATH } }
    : { name: 'forward', options: { unix_path: SOCKET_PATH } }

/** For containers that send records themselves, and for the health check of the router. */
const networkInputs = (type: FirelensType, address: string): readonly Plugin[] =>
  type === 'fluentd'
    ? [{ name: 'forward', options: { bind: address, port: FORWARD_PORT } }]
    : [
        { name: 'forward', options: { Listen: address, Port: FORWARD_PORT } },
        { name: 'tcp', tag: HEALTH_TAG, options: { Listen: LOOPBACK, Port: HEALTH_PORT } },
      ]

/** What a health check sends is nobody's log. */
const healthOutputs = (type: FirelensType): readonly Plugin[] =>
  type === 'fluentbit' ? [{ name: 'null', tag: HEALTH_TAG, options: {} }] : []

const metadata = ({ arn, definition }: EngineTask, cluster: string): Readonly<Record<string, string>> => ({
  ecs_cluster: cluster,
  ecs_task_arn: arn,
  ecs_task_definition: `${definition.family}:${definition.version}`,
})

const includedFile = (type: FirelensType, options: LogOptions): string | undefined => {
  const { 'config-file-type': fileType, 'config-file-value': file = '' } = options
  if (fileType === undefined) return undefined
  if (fileType !== 'file') throw new FirelensError(`config-file-type ${fileType} is not supported by this agent`)
  const problem = includedFileProblem(type, file)
  if (problem !== undefined) throw new FirelensError(`config-file-value: ${problem}`)
  return file
}

interface RoutedContainer {
  readonly name: string
  /** Matches the tag that the log driver gives, and others that begin alike. */
  readonly tag: string
  readonly options: LogOptions
}

const routedContainer = (definition: PayloadContainer, type: FirelensType): readonly RoutedContainer[] => {
  const options = routedOptions(definition)
  if (options === undefined) return []
  const own = Object.entries(options).filter(([name]) => !DRIVER_OPTIONS.has(name))
  for (const [name, value] of own) requireOption(definition.name, type, name, value)
  const tag = `${definition.name}-firelens${type === 'fluentd' ? '**' : '*'}`
  return [{ name: definition.name, tag, options: Object.fromEntries(own) }]
}

const unusable = (container: string, why: string): FirelensError =>
  new FirelensError(`unable to apply log options of container ${container} to firelens config: ${why}`)

const requireOption = (container: string, type: FirelensType, name: string, value: string): void => {
  const isPattern = name === PATTERN_OPTIONS.include || name === PATTERN_OPTIONS.exclude
  const problem = isPattern ? patternProblem(type, value) : optionProblem(type, name, value)
  if (problem !== undefined) throw unusable(container, `option ${JSON.stringify(name)}: ${problem}`)
}

const filtersOf = ({ tag, options }: RoutedContainer): readonly PatternFilter[] => {
  const { [PATTERN_OPTIONS.include]: included, [PATTERN_OPTIONS.exclude]: excluded } = options
  return [
    ...(included === undefined ? [] : [{ tag, pattern: included, keeps: 'matching' as const }]),
    ...(excluded === undefined ? [] : [{ tag, pattern: excluded, keeps: 'others' as const }]),
  ]
}

/** None where the router's own file says where logs go. */
const outputsOf = ({ name: container, tag, options }: RoutedContainer, type: FirelensType): readonly Plugin[] => {
  const key = PLUGIN_OPTION[type]
  const { [key]: name, [PATTERN_OPTIONS.include]: _include, [PATTERN_OPTIONS.exclude]: _exclude, ...rest } = options
  if (name !== undefined) return [{ name, tag, options: rest }]
  if (Object.keys(rest).length === 0) return []
  throw unusable(container, `missing output key ${key} which is required for firelens configuration of type ${type}`)
}

/**
 * The task metadata server with the way to it: opened before the agent registers, since only then is it known what the agent may promise. A
 * host where it cannot be had is no failure of the agent's: its instance does not offer task roles, its containers get no addresses of
 * endpoints, and the log says why.
 */
import type { MetadataApi } from '../../agentlink/metadata-api.ts'
import type { Clock } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'
import type { AgentConfig } from '../config.ts'
import type { CredentialsStore } from '../engine/credentials.ts'
import type { EngineTask } from '../engine/task.ts'
import type { TaskListener } from '../engine/engine.ts'
import type { LogRelay } from '../log-relay/log-relay.ts'
import { FirewallError } from '../network/iptables.ts'
import { HostRules } from '../network/host-rules.ts'
import { routeLocalnet } from '../network/kernel-setting.ts'
import { RulesKeeper } from '../network/rules-keeper.ts'
import { runProgram } from '../network/run-program.ts'
import type { HostPlace } from '../registration/registration.ts'
import type { ContainerRuntime, ContainerStats } from '../runtime.ts'
import { AuditLog, auditWriter } from './audit-log.ts'
import { isHostAddress } from './caller.ts'
import { credentialsRoute, NO_TASK_ROLES, type TaskRoleSupport } from './credentials-route.ts'
import { faultRoute } from './fault-route.ts'
import { metadataRoute } from './metadata-route.ts'
import { MetadataServer } from './metadata-server.ts'
import { metadataV2Route } from './metadata-v2-route.ts'
import { protectionRoute } from './protection-route.ts'
import type { MetadataRoute } from './route.ts'
import { StatsView } from './stats-view.ts'
import type { HostView } from './task-view.ts'

export interface TaskMetadataOptions {
  readonly config: AgentConfig
  readonly clock: Clock
  readonly log: Log
  /** Makes the server reachable; this host's firewall unless given. */
  readonly rules?: Pick<HostRules, 'install' | 'remove'>
}

/** What is told about. The agent knows it. */
export interface MetadataSource {
  readonly cluster: string
  readonly containerInstanceArn: string | undefined
  readonly place: HostPlace
  readonly credentials: Pick<CredentialsStore, 'get'>
  tasks(): Iterable<EngineTask>
  listen(listener: TaskListener): void
  lastSample(dockerId: string): ContainerStats | undefined
}

/** What is asked of others. */
export interface MetadataTools {
  readonly runtime: Pick<ContainerRuntime, 'inspect' | 'stats'>
  readonly api: Pick<MetadataApi, 'tagsOf' | 'protection' | 'protect'>
  /** Where Docker gets the keys of its log drivers; absent where it needs none. */
  readonly logRelay?: Pick<LogRelay, 'route'>
}

export interface TaskMetadata {
  /** What containers can really get here. */
  readonly taskRoles: TaskRoleSupport
  /** Whether containers can reach it. */
  readonly isServed: boolean
  /** Whether the firewall keeps others than this host and its containers from the introspection API. */
  readonly guardsIntrospection: boolean
  /** Begins to answer. */
  serve(source: MetadataSource, tools: MetadataTools): void
  close(): Promise<void>
}

/** Containers find nothing. */
export const NO_METADATA: TaskMetadata = {
  taskRoles: NO_TASK_ROLES,
  isServed: false,
  guardsIntrospection: false,
  serve: () => {},
  close: async () => {},
}

/** What the configuration asks for. */
export const wantedTaskRoles = (
  config: Pick<AgentConfig, 'taskIamRole' | 'taskIamRoleNetworkHost'>,
): TaskRoleSupport => ({
  bridge: config.taskIamRole,
  host: config.taskIamRoleNetworkHost,
})

export const openTaskMetadata = async (options: TaskMetadataOptions): Promise<TaskMetadata> => {
  const { config, log, clock } = options
  if (config.taskMetadataPort === 0) return turnedOff(options)
  if (!('socketPath' in config.dockerHost.target)) {
    log.warn(
      'no task metadata and no task roles: the containers of an engine that is reached by TCP are on another host',
      {
        dockerHost: config.dockerHost.name,
      },
    )
    return NO_METADATA
  }
  const server = new MetadataServer({ port: config.taskMetadataPort, rate: config.taskMetadataRate, clock, log })
  try {
    const port = await server.listen()
    const rules = options.rules ?? hostRules(config, port)
    await rules.install()
    return opened(options, server, rules)
  } catch (error) {
    await server.close()
    log.warn(`no task metadata and no task roles: ${reasonOf(error, config)}`)
    return NO_METADATA
  }
}

/** Who asks for task roles too may not have meant that. */
const turnedOff = ({ config, log }: TaskMetadataOptions): TaskMetadata => {
  const wanted = wantedTaskRoles(config)
  if (wanted.bridge || wanted.host) log.warn('no task metadata and no task roles: LONGSHORE_TASK_METADATA_PORT is 0')
  return NO_METADATA
}

const hostRules = (config: AgentConfig, port: number): HostRules =>
  new HostRules({
    port,
    skipLocalhostFilter: config.skipLocalhostTrafficFilter,
    ...(guardsIntrospection(config) && { introspectionPort: config.introspectionPort }),
    run: runProgram,
    routeLocalnet,
  })

const guardsIntrospection = ({ introspectionPort, allowOffhostIntrospectionAccess }: AgentConfig): boolean =>
  introspectionPort !== 0 && !allowOffhostIntrospectionAccess

/** What is not the host's fault is a bug. */
const reasonOf = (error: unknown, { taskMetadataPort }: AgentConfig): string => {
  if (error instanceof FirewallError) return error.message
  if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
  return `port ${taskMetadataPort} is in use: is another agent on this host?`
}

const opened = (
  { config, clock, log }: TaskMetadataOptions,
  server: MetadataServer,
  rules: Pick<HostRules, 'install' | 'remove'>,
): TaskMetadata => {
  const audit = auditWriter(config, clock)
  const keeper = new RulesKeeper(rules, clock, log)
  return {
    taskRoles: wantedTaskRoles(config),
    isServed: true,
    guardsIntrospection: guardsIntrospection(config),
    serve: (source, tools) => {
      const containerInstanceArn = (): string | undefined => source.containerInstanceArn
      const write = (line: string): void => audit.write(line)
      const auditLog = new AuditLog({ clock, cluster: source.cluster, containerInstanceArn, write })
      server.serve(routesOf(config, source, tools, auditLog))
    },
    close: async () => {
      await keeper.stop()
      await server.close()
      audit.close()
    },
  }
}

const routesOf = (
  config: AgentConfig,
  source: MetadataSource,
  { runtime, api, logRelay }: MetadataTools,
  audit: AuditLog,
): readonly MetadataRoute[] => {
  const { cluster, credentials } = source
  const callers = { runtime, isHostAddress, tasks: () => source.tasks() }
  const stats = new StatsView({ runtime, lastSample: (dockerId) => source.lastSample(dockerId) })
  source.listen((after, before) => {
    if (after === undefined && before !== undefined) stats.forget(before)
  })
  const host = (): HostView => {
    const { availabilityZone, vpcId } = source.place
    return { cluster, vpcId, ...(!config.disableTaskMetadataAz && { availabilityZone }) }
  }
  const metadata = { ...callers, host, stats, api, containerInstanceArn: () => source.containerInstanceArn }
  return [
    credentialsRoute({ ...callers, support: wantedTaskRoles(config), credentials, audit }),
    metadataRoute(metadata),
    metadataV2Route(metadata),
    protectionRoute({ ...callers, cluster, credentials, api }),
    faultRoute(callers),
    ...(logRelay === undefined ? [] : [logRelay.route(source, audit)]),
  ]
}

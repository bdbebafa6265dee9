/**
 * The task metadata server with the way to it: opened before the agent registers, since only then is it known what the agent may promise. A
 * host where it cannot be had is no failure of the agent's: its instance does not offer task roles, its containers get no addresses of
 * endpoints, and the log says why.
 */
import type { Clock } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'
import type { AgentConfig } from '../config.ts'
import { FirewallError } from '../../kit/network/iptables.ts'
import { HostRules } from '../network/host-rules.ts'
import { routeLocalnet } from '../network/kernel-setting.ts'
import { RulesKeeper } from '../network/rules-keeper.ts'
import { runProgram } from '../../kit/network/run-program.ts'
import { auditWriter } from './audit-log.ts'
import { MetadataServer } from './metadata-server.ts'
import type { MetadataSource, MetadataTools } from './routes.ts'
import { NO_TASK_ROLES, type TaskRoleSupport, wantedTaskRoles } from './task-roles.ts'

export interface TaskMetadataOptions {
  readonly config: AgentConfig
  readonly clock: Clock
  readonly log: Log
  /** Makes the server reachable; this host's firewall unless given. */
  readonly rules?: Pick<HostRules, 'install' | 'remove'>
}

export interface TaskMetadata {
  /** What containers can really get here. */
  readonly taskRoles: TaskRoleSupport
  /** Whether containers can reach it. */
  readonly isServed: boolean
  /** Whether the firewall keeps others than this host and its containers from the introspection API. */
  readonly guardsIntrospection: boolean
  /** Begins to answer. What it answers with is made for the first request. */
  serve(source: MetadataSource, tools: () => Promise<MetadataTools>): void
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
    serve: (source, tools) =>
      server.serve(async () => {
        const { routesOf } = await import('./routes.ts')
        return routesOf({ config, clock, source, tools: await tools(), audit })
      }),
    close: async () => {
      await keeper.stop()
      await server.close()
      audit.close()
    },
  }
}

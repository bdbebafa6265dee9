/**
 * The task metadata server with the way to it: opened before the agent registers, since only then is it known what the agent may promise. A
 * host where it cannot be had is no failure of the agent's: its instance does not offer task roles, and the log says why.
 */
import type { Clock, Timer } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'
import type { AgentConfig } from '../config.ts'
import type { CredentialsStore } from '../engine/credentials.ts'
import type { EngineTask } from '../engine/task.ts'
import { FirewallError } from '../network/iptables.ts'
import { HostRules } from '../network/host-rules.ts'
import { routeLocalnet } from '../network/kernel-setting.ts'
import { runProgram } from '../network/run-program.ts'
import type { ContainerRuntime } from '../runtime.ts'
import { AuditLog, auditWriter } from './audit-log.ts'
import { isHostAddress } from './caller.ts'
import { credentialsRoute, NO_TASK_ROLES, type TaskRoleSupport } from './credentials-route.ts'
import { MetadataServer } from './metadata-server.ts'

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
  containerInstanceArn(): string | undefined
  tasks(): Iterable<EngineTask>
  readonly credentials: Pick<CredentialsStore, 'get'>
  readonly runtime: Pick<ContainerRuntime, 'inspect'>
}

export interface TaskMetadata {
  /** What containers can really get here. */
  readonly taskRoles: TaskRoleSupport
  /** Begins to answer. */
  serve(source: MetadataSource): void
  close(): Promise<void>
}

/** How often the way to the server is looked after. */
const RULES_EVERY_MS = 60_000

/** Containers find nothing. */
export const NO_METADATA: TaskMetadata = { taskRoles: NO_TASK_ROLES, serve: () => {}, close: async () => {} }

/** What the configuration asks for. */
export const wantedTaskRoles = (
  config: Pick<AgentConfig, 'taskIamRole' | 'taskIamRoleNetworkHost'>,
): TaskRoleSupport => ({
  bridge: config.taskIamRole,
  host: config.taskIamRoleNetworkHost,
})

export const openTaskMetadata = async (options: TaskMetadataOptions): Promise<TaskMetadata> => {
  const { config, log, clock } = options
  const wanted = wantedTaskRoles(config)
  if (!wanted.bridge && !wanted.host) return NO_METADATA
  if (!('socketPath' in config.dockerHost.target)) {
    log.warn('no task roles: the containers of an engine that is reached by TCP are on another host', {
      dockerHost: config.dockerHost.name,
    })
    return NO_METADATA
  }
  const server = new MetadataServer({ port: config.taskMetadataPort, rate: config.taskMetadataRate, clock, log })
  try {
    const port = await server.listen()
    const rules = options.rules ?? hostRules(config, port)
    await rules.install()
    return opened(options, server, rules, wanted)
  } catch (error) {
    await server.close()
    log.warn(`no task roles: ${reasonOf(error, config)}`)
    return NO_METADATA
  }
}

const hostRules = ({ taskIamRole: forBridge, skipLocalhostTrafficFilter }: AgentConfig, port: number): HostRules =>
  new HostRules({ port, forBridge, skipLocalhostFilter: skipLocalhostTrafficFilter, run: runProgram, routeLocalnet })

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
  taskRoles: TaskRoleSupport,
): TaskMetadata => {
  const audit = auditWriter(config, clock)
  const keeper = new RulesKeeper(rules, clock, log)
  return {
    taskRoles,
    serve: ({ cluster, containerInstanceArn, tasks, credentials, runtime }) => {
      const auditLog = new AuditLog({ clock, cluster, containerInstanceArn, write: (line) => audit.write(line) })
      const common = { support: taskRoles, runtime, isHostAddress, audit: auditLog }
      server.serve([credentialsRoute({ ...common, tasks, credentials })])
    },
    close: async () => {
      await keeper.stop()
      await server.close()
      audit.close()
    },
  }
}

/** Looks again and again whether the rules are there, and takes them away at the end. */
class RulesKeeper {
  readonly #rules: Pick<HostRules, 'install' | 'remove'>
  readonly #clock: Clock
  readonly #log: Log
  #timer: Timer | undefined
  #looking: Promise<void> = Promise.resolve()
  #hasStopped = false

  constructor(rules: Pick<HostRules, 'install' | 'remove'>, clock: Clock, log: Log) {
    this.#rules = rules
    this.#clock = clock
    this.#log = log
    this.#schedule()
  }

  async stop(): Promise<void> {
    this.#hasStopped = true
    this.#timer?.cancel()
    await this.#looking
    try {
      await this.#rules.remove()
    } catch (error) {
      this.#log.warn('rules of the firewall stay behind', { error })
    }
  }

  #schedule(): void {
    if (this.#hasStopped) return
    this.#timer = this.#clock.setTimer(RULES_EVERY_MS, () => {
      this.#looking = this.#look()
    })
  }

  async #look(): Promise<void> {
    try {
      if (await this.#rules.install()) this.#log.warn('rules of the firewall were gone and are back')
    } catch (error) {
      this.#log.warn('containers may not reach their credentials', { error })
    }
    this.#schedule()
  }
}

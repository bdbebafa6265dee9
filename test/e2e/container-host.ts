/**
 * One host of several: a Docker Engine in a network namespace of its own and the process of an agent that joins it to a cluster. Both can be
 * lost, as when a machine loses power or its network, and come back on the same state.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type Engine, type EngineOptions, startEngine } from './engine.ts'
import type { HostLink } from './host-link.ts'
import { bin } from './longshore.ts'

export interface ContainerHostOptions {
  /** Of the control plane, which must be in `--dev` mode unless `env` has credentials. */
  readonly endpoint: string
  readonly cluster?: string
  /** Attributes of the instance, e.g. `ecs.availability-zone`. */
  readonly attributes?: Readonly<Record<string, string>>
  readonly engine?: EngineOptions
  readonly env?: NodeJS.ProcessEnv
  /** Puts the agent into the engine's network, as on a machine of its own, from where the control plane is reached by this. */
  readonly link?: HostLink
}

export interface ContainerHost {
  readonly engine: Engine
  /** kill -9 of agent and engine: containers of an engine without live restore are ended by it when it comes back. */
  lose(): Promise<void>
  /** kill -9 of the agent alone: its containers go on running. */
  loseAgent(): Promise<void>
  /** Ends the agent in order: its containers go on running. */
  endAgent(): Promise<void>
  /** Starts what is not there; `env` is laid over the agent's variables. */
  restore(env?: NodeJS.ProcessEnv): Promise<void>
  /** What the agent has printed. */
  output(): string
  stop(): Promise<void>
}

export const startContainerHost = async (options: ContainerHostOptions): Promise<ContainerHost> => {
  const engine = await startEngine(options.engine)
  options.link?.join(engine)
  const dataDir = mkdtempSync(path.join(tmpdir(), 'longshore-host-'))
  let output = ''
  const start = (env: NodeJS.ProcessEnv = {}): ChildProcess => {
    const command = [...(options.link ? engine.inNetwork : []), bin, 'agent', '--config-file=/dev/null']
    const agent = spawn(command[0] ?? bin, command.slice(1), {
      env: { ...process.env, ...environmentOf(options, engine), ECS_DATADIR: dataDir, ...options.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    agent.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()))
    agent.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()))
    return agent
  }
  let agent = start()
  let isEngineLost = false
  const abandon = (): void => void agent.kill('SIGKILL')
  process.once('exit', abandon)
  const endAgent = async (signal: NodeJS.Signals): Promise<void> => {
    if (hasEnded(agent)) return
    const gone = once(agent, 'exit')
    agent.kill(signal)
    await gone
  }
  return {
    engine,
    lose: async () => {
      await endAgent('SIGKILL')
      await engine.kill()
      isEngineLost = true
    },
    loseAgent: () => endAgent('SIGKILL'),
    endAgent: () => endAgent('SIGTERM'),
    restore: async (env) => {
      if (isEngineLost) await engine.restart()
      isEngineLost = false
      if (hasEnded(agent)) agent = start(env)
    },
    output: () => output,
    stop: async () => {
      process.off('exit', abandon)
      await endAgent('SIGTERM')
      await engine.stop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null

const environmentOf = (
  { endpoint, cluster = 'default', attributes = {}, link }: ContainerHostOptions,
  { host }: Engine,
): NodeJS.ProcessEnv => ({
  DOCKER_HOST: host,
  ECS_BACKEND_HOST: endpoint,
  ECS_CLUSTER: cluster,
  ECS_INSTANCE_ATTRIBUTES: JSON.stringify(attributes),
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_DEFAULT_REGION: 'us-east-1',
  ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION: '1s',
  LONGSHORE_INTROSPECTION_PORT: '0',
  // Where it is not in the engine's network, it leaves the machine's firewall alone.
  ...(link === undefined && { LONGSHORE_TASK_METADATA_PORT: '0' }),
})

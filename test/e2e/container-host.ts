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
import { bin } from './longshore.ts'

export interface ContainerHostOptions {
  /** Of the control plane, which must be in `--dev` mode. */
  readonly endpoint: string
  readonly cluster?: string
  /** Attributes of the instance, e.g. `ecs.availability-zone`. */
  readonly attributes?: Readonly<Record<string, string>>
  readonly engine?: EngineOptions
  readonly env?: NodeJS.ProcessEnv
}

export interface ContainerHost {
  readonly engine: Engine
  /** kill -9 of agent and engine: containers of an engine without live restore are ended by it when it comes back. */
  lose(): Promise<void>
  /** kill -9 of the agent alone: its containers go on running. */
  loseAgent(): Promise<void>
  /** Starts what is not there. */
  restore(): Promise<void>
  /** What the agent has printed. */
  output(): string
  stop(): Promise<void>
}

export const startContainerHost = async (options: ContainerHostOptions): Promise<ContainerHost> => {
  const engine = await startEngine(options.engine)
  const dataDir = mkdtempSync(path.join(tmpdir(), 'longshore-host-'))
  let output = ''
  const start = (): ChildProcess => {
    const agent = spawn(bin, ['agent', '--config-file=/dev/null'], {
      env: { ...process.env, ...environmentOf(options, engine), ECS_DATADIR: dataDir, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    agent.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()))
    agent.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()))
    return agent
  }
  let agent = start()
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
    },
    loseAgent: () => endAgent('SIGKILL'),
    restore: async () => {
      await engine.restart()
      if (hasEnded(agent)) agent = start()
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
  { endpoint, cluster = 'default', attributes = {} }: ContainerHostOptions,
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
})

/** A real `longshore up` for tests: own data directory, free port, given engine; its processes can be killed one by one. */
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { DescribeContainerInstancesCommand, ECSClient, ListContainerInstancesCommand } from '@aws-sdk/client-ecs'
import { readRootKey } from '../../src/kit/installation.ts'

export const bin = path.join(import.meta.dirname, '..', '..', 'bin', 'longshore')

/** Longer than anything takes: a machine that is busy with something else is ten times slower for a while. */
const PATIENCE_MS = 90_000

export interface LongshoreOptions {
  /** `server`: without an agent and without supervision. */
  readonly command?: 'up' | 'server'
  readonly runtime?: 'docker' | 'simulated'
  /** Socket of the Docker Engine; the machine's if absent. */
  readonly dockerSocket?: string
  readonly dataDir?: string
  /** False for a server that checks signatures and asks policies; its client is the root user then. */
  readonly isDev?: boolean
  readonly args?: readonly string[]
  readonly env?: NodeJS.ProcessEnv
  /** In front of the command line, to start it in the network of an engine; then only what runs there reaches the endpoint. */
  readonly inNetwork?: readonly string[]
}

export interface RunningLongshore {
  readonly endpoint: string
  readonly dataDir: string
  readonly env: NodeJS.ProcessEnv
  readonly client: ECSClient
  /** Process id of a role, undefined while it does not run. */
  processId(role: 'server' | 'agent' | 'balancer'): number | undefined
  /** SIGKILL to a role; `up` starts it again. */
  kill(role: 'server' | 'agent' | 'balancer'): void
  /** SIGKILL to `up` itself. */
  killUp(): void
  /** Like Ctrl-C; keeps the data directory if told. Resolves with the exit code. */
  stop(options?: { keepData?: boolean }): Promise<number | null>
  /** Resolves with the exit code. */
  readonly ended: Promise<number | null>
  /** Reads no more of what it prints, as a pipe into a program that ends. */
  closeOutput(): void
  /** Everything it printed. */
  output(): string
  stdout(): string
}

export const startLongshore = async (options: LongshoreOptions = {}): Promise<RunningLongshore> => {
  const dataDir = options.dataDir ?? mkdtempSync(path.join(tmpdir(), 'longshore-e2e-'))
  const env = {
    ...process.env,
    // Tests that are not about them leave the machine's firewall alone.
    ECS_ENABLE_TASK_IAM_ROLE: 'false',
    ECS_ENABLE_TASK_IAM_ROLE_NETWORK_HOST: 'false',
    LONGSHORE_TASK_METADATA_PORT: '0',
    ...(options.dockerSocket === undefined ? {} : { DOCKER_HOST: `unix://${options.dockerSocket}` }),
    ...options.env,
  }
  const { command = 'up', runtime = 'docker', isDev = true } = options
  const args = [
    command,
    isDev ? '--dev' : '--no-dev',
    '--port=0',
    `--data-dir=${dataDir}`,
    '--log-level=info',
    ...(command === 'up' ? [`--runtime=${runtime}`] : []),
    ...(options.args ?? []),
  ]
  const [program = bin, ...rest] = [...(options.inNetwork ?? []), bin, ...args]
  const up = spawn(program, rest, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let [output, stdout] = ['', '']
  up.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString()
    stdout += chunk.toString()
  })
  up.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const ended = new Promise<number | null>((resolve) => up.once('exit', (code) => resolve(code)))

  let hasEnded = false
  // Not before everything that it printed was read.
  up.once('close', () => (hasEnded = true))

  const endpoint = await until(`longshore ${command} to listen`, () =>
    hasEnded ? '' : /listens on (\S+)/.exec(output)?.[1],
  )
  if (endpoint === '') throw new Error(`longshore ${command} ended with ${up.exitCode}: ${output}`)
  const client = new ECSClient({
    endpoint,
    region: 'us-east-1',
    credentials: (isDev ? undefined : readRootKey(dataDir)) ?? { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  })
  const processId = (role: string): number | undefined =>
    childrenOf(up.pid ?? 0).find((child) => commandLine(child).includes(role))
  return {
    endpoint,
    dataDir,
    env,
    client,
    processId,
    output: () => output,
    stdout: () => stdout,
    kill: (role) => {
      const child = processId(role)
      if (child !== undefined) process.kill(child, 'SIGKILL')
    },
    stop: async ({ keepData = false } = {}) => {
      client.destroy()
      up.kill('SIGINT')
      const exitCode = await ended
      if (!keepData) remove(dataDir)
      return exitCode
    },
    ended,
    killUp: () => void up.kill('SIGKILL'),
    closeOutput: () => {
      up.stdout.destroy()
      up.stderr.destroy()
    },
  }
}

/** With the HAProxy that may serve load balancers from there. */
const remove = (dataDir: string): void => {
  spawnSync(bin, ['down', '--load-balancers', `--data-dir=${dataDir}`])
  rmSync(dataDir, { recursive: true, force: true })
}

const childrenOf = (processId: number): number[] => {
  const { stdout } = spawnSync('pgrep', ['-P', String(processId)], { encoding: 'utf8' })
  return stdout.split('\n').filter(Boolean).map(Number)
}

const commandLine = (processId: number): string[] => {
  try {
    return readFileSync(`/proc/${processId}/cmdline`, 'utf8').split('\0')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || (error as NodeJS.ErrnoException).code === 'ESRCH')
      return []
    throw error
  }
}

/** Polls until `probe` gives something that is neither undefined nor false, and gives that. Its errors end the wait only if thrown at the last try. */
export const until = async <T>(
  what: string,
  probe: () => T | undefined | false | Promise<T | undefined | false>,
  timeoutMs = PATIENCE_MS,
): Promise<T> => {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const isLast = performance.now() > deadline
    try {
      const value = await probe()
      if (value !== undefined && value !== false) return value
    } catch (error) {
      if (isLast) throw error
    }
    if (isLast) throw new Error(`waited ${timeoutMs} ms for ${what}`)
    await sleep(25)
  }
}

/** Waits until the control plane answers: after it was killed, `up` starts it again. */
export const answering = ({ endpoint }: RunningLongshore): Promise<unknown> =>
  until('the control plane to answer', async () => (await fetch(`${endpoint}/health`)).ok)

/** Waits until the cluster has an instance whose agent is connected; gives its ARN. */
export const connectedInstance = async (client: ECSClient, cluster = 'default'): Promise<string> => {
  const [containerInstanceArn = ''] = await connectedInstances(client, 1, cluster)
  return containerInstanceArn
}

/** Waits until the cluster has that many instances whose agents are connected; gives the ARNs of all such. */
export const connectedInstances = (client: ECSClient, count: number, cluster = 'default'): Promise<string[]> =>
  until(`${count} connected container instances`, async () => {
    const { containerInstanceArns = [] } = await client.send(new ListContainerInstancesCommand({ cluster }))
    if (containerInstanceArns.length < count) return undefined
    const { containerInstances = [] } = await client.send(
      new DescribeContainerInstancesCommand({ cluster, containerInstances: containerInstanceArns }),
    )
    const connected = containerInstances.filter(({ agentConnected }) => agentConnected === true)
    return connected.length >= count && connected.map(({ containerInstanceArn = '' }) => containerInstanceArn)
  })

/**
 * `longshore up`: the control plane and an agent on this machine, each a process of its own, supervised. Ends cleanly on Ctrl-C;
 * containers keep running and are found again at the next start.
 */
import { spawn } from 'node:child_process'
import { fstatSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import process from 'node:process'
import { type Clock, SystemClock } from '../kit/clock.ts'
import { command, UserError, type Values, wholeNumber } from '../kit/command.ts'
import { SystemIds } from '../kit/ids.ts'
import {
  agentDir,
  logFile,
  processStart,
  readNote,
  readRootKey,
  removeNote,
  type RunningNote,
  writeNote,
} from '../kit/installation.ts'
import type { Log } from '../kit/log.ts'
import { version } from '../kit/version.ts'
import { Child, ChildFailed } from './child.ts'
import { checkServerOptions, logSettings, openLog, serverOptions } from './options.ts'

const options = {
  ...serverOptions,
  'no-agent': { type: 'boolean', description: 'start the control plane without an agent' },
  runtime: {
    type: 'string',
    valueName: 'NAME',
    description: 'what runs containers: docker, or simulated (nothing really runs)',
    default: 'docker',
    choices: ['docker', 'simulated'],
  },
  detach: { type: 'boolean', description: 'run in the background' },
} as const

type UpValues = Values<typeof options>

/** What the agent reserves by itself: SSH, Docker, its own APIs. */
const ALWAYS_RESERVED_PORTS = [22, 2375, 2376, 51_678, 51_679]

const DETACH_TIMEOUT_MS = 60_000
const DETACH_POLL_MS = 20

export const upCommand = command({
  name: 'up',
  summary: 'start the control plane and an agent on this machine',
  details:
    'The agent also reads the variables of ecs.config, e.g. ECS_RESERVED_MEMORY or ECS_IMAGE_PULL_BEHAVIOR (here prefer-cached unless set,\nso that images built on this machine need no registry).',
  options,
  run: (values) => {
    checkServerOptions(values)
    wholeNumber('port', values.port, 0, 65_535)
    const running = readNote(values['data-dir'])
    if (running !== undefined) {
      throw new UserError(
        `The data directory ${values['data-dir']} is in use by process ${running.processId} (${running.endpoint}).`,
      )
    }
    return values.detach ? detach(values['data-dir']) : new Up(values).run()
  },
})

/** Starts the same command again as a process of its own session and waits until it is ready. */
const detach = async (dataDir: string): Promise<number> => {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const log = openSync(logFile(dataDir), 'a', 0o600)
  const logStart = fstatSync(log).size
  const args = process.argv.slice(1).filter((arg) => arg !== '--detach')
  const env = { ...process.env, LONGSHORE_DETACH: 'false' }
  const child = spawn(process.execPath, [...process.execArgv, ...args], {
    detached: true,
    env,
    stdio: ['ignore', log, log],
  })
  child.unref()
  const clock = new SystemClock()
  for (
    const deadline = clock.monotonic() + DETACH_TIMEOUT_MS;
    clock.monotonic() < deadline;
    await clock.sleep(DETACH_POLL_MS)
  ) {
    const note = readNote(dataDir)
    if (note !== undefined && note.processId === child.pid) {
      process.stdout.write(greeting(note))
      return 0
    }
    if (child.exitCode !== null || child.signalCode !== null) {
      process.stderr.write(complaints(logFile(dataDir), logStart))
      return child.exitCode ?? 1
    }
  }
  child.kill('SIGTERM')
  throw new UserError(`Longshore was not ready within ${DETACH_TIMEOUT_MS / 1000} seconds; see ${logFile(dataDir)}.`)
}

/** What the background process said to its user, of all that stands in its log from `start` on. */
const complaints = (file: string, start: number): string =>
  readFileSync(file)
    .subarray(start)
    .toString()
    .split('\n')
    .filter((line) => line.startsWith('longshore: '))
    .map((line) => `${line}\n`)
    .join('')

const greeting = (note: RunningNote): string =>
  `Longshore ${note.version} listens on ${note.endpoint} (account ${note.account}, region ${note.region}, cluster ${note.cluster}${note.runtime === 'simulated' ? ', simulated containers' : ''}). Point AWS tools at it: eval "$(longshore env)"\n`

class Up {
  readonly #values: UpValues
  readonly #clock: Clock = new SystemClock()
  readonly #ids = new SystemIds()
  readonly #log: Log
  #endpoint = ''

  constructor(values: UpValues) {
    this.#values = values
    this.#log = openLog(this.#clock, values)
  }

  async run(): Promise<number> {
    const server = this.#child('server', () => this.#serverArgs())
    const agent = this.#child('agent', () => ['--runtime', this.#values.runtime])
    const ended = new Promise<void>((resolve) => {
      process.once('SIGINT', resolve)
      process.once('SIGTERM', resolve)
    })
    try {
      this.#endpoint = (await server.start())['endpoint'] ?? ''
      if (!this.#values['no-agent']) await agent.start()
    } catch (error) {
      await server.stop()
      if (error instanceof ChildFailed) return 1
      throw error
    }
    const note = this.#note()
    writeNote(this.#values['data-dir'], note)
    process.stdout.write(greeting(note))
    await ended
    await agent.stop()
    await server.stop()
    removeNote(this.#values['data-dir'])
    return 0
  }

  #child(name: string, args: () => readonly string[]): Child {
    return new Child({ name, args, env: () => this.#env(name), clock: this.#clock, ids: this.#ids, log: this.#log })
  }

  #serverArgs(): string[] {
    const { dev, host, account, region, cluster, 'data-dir': dataDir } = this.#values
    const port = this.#endpoint === '' ? this.#values.port : new URL(this.#endpoint).port
    const args = [
      '--port',
      port,
      '--host',
      host,
      '--data-dir',
      dataDir,
      '--account',
      account,
      '--region',
      region,
      '--cluster',
      cluster,
    ]
    return [...args, ...(dev ? ['--dev'] : []), ...this.#logArgs()]
  }

  #logArgs(): string[] {
    return (['log-level', 'log-format'] as const).flatMap((name) => {
      const value = this.#values[name]
      return value === undefined ? [] : [`--${name}`, value]
    })
  }

  /** The agent is told by the variables that it would find in ecs.config; what the user set himself wins. */
  #env(name: string): NodeJS.ProcessEnv {
    if (name !== 'agent') return process.env
    const { 'data-dir': dataDir, region, cluster } = this.#values
    const key = readRootKey(dataDir) ?? { accessKeyId: 'longshore', secretAccessKey: 'longshore' }
    const { level, format } = logSettings(this.#values)
    return {
      ECS_IMAGE_PULL_BEHAVIOR: 'prefer-cached',
      ECS_RESERVED_PORTS: JSON.stringify([...ALWAYS_RESERVED_PORTS, Number(new URL(this.#endpoint).port)]),
      ECS_LOGLEVEL: level,
      ECS_LOG_OUTPUT_FORMAT: format === 'json' ? 'json' : 'logfmt',
      ...process.env,
      ECS_CLUSTER: cluster,
      ECS_BACKEND_HOST: this.#endpoint,
      ECS_DATADIR: agentDir(dataDir),
      AWS_DEFAULT_REGION: region,
      AWS_ACCESS_KEY_ID: key.accessKeyId,
      AWS_SECRET_ACCESS_KEY: key.secretAccessKey,
    }
  }

  #note(): RunningNote {
    const { account, region, cluster, runtime, dev } = this.#values
    return {
      processId: process.pid,
      processStart: processStart(process.pid) ?? '',
      endpoint: this.#endpoint,
      account,
      region,
      cluster,
      runtime: this.#values['no-agent'] ? 'none' : runtime,
      isDev: dev,
      startedAt: new Date(this.#clock.now()).toISOString(),
      version: version(),
    }
  }
}

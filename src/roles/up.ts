/**
 * `longshore up`: the control plane, an agent and, once there are load balancers, a balancer on this machine, each a process of its own,
 * supervised. Ends cleanly on Ctrl-C; containers keep running, HAProxy keeps serving, and both are found again at the next start.
 */
import { spawn } from 'node:child_process'
import { fstatSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { type Clock, SystemClock } from '../kit/clock.ts'
import { command, UserError, type Values, wholeNumber } from '../kit/command.ts'
import { SystemIds } from '../kit/ids.ts'
import { agentDir, balancerDir, hasServerDir, logFile, readNote, removeNote, writeNote } from '../kit/installation.ts'
import { joinTokenText } from '../kit/join-token.ts'
import type { Log } from '../kit/log.ts'
import { END_SIGNALS, untilToldToEnd } from '../kit/process-end.ts'
import { certificateArgs } from './certificate-options.ts'
import { WANTS_BALANCER } from './balancer-call.ts'
import { Child, ChildFailed, type ReadyMessage } from './child.ts'
import { checkServerOptions, logSettings, openLog, serverOptions } from './options.ts'
import { firstGreeting, greeting, inDataDir, isFirstStart, noteOf, refuseIfRunning } from './running.ts'
import { UpBalancer } from './up-balancer.ts'

const options = {
  ...serverOptions,
  'no-agent': { type: 'boolean', description: 'start the control plane without an agent' },
  'no-balancer': { type: 'boolean', description: 'serve no load balancers on this machine' },
  haproxy: { type: 'string', valueName: 'FILE', description: 'what serves load balancers', default: 'haproxy' },
  'access-logs': {
    type: 'string',
    valueName: 'FILE',
    description: 'the S3 that access logs of load balancers are uploaded to (JSON)',
  },
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
const ALWAYS_RESERVED_PORTS = [22, 2375, 2376, 51_678, 51_679, 51_680]

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
    refuseIfRunning(values['data-dir'])
    const isFirst = isFirstStart(values['data-dir'])
    return values.detach ? detach(values['data-dir'], isFirst) : new Up(values, isFirst && !isInBackground()).run()
  },
})

/** Whether this is the process that `--detach` has started: what it prints goes into a file. */
const isInBackground = (): boolean => process.env['LONGSHORE_DETACH'] === 'false'

/** Starts the same command again as a process of its own session and waits until it is ready. */
const detach = async (dataDir: string, isFirst: boolean): Promise<number> => {
  const log = inDataDir(dataDir, () => {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
    return openSync(logFile(dataDir), 'a', 0o600)
  })
  const logStart = fstatSync(log).size
  const args = process.argv.slice(1).filter((arg) => arg !== '--detach')
  const env = { ...process.env, LONGSHORE_DETACH: 'false' }
  const child = spawn(process.execPath, [...process.execArgv, ...args], {
    detached: true,
    env,
    stdio: ['ignore', log, log],
  })
  child.unref()
  for (const signal of END_SIGNALS) process.once(signal, () => child.kill('SIGTERM'))
  const clock = new SystemClock()
  for (
    const deadline = clock.monotonic() + DETACH_TIMEOUT_MS;
    clock.monotonic() < deadline;
    await clock.sleep(DETACH_POLL_MS)
  ) {
    const note = readNote(dataDir)
    if (note !== undefined && note.processId === child.pid) {
      process.stdout.write(greeting(note, dataDir) + (isFirst ? firstGreeting(note, dataDir, true) : ''))
      return 0
    }
    if (child.exitCode !== null || child.signalCode !== null) {
      process.stderr.write(complaints(logFile(dataDir), logStart))
      return 1
    }
  }
  child.kill('SIGTERM')
  throw new UserError(`Longshore was not ready within ${DETACH_TIMEOUT_MS / 1000} seconds; see ${logFile(dataDir)}.`)
}

/** What the background process said to its user, of all that stands in its log from `start` on. */
const complaints = (file: string, start: number): string => {
  const lines = readFileSync(file).subarray(start).toString().split('\n')
  const sentences = lines.filter((line) => line.startsWith('longshore: '))
  return `${sentences.join('\n') || `longshore: Longshore ended before it was ready; see ${file}.`}\n`
}

class Up {
  readonly #values: UpValues
  /** What only the first start says is to be said. */
  readonly #isFirst: boolean
  readonly #clock: Clock = new SystemClock()
  readonly #ids = new SystemIds()
  readonly #log: Log
  #endpoint = ''
  #authorityFile: string | undefined
  /** What the agent is to trust. */
  #trustFile: string | undefined
  /** With which the agent and the balancer join if they have not yet; absent in `--dev` mode. */
  #joinToken: string | undefined
  #balancerJoinToken: string | undefined
  readonly #balancer: UpBalancer

  constructor(values: UpValues, isFirst: boolean) {
    this.#values = values
    this.#isFirst = isFirst
    this.#log = openLog(this.#clock, values)
    this.#balancer = new UpBalancer({
      child: this.#child('balancer', () => this.#balancerArgs()),
      clock: this.#clock,
      log: this.#log,
      program: values.haproxy,
      say: (sentence) => void process.stderr.write(`longshore: ${sentence}\n`),
    })
  }

  /** Runs until it is told to end, and then ends what it started, the agent first. */
  async run(): Promise<number> {
    const server = this.#child(
      'server',
      () => this.#serverArgs(),
      (message) => this.#serverSaid(message),
    )
    const agent = this.#child('agent', () => this.#agentArgs())
    const ended = untilToldToEnd()
    try {
      const isUp = await Promise.race([this.#start(server, agent), ended])
      if (isUp) await ended
      return 0
    } catch (error) {
      // It has said why.
      if (error instanceof ChildFailed) return 1
      throw error
    } finally {
      for (const child of [agent, server]) child.expectEnd()
      await Promise.all([agent.stop(), this.#balancer.stop()])
      await server.stop()
      this.#takeNoteAway()
    }
  }

  async #start(server: Child, agent: Child): Promise<true> {
    const { account, region, cluster, dev, 'data-dir': dataDir } = this.#values
    const ready = await server.start()
    this.#endpoint = ready['endpoint'] ?? ''
    this.#authorityFile = ready['authorityFile']
    this.#trustFile = ready['trustFile']
    this.#joinToken = this.#joinTokenOf(ready)
    if (!this.#values['no-agent']) await agent.start()
    const runtime = this.#values['no-agent'] ? 'none' : this.#values.runtime
    const [endpoint, authorityFile] = [this.#endpoint, this.#authorityFile]
    const { agentEndpoint } = ready
    const note = noteOf({
      endpoint,
      agentEndpoint,
      authorityFile,
      account,
      region,
      cluster,
      runtime,
      dev,
      clock: this.#clock,
    })
    inDataDir(dataDir, () => writeNote(dataDir, note))
    process.stdout.write(
      greeting(note, dataDir) + (this.#isFirst ? firstGreeting(note, dataDir, process.stdout.isTTY) : ''),
    )
    return true
  }

  #joinTokenOf({ activationId, activationCode }: ReadyMessage): string | undefined {
    if (activationId === undefined || activationCode === undefined) return undefined
    const { region, cluster } = this.#values
    return joinTokenText({ endpoint: this.#endpoint, region, cluster, activationId, activationCode })
  }

  #serverSaid(message: ReadyMessage): void {
    if (message['wants'] !== WANTS_BALANCER.wants || this.#values['no-balancer']) return
    this.#balancerJoinToken = this.#joinTokenOf(message)
    this.#balancer.want()
  }

  /** A note that stays behind harms nobody: it names a process that is gone. */
  #takeNoteAway(): void {
    try {
      removeNote(this.#values['data-dir'])
    } catch (error) {
      this.#log.warn('the note of the running process stays behind', { error })
    }
  }

  #child(name: string, args: () => readonly string[], onMessage: (message: ReadyMessage) => void = () => {}): Child {
    const argsNow = (): readonly string[] => {
      this.#refuseVanished()
      return args()
    }
    return new Child({
      name,
      args: argsNow,
      env: () => this.#env(name),
      onMessage,
      clock: this.#clock,
      ids: this.#ids,
      log: this.#log,
    })
  }

  /** A role must not start over with nothing because the disk of a data directory that it had is not mounted. */
  #refuseVanished(): void {
    const { 'data-dir': dataDir } = this.#values
    if (this.#endpoint === '' || hasServerDir(dataDir)) return
    throw new UserError(`The data directory ${dataDir} has vanished: is its disk mounted?`)
  }

  #serverArgs(): string[] {
    const { dev, host, account, region, cluster, advertise, 'data-dir': dataDir } = this.#values
    const port = this.#endpoint === '' ? this.#values.port : new URL(this.#endpoint).port
    const {
      'registry-suffix': suffix,
      'balancer-addresses': addresses,
      'balancer-suffix': balancerSuffix,
    } = this.#values
    const balancers = { 'balancer-addresses': addresses, 'balancer-suffix': balancerSuffix }
    const names = { account, region, cluster, 'registry-suffix': suffix, ...balancers, ...(advertise && { advertise }) }
    const flags = { port, host, 'data-dir': dataDir, ...names }
    const args = Object.entries({ ...flags, ...this.#times() }).map(([name, value]) => `--${name}=${value}`)
    // Said either way: the child reads the same variables and file, which the user's flag overrode.
    return [
      ...args,
      dev ? '--dev' : '--no-dev',
      ...this.#keyArgs(),
      ...this.#tlsArgs(),
      ...this.#registryArgs(),
      ...certificateArgs(this.#values),
      ...this.#logArgs(),
    ]
  }

  #keyArgs(): string[] {
    const file = this.#values['master-key-file']
    return file === undefined ? [] : [`--master-key-file=${file}`]
  }

  #registryArgs(): string[] {
    return (
      ['registry-storage', 'registry-encryption', 'registry-destinations', 'advisories', 'trust-stores'] as const
    ).flatMap((name) => {
      const value = this.#values[name]
      return value === undefined ? [] : [`--${name}=${value}`]
    })
  }

  /** Said to the server either way: it reads the same variables and file, which the user's flags overrode. */
  #tlsArgs(): string[] {
    const { tls, 'tls-cert': cert, 'tls-key': key, 'plain-http': isPlain } = this.#values
    const files = cert === undefined || key === undefined ? [] : [`--tls-cert=${cert}`, `--tls-key=${key}`]
    return [...files, tls ? '--tls' : '--no-tls', isPlain ? '--plain-http' : '--no-plain-http']
  }

  #agentArgs(): string[] {
    const trusted = this.#trustFile
    return ['--runtime', this.#values.runtime, ...(trusted === undefined ? [] : ['--ca-cert', trusted])]
  }

  #balancerArgs(): string[] {
    const { region, haproxy, 'data-dir': dataDir, 'access-logs': accessLogs } = this.#values
    const flags = {
      endpoint: this.#endpoint,
      region,
      haproxy,
      'data-dir': balancerDir(dataDir),
      'access-logs': accessLogs,
    }
    const args = Object.entries(flags).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}=${value}`]))
    return [...args, ...(this.#trustFile === undefined ? [] : [`--ca-cert=${this.#trustFile}`]), ...this.#logArgs()]
  }

  #times() {
    const {
      'instance-loss-grace-seconds': loss,
      'service-settling-seconds': settling,
      'audit-days': days,
    } = this.#values
    return { 'instance-loss-grace-seconds': loss, 'service-settling-seconds': settling, 'audit-days': days }
  }

  #logArgs(): string[] {
    return (['log-level', 'log-format'] as const).flatMap((name) => {
      const value = this.#values[name]
      return value === undefined ? [] : [`--${name}=${value}`]
    })
  }

  /**
   * The agent is told by the variables that it would find in ecs.config; what the user set himself wins. The user's own AWS
   * credentials are for other places.
   */
  #env(name: string): NodeJS.ProcessEnv {
    if (name === 'server') return process.env
    if (name === 'balancer') return { ...process.env, ...this.#credentials(this.#balancerJoinToken) }
    const { 'data-dir': dataDir, region, cluster } = this.#values
    const { level, format } = logSettings(this.#values)
    return {
      ECS_IMAGE_PULL_BEHAVIOR: 'prefer-cached',
      ECS_ENABLE_TASK_IAM_ROLE: 'true',
      ECS_ENABLE_TASK_IAM_ROLE_NETWORK_HOST: 'true',
      ECS_RESERVED_PORTS: JSON.stringify([...ALWAYS_RESERVED_PORTS, Number(new URL(this.#endpoint).port)]),
      ECS_LOGLEVEL: level,
      ECS_LOG_OUTPUT_FORMAT: format === 'json' ? 'json' : 'logfmt',
      ...process.env,
      ECS_CLUSTER: cluster,
      ECS_BACKEND_HOST: this.#endpoint,
      ECS_DATADIR: agentDir(dataDir),
      AWS_DEFAULT_REGION: region,
      ...this.#credentials(this.#joinToken),
    }
  }

  /** In `--dev` mode any key will do. */
  #credentials(joinToken: string | undefined): NodeJS.ProcessEnv {
    const key = joinToken === undefined ? 'longshore' : ''
    return {
      AWS_ACCESS_KEY_ID: key,
      AWS_SECRET_ACCESS_KEY: key,
      AWS_SESSION_TOKEN: '',
      LONGSHORE_JOIN: joinToken ?? '',
    }
  }
}

/**
 * nginx as a process: started when there is something to serve, found again after a restart of this program, reloaded for every change. It serves
 * what it had before, or ends, when it cannot have a socket: those are tried before, and its complaints are read.
 */
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Clock } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'
import type { RoutingTable } from '../../model/load-balancing/routing.ts'
import { canReceive, refusedSockets, Sockets } from '../sockets.ts'
import { SupervisedProcess } from '../supervised-process.ts'
import { type NginxSettings, type RenderedNginx, renderNginx } from './configuration.ts'
import { hasDatagrams } from './listeners.ts'

export interface NginxOptions {
  /** nginx; the distribution's where it is not said. */
  readonly program?: string
  readonly directory: string
  readonly clock: Clock
  readonly log: Log
  /** `problems` are others. */
  readonly onProblems: () => void
}

/** What the configuration depends on beside the table. */
type DatagramSettings = Pick<NginxSettings, 'isServed' | 'availabilityZone' | 'sharedAddress' | 'clientAddresses'>

const PROGRAM = existsSync('/usr/sbin/nginx') ? '/usr/sbin/nginx' : 'nginx'
/** Where distributions put it; built in otherwise. */
const STREAM_MODULE = '/usr/lib/nginx/modules/ngx_stream_module.so'

interface Wanted {
  readonly table: RoutingTable
  readonly settings: DatagramSettings
}

const RESTART_AFTER_MS = 200
const RESTART_AT_LAST_AFTER_MS = 10_000
/** It tries for some seconds to have its sockets before it gives up. */
const SHORT_LIFE_MS = 5000
const CHECK_TIMEOUT_MS = 30_000

export class Nginx {
  readonly #options: NginxOptions
  readonly #program: string
  readonly #process: SupervisedProcess
  readonly #sockets = new Sockets(canReceive)
  /** What it was told to serve last. */
  #text = ''
  #wanted: Wanted | undefined
  #isPending = false
  #running: Promise<void> | undefined
  #isRunning = false
  #isEnded = false
  #startedAt = -Infinity
  /** How often in a row it ended soon after a start. */
  #shortLives = 0
  /** Why there are no datagrams at all, or no changes. */
  #failure: string | undefined
  #refused: RenderedNginx['problems'] = new Map()
  #problems: ReadonlyMap<string, string> = new Map()

  constructor(options: NginxOptions) {
    this.#options = options
    this.#program = options.program ?? PROGRAM
    mkdirSync(options.directory, { recursive: true, mode: 0o700 })
    this.#process = new SupervisedProcess({
      command: this.#program,
      args: ['-p', options.directory, '-c', this.#file, '-e', this.#errorLog, '-g', 'daemon off;'],
      processIdFile: path.join(options.directory, 'supervised.pid'),
      logFile: path.join(options.directory, 'output.log'),
      clock: options.clock,
      onDeath: () => this.#onDeath(),
    })
  }

  /** Takes over the one that runs from before. */
  start(): void {
    this.#isRunning = this.#process.adopt()
    if (!this.#isRunning || !existsSync(this.#file)) return
    this.#text = readFileSync(this.#file, 'utf8')
    this.#sockets.hold(Array.from(this.#text.matchAll(/listen (\S+) udp/g), ([, name = '']) => name))
  }

  /** Serves this from now on, or something newer. */
  apply(table: RoutingTable, settings: DatagramSettings): void {
    this.#wanted = { table, settings }
    this.#run()
  }

  /** Tries again what could not be served. */
  async retry(): Promise<void> {
    if (this.#isEnded || this.#wanted === undefined) return
    const isFree = await this.#sockets.retry()
    const isRefused = this.#sockets.refuse(refusedSockets(this.#complaints()))
    // It serves what it had before that.
    if (isRefused) this.#text = ''
    const hasSettled = this.#isRunning && this.#options.clock.monotonic() - this.#startedAt > SHORT_LIFE_MS
    if (hasSettled) this.#shortLives = 0
    if (isFree || isRefused || this.#failure !== undefined) this.#run()
  }

  /** What is not served here, by the load balancer's ARN, and why. */
  get problems(): ReadonlyMap<string, string> {
    return this.#problems
  }

  async stop({ isKept }: { readonly isKept: boolean }): Promise<void> {
    this.#isEnded = true
    await this.#running
    if (isKept) this.#process.release()
    else await this.#process.end()
  }

  get #file(): string {
    return path.join(this.#options.directory, 'nginx.conf')
  }

  get #errorLog(): string {
    return path.join(this.#options.directory, 'error.log')
  }

  /** Since it was started or reloaded last. */
  #complaints(): string {
    return existsSync(this.#errorLog) ? readFileSync(this.#errorLog, 'utf8') : ''
  }

  #forgetComplaints(): void {
    if (existsSync(this.#errorLog) && statSync(this.#errorLog).size > 0) truncateSync(this.#errorLog)
  }

  #run(): void {
    this.#isPending = true
    this.#running ??= this.#serve().finally(() => (this.#running = undefined))
  }

  async #serve(): Promise<void> {
    while (this.#isPending && !this.#isEnded && this.#wanted !== undefined) {
      this.#isPending = false
      const { text, isEmpty, problems } = await this.#render(this.#wanted)
      this.#refused = problems
      if (isEmpty) await this.#rest()
      else if (text !== this.#text || !this.#isRunning) await this.#bring(text)
      else if (this.#shortLives === 0) this.#failure = undefined
      this.#tellProblems()
    }
  }

  async #render({ table, settings }: Wanted): Promise<RenderedNginx> {
    for (;;) {
      this.#sockets.begin()
      const rendered = renderNginx(table, {
        ...settings,
        processIdFile: path.join(this.#options.directory, 'nginx.pid'),
        errorLogFile: this.#errorLog,
        ...(existsSync(STREAM_MODULE) && { streamModule: STREAM_MODULE }),
        isBindable: this.#sockets.isBindable,
      })
      if (!(await this.#sockets.tryUnknown())) return rendered
    }
  }

  async #rest(): Promise<void> {
    this.#text = ''
    this.#failure = undefined
    this.#sockets.hold([])
    if (!this.#isRunning) return
    this.#isRunning = false
    await this.#process.end()
  }

  async #bring(text: string): Promise<void> {
    const fresh = `${this.#file}.new`
    writeFileSync(fresh, text, { mode: 0o600 })
    const refusal = await this.#refusal(fresh)
    if (refusal !== undefined) return this.#onRefusal(refusal)
    if (this.#shortLives === 0) this.#failure = undefined
    renameSync(fresh, this.#file)
    this.#text = text
    this.#forgetComplaints()
    if (this.#isRunning) this.#process.signal('SIGHUP')
    else this.#start()
    this.#sockets.hold(this.#sockets.usable())
  }

  /** What it cannot listen on is left out; of anything else nothing can be. */
  #onRefusal(refusal: string): void {
    if (this.#sockets.refuse(refusedSockets(refusal))) this.#isPending = true
    else this.#failure = `Datagrams are not served: ${refusal}`
  }

  #start(): void {
    this.#startedAt = this.#options.clock.monotonic()
    this.#isRunning = true
    this.#process.start()
  }

  #tellProblems(): void {
    const failure = this.#failure
    const problems = new Map(this.#refused)
    if (failure !== undefined)
      for (const { loadBalancerArn, listeners } of this.#wanted?.table.loadBalancers.values() ?? [])
        if (listeners.some(hasDatagrams)) problems.set(loadBalancerArn, failure)
    if (JSON.stringify([...problems]) === JSON.stringify([...this.#problems])) return
    this.#problems = problems
    if (problems.size > 0)
      this.#options.log.error('nginx does not serve', { reasons: [...new Set(problems.values())].join('; ') })
    this.#options.onProblems()
  }

  /** Undefined if it takes it. */
  #refusal(file: string): Promise<string | undefined> {
    const { directory } = this.#options
    const args = ['-p', directory, '-c', file, '-e', this.#errorLog, '-t', '-q']
    return new Promise((resolve) => {
      execFile(this.#program, args, { timeout: CHECK_TIMEOUT_MS }, (error, _stdout, stderr) =>
        resolve(error === null ? undefined : stderr.trim() || error.message),
      )
    })
  }

  /** What it had is free, and what it could not have is something else's: it is started with what it can have then. */
  #onDeath(): void {
    if (this.#isEnded || !this.#isRunning) return
    this.#isRunning = false
    const { clock, log } = this.#options
    const complaints = this.#complaints().trim()
    this.#sockets.hold([])
    this.#sockets.refuse(refusedSockets(complaints))
    const isShortLived = clock.monotonic() - this.#startedAt < SHORT_LIFE_MS
    this.#shortLives = isShortLived ? this.#shortLives + 1 : 0
    if (isShortLived) {
      const reason = complaints === '' ? '' : `: ${complaints.slice(complaints.lastIndexOf('\n') + 1)}`
      this.#failure = `Datagrams are not served: nginx ended soon after its start${reason}`
      this.#tellProblems()
    }
    log.error('nginx ended and is started again', { complaints })
    const pauseMs = RESTART_AFTER_MS * 2 ** Math.max(this.#shortLives - 1, 0)
    clock.setTimer(Math.min(pauseMs, RESTART_AT_LAST_AFTER_MS), () => this.#run())
  }
}

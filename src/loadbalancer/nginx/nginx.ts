/** nginx as a process: started when there is something to serve, found again after a restart of this program, reloaded without a lost datagram. */
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Clock } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'
import type { RoutingTable } from '../../model/load-balancing/routing.ts'
import { SupervisedProcess } from '../supervised-process.ts'
import { type IsServed, renderNginx } from './configuration.ts'

export interface NginxOptions {
  readonly directory: string
  readonly clock: Clock
  readonly log: Log
  /** `problem` is another. */
  readonly onProblem: () => void
}

const PROGRAM = existsSync('/usr/sbin/nginx') ? '/usr/sbin/nginx' : 'nginx'
/** Where distributions put it; built in otherwise. */
const STREAM_MODULE = '/usr/lib/nginx/modules/ngx_stream_module.so'

interface Wanted {
  readonly table: RoutingTable
  readonly isServed: IsServed
}

const RESTART_AFTER_MS = 200
const CHECK_TIMEOUT_MS = 30_000

export class Nginx {
  readonly #options: NginxOptions
  readonly #process: SupervisedProcess
  #text = ''
  #problem: string | undefined
  #wanted: Wanted | undefined
  #running: Promise<void> | undefined
  #isRunning = false
  #isEnded = false

  constructor(options: NginxOptions) {
    this.#options = options
    mkdirSync(options.directory, { recursive: true, mode: 0o700 })
    this.#process = new SupervisedProcess({
      command: PROGRAM,
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
    if (this.#isRunning && existsSync(this.#file)) this.#text = readFileSync(this.#file, 'utf8')
  }

  /** Serves this from now on, or something newer. */
  apply(table: RoutingTable, isServed: IsServed): void {
    this.#wanted = { table, isServed }
    this.#running ??= this.#serve().finally(() => (this.#running = undefined))
  }

  /** Why it does not serve what it should. */
  get problem(): string | undefined {
    return this.#problem
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

  async #serve(): Promise<void> {
    for (let wanted = this.#take(); wanted !== undefined && !this.#isEnded; wanted = this.#take()) {
      const { text, isEmpty } = renderNginx(wanted.table, {
        processIdFile: path.join(this.#options.directory, 'nginx.pid'),
        errorLogFile: this.#errorLog,
        ...(existsSync(STREAM_MODULE) && { streamModule: STREAM_MODULE }),
        isServed: wanted.isServed,
      })
      if (isEmpty) await this.#rest()
      else if (text !== this.#text || !this.#isRunning) await this.#bring(text)
    }
  }

  #take(): Wanted | undefined {
    const wanted = this.#wanted
    this.#wanted = undefined
    return wanted
  }

  async #rest(): Promise<void> {
    this.#text = ''
    this.#setProblem(undefined)
    if (!this.#isRunning) return
    this.#isRunning = false
    await this.#process.end()
  }

  async #bring(text: string): Promise<void> {
    const fresh = `${this.#file}.new`
    writeFileSync(fresh, text, { mode: 0o600 })
    const refusal = await this.#refusal(fresh)
    this.#setProblem(refusal && `Datagrams are not served: ${refusal}`)
    if (refusal !== undefined) return
    renameSync(fresh, this.#file)
    this.#text = text
    if (this.#isRunning) this.#process.signal('SIGHUP')
    else this.#process.start()
    this.#isRunning = true
  }

  #setProblem(problem: string | undefined): void {
    if (problem === this.#problem) return
    this.#problem = problem
    if (problem !== undefined) this.#options.log.error('nginx does not serve', { reason: problem })
    this.#options.onProblem()
  }

  /** Undefined if it takes it. */
  #refusal(file: string): Promise<string | undefined> {
    const { directory } = this.#options
    const args = ['-p', directory, '-c', file, '-e', this.#errorLog, '-t', '-q']
    return new Promise((resolve) => {
      execFile(PROGRAM, args, { timeout: CHECK_TIMEOUT_MS }, (error, _stdout, stderr) =>
        resolve(error === null ? undefined : stderr.trim() || error.message),
      )
    })
  }

  #onDeath(): void {
    if (this.#isEnded || !this.#isRunning) return
    this.#isRunning = false
    this.#options.log.error('nginx ended and is started again')
    this.#options.clock.setTimer(RESTART_AFTER_MS, () => {
      if (this.#isEnded || this.#isRunning || this.#text === '') return
      this.#process.start()
      this.#isRunning = true
    })
  }
}

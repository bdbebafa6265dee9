/** HAProxy with a rendered configuration, one process per test, on the loopback interface. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer, type NetConnectOpts } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { renderConfiguration } from '../../../src/loadbalancer/configuration/render.ts'
import type { HostSettings, RenderedConfiguration } from '../../../src/loadbalancer/configuration/settings.ts'
import type { RoutingTable } from '../../../src/model/load-balancing/routing.ts'

/** The distribution's, which has to be there, and further ones that are. */
export const PROGRAMS: readonly string[] = [
  process.env.LONGSHORE_HAPROXY ?? '/usr/sbin/haproxy',
  ...(process.env.LONGSHORE_FURTHER_HAPROXY ?? '').split(':').filter((program) => existsSync(program)),
]

export const versionOf = (program: string): { readonly major: number; readonly minor: number } => {
  const [, major, minor] = /version (\d+)\.(\d+)/.exec(execFileSync(program, ['-v'], { encoding: 'utf8' })) ?? []
  return { major: Number(major), minor: Number(minor) }
}

export const someSettings = (directory: string, given: Partial<HostSettings> = {}): HostSettings => ({
  version: { major: 2, minor: 6 },
  directory,
  runtimeSocketPath: path.join(directory, 'runtime.sock'),
  serverStatePath: path.join(directory, 'servers.state'),
  maximumConnections: 2000,
  threads: 1,
  isBindable: () => true,
  cookieKey: 'a key for tests',
  jsonWebKeys: new Map(),
  socketPrefix: `test-${process.pid}-${path.basename(directory)}-`,
  ...given,
})

/** Writes it where it says that it is. */
export const writeConfiguration = (rendered: RenderedConfiguration, directory: string): string => {
  for (const [name, content] of rendered.files) {
    const file = path.join(directory, name)
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, content)
  }
  writeFileSync(path.join(directory, 'servers.state'), '')
  const file = path.join(directory, 'haproxy.cfg')
  writeFileSync(file, rendered.text)
  return file
}

export const temporaryDirectory = (): string => mkdtempSync(path.join(tmpdir(), 'longshore-haproxy-'))

/** What `haproxy -c` says; throws with it if the configuration is refused. */
export const checkConfiguration = (program: string, table: RoutingTable, given: Partial<HostSettings> = {}): void => {
  const directory = temporaryDirectory()
  const host = someSettings(directory, { version: versionOf(program), ...given })
  execFileSync(program, ['-c', '-q', '-f', writeConfiguration(renderConfiguration(table, host), directory)])
  rmSync(directory, { recursive: true })
}

export class HaproxyUnderTest {
  readonly rendered: RenderedConfiguration
  readonly directory: string
  readonly #process: ChildProcess
  readonly #printed: string[] = []

  private constructor(program: string, table: RoutingTable, given: Partial<HostSettings>) {
    this.directory = temporaryDirectory()
    this.rendered = renderConfiguration(table, someSettings(this.directory, { version: versionOf(program), ...given }))
    const file = writeConfiguration(this.rendered, this.directory)
    this.#process = spawn(program, ['-db', '-f', file], { stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [this.#process.stdout, this.#process.stderr])
      stream?.on('data', (bytes: Buffer) => this.#printed.push(bytes.toString()))
  }

  /** It listens on the ports when this returns. */
  static async start(
    program: string,
    table: RoutingTable,
    ports: readonly number[],
    given: Partial<HostSettings> = {},
  ): Promise<HaproxyUnderTest> {
    const haproxy = new HaproxyUnderTest(program, table, given)
    for (const port of ports) await haproxy.#listening(port)
    // It has its name a moment later, and listens another moment later.
    while (!(await canConnect({ path: path.join(haproxy.directory, 'runtime.sock') }))) await delay(5)
    return haproxy
  }

  get printed(): string {
    return this.#printed.join('')
  }

  /** One command of the runtime API. */
  async command(text: string): Promise<string> {
    const socket = connect(path.join(this.directory, 'runtime.sock'))
    socket.end(`${text}\n`)
    let answer = ''
    for await (const bytes of socket) answer += String(bytes)
    return answer.trim()
  }

  /** Tells it what a reload tells the worker before: to finish what it has. */
  retire(): void {
    this.#process.kill('SIGUSR1')
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve))
    if (this.#process.exitCode === null && this.#process.kill('SIGKILL')) await ended
    rmSync(this.directory, { recursive: true })
  }

  async #listening(port: number): Promise<void> {
    while (!(await accepts(port))) {
      if (this.#process.exitCode !== null) throw new Error(`HAProxy ended: ${this.printed}`)
      await delay(10)
    }
  }
}

/** Whether somebody listens there. */
export const accepts = (port: number): Promise<boolean> => canConnect({ port, host: '127.0.0.1' })

const canConnect = (to: NetConnectOpts): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(to, () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })

/** Below those that the system gives by itself: nothing else that the test starts has it by the time HAProxy listens there. */
const [FIRST_PORT, LAST_PORT] = [10_000, 30_000]

/** A port that nobody listens on. */
export const freePort = async (): Promise<number> => {
  for (;;) {
    const port = randomInt(FIRST_PORT, LAST_PORT)
    if (await isFree(port)) return port
  }
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })

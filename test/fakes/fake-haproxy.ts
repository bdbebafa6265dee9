/**
 * HAProxy in memory, as far as its runtime API is used: workers with backends and servers that behave as the real ones do. A test checks targets
 * by `check`, and says what connections there are.
 */
import type { RenderedConfiguration } from '../../src/loadbalancer/configuration/settings.ts'
import type { MasterState } from '../../src/loadbalancer/haproxy/master.ts'
import { type CommandLine, RuntimeClient, RuntimeGone } from '../../src/loadbalancer/runtime-client.ts'

export interface FakeServer {
  address: string
  parameters: string
  state: 'ready' | 'drain' | 'maint'
  isUp: boolean
  isChecked: boolean
  checkStatus: string
  checkCode: string
  connections: number
}

/** One process: answers as it would. */
export class FakeWorker implements CommandLine {
  readonly servers = new Map<string, Map<string, FakeServer>>()
  /** All that it was told, in order. */
  readonly told: string[] = []
  /** Backends whose servers got cookies. */
  readonly cookies: string[] = []
  isGone = false
  /** Called when it was told something; the answer comes after it. */
  beforeAnswer: (command: string) => Promise<void> | undefined = () => undefined
  /** Words against the next command that begins so. */
  refusal: { readonly command: string; readonly answer: string } | undefined

  constructor(backends: Iterable<string>) {
    for (const name of backends) this.servers.set(name, new Map())
  }

  async send(command: string): Promise<string> {
    const answer = this.#told(command)
    await this.beforeAnswer(command)
    return answer
  }

  #told(command: string): Promise<string> {
    if (this.isGone) return Promise.reject(new RuntimeGone('the process is gone'))
    this.told.push(command)
    const { refusal } = this
    if (refusal !== undefined && command.startsWith(refusal.command)) {
      this.refusal = undefined
      return Promise.resolve(refusal.answer)
    }
    return Promise.resolve(this.#answer(command.split(' ')))
  }

  close(): void {
    // Connections are nothing that is kept here.
  }

  /** `<backend>/<name>`; throws if it is not there. */
  server(name: string): FakeServer {
    const server = this.#find(name)
    if (server === undefined) throw new Error(`there is no server ${name}`)
    return server
  }

  /** Names as `<backend>/<name>`, with how they are. */
  get states(): Record<string, string> {
    const all = [...this.servers].flatMap(([backend, servers]) =>
      [...servers].map(([name, server]) => [`${backend}/${name}`, statusOf(server)] as const),
    )
    return Object.fromEntries(all)
  }

  put(backend: string, name: string, given: Partial<FakeServer> & Pick<FakeServer, 'address' | 'parameters'>): void {
    this.servers.get(backend)?.set(name, {
      state: 'ready',
      isUp: true,
      isChecked: / ?check /.test(`${given.parameters} `),
      checkStatus: '',
      checkCode: '',
      connections: 0,
      ...given,
    })
  }

  #find(name: string): FakeServer | undefined {
    const slash = name.indexOf('/')
    return this.servers.get(name.slice(0, slash))?.get(name.slice(slash + 1))
  }

  #answer([verb = '', object = '', name = '', ...rest]: readonly string[]): string {
    const command = `${verb} ${object}`
    if (command === 'show stat') return this.#statistics(name)
    if (command === 'show backend') return ['# name', ...this.servers.keys()].join('\n')
    if (command === 'show servers') return '1\n# be_id be_name'
    if (command === 'enable dynamic-cookie') return this.#cookie(rest[0] ?? '')
    if (command === 'add server') return this.#add(name, rest)
    if (command === 'shutdown sessions') return this.#with(rest[0] ?? '', (server) => void (server.connections = 0))
    if (command === 'del server') return this.#delete(name)
    if (command === 'enable health') return this.#with(name, (server) => void (server.isChecked = true))
    if (command === 'set server') return this.#set(name, rest)
    return 'Unknown command.'
  }

  #with(name: string, work: (server: FakeServer) => void): string {
    const server = this.#find(name)
    if (server === undefined) return 'No such server.'
    work(server)
    return ''
  }

  #add(name: string, [address = '', ...parameters]: readonly string[]): string {
    if (this.#find(name) !== undefined) return 'Already exists a server with the same name in backend.'
    const [backend, server] = [name.slice(0, name.indexOf('/')), name.slice(name.indexOf('/') + 1)]
    if (!this.servers.has(backend)) return 'No such backend.'
    this.put(backend, server, { address, parameters: parameters.join(' '), state: 'maint', isChecked: false })
    return 'New server registered.'
  }

  #delete(name: string): string {
    const server = this.#find(name)
    if (server === undefined) return 'No such server.'
    if (server.state !== 'maint') return 'Only servers in maintenance mode can be deleted.'
    if (server.connections > 0) return 'Server still has connections attached to it, cannot remove it.'
    const slash = name.indexOf('/')
    this.servers.get(name.slice(0, slash))?.delete(name.slice(slash + 1))
    return 'Server deleted.'
  }

  #set(name: string, [what = '', value = '']: readonly string[]): string {
    return this.#with(name, (server) => {
      if (what === 'health') server.isUp = value === 'up'
      if (what === 'state') server.state = value as FakeServer['state']
      if (what === 'state' && value === 'maint') Object.assign(server, { checkStatus: '', checkCode: '' })
    })
  }

  #cookie(backend: string): string {
    this.cookies.push(backend)
    return ''
  }

  #statistics(backend: string): string {
    const lines = [...this.servers]
      .filter(([name]) => backend === '-1' || name === backend)
      .flatMap(([name, servers]) =>
        [...servers].map(([server, it]) =>
          [
            name,
            server,
            statusOf(it),
            it.isChecked ? it.checkStatus || 'INI' : '',
            it.checkCode,
            it.address,
            it.connections,
          ].join(','),
        ),
      )
    return ['# pxname,svname,status,check_status,check_code,addr,scur', ...lines].join('\n')
  }
}

const statusOf = ({ state, isUp, isChecked }: FakeServer): string => {
  if (state === 'maint') return 'MAINT'
  if (!isChecked) return 'no check'
  return isUp ? 'UP' : 'DOWN'
}

/** The master: starts and reloads into workers that have what was rendered last. */
export class FakeHaproxy {
  readonly workers = new Map<number, FakeWorker>()
  /** What was checked and not refused. */
  readonly checked: string[] = []
  /** Whether a configuration is refused, and what for. */
  refuses: (text: string) => Error | undefined = () => undefined
  /** The next reload fails with it. */
  reloadFailure: Error | undefined
  starts = 0
  reloads = 0
  #rendered: RenderedConfiguration | undefined
  #nextProcessId = 1000

  readonly connect = (processId: number): RuntimeClient =>
    new RuntimeClient(this.workers.get(processId) ?? new FakeWorker([]))

  /** The youngest. */
  get current(): FakeWorker {
    const worker = [...this.workers.values()].at(-1)
    if (worker === undefined) throw new Error('nothing runs')
    return worker
  }

  /** What it reads at its next start. */
  reads(rendered: RenderedConfiguration): void {
    this.#rendered = rendered
  }

  check(): Promise<void> {
    const text = this.#rendered?.text ?? ''
    const refusal = this.refuses(text)
    if (refusal !== undefined) return Promise.reject(refusal)
    this.checked.push(text)
    return Promise.resolve()
  }

  start(): Promise<MasterState> {
    this.starts++
    return Promise.resolve(this.#fork())
  }

  reload(): Promise<MasterState> {
    const failure = this.reloadFailure
    this.reloadFailure = undefined
    if (failure !== undefined) return Promise.reject(failure)
    this.reloads++
    return Promise.resolve(this.#fork())
  }

  #fork(): MasterState {
    const backends = [...(this.#rendered?.backends.values() ?? [])]
    const worker = new FakeWorker(backends.map(({ name }) => name))
    for (const { name, servers } of backends)
      for (const { name: server, address, parameters, isDraining } of servers)
        worker.put(name, server, { address, parameters, state: isDraining ? 'maint' : 'ready' })
    const oldWorkers = [...this.workers.keys()].toReversed()
    this.workers.set(++this.#nextProcessId, worker)
    return { processId: 1, reloads: this.reloads, failedReloads: 0, worker: this.#nextProcessId, oldWorkers }
  }
}

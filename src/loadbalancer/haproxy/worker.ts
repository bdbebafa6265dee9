/**
 * The servers of one worker, kept as they are to be through the runtime API. Whatever a worker refuses is looked at again: commands may be
 * repeated, and a server that still has connections stays in maintenance until it can be deleted.
 *
 * A worker from before a reload (`isCurrent` false) gets the same commands, so that connections it still has reach no target that is gone;
 * as it checks nothing any more, it is told the health that the current one finds.
 */
import type { Clock } from '../../kit/clock.ts'
import type { RenderedBackend, RenderedServer } from '../configuration/settings.ts'
import { type RuntimeClient, RuntimeRefused } from '../runtime-client.ts'

/** A server as this worker has it. */
export type KnownServer = Pick<RenderedServer, 'address' | 'parameters' | 'isDraining'>

/** Parameters of a server that was there before this program, in a backend that had none at the last reload. */
export const UNKNOWN = ''

/** Parameters without the state, which changes. */
export const lastingParameters = (parameters: string): string => parameters.replace(/ disabled$/, '')

/** Whether a server with those parameters is checked. */
export const hasCheck = (parameters: string): boolean => /(?:^| )check(?: |$)/.test(parameters)

export interface WorkerOptions {
  readonly processId: number
  readonly client: RuntimeClient
  readonly clock: Clock
  readonly isCurrent: boolean
  readonly backends: ReadonlySet<string>
  readonly servers: ReadonlyMap<string, KnownServer>
}

/** Servers that make the first check of another at once have its name with this before it. */
export const FIRST_CHECK_PREFIX = 'first-check:'

/**
 * HAProxy makes the first check of a server after a whole interval; AWS checks a target when it is registered. A server that takes no
 * requests (weight 0) and is down by HAProxy's reckoning when it is added checks after `downinter`; being up from then on, not again for a day.
 * It has to be enabled by then, or else it does not check at all.
 */
const firstCheckParameters = (afterMs: number): string =>
  `check inter 24h fastinter 24h downinter ${afterMs}ms rise 1 fall 100 weight 0`
const FIRST_CHECK_AFTER_MS = 5
const FIRST_CHECK_AFTER_AT_MOST_MS = 2000

interface FirstCheck {
  /** After it was enabled. */
  afterMs: number
}

export class Worker {
  readonly processId: number
  readonly client: RuntimeClient
  readonly #clock: Clock
  readonly #backends: ReadonlySet<string>
  readonly #servers = new Map<string, KnownServer>()
  /** Names of its servers, by backend. */
  readonly #names = new Map<string, Set<string>>()
  /** In maintenance, to be deleted as soon as that is allowed. The value: whether its connections are cut. */
  readonly #leaving = new Map<string, boolean>()
  /** By server. */
  readonly #firstChecks = new Map<string, FirstCheck>()
  isCurrent: boolean

  constructor({ processId, client, clock, isCurrent, backends, servers }: WorkerOptions) {
    this.processId = processId
    this.client = client
    this.#clock = clock
    this.isCurrent = isCurrent
    this.#backends = backends
    for (const [name, server] of servers) this.#note(name, server)
  }

  /** Of those, the first check is not made yet. */
  get firstChecks(): number {
    return this.#firstChecks.size
  }

  get servers(): ReadonlyMap<string, KnownServer> {
    return this.#servers
  }

  has(backend: string): boolean {
    return this.#backends.has(backend)
  }

  /** Whether only a reload makes the servers what they are to be: a server's own settings cannot be changed. */
  needsReload(backends: Iterable<RenderedBackend>): boolean {
    for (const { name, servers } of backends)
      for (const server of servers) {
        const known = this.#servers.get(`${name}/${server.name}`)
        if (known !== undefined && differs(known, server)) return true
      }
    return false
  }

  /** Makes its servers those of `backends`. `isCut`: whether connections of a server that goes are cut. */
  async apply(backends: ReadonlyMap<string, RenderedBackend>, isCut: (backend: string) => boolean): Promise<void> {
    const steps: Promise<void>[] = []
    const wanted = new Set<string>()
    for (const backend of backends.values()) {
      if (!this.#backends.has(backend.name)) continue
      for (const server of backend.servers) {
        wanted.add(`${backend.name}/${server.name}`)
        steps.push(this.#bring(backend, server))
      }
    }
    // Of a backend that is used no more, requests under way go on to their end.
    for (const backend of backends.keys())
      for (const name of this.#names.get(backend) ?? [])
        if (!wanted.has(name)) steps.push(this.#remove(name, isCut(backend)))
    await Promise.all(steps)
  }

  #note(name: string, server: KnownServer): void {
    this.#servers.set(name, server)
    const backend = backendOf(name)
    const names = this.#names.get(backend)
    if (names === undefined) this.#names.set(backend, new Set([name]))
    else names.add(name)
  }

  /** Deletes those that left and have nothing under way any more. */
  async deleteLeaving(): Promise<void> {
    await Promise.all([...this.#leaving].map(async ([name, isCut]) => this.#delete(name, isCut)))
  }

  /** Has a target checked at once; what comes of it is logged like any check. Many at a time take a while to be enabled. */
  async checkNow(server: string): Promise<void> {
    const known = this.#servers.get(server)
    if (known === undefined || known.isDraining || !hasCheck(known.parameters) || this.#firstChecks.has(server)) return
    const check: FirstCheck = { afterMs: FIRST_CHECK_AFTER_MS + this.#firstChecks.size }
    this.#firstChecks.set(server, check)
    try {
      await this.#tryFirstCheck(server, known, check)
    } catch (error) {
      this.#giveUp(server, check)
      throw error
    }
  }

  async #tryFirstCheck(server: string, known: KnownServer, check: FirstCheck): Promise<void> {
    // Its result may come at any time, and another one be begun after it.
    const isAwaited = (): boolean => this.#firstChecks.get(server) === check
    while (!(await this.#beginFirstCheck(server, known, check)) && isAwaited()) {
      await this.#dropFirstCheck(server)
      if (!isAwaited()) return
      check.afterMs *= 4
      if (check.afterMs > FIRST_CHECK_AFTER_AT_MOST_MS) return this.#giveUp(server, check)
    }
  }

  /** Its checks are those that come in time. */
  #giveUp(server: string, check: FirstCheck): void {
    if (this.#firstChecks.get(server) === check) this.#firstChecks.delete(server)
  }

  /** Whether it was enabled in time. */
  async #beginFirstCheck(
    server: string,
    { address, parameters }: KnownServer,
    { afterMs }: FirstCheck,
  ): Promise<boolean> {
    const name = firstCheckName(server)
    const { client } = this
    const began = this.#clock.monotonic()
    await Promise.all([
      client.addServer(name, `${address} ${parameters} ${firstCheckParameters(afterMs)}`),
      client.enableHealth(name),
      client.setState(name, 'ready'),
      client.setHealth(name, 'up'),
    ])
    return this.#clock.monotonic() - began < afterMs
  }

  /** Its first check was made. */
  async endFirstCheck(server: string): Promise<void> {
    if (this.#firstChecks.delete(server)) await this.#dropFirstCheck(server)
  }

  async #dropFirstCheck(server: string): Promise<void> {
    const name = firstCheckName(server)
    try {
      await Promise.all([this.client.setState(name, 'maint'), this.client.deleteServer(name)])
    } catch (error) {
      if (!isMissing(error)) throw error
    }
  }

  async #bring(backend: RenderedBackend, server: RenderedServer): Promise<void> {
    const name = `${backend.name}/${server.name}`
    const { address, isDraining } = server
    const parameters = lastingParameters(server.parameters)
    const known = this.#servers.get(name)
    this.#note(name, { address, parameters, isDraining })
    if (known?.isDraining === isDraining) return
    const isNew = known === undefined && !this.#leaving.delete(name)
    const entry = isNew ? this.#add(backend, name, `${address} ${parameters}`) : Promise.resolve()
    await Promise.all([entry, isDraining ? this.#retire(name) : this.#admit(name, parameters)])
  }

  /** It is in maintenance then. */
  async #add({ name: backend, hasServerCookies }: RenderedBackend, name: string, parameters: string): Promise<void> {
    await Promise.all([
      this.client.addServer(name, parameters),
      ...(hasCheck(parameters) ? [this.client.enableHealth(name)] : []),
      ...(hasServerCookies ? [this.client.enableDynamicCookie(backend)] : []),
    ])
  }

  async #retire(name: string): Promise<void> {
    await Promise.all([this.endFirstCheck(name), this.client.setState(name, 'maint')])
  }

  /** Out of maintenance. A checked one is down until it has passed: by way of `drain`, so that no request slips in before. */
  async #admit(name: string, parameters: string): Promise<void> {
    const { client } = this
    if (!hasCheck(parameters)) return client.setState(name, 'ready')
    await Promise.all([client.setState(name, 'drain'), client.setHealth(name, 'down'), client.setState(name, 'ready')])
  }

  async #remove(name: string, isCut: boolean): Promise<void> {
    this.#servers.delete(name)
    this.#names.get(backendOf(name))?.delete(name)
    this.#leaving.set(name, isCut)
    await Promise.all([this.#retire(name), this.#delete(name, isCut)])
  }

  async #delete(name: string, isCut: boolean): Promise<void> {
    try {
      const ends = isCut ? [this.client.shutdownSessions(name)] : []
      await Promise.all([...ends, this.client.deleteServer(name)])
      this.#leaving.delete(name)
    } catch (error) {
      if (!(error instanceof RuntimeRefused)) throw error
      // If it is there, it has connections yet.
      if (isMissing(error)) this.#leaving.delete(name)
    }
  }
}

const differs = (known: KnownServer, { address, parameters }: RenderedServer): boolean =>
  known.address !== address ||
  (known.parameters !== UNKNOWN && lastingParameters(known.parameters) !== lastingParameters(parameters))

/** Refused, because there is no such server. */
const isMissing = (error: unknown): boolean => error instanceof RuntimeRefused && /No such server/.test(error.message)

const backendOf = (server: string): string => server.slice(0, server.indexOf('/'))

/** Of the server that makes the first check of `<backend>/<server>`. */
const firstCheckName = (server: string): string => server.replace('/', `/${FIRST_CHECK_PREFIX}`)

/**
 * The workers of HAProxy that run now: the current one, and those from before that finish what they have. Every command about servers goes to
 * all of them.
 */
import type { Clock } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'
import type { RenderedBackend } from '../configuration/settings.ts'
import { RuntimeClient, RuntimeGone, RuntimeRefused, type ServerStatistics, WorkerLine } from '../runtime-client.ts'
import type { Applied } from './generations.ts'
import type { MasterState } from './master.ts'
import { FIRST_CHECK_PREFIX, type KnownServer, lastingParameters, UNKNOWN, Worker } from './worker.ts'

/** At once; the others wait for their turn. */
export const FIRST_CHECKS_AT_ONCE = 200

export class Fleet {
  readonly #connect: (processId: number) => RuntimeClient
  readonly #clock: Clock
  readonly #log: Log
  #workers: Worker[] = []
  #firstChecks = new Set<string>()

  constructor(connect: (processId: number) => RuntimeClient, clock: Clock, log: Log) {
    this.#connect = connect
    this.#clock = clock
    this.#log = log
  }

  get current(): Worker | undefined {
    return this.#workers.find(({ isCurrent }) => isCurrent)
  }

  get oldWorkers(): number {
    return this.#workers.filter(({ isCurrent }) => !isCurrent).length
  }

  /** After a reload: `state.worker` has the servers of `backends`. */
  replace(state: MasterState, backends: ReadonlyMap<string, RenderedBackend>): void {
    for (const worker of this.#workers) worker.isCurrent = false
    if (state.worker === undefined) throw new Error('a worker serves after a reload')
    const servers = new Map<string, KnownServer>()
    for (const { name, servers: rendered } of backends.values())
      for (const server of rendered)
        servers.set(`${name}/${server.name}`, { ...server, parameters: lastingParameters(server.parameters) })
    this.#add(state.worker, true, new Set(backends.keys()), servers)
    this.#firstChecks.clear()
    this.keep(state)
  }

  /** Workers that serve from before this process began. */
  async adopt(state: MasterState, applied: Applied): Promise<readonly ServerStatistics[]> {
    const processIds = [state.worker, ...state.oldWorkers].filter((processId) => processId !== undefined)
    const found = await Promise.all(
      processIds.map(async (processId) => ({ processId, ...(await this.#ask(processId)) })),
    )
    // All at once: what is asked of the workers is asked of all of them.
    for (const { processId, backends, statistics } of found)
      this.#add(processId, processId === state.worker, new Set(backends), knownServers(statistics, applied))
    const current = found.find(({ processId }) => processId === state.worker)?.statistics ?? []
    await this.#endOrphanedChecks(current)
    return current
  }

  async #ask(processId: number): Promise<{ backends: string[]; statistics: readonly ServerStatistics[] }> {
    const client = this.#connect(processId)
    try {
      const [backends, statistics] = await Promise.all([client.backends(), client.statistics()])
      return { backends, statistics }
    } finally {
      client.close()
    }
  }

  /** Forgets those that ended. */
  keep({ worker, oldWorkers }: MasterState): void {
    const alive = new Set([worker, ...oldWorkers])
    for (const gone of this.#workers.filter(({ processId }) => !alive.has(processId))) gone.client.close()
    this.#workers = this.#workers.filter(({ processId }) => alive.has(processId))
  }

  clear(): void {
    for (const { client } of this.#workers) client.close()
    this.#workers = []
    this.#firstChecks.clear()
  }

  /** Brings the servers of all workers to what they are to be. Rejects if the current one could not be. */
  async apply(backends: ReadonlyMap<string, RenderedBackend>, isCut: (backend: string) => boolean): Promise<void> {
    await this.#all((worker) => worker.apply(backends, isCut))
  }

  async setHealth(server: string, health: 'up' | 'down', who: 'all' | 'old'): Promise<void> {
    await this.#all(async (worker) => {
      if (worker.servers.has(server) && (who === 'all' || !worker.isCurrent))
        await worker.client.setHealth(server, health)
    })
  }

  /** Has them checked now, some at a time. */
  async checkNow(servers: Iterable<string>): Promise<void> {
    for (const server of servers) this.#firstChecks.add(server)
    const { current } = this
    if (current === undefined) return
    const started: Promise<void>[] = []
    for (const server of this.#firstChecks) {
      if (current.firstChecks >= FIRST_CHECKS_AT_ONCE) break
      this.#firstChecks.delete(server)
      started.push(current.checkNow(server))
    }
    await Promise.all(started)
  }

  async endFirstCheck(server: string): Promise<void> {
    await this.current?.endFirstCheck(server)
    if (this.#firstChecks.size > 0) await this.checkNow([])
  }

  async deleteLeaving(): Promise<void> {
    await this.#all((worker) => worker.deleteLeaving())
  }

  /** Requests and connections that each server of a backend has, over all workers. Rejects if one cannot say, or if they are not known now. */
  async sessions(backend: string): Promise<ReadonlyMap<string, number>> {
    if (this.current === undefined) throw new RuntimeGone('no worker is known')
    const sums = new Map<string, number>()
    // Of a backend that it does not have, HAProxy would tell of all others.
    const having = this.#workers.filter((worker) => worker.has(backend))
    const all = await Promise.all(having.map(({ client }) => client.statistics(backend)))
    for (const { server, sessions } of all.flat()) sums.set(server, (sums.get(server) ?? 0) + sessions)
    return sums
  }

  /** Ends what each of these servers has under way. */
  async endSessions(servers: readonly string[]): Promise<void> {
    await this.#all(async (worker) => {
      const known = servers.filter((server) => worker.servers.has(server))
      await Promise.all(known.map((server) => worker.client.shutdownSessions(server)))
    })
  }

  #add(
    processId: number,
    isCurrent: boolean,
    backends: ReadonlySet<string>,
    servers: ReadonlyMap<string, KnownServer>,
  ): void {
    const client = this.#connect(processId)
    this.#workers.unshift(new Worker({ processId, client, clock: this.#clock, isCurrent, backends, servers }))
  }

  /** What fails with an old worker is its own matter: it may end at any moment. */
  async #all(work: (worker: Worker) => Promise<void>): Promise<void> {
    await Promise.all(
      this.#workers.map(async (worker) => {
        try {
          await work(worker)
        } catch (error) {
          if (worker.isCurrent) throw error
          if (!(error instanceof RuntimeGone))
            this.#log.warn('an old worker of HAProxy refuses', { processId: worker.processId, reason: String(error) })
        }
      }),
    )
  }

  /** Their results went to the process before. */
  async #endOrphanedChecks(statistics: readonly ServerStatistics[]): Promise<void> {
    const client = this.current?.client
    if (client === undefined) return
    const orphans = statistics.filter(({ server }) => server.startsWith(FIRST_CHECK_PREFIX))
    await Promise.all(
      orphans
        .map(({ backend, server }) => `${backend}/${server}`)
        .flatMap((server) => [client.setState(server, 'maint'), client.deleteServer(server)]),
    )
  }
}

/** A server that came after the last reload has the parameters of its like; if it has not, they are not compared. */
const knownServers = (statistics: readonly ServerStatistics[], { parameters }: Applied): Map<string, KnownServer> =>
  new Map(
    statistics
      .filter(({ server }) => !server.startsWith(FIRST_CHECK_PREFIX))
      .map(({ backend, server, address, status }) => [
        `${backend}/${server}`,
        { address, parameters: parameters[backend] ?? UNKNOWN, isDraining: status.startsWith('MAINT') },
      ]),
  )

export const connectToWorkers =
  (masterSocket: string) =>
  (processId: number): RuntimeClient =>
    new RuntimeClient(new WorkerLine(masterSocket, processId))

/** Whether a reload helps against it. */
export const isRuntimeFailure = (error: unknown): boolean =>
  error instanceof RuntimeRefused || error instanceof RuntimeGone

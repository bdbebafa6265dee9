/**
 * Makes a routing table true on this machine, and says how targets are. It takes the newest table only: of many changes in a row, those that
 * are overtaken are never served.
 *
 * HAProxy serves on when this process is killed, and is taken over by the next one.
 */
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import type { Timer } from '../kit/clock.ts'
import type { RoutingTable } from '../model/load-balancing/routing.ts'
import type { BalancerOptions } from './balancer-options.ts'
import { backendsWithTargets } from './configuration/backends.ts'
import type { RenderedBackend } from './configuration/settings.ts'
import { Deployment, type Deployed } from './haproxy/deployment.ts'
import { connectToWorkers, Fleet, isRuntimeFailure } from './haproxy/fleet.ts'
import { Generations } from './haproxy/generations.ts'
import { HAProxy } from './haproxy/haproxy.ts'
import { baseConfiguration, LOG_TARGET } from './haproxy/base-configuration.ts'
import { socketDirectory } from './haproxy/socket-directory.ts'
import { CheckRounds } from './health/check-rounds.ts'
import { parseCheckLine } from './health/check-line.ts'
import { DrainWatch } from './health/drain-watch.ts'
import { TargetHealth } from './health/target-health.ts'
import { AccessLogs } from './logs/access-logs.ts'
import { LineServer } from './logs/line-server.ts'
import { Nginx } from './nginx/nginx.ts'
import type { ServerStatistics } from './runtime-client.ts'
import { canListen, Sockets } from './sockets.ts'

/** Between two reloads; more when old workers pile up. */
const RELOAD_EVERY_MS = 250
const RELOAD_AT_LEAST_EVERY_MS = 10_000
/** So many old workers double the time between reloads. */
const OLD_WORKERS_TO_SLOW_DOWN = 5
/** Beyond that, the oldest ends at once with what it has: each holds the whole configuration in memory. */
const OLD_WORKERS_AT_MOST = 64
const LOOK_AFTER_EVERY_MS = 1000
const LOOK_AT_DRAINING_EVERY_MS = 100
const RETRY_SOCKETS_EVERY_MS = 10_000
const RETRY_AFTER_MS = 500
/** HAProxy's log tells the health of targets at once; it is looked at besides, as lines may be missing, and more seldom with many targets. */
const STATISTICS_EVERY_MS = 1000
const STATISTICS_MS_PER_SERVER = 3

export class Balancer {
  readonly #options: BalancerOptions
  readonly #haproxy: HAProxy
  readonly #fleet: Fleet
  readonly #sockets = new Sockets(canListen)
  readonly #deployment: Deployment
  readonly #health: TargetHealth
  readonly #checkRounds: CheckRounds
  readonly #drains: DrainWatch
  readonly #lines: LineServer
  readonly #accessLogs: AccessLogs
  readonly #nginx: Nginx
  #newest: { readonly table: RoutingTable; readonly revision: number } | undefined
  #served: (Deployed & { readonly table: RoutingTable }) | undefined
  /** Of workers that were taken over, until the first table says what the servers are. */
  #adopted: readonly ServerStatistics[] = []
  #problems: ReadonlyMap<string, string> = new Map()
  #isPending = false
  /** The worker that was started last makes the first checks by itself, at once. */
  #isRoundAwaited = false
  #running: Promise<void> | undefined
  #isEnded = false
  #lastReloadAt = -Infinity
  readonly #timers = new Map<string, Timer>()

  constructor(options: BalancerOptions) {
    this.#options = options
    const { clock, log } = options
    const directory = path.join(options.directory, 'haproxy')
    const sockets = socketDirectory(directory)
    for (const each of [directory, sockets]) mkdirSync(each, { recursive: true, mode: 0o700 })
    const generations = new Generations(directory)
    const logSocket = path.join(sockets, 'log.sock')
    this.#haproxy = new HAProxy({
      program: options.program,
      ...(options.environment && { environment: options.environment }),
      directory,
      socketDirectory: sockets,
      configurationFile: generations.configurationFile,
      baseConfiguration: (firstChecksWithinMs) => baseConfiguration(logSocket, firstChecksWithinMs),
      clock,
      log,
      onDeath: () => this.#onDeath(),
    })
    this.#fleet = new Fleet(connectToWorkers(this.#haproxy.masterSocket), clock, log)
    this.#lines = new LineServer({
      path: logSocket,
      onLine: (line) => this.#onLine(line),
      onLost: (lines) => log.warn('lines of logs are lost', { lines }),
    })
    this.#accessLogs = new AccessLogs({ ...options, directory: path.join(options.directory, 'access-logs') })
    this.#nginx = new Nginx({
      directory: path.join(options.directory, 'nginx'),
      clock,
      log,
      onProblems: () => this.#tellProblems(),
    })
    this.#health = new TargetHealth({
      clock,
      onReports: (reports) => {
        options.events.targetHealth(reports)
        this.#serveDatagrams()
      },
      onHealth: (server, health, cause) => {
        this.#background(this.#fleet.setHealth(server, health, cause === 'first check' ? 'all' : 'old'))
        if (health === 'down') this.#background(this.#endUnhealthy(server))
      },
      onFirstCheck: (server) => this.#background(this.#fleet.endFirstCheck(server)),
    })
    this.#checkRounds = new CheckRounds(clock.monotonic())
    this.#drains = new DrainWatch(this.#fleet, this.#health)
    this.#deployment = new Deployment({
      haproxy: this.#haproxy,
      generations,
      fleet: this.#fleet,
      sockets: this.#sockets,
      serverStatePath: path.join(directory, 'server-state'),
      render: (table, configurationDirectory) =>
        options.render(table, {
          ...options.host(),
          version: options.version,
          directory: configurationDirectory,
          runtimeSocketPath: path.join(sockets, 'worker.sock'),
          serverStatePath: path.join(directory, 'server-state'),
          logTarget: LOG_TARGET,
          isBindable: this.#sockets.isBindable,
          socketPrefix: `${process.getuid?.() ?? 0}${directory}`,
        }),
      renderTargets: (backends, groups) => backendsWithTargets(backends, groups, options.host()),
      health: this.#health,
      beforeReload: () => this.#waitForReload(),
      firstChecksWithinMs: (backends) => this.#beginRound(backends),
      log,
    })
  }

  /** Takes over what runs from before. Nothing is served anew until `apply`. */
  async start(): Promise<void> {
    await this.#lines.listen()
    this.#accessLogs.start()
    this.#nginx.start()
    this.#every('look after', LOOK_AFTER_EVERY_MS, () => this.#lookAfter())
    this.#every('draining', LOOK_AT_DRAINING_EVERY_MS, () =>
      this.#drains.look(this.#served?.rendered.backends.values() ?? []),
    )
    this.#every('sockets', RETRY_SOCKETS_EVERY_MS, () => this.#retrySockets())
    this.#every('statistics', STATISTICS_EVERY_MS, () => this.#lookAtAll())
  }

  /** Serves this table as soon as possible, or a newer one. */
  apply(table: RoutingTable, revision: number): void {
    this.#newest = { table, revision }
    this.#isPending = true
    this.#run()
  }

  /** What `host` answers has changed. */
  refresh(): void {
    this.#deployment.renderAnew()
    this.#isPending = true
    this.#run()
  }

  /** Workers from before a reload that finish what they have. */
  get oldWorkers(): number {
    return this.#fleet.oldWorkers
  }

  /** Ends the files of access logs before their time. */
  async closeAccessLogs(): Promise<void> {
    await this.#accessLogs.closeFiles()
  }

  /** Ends; HAProxy serves on if it `isKept`. */
  async stop({ isKept }: { readonly isKept: boolean }): Promise<void> {
    this.#isEnded = true
    for (const timer of this.#timers.values()) timer.cancel()
    if (isKept) this.#haproxy.release()
    await this.#running
    if (!isKept) await this.#haproxy.end()
    this.#fleet.clear()
    await this.#lines.close()
    await Promise.all([this.#accessLogs.stop(), this.#nginx.stop({ isKept })])
  }

  #run(): void {
    if (this.#isEnded || this.#newest === undefined) return
    this.#running ??= this.#serve().finally(() => {
      this.#running = undefined
      if (this.#isPending && !this.#isEnded) this.#run()
    })
  }

  async #serve(): Promise<void> {
    try {
      if (this.#served === undefined) await this.#adopt()
      while (this.#isPending && !this.#isEnded) await this.#serveNewest()
    } catch (error) {
      this.#options.log.error('HAProxy does not serve what it should; it is tried again', { error })
      // What the workers have is no longer known for certain: they are asked again.
      this.#served = undefined
      this.#deployment.forgetWorkers()
      await this.#options.clock.sleep(RETRY_AFTER_MS)
      this.#isPending = true
    }
  }

  /** What the workers that run have, so that only what differs is changed. */
  async #adopt(): Promise<void> {
    this.#adopted = []
    const applied = this.#deployment.recall()
    const state = await this.#haproxy.adopt({ isKnown: applied !== undefined })
    if (state === undefined || applied === undefined) return
    this.#sockets.hold(applied.sockets)
    const statistics = await this.#fleet.adopt(state, applied)
    this.#adopted = statistics
    this.#options.log.info('HAProxy is taken over', { processId: state.processId, oldWorkers: state.oldWorkers.length })
  }

  async #serveNewest(): Promise<void> {
    let revision = 0
    let table: RoutingTable | undefined
    this.#isRoundAwaited = false
    const deployed = await this.#deployment.deploy(() => {
      this.#isPending = false
      if (this.#newest === undefined) throw new Error('there is a table')
      ;({ table, revision } = this.#newest)
      this.#checkRounds.declare(table)
      return table
    })
    if (table === undefined) return
    this.#accessLogs.declare(table, deployed.rendered)
    const { groups, rendered } = deployed
    if (groups === undefined) this.#health.declare(table, rendered.backends)
    else this.#health.declareGroups(groups, rendered.backends)
    this.#health.onAdoption(this.#adopted)
    this.#adopted = []
    this.#served = { ...deployed, table }
    this.#serveDatagrams()
    this.#tellProblems()
    this.#options.events.applied(revision)
    // What refuses those is no reason to doubt the rest: regular checks come anyway.
    if (!this.#isRoundAwaited) await this.#attempt(this.#fleet.checkNow(this.#health.initial(groups)))
  }

  /** A new worker's own round of checks is sooner done than a first check of each, if there are many to be made. */
  #beginRound(backends: Iterable<RenderedBackend>): number | undefined {
    const now = this.#options.clock.monotonic()
    this.#isRoundAwaited = this.#checkRounds.isToBeAwaited(now, this.#health.countInitial(backends))
    return this.#checkRounds.begin(now, this.#isRoundAwaited)
  }

  /** AWS: Network Load Balancers end the connections of an unhealthy target, unless they are told not to. */
  async #endUnhealthy(server: string): Promise<void> {
    const backends = [...(this.#served?.rendered.backends.values() ?? [])]
    const found = backends.find(({ name, endsUnhealthy }) => endsUnhealthy && name === backendOf(server))
    if (found === undefined) return
    const name = server.slice(found.name.length)
    const ofTarget = backends.filter(({ targetGroupArn }) => targetGroupArn === found.targetGroupArn)
    await this.#fleet.endSessions(ofTarget.map((backend) => `${backend.name}${name}`))
  }

  #serveDatagrams(): void {
    if (this.#served === undefined) return
    this.#nginx.apply(this.#served.table, {
      ...this.#options.host(),
      isServed: (targetGroupArn, target) => this.#health.isServed(targetGroupArn, target),
    })
  }

  #tellProblems(): void {
    const before = this.#problems
    const problems = new Map([...(this.#served?.problems ?? []), ...this.#nginx.problems])
    this.#problems = problems
    for (const arn of new Set([...before.keys(), ...problems.keys()]))
      if (before.get(arn) !== problems.get(arn)) this.#options.events.loadBalancer(arn, problems.get(arn))
  }

  /** HAProxy ended by itself: it is started at once, with what is known of its servers. */
  #onDeath(): void {
    if (this.#isEnded) return
    this.#options.log.error('HAProxy ended and is started again')
    this.#deployment.forgetWorkers()
    this.refresh()
  }

  async #waitForReload(): Promise<void> {
    const { clock } = this.#options
    const growth = 2 ** (this.#fleet.oldWorkers / OLD_WORKERS_TO_SLOW_DOWN)
    const pause = Math.min(RELOAD_EVERY_MS * growth, RELOAD_AT_LEAST_EVERY_MS)
    const now = clock.monotonic()
    const waitMs = Math.max(this.#lastReloadAt + pause - now, this.#checkRounds.waitMs(now))
    if (waitMs > 0) await clock.sleep(waitMs)
    this.#lastReloadAt = clock.monotonic()
  }

  #onLine(line: string): void {
    const check = parseCheckLine(line)
    if (check !== undefined) this.#health.onCheck(check)
    else this.#accessLogs.add(line)
  }

  async #lookAfter(): Promise<void> {
    const state = await this.#haproxy.state()
    if (state === undefined) return
    // While it is reloaded, the new worker may not be known here yet.
    if (state.worker === this.#fleet.current?.processId) this.#fleet.keep(state)
    for (const processId of state.oldWorkers.slice(OLD_WORKERS_AT_MOST)) this.#haproxy.endWorker(processId)
    await this.#fleet.deleteLeaving()
    // Whoever is waited for is looked at soon, also where there are so many targets that all of them are looked at seldom.
    for (const backend of new Set(this.#health.initial().map(backendOf))) await this.#lookAtStatistics(backend)
  }

  async #retrySockets(): Promise<void> {
    await this.#nginx.retry()
    if (await this.#sockets.retry()) this.refresh()
  }

  /** One backend after another: commands would wait for an answer about all of them, which takes a second with many targets. */
  async #lookAtAll(): Promise<void> {
    let servers = 0
    for (const { name, isChecked } of this.#served?.rendered.backends.values() ?? [])
      if (isChecked) servers += await this.#lookAtStatistics(name)
    const extraMs = servers * STATISTICS_MS_PER_SERVER - STATISTICS_EVERY_MS
    if (extraMs > 0) await this.#options.clock.sleep(extraMs)
  }

  /** How many servers of HAProxy there are. */
  async #lookAtStatistics(backend: string): Promise<number> {
    const { turn } = this.#health
    const statistics = (await this.#fleet.current?.client.statistics(backend)) ?? []
    this.#health.onStatistics(statistics, turn)
    return statistics.length
  }

  /** Does it again and again, one after another; what fails because HAProxy is away is made good by the next time. */
  #every(name: string, periodMs: number, work: () => Promise<void>): void {
    const next = (): void => {
      if (this.#isEnded) return
      this.#timers.set(
        name,
        this.#options.clock.setTimer(periodMs, () => void again()),
      )
    }
    const again = async (): Promise<void> => {
      await this.#attempt(work())
      next()
    }
    next()
  }

  #background(work: Promise<void>): void {
    void this.#attempt(work)
  }

  async #attempt(work: Promise<void>): Promise<void> {
    try {
      await work
    } catch (error) {
      if (isRuntimeFailure(error)) this.#options.log.debug('HAProxy refuses a command', { reason: String(error) })
      else this.#options.log.error('the balancer failed', { error })
    }
  }
}

const backendOf = (server: string): string => server.slice(0, server.indexOf('/'))

/**
 * A balancer put together: what it is told goes to the disk and to HAProxy, what HAProxy finds out goes to the control plane. It serves what
 * is on the disk until it is told something else.
 */
import type { BalancerClient, Told } from '../../agentlink/balancer-client.ts'
import type { Clock } from '../../kit/clock.ts'
import type { Ids } from '../../kit/ids.ts'
import type { Log } from '../../kit/log.ts'
import { runProgram } from '../../kit/network/run-program.ts'
import type { HostPart } from '../../loadbalancer/balancer-options.ts'
import { Balancer } from '../../loadbalancer/balancer.ts'
import { ClientAddresses } from '../../loadbalancer/client-addresses.ts'
import { renderConfiguration } from '../../loadbalancer/configuration/render.ts'
import type { DnsAddress, DnsServer } from '../../loadbalancer/dns/dns-server.ts'
import type { Upload } from '../../loadbalancer/logs/log-uploads.ts'
import { JsonWebKeys } from '../../loadbalancer/json-web-keys.ts'
import type { AddressPool } from '../../model/load-balancing/address-pool.ts'
import type { BalancerWelcome } from '../../model/load-balancing/messages.ts'
import type { RoutingTable } from '../../model/load-balancing/routing.ts'
import { BalancerReports } from './balancer-reports.ts'
import type { HaproxyVersion } from './haproxy-version.ts'
import { mostConnections } from './most-connections.ts'
import { servedHere } from './served-here.ts'
import { TableFile } from './table-file.ts'
import { UserLogins } from './user-logins.ts'

export interface ServingOptions {
  readonly directory: string
  /** HAProxy. */
  readonly program: string
  readonly version: HaproxyVersion
  /** The load balancers to serve, by their addresses; all without. */
  readonly pool: AddressPool | undefined
  readonly sharedAddress?: string
  readonly availabilityZone?: string
  readonly dns?: DnsAddress
  /** Puts a file of access logs into a bucket. */
  readonly upload?: Upload
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
}

/** How long it is waited for what is to be ended. */
const END_MS = 10_000
const ELSEWHERE = 'This balancer does not serve its address.'

export class Serving {
  readonly #options: ServingOptions
  readonly #balancer: Balancer
  readonly #reports: BalancerReports
  readonly #file: TableFile
  readonly #tokenKeys: JsonWebKeys
  readonly #logins: UserLogins
  readonly #clientAddresses: ClientAddresses
  #client: BalancerClient | undefined
  #welcome: BalancerWelcome = { cookieKey: '', suffix: '' }
  #dns: DnsServer | undefined
  #targets = 0
  #onApplied: () => void = () => {}
  /** What was told and is not served yet, by the numbers of `BalancerReports`. */
  readonly #tables = new Map<number, RoutingTable>()
  /** Load balancers that others serve. */
  #elsewhere: ReadonlySet<string> = new Set()

  constructor(options: ServingOptions) {
    this.#options = options
    const { directory, program, version, upload, clock, ids, log } = options
    this.#file = new TableFile(directory)
    const reports = new BalancerReports((message) => this.#client?.send(message) ?? false)
    this.#reports = reports
    this.#tokenKeys = new JsonWebKeys({ clock, log, onChange: () => this.#balancer.refresh() })
    this.#logins = new UserLogins({ directory, clock, log })
    this.#clientAddresses = new ClientAddresses({
      directory,
      program,
      run: runProgram,
      clock,
      log,
      onChange: () => this.#balancer.refresh(),
      hasOldConnections: () => this.#balancer.oldWorkers > 0,
    })
    this.#balancer = new Balancer({
      directory,
      program,
      version,
      render: renderConfiguration,
      host: () => this.#host(),
      events: {
        applied: (number) => {
          this.#forgetAllBut(number)
          reports.applied(number)
          this.#onApplied()
        },
        targetHealth: (all) => reports.targetHealth(all),
        loadBalancer: (arn, problem) => {
          if (!this.#elsewhere.has(arn)) reports.loadBalancer(arn, problem)
        },
      },
      ...(upload && { upload }),
      clock,
      ids,
      log,
    })
  }

  /** Serves what was served before. */
  async start(): Promise<void> {
    const { dns, log } = this.#options
    if (dns !== undefined) {
      const { DnsServer: Server } = await import('../../loadbalancer/dns/dns-server.ts')
      this.#dns = new Server({ log, health: (name) => this.#reports.health.get(name)?.state })
      await this.#dns.listen(dns)
    }
    await this.#balancer.start()
    const told = this.#file.read()
    if (told !== undefined) this.#serve(told)
  }

  /** From now on, what is found out is said there. */
  reportTo(client: BalancerClient): void {
    this.#client = client
  }

  told(told: Told): void {
    this.#keep(told)
    if (told.isFirst) this.#reports.heard()
    this.#serve(told)
  }

  /** A disk that is full does not keep from serving. */
  #keep(told: Told): void {
    try {
      this.#file.keep(told)
    } catch (error) {
      this.#options.log.error('what is served could not be kept for the next start', { error })
    }
  }

  /** The control plane is away. */
  unheard(): void {
    this.#reports.unheard()
  }

  /** Ends HAProxy, too, if one serves what is on the disk. */
  async end(): Promise<void> {
    const told = this.#file.read()
    if (told === undefined) return
    // It has to be taken over before it can be ended.
    await this.#balancer.start()
    const isServed = new Promise<void>((resolve) => (this.#onApplied = resolve))
    this.#serve(told)
    await Promise.race([isServed, this.#options.clock.sleep(END_MS)])
    this.#tokenKeys.stop()
    await this.#logins.close()
    await this.#balancer.stop({ isKept: false })
    await this.#clientAddresses.remove()
  }

  /** HAProxy serves on. */
  async close(): Promise<void> {
    this.#client?.stop()
    this.#tokenKeys.stop()
    await this.#logins.close()
    await this.#dns?.close()
    await this.#clientAddresses.stop()
    await this.#balancer.stop({ isKept: true })
  }

  #noteElsewhere(elsewhere: ReadonlySet<string>): void {
    const before = this.#elsewhere
    this.#elsewhere = elsewhere
    for (const arn of before) if (!elsewhere.has(arn)) this.#reports.loadBalancer(arn, undefined)
    for (const arn of elsewhere) this.#reports.loadBalancer(arn, ELSEWHERE)
  }

  #host(): HostPart {
    const { sharedAddress, availabilityZone } = this.#options
    return {
      maximumConnections: mostConnections(this.#targets),
      cookieKey: this.#welcome.cookieKey,
      jsonWebKeys: this.#tokenKeys.keys,
      authenticatorSocket: this.#logins.socketPath,
      clientAddresses: this.#clientAddresses.settings,
      ...(sharedAddress !== undefined && { sharedAddress }),
      ...(availabilityZone !== undefined && { availabilityZone }),
    }
  }

  #serve({ table: all, revision, welcome }: Told): void {
    const { table, elsewhere } = servedHere(all, this.#options.pool)
    this.#welcome = welcome
    this.#targets = sumOf(Array.from(table.targetGroups.values(), ({ targets }) => targets.length))
    this.#tokenKeys.serve(table)
    this.#logins.serve(table, welcome.cookieKey)
    this.#noteElsewhere(new Set(elsewhere))
    this.#dns?.serve(all, welcome.suffix)
    const number = this.#reports.numberOf(revision)
    this.#tables.set(number, all)
    void this.#clientAddresses.serve(table).then(() => this.#balancer.apply(table, number))
  }

  /** A table that was overtaken before it was served says nothing of what there is. */
  #forgetAllBut(served: number): void {
    const table = this.#tables.get(served)
    if (table !== undefined) this.#reports.forgetAllBut(table)
    for (const number of this.#tables.keys()) if (number <= served) this.#tables.delete(number)
  }
}

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0)

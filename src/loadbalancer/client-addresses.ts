/**
 * Lets HAProxy and nginx send in the name of clients, for target groups that preserve clients' addresses: on this machine, what targets reply to those
 * addresses has to come back to them instead of leaving for the clients. The rules for that are there as long as a table wants them, are put back when
 * they are lost, and outlive this process as HAProxy does.
 */
import type { Clock, Timer } from '../kit/clock.ts'
import type { Log } from '../kit/log.ts'
import { ownIpv4Address } from '../kit/network/host-address.ts'
import { FirewallError } from '../kit/network/iptables.ts'
import { type ReturnPath, ReturnPaths, TO_THIS_MACHINE } from '../kit/network/return-paths.ts'
import type { RunProgram } from '../kit/network/run-program.ts'
import type { RoutingTable } from '../model/load-balancing/routing.ts'
import { preservesClients } from './configuration/client-addresses.ts'
import type { ClientAddressSettings } from './configuration/settings.ts'
import { IDLE_SECONDS } from './nginx/configuration.ts'

export interface ClientAddressesOptions {
  /** The balancer's own; its rules are named after it. */
  readonly directory: string
  /** HAProxy. */
  readonly program: string
  readonly run: RunProgram
  readonly clock: Clock
  readonly log: Log
  /** `settings` are others. */
  readonly onChange: () => void
  /** Whether connections may go on that began under an earlier table. */
  readonly hasOldConnections: () => boolean
}

/** Firewalls that are reloaded drop what they do not know. */
const LOOK_EVERY_MS = 10_000
/** Flows of datagrams may go on for so long that began under an earlier table. */
const REMOVE_AFTER_MS = (IDLE_SECONDS + 10) * 1000
const CANNOT =
  "Targets cannot be shown the addresses of clients (preserve_client_ip.enabled) by this balancer's machine"

/** Connections that HAProxy and nginx began for clients: from addresses that are not this machine's. */
const RETURN_PATH: ReturnPath = {
  number: TO_THIS_MACHINE,
  name: 'clients',
  chain: 'OUTPUT',
  match: ['-m', 'addrtype', '--src-type', 'UNICAST'],
  route: ['local', 'default', 'dev', 'lo'],
}

export class ClientAddresses {
  readonly #options: ClientAddressesOptions
  readonly #paths: ReturnPaths
  #settings: ClientAddressSettings = {}
  #isWanted = false
  #unwantedSince = -Infinity
  #isInPlace = false
  #timer: Timer | undefined
  #isEnded = false
  /** One thing after another. */
  #turn: Promise<void> = Promise.resolve()

  constructor(options: ClientAddressesOptions) {
    const { directory, run, clock } = options
    this.#options = options
    this.#paths = new ReturnPaths({ run, owner: 'balancer', directory })
    this.#unwantedSince = clock.monotonic()
  }

  get settings(): ClientAddressSettings {
    return this.#settings
  }

  /** Resolves when that table may be served; never rejects. */
  serve(table: RoutingTable): Promise<void> {
    return this.#then(async () => {
      const wasWanted = this.#isWanted
      this.#isWanted = [...table.targetGroups.values()].some(preservesClients)
      if (wasWanted && !this.#isWanted) this.#unwantedSince = this.#options.clock.monotonic()
      if (this.#isWanted && !wasWanted) await this.#look()
      if (this.#timer === undefined) this.#schedule()
    })
  }

  /** The rules stay. */
  async stop(): Promise<void> {
    this.#isEnded = true
    this.#timer?.cancel()
    await this.#turn
  }

  /** Nothing is served any more. */
  async remove(): Promise<void> {
    await this.stop()
    await this.#takeAway()
  }

  #then(work: () => Promise<void>): Promise<void> {
    return (this.#turn = this.#turn.then(work))
  }

  #schedule(): void {
    this.#timer = undefined
    if (this.#isEnded || !(this.#isWanted || this.#paths.areThere)) return
    this.#timer = this.#options.clock.setTimer(LOOK_EVERY_MS, () => {
      void this.#then(async () => {
        await this.#look()
        this.#schedule()
      })
    })
  }

  async #look(): Promise<void> {
    const { clock, hasOldConnections } = this.#options
    if (this.#isWanted) return this.#putInPlace()
    const isOver = clock.monotonic() - this.#unwantedSince > REMOVE_AFTER_MS && !hasOldConnections()
    if (isOver) await this.#takeAway()
  }

  async #putInPlace(): Promise<void> {
    const { log, onChange } = this.#options
    const [before, ownAddress] = [this.#settings, ownIpv4Address()]
    const reason = await this.#install()
    // What was in its place most likely still is.
    if (reason !== undefined && this.#isInPlace) log.warn('replies to clients may not come back', { reason })
    this.#isInPlace ||= reason === undefined
    this.#settings = {
      ...(!this.#isInPlace && { problem: `${CANNOT}: ${reason}` }),
      ...(ownAddress !== undefined && { ownAddress }),
    }
    if (before.problem !== this.#settings.problem || before.ownAddress !== ownAddress) onChange()
  }

  /** Resolves with what hinders. */
  async #install(): Promise<string | undefined> {
    try {
      if (!this.#isInPlace) await this.#checkProgram()
      const wasMissing = await this.#paths.keep([RETURN_PATH])
      if (wasMissing && this.#isInPlace) this.#options.log.warn('rules of the firewall were gone and are back')
      return undefined
    } catch (error) {
      // Whatever it is, other load balancers are served.
      return (error as Error).message
    }
  }

  async #checkProgram(): Promise<void> {
    const { run, program } = this.#options
    const { stdout } = await run(program, ['-vv'])
    if (!stdout.includes('IP_TRANSPARENT'))
      throw new FirewallError(`${program} was built without transparent proxying: install one with TPROXY`)
  }

  async #takeAway(): Promise<void> {
    try {
      await this.#paths.keep([])
      this.#isInPlace = false
    } catch (error) {
      this.#options.log.warn('rules of the firewall stay behind', { error })
    }
  }
}

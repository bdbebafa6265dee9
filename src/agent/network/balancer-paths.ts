/**
 * The way back through balancers: a balancer on another machine may send to containers here in the name of its clients (`preserve_client_ip.enabled`), and what
 * they reply is for it, not for the clients. Its connections are told by the hardware address that they come from, so that it has to be on one link
 * with this host.
 *
 * The rules stay when the agent ends, as containers do; the next agent keeps or removes them.
 */
import { createSocket } from 'node:dgram'
import { networkInterfaces } from 'node:os'
import type { Clock, Timer } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'
import { type ReturnPath, ReturnPaths } from '../../kit/network/return-paths.ts'
import type { RunProgram } from '../../kit/network/run-program.ts'

export interface BalancerPathsOptions {
  /** IPv4 addresses of the machines; of this one, nothing is to be done. */
  readonly balancers: readonly string[]
  /** The agent's, absolute. */
  readonly directory: string
  readonly run: RunProgram
  readonly clock: Clock
  readonly log: Log
  /** Sends something there, so that the kernel finds out who has that address. */
  readonly touch?: (address: string) => Promise<void>
}

/** Another machine may have the address, and firewalls that are reloaded drop what they do not know. */
const LOOK_EVERY_MS = 10_000
const ANSWER_WITHIN_MS = 1000
const ASK_EVERY_MS = 50
/** Discards what it gets, if there is such a service at all (RFC 863). */
const DISCARD_PORT = 9

export class BalancerPaths {
  readonly #options: BalancerPathsOptions
  readonly #paths: ReturnPaths
  /** By the balancer's address: what was found out last. */
  readonly #known = new Map<string, ReturnPath>()
  readonly #complaints = new Map<string, string>()
  #timer: Timer | undefined
  #looking: Promise<void> = Promise.resolve()
  #hasStopped = false

  constructor(options: BalancerPathsOptions) {
    this.#options = options
    this.#paths = new ReturnPaths({ run: options.run, owner: 'agent', directory: options.directory })
  }

  /** Resolves when everything is in its place that can be; goes on looking after it. */
  async start(): Promise<void> {
    await this.#look()
    this.#schedule()
  }

  async stop(): Promise<void> {
    this.#hasStopped = true
    this.#timer?.cancel()
    await this.#looking
  }

  #schedule(): void {
    if (this.#hasStopped || this.#options.balancers.length === 0) return
    this.#timer = this.#options.clock.setTimer(LOOK_EVERY_MS, () => {
      this.#looking = this.#look().then(() => this.#schedule())
    })
  }

  async #look(): Promise<void> {
    const own = new Set(Object.values(networkInterfaces()).flatMap((all = []) => all.map(({ address }) => address)))
    const numbered = this.#options.balancers.map((address, index) => ({ address, number: index + 1 }))
    const others = numbered.filter(({ address }) => !own.has(address))
    await Promise.all(others.map(({ address, number }) => this.#find(address, number)))
    try {
      await this.#paths.keep([...this.#known.values()])
      this.#complain('', undefined)
    } catch (error) {
      this.#complain('', (error as Error).message)
    }
  }

  /** A balancer that is away for a while comes back as what it was, most likely. */
  async #find(address: string, number: number): Promise<void> {
    const way = await this.#way(address)
    if (way === undefined || way.gateway !== undefined)
      return this.#complain(address, 'it is not on a link of this host')
    const hardware = await this.#hardwareAddress(address, way.dev)
    this.#complain(address, hardware === undefined ? 'it does not answer on the link' : undefined)
    if (hardware !== undefined) this.#known.set(address, pathTo(address, number, hardware, way.dev))
  }

  async #way(address: string): Promise<Way | undefined> {
    const { status, stdout } = await this.#options.run('ip', ['-j', 'route', 'get', address])
    return status === 0 ? (JSON.parse(stdout) as readonly Way[])[0] : undefined
  }

  async #hardwareAddress(address: string, device: string): Promise<string | undefined> {
    const { run, clock, touch = sendNothing } = this.#options
    await touch(address)
    for (let waitedMs = 0; ; waitedMs += ASK_EVERY_MS) {
      const { stdout } = await run('ip', ['-j', 'neigh', 'show', address, 'dev', device])
      const found = (JSON.parse(stdout || '[]') as readonly Neighbour[])[0]?.lladdr
      if (found !== undefined || waitedMs >= ANSWER_WITHIN_MS) return found
      await clock.sleep(ASK_EVERY_MS)
    }
  }

  /** Once, until it is another complaint. */
  #complain(address: string, complaint: string | undefined): void {
    const before = this.#complaints.get(address)
    if (complaint === before) return
    if (complaint === undefined) this.#complaints.delete(address)
    else this.#complaints.set(address, complaint)
    if (complaint !== undefined)
      this.#options.log.warn('containers cannot reply to clients through a balancer', {
        balancer: address,
        reason: complaint,
      })
  }
}

interface Way {
  readonly dev: string
  readonly gateway?: string
}

interface Neighbour {
  /** Absent while nobody has answered. */
  readonly lladdr?: string
}

const pathTo = (address: string, number: number, hardware: string, device: string): ReturnPath => ({
  number,
  name: `${address.replaceAll('.', '-')}-${hardware.replaceAll(':', '')}`,
  chain: 'PREROUTING',
  match: ['-m', 'mac', '--mac-source', hardware, '!', '-s', address],
  route: ['default', 'via', address, 'dev', device],
})

const sendNothing = (address: string): Promise<void> => {
  const socket = createSocket('udp4')
  return new Promise((resolve) => {
    const done = (): void => void socket.close(() => resolve())
    socket.once('error', done)
    socket.send('', DISCARD_PORT, address, done)
  })
}

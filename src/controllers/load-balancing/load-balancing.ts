/**
 * The door for balancers, and who looks after load balancers for them. What it takes to serve balancers is loaded with the first one: an
 * installation without load balancers has none.
 */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { BalancerServer } from '../../agentlink/balancer-server.ts'
import type { MessageSocket, SocketListener } from '../../agentlink/socket.ts'
import type { Timer } from '../../kit/clock.ts'
import type { Ids } from '../../kit/ids.ts'
import { BALANCER_LOSS_GRACE_MS } from '../../model/load-balancing/balancer-limits.ts'
import type { BalancerHub, BalancerHubOptions } from './balancer-hub.ts'

export interface LoadBalancingOptions extends BalancerHubOptions {
  readonly ids: Ids
}

interface Loaded {
  readonly hub: BalancerHub
  readonly server: BalancerServer
}

export class LoadBalancing {
  readonly #options: LoadBalancingOptions
  #loading: Promise<Loaded> | undefined
  #loaded: Loaded | undefined
  #isClosed = false
  #start: Timer | undefined

  constructor(options: LoadBalancingOptions) {
    this.#options = options
    const { store, clock, targetHealth } = options
    // Where there are no load balancers, no balancer can have anything under way.
    if (store.tables.loadBalancers.size === 0) return
    targetHealth.expectOthers()
    this.#start = clock.setTimer(BALANCER_LOSS_GRACE_MS, () => targetHealth.expectNoOthers())
  }

  /** Takes over an HTTP server's `upgrade`, of which it is certain who asks for it. `mayStay` is asked again and again. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, mayStay?: () => boolean): void {
    const onError = (): void => void socket.destroy()
    socket.on('error', onError)
    this.load().then(
      ({ server }) => {
        socket.off('error', onError)
        if (this.#isClosed) socket.destroy()
        else server.handleUpgrade(request, socket, head, mayStay)
      },
      (error: unknown) => {
        this.#options.log.error('balancers cannot be served', { error })
        socket.destroy()
      },
    )
  }

  /** Lets a balancer in that comes another way than HTTP, as those of a simulation do. False until `load` has ended. */
  connect(open: (listener: SocketListener) => MessageSocket): boolean {
    if (this.#isClosed || this.#loaded === undefined) return false
    this.#loaded.server.connect(open)
    return true
  }

  /** Resolves when balancers can be served. The first one that comes would wait for it. */
  load(): Promise<Loaded> {
    this.#loading ??= this.#load()
    return this.#loading
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#start?.cancel()
    const loaded = await this.#loading
    loaded?.server.close()
    loaded?.hub.stop()
  }

  async #load(): Promise<Loaded> {
    const [{ BalancerServer: Server }, { BalancerHub: Hub }] = await Promise.all([
      import('../../agentlink/balancer-server.ts'),
      import('./balancer-hub.ts'),
    ])
    const hub = new Hub(this.#options)
    this.#loaded = { hub, server: new Server({ ...this.#options, host: hub }) }
    return this.#loaded
  }
}

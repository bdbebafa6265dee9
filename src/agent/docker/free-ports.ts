/**
 * Host ports for dynamic mappings, chosen by the agent: of the range, not reserved, not handed out lately, and free when asked. A port
 * that was chosen stays the container's, also when a restart policy starts it again in place; one that the engine chooses would not.
 */
import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'
import type { Clock } from '../../kit/clock.ts'
import type { Ids } from '../../kit/ids.ts'
import type { PortRange } from './dynamic-ports.ts'

type Protocol = 'tcp' | 'udp'

export interface FreePortsOptions {
  readonly range: PortRange
  readonly reserved: Readonly<Record<Protocol, readonly number[]>>
  readonly clock: Clock
  readonly ids: Ids
  /** Whether nothing on this host listens on the port. */
  readonly isFree?: (port: number, protocol: Protocol) => Promise<boolean>
}

/** A container may wait for others between its creation, when the port is chosen, and its start, when it is taken. */
const HELD_MS = 10 * 60_000

export class FreePorts {
  readonly #options: FreePortsOptions
  /** `port/protocol` -> until when it is not handed out again. */
  readonly #held = new Map<string, number>()

  constructor(options: FreePortsOptions) {
    this.#options = options
  }

  /** A port for one container, undefined if none is free. */
  async take(protocol: Protocol): Promise<number | undefined> {
    const { range, ids, reserved, clock, isFree = isUnused } = this.#options
    const length = range.last - range.first + 1
    // From a random place on: a port that was just given up may still have clients.
    const start = Math.floor(ids.random() * length)
    for (let step = 0; step < length; step++) {
      const port = range.first + ((start + step) % length)
      const key = `${port}/${protocol}`
      if (reserved[protocol].includes(port) || this.#isHeld(key)) continue
      this.#held.set(key, clock.now() + HELD_MS)
      if (await isFree(port, protocol)) return port
    }
    return undefined
  }

  #isHeld(key: string): boolean {
    const until = this.#held.get(key)
    return until !== undefined && until > this.#options.clock.now()
  }
}

const isUnused = (port: number, protocol: Protocol): Promise<boolean> =>
  protocol === 'tcp' ? canListen(port) : canBind(port)

const canListen = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ port, host: '0.0.0.0', exclusive: true }, () => server.close(() => resolve(true)))
  })

const canBind = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = createSocket('udp4')
    socket.once('error', () => socket.close(() => resolve(false)))
    socket.bind({ port, address: '0.0.0.0', exclusive: true }, () => socket.close(() => resolve(true)))
  })

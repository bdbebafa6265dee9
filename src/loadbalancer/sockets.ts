/**
 * Which addresses HAProxy, or nginx, can listen on here. A bind that fails during a reload makes HAProxy pause its old listeners for a moment,
 * and nginx ignore all that is new, so that new sockets are tried before.
 */
import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'

/** Tries an `<address>:<port>`. */
export type CanBind = (name: string) => Promise<boolean>

export class Sockets {
  readonly #canBind: CanBind
  /** By `<address>:<port>`. */
  readonly #known = new Map<string, boolean>()
  readonly #asked = new Set<string>()
  /** Our process has them: trying would find them taken. */
  #held: ReadonlySet<string> = new Set()

  constructor(canBind: CanBind) {
    this.#canBind = canBind
  }

  /** Begins a rendering; `asked` is what it is for. */
  begin(): void {
    this.#asked.clear()
  }

  /** True while it is not known. */
  readonly isBindable = (address: string, port: number): boolean => {
    const name = socketName(address, port)
    this.#asked.add(name)
    return this.#held.has(name) || (this.#known.get(name) ?? true)
  }

  /** Tries those that are not known; whether a rendering has to be made again. */
  async tryUnknown(): Promise<boolean> {
    const unknown = [...this.#asked].filter((name) => !this.#held.has(name) && !this.#known.has(name))
    const results = await Promise.all(unknown.map(async (name) => [name, await this.#canBind(name)] as const))
    for (const [name, isBindable] of results) this.#known.set(name, isBindable)
    return results.some(([, isBindable]) => !isBindable)
  }

  /** Those of the last rendering that it may bind. */
  usable(): string[] {
    return [...this.#asked].filter((name) => this.#held.has(name) || this.#known.get(name) !== false)
  }

  /** Our process listens there now. What was free before and is not in use may be taken meanwhile. */
  hold(sockets: Iterable<string>): void {
    this.#held = new Set(sockets)
    for (const [name, isBindable] of this.#known) if (isBindable) this.#known.delete(name)
  }

  /** Our process could not. Returns whether that is news. */
  refuse(sockets: readonly string[]): boolean {
    const isNews = sockets.some((name) => this.#asked.has(name) && this.isUsable(name))
    for (const name of sockets) this.#known.set(name, false)
    this.#held = new Set([...this.#held].filter((name) => !sockets.includes(name)))
    return isNews
  }

  /** Tries again what could not be bound; whether any of it can be now. */
  async retry(): Promise<boolean> {
    const refused = [...this.#known].filter(([, isBindable]) => !isBindable).map(([name]) => name)
    const results = await Promise.all(refused.map(this.#canBind))
    for (const [index, name] of refused.entries()) if (results[index] === true) this.#known.delete(name)
    return results.includes(true)
  }

  isUsable(name: string): boolean {
    return this.#held.has(name) || this.#known.get(name) !== false
  }
}

const socketName = (address: string, port: number): string => `${address}:${port}`

/**
 * The sockets in complaints: HAProxy's `cannot bind socket (Address already in use) for [127.0.0.1:80]`, nginx's `bind() to 127.0.0.1:53 failed
 * (98: Address already in use)`.
 */
export const refusedSockets = (complaint: string): string[] =>
  Array.from(
    complaint.matchAll(/cannot [^[\]]*\[([^\]]*:\d+)\]|bind\(\) to (\S*:\d+) failed/g),
    ([, ofHaproxy, ofNginx]) => ofHaproxy ?? ofNginx ?? '',
  )

export const canListen: CanBind = (name) => {
  const server = createServer()
  return new Promise((resolve) => {
    server.once('error', () => resolve(false))
    server.listen({ ...partsOf(name), exclusive: true }, () => server.close(() => resolve(true)))
  })
}

/** For datagrams. */
export const canReceive: CanBind = (name) => {
  const { host, port } = partsOf(name)
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4')
  return new Promise((resolve) => {
    socket.once('error', () => socket.close(() => resolve(false)))
    socket.bind({ address: host, port, exclusive: true }, () => socket.close(() => resolve(true)))
  })
}

const partsOf = (name: string): { readonly host: string; readonly port: number } => {
  const at = name.lastIndexOf(':')
  return { host: name.slice(0, at), port: Number(name.slice(at + 1)) }
}

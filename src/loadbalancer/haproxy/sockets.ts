/**
 * Which addresses HAProxy can listen on here. A bind that fails during a reload makes HAProxy pause its old listeners for a moment, so that
 * new sockets are tried before.
 */
import { createServer } from 'node:net'

export class Sockets {
  /** By `<address>:<port>`. */
  readonly #known = new Map<string, boolean>()
  readonly #asked = new Set<string>()
  /** HAProxy has them: trying would find them taken. */
  #held: ReadonlySet<string> = new Set()

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
    const results = await Promise.all(unknown.map(async (name) => [name, await canBind(name)] as const))
    for (const [name, isBindable] of results) this.#known.set(name, isBindable)
    return results.some(([, isBindable]) => !isBindable)
  }

  /** Those of the last rendering that it may bind. */
  usable(): string[] {
    return [...this.#asked].filter((name) => this.#held.has(name) || this.#known.get(name) !== false)
  }

  /** HAProxy listens there now. What was free before and is not in use may be taken meanwhile. */
  hold(sockets: Iterable<string>): void {
    this.#held = new Set(sockets)
    for (const [name, isBindable] of this.#known) if (isBindable) this.#known.delete(name)
  }

  /** HAProxy could not. Returns whether that is news. */
  refuse(sockets: readonly string[]): boolean {
    const isNews = sockets.some((name) => this.#asked.has(name) && this.isUsable(name))
    for (const name of sockets) this.#known.set(name, false)
    this.#held = new Set([...this.#held].filter((name) => !sockets.includes(name)))
    return isNews
  }

  /** Tries again what could not be bound; whether any of it can be now. */
  async retry(): Promise<boolean> {
    const refused = [...this.#known].filter(([, isBindable]) => !isBindable).map(([name]) => name)
    const results = await Promise.all(refused.map(canBind))
    for (const [index, name] of refused.entries()) if (results[index] === true) this.#known.delete(name)
    return results.includes(true)
  }

  isUsable(name: string): boolean {
    return this.#held.has(name) || this.#known.get(name) !== false
  }
}

const socketName = (address: string, port: number): string => `${address}:${port}`

/** The sockets in HAProxy's complaints: `cannot bind socket (Address already in use) for [127.0.0.1:80]`. */
export const refusedSockets = (complaint: string): string[] =>
  Array.from(complaint.matchAll(/cannot [^[\]]*\[([^\]]*:\d+)\]/g), (match) => match[1] ?? '')

const canBind = (name: string): Promise<boolean> => {
  const at = name.lastIndexOf(':')
  const server = createServer()
  return new Promise((resolve) => {
    server.once('error', () => resolve(false))
    server.listen({ host: name.slice(0, at), port: Number(name.slice(at + 1)), exclusive: true }, () =>
      server.close(() => resolve(true)),
    )
  })
}

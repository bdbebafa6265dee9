/**
 * Message sockets in memory: what one end sends, the other hears, in order and never before `send` returned. `hold` keeps messages from
 * being taken, as a peer does that does not read; `drop` loses the connection without a word.
 */
import {
  type ClientSocketListener,
  CLOSE_LOST,
  type MessageSocket,
  type SocketListener,
} from '../../src/agentlink/socket.ts'

export class MemorySocket implements MessageSocket {
  readonly #listener: SocketListener
  #peer: MemorySocket | undefined
  #queue: string[] = []
  #isHeld = false
  #isPumping = false
  hasEnded = false
  closedWith: { readonly code: number; readonly reason: string } | undefined

  constructor(listener: SocketListener) {
    this.#listener = listener
  }

  connect(peer: MemorySocket): void {
    this.#peer = peer
  }

  /** Of what was sent and the other end has not taken. */
  get bufferedBytes(): number {
    return this.#queue.reduce((sum, text) => sum + text.length, 0)
  }

  send(text: string): void {
    if (this.hasEnded || this.closedWith !== undefined) return
    this.#queue.push(text)
    this.#pump()
  }

  close(code: number, reason: string): void {
    if (this.hasEnded || this.closedWith !== undefined) return
    this.closedWith = { code, reason }
    this.#pump()
  }

  terminate(): void {
    this.drop()
  }

  /** Nothing that is sent from here is taken until `release`. */
  hold(): void {
    this.#isHeld = true
  }

  release(): void {
    this.#isHeld = false
    this.#pump()
  }

  /** The connection is lost: both ends hear 1006, what was on its way is gone. */
  drop(): void {
    this.#queue = []
    this.#end(CLOSE_LOST, '')
    this.#peer?.lose()
  }

  /** For the other end. */
  take(text: string): void {
    if (!this.hasEnded) this.#listener.message(text)
  }

  /** For the other end. */
  lose(code = CLOSE_LOST, reason = ''): void {
    this.#end(code, reason)
  }

  #pump(): void {
    if (this.#isHeld || this.#isPumping) return
    this.#isPumping = true
    queueMicrotask(() => this.#deliver())
  }

  #deliver(): void {
    this.#isPumping = false
    const hadWaiting = this.#queue.length > 0
    while (!this.#isHeld && this.#queue.length > 0) this.#peer?.take(this.#queue.shift()!)
    if (this.#isHeld) return
    if (hadWaiting && !this.hasEnded) this.#listener.drained()
    if (this.closedWith === undefined) return
    const { code, reason } = this.closedWith
    this.#peer?.lose(code, reason)
    this.#end(code, reason)
  }

  #end(code: number, reason: string): void {
    if (this.hasEnded) return
    this.hasEnded = true
    this.#listener.ended({ kind: 'closed', code, reason })
  }
}

/** The agent's end, connected to a server's end that `accept` opens; or a refusal. */
export const openMemorySocket = (
  listener: ClientSocketListener,
  accept: (open: (listener: SocketListener) => MessageSocket) => { exception: string; message: string } | undefined,
): { readonly client: MemorySocket; readonly server: () => MemorySocket | undefined } => {
  const client = new MemorySocket(listener)
  let server: MemorySocket | undefined
  queueMicrotask(() => {
    const refusal = accept((serverListener) => {
      server = new MemorySocket(serverListener)
      server.connect(client)
      client.connect(server)
      return server
    })
    if (refusal === undefined) listener.opened()
    else {
      client.hasEnded = true
      const body = JSON.stringify({ [refusal.exception]: refusal.message })
      listener.ended({ kind: 'rejected', status: 400, body })
    }
  })
  return { client, server: () => server }
}

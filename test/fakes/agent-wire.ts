/**
 * The way between one agent and the control plane, in memory. It can be cut, which both ends notice; go silent, so that what is sent is
 * held back and nobody is told; and be unreliable, so that calls or their answers are lost, late or made twice.
 */
import type { HttpAnswer, HttpRequest, HttpTransport } from '../../src/agentlink/http-transport.ts'
import type { OpenSocket, SocketListener, MessageSocket } from '../../src/agentlink/socket.ts'
import type { Clock } from '../../src/kit/clock.ts'
import { type MemorySocket, openMemorySocket } from './memory-sockets.ts'

/** What is at the far end. */
export interface FarEnd {
  /** Rejects if there is nobody. */
  call(request: HttpRequest): Promise<HttpAnswer>
  /** Lets a websocket in, or says why not. */
  connect(
    url: URL,
    open: (listener: SocketListener) => MessageSocket,
  ): { exception: string; message: string } | undefined
}

/** Each is asked once per call; probabilities are drawn by whoever gives them. */
export interface Trouble {
  readonly losesCall: () => boolean
  readonly losesAnswer: () => boolean
  readonly repeatsCall: () => boolean
  readonly delayMs: () => number
}

export const UNREACHABLE = 'the control plane cannot be reached'
/** Handshakes that nobody answers are given up. */
const HANDSHAKE_MS = 30_000

interface Connection {
  readonly client: MemorySocket
  readonly server: () => MemorySocket | undefined
}

export class AgentWire {
  trouble: Trouble | undefined
  readonly #clock: Clock
  readonly #farEnd: FarEnd
  readonly #connections = new Set<Connection>()
  #isCut = false
  /** What waits for the silence to end. */
  #held: (() => void)[] | undefined

  constructor(clock: Clock, farEnd: FarEnd) {
    this.#clock = clock
    this.#farEnd = farEnd
  }

  get isCut(): boolean {
    return this.#isCut
  }

  get isSilent(): boolean {
    return this.#held !== undefined
  }

  /** Nothing gets through any more, and what was on its way is lost. */
  cut(): void {
    this.#isCut = true
    this.dropConnections()
  }

  mend(): void {
    this.#isCut = false
  }

  /** Both websockets break, without a word. */
  dropConnections(): void {
    const connections = [...this.#connections]
    this.#connections.clear()
    for (const { client } of connections) client.drop()
  }

  /** Whatever is sent from now on arrives after `speak`, if its sender has not given up by then. */
  silence(): void {
    this.#held ??= []
    this.#forgetEnded()
    for (const connection of this.#connections) holdBoth(connection)
  }

  speak(): void {
    const held = this.#held ?? []
    this.#held = undefined
    for (const { client, server } of this.#connections) {
      client.release()
      server()?.release()
    }
    for (const resume of held) resume()
  }

  readonly transport: HttpTransport = (request) =>
    new Promise((resolve, reject) => {
      const { signal, timeoutMs } = request
      const onAbort = (): void => reject(new Error('the call is given up'))
      const timer = this.#clock.setTimer(timeoutMs, () => reject(new Error('no answer in time')))
      const done = (): void => {
        timer.cancel()
        signal?.removeEventListener('abort', onAbort)
      }
      signal?.addEventListener('abort', onAbort, { once: true })
      if (signal?.aborted === true) onAbort()
      else this.#call(request).then(resolve, reject).finally(done)
    })

  readonly openSocket: OpenSocket = ({ url }, listener) => {
    this.#forgetEnded()
    if (this.#held !== undefined) return this.#handshakeInVain(listener)
    const connection = openMemorySocket(listener, (open) => {
      if (this.#isCut) return { exception: 'ServerException', message: UNREACHABLE }
      return this.#farEnd.connect(new URL(url), open)
    })
    this.#connections.add(connection)
    return connection.client
  }

  async #call(request: HttpRequest): Promise<HttpAnswer> {
    await this.#pass()
    if (this.#isCut) throw new Error(UNREACHABLE)
    if (this.trouble?.losesCall() === true) return new Promise(() => {})
    if (this.trouble?.repeatsCall() === true) this.#repeat(request)
    const answer = await this.#farEnd.call(request)
    if (this.trouble?.losesAnswer() === true) return new Promise(() => {})
    await this.#pass()
    if (this.#isCut) throw new Error(UNREACHABLE)
    return answer
  }

  /** Something on the way sends the call again, later; nobody waits for that answer. */
  #repeat(request: HttpRequest): void {
    void this.#pass()
      .then(() => (this.#isCut ? undefined : this.#farEnd.call(request)))
      .catch(() => undefined)
  }

  async #pass(): Promise<void> {
    const delayMs = this.trouble?.delayMs() ?? 0
    if (delayMs > 0) await this.#clock.sleep(delayMs)
    while (this.#held !== undefined) await new Promise<void>((resolve) => this.#held?.push(resolve))
  }

  #handshakeInVain(listener: Parameters<OpenSocket>[1]): MessageSocket {
    const giveUp = (): void => listener.ended({ kind: 'failed', error: new Error(UNREACHABLE) })
    const timer = this.#clock.setTimer(HANDSHAKE_MS, giveUp)
    const cancel = (): void => timer.cancel()
    return { bufferedBytes: 0, send: () => {}, close: cancel, terminate: cancel }
  }

  #forgetEnded(): void {
    for (const connection of this.#connections) if (connection.client.hasEnded) this.#connections.delete(connection)
  }
}

const holdBoth = ({ client, server }: Connection): void => {
  client.hold()
  server()?.hold()
}

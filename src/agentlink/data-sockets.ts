/** Data channels made of real websockets. */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocket, WebSocketServer } from 'ws'
import { DATA_CHANNEL_FRAME_BYTES, DATA_CHANNEL_SOCKET_BYTES } from '../model/exec-limits.ts'
import type { DataSocket, DataSocketListener, OpenDataSocket } from './data-socket.ts'
import { CLOSE_LOST } from './socket.ts'

/** Connecting, TLS and the upgrade together. */
const HANDSHAKE_TIMEOUT_MS = 10_000
/** For the other end to answer a close frame. */
const CLOSE_TIMEOUT_MS = 5000

class DataSocketAdapter implements DataSocket {
  readonly #socket: WebSocket
  readonly #listener: DataSocketListener

  constructor(socket: WebSocket, listener: DataSocketListener) {
    this.#socket = socket
    this.#listener = listener
    // With the default binaryType each message is one Buffer.
    socket.on('message', (data: Buffer, isBinary) => {
      listener.alive?.()
      if (isBinary) listener.frame(data)
      else listener.text(data.toString('utf8'))
    })
    socket.on('ping', () => listener.alive?.())
    socket.on('pong', () => listener.alive?.())
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount
  }

  send(frame: string | Uint8Array): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(frame, this.#sent)
  }

  pause(): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.pause()
  }

  resume(): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.resume()
  }

  ping(): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.ping()
  }

  close(code: number, reason: string): void {
    // One that reads nothing would never see the other end's answer.
    this.resume()
    this.#socket.close(code, reason)
  }

  terminate(): void {
    this.#socket.terminate()
  }

  readonly #sent = (): void => {
    if (this.#socket.bufferedAmount < DATA_CHANNEL_SOCKET_BYTES / 2) this.#listener.drained()
  }
}

/** `closeTimeout` is not in the types yet. */
const SERVER_OPTIONS = {
  noServer: true,
  clientTracking: false,
  perMessageDeflate: false,
  maxPayload: DATA_CHANNEL_FRAME_BYTES,
  closeTimeout: CLOSE_TIMEOUT_MS,
}

/** The server's side of upgrades. */
export class DataSocketAcceptor {
  readonly #server = new WebSocketServer(SERVER_OPTIONS)

  /** Answers 101 and hands over the socket, or answers 400 if the request is no websocket upgrade. */
  accept(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    attach: (open: (listener: DataSocketListener) => DataSocket) => void,
  ): void {
    this.#server.handleUpgrade(request, socket, head, (accepted) => attach((listener) => listenTo(accepted, listener)))
  }
}

const listenTo = (socket: WebSocket, listener: DataSocketListener): DataSocket => {
  const adapter = new DataSocketAdapter(socket, listener)
  socket.on('error', () => socket.terminate()) // The library closes after an error, and `close` tells how it ended.
  socket.on('close', (code: number, reason: Buffer) =>
    listener.ended({ kind: 'closed', code, reason: reason.toString('utf8') }),
  )
  return adapter
}

/** Connects by a real websocket. */
export const openDataSocket: OpenDataSocket = ({ url, headers }, listener) => {
  const socket = new WebSocket(url, {
    headers,
    perMessageDeflate: false,
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
    maxPayload: DATA_CHANNEL_FRAME_BYTES,
  })
  const adapter = new DataSocketAdapter(socket, listener)
  let isOpen = false
  let failure = new Error('the connection was lost')
  socket.on('open', () => {
    isOpen = true
    listener.opened()
  })
  // A refusal of the upgrade comes as an error here, too, with its status in the text.
  socket.on('error', (error) => {
    failure = error
  })
  socket.on('close', (code: number, reason: Buffer) =>
    listener.ended(
      isOpen
        ? { kind: 'closed', code: code || CLOSE_LOST, reason: reason.toString('utf8') }
        : { kind: 'failed', error: failure },
    ),
  )
  return adapter
}

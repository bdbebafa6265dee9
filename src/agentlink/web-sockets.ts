/** Message sockets made of real websockets. The only file that knows the library. */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocket, WebSocketServer } from 'ws'
import { SERVER_MESSAGE_BYTES, SOCKET_BUFFER_BYTES } from '../model/limits.ts'
import {
  type ClientSocketListener,
  CLOSE_LOST,
  type MessageSocket,
  type OpenSocket,
  type SocketListener,
} from './socket.ts'

/** Connecting, TLS and the upgrade together. */
const HANDSHAKE_TIMEOUT_MS = 30_000
/** Of a rejected upgrade's body; an exception is a few hundred bytes. */
const REJECTION_BODY_CHARACTERS = 64 * 1024

class WebSocketAdapter implements MessageSocket {
  readonly #socket: WebSocket
  readonly #listener: SocketListener
  #congested = false

  constructor(socket: WebSocket, listener: SocketListener) {
    this.#socket = socket
    this.#listener = listener
    // Frames are text; a peer that marks them binary still means UTF-8. With the default binaryType each message is one Buffer.
    socket.on('message', (data: Buffer) => listener.message(data.toString('utf8')))
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount
  }

  send(text: string): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return
    this.#socket.send(text, this.#sent)
    if (this.#socket.bufferedAmount > SOCKET_BUFFER_BYTES) this.#congested = true
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason)
  }

  terminate(): void {
    this.#socket.terminate()
  }

  readonly #sent = (): void => {
    if (!this.#congested || this.#socket.bufferedAmount > SOCKET_BUFFER_BYTES / 2) return
    this.#congested = false
    this.#listener.drained()
  }
}

/** The server's side of upgrades. */
export class WebSocketAcceptor {
  readonly #server: WebSocketServer

  constructor(maxMessageBytes: number) {
    this.#server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: maxMessageBytes,
    })
  }

  /** Answers 101 and hands over the socket, or answers 400 if the request is no websocket upgrade. */
  accept(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    attach: (open: (listener: SocketListener) => MessageSocket) => void,
  ): void {
    this.#server.handleUpgrade(request, socket, head, (accepted) => attach((listener) => listenTo(accepted, listener)))
  }
}

const listenTo = (socket: WebSocket, listener: SocketListener): MessageSocket => {
  const adapter = new WebSocketAdapter(socket, listener)
  socket.on('error', () => socket.terminate()) // The library closes after an error, and `close` tells how it ended.
  socket.on('close', (code: number, reason: Buffer) =>
    listener.ended({ kind: 'closed', code, reason: reason.toString('utf8') }),
  )
  return adapter
}

/** Connects by real websockets that take messages of that size. */
export const webSocketOpener =
  (maxMessageBytes: number): OpenSocket =>
  ({ url, headers }, listener) => {
    const socket = new WebSocket(url, {
      headers,
      perMessageDeflate: false,
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
      maxPayload: maxMessageBytes,
    })
    const adapter = new WebSocketAdapter(socket, listener)
    connect(socket, listener)
    return adapter
  }

/** Connects by a real websocket. */
export const openWebSocket: OpenSocket = webSocketOpener(SERVER_MESSAGE_BYTES)

const connect = (socket: WebSocket, listener: ClientSocketListener): void => {
  let isOpen = false
  let hasEnded = false
  let failure = new Error('the connection was lost')
  const rejected = (status: number, body: string): void => {
    if (hasEnded) return
    hasEnded = true
    listener.ended({ kind: 'rejected', status, body })
  }
  socket.on('open', () => {
    isOpen = true
    listener.opened()
  })
  socket.on('unexpected-response', (request, response) => {
    readBody(response, (body) => {
      rejected(response.statusCode ?? 0, body)
      request.destroy()
    })
  })
  socket.on('error', (error) => {
    failure = error
  })
  socket.on('close', (code: number, reason: Buffer) => {
    if (hasEnded) return
    hasEnded = true
    if (isOpen) listener.ended({ kind: 'closed', code: code || CLOSE_LOST, reason: reason.toString('utf8') })
    else listener.ended({ kind: 'failed', error: failure })
  })
}

const readBody = (response: IncomingMessage, done: (body: string) => void): void => {
  let body = ''
  response.setEncoding('utf8')
  response.on('data', (chunk: string) => {
    if (body.length < REJECTION_BODY_CHARACTERS) body += chunk
    else response.destroy()
  })
  response.on('error', () => response.destroy()) // `close` follows.
  response.on('close', () => done(body))
}

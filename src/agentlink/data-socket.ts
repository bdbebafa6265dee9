/**
 * The websocket of a data channel as both ends see it: one text frame, then binary ones. What is not read holds up who writes: `pause` stops
 * reading, and `bufferedBytes` says what has not left. A listener hears `ended` exactly once, and nothing after it.
 */
import type { SocketEnd, SocketRequest } from './socket.ts'

export interface DataSocket {
  /** Bytes given to `send` that have not left the process. */
  readonly bufferedBytes: number
  /** A text makes a text frame, bytes a binary one. Does nothing on a socket that is not open. */
  send(frame: string | Uint8Array): void
  /** Reads nothing until `resume`. */
  pause(): void
  resume(): void
  /** Asks whether the other end is there; it hears nothing of it. */
  ping(): void
  /** Sends a close frame after all that was sent; `reason` has at most 123 bytes. */
  close(code: number, reason: string): void
  /** Drops the connection without a close frame. */
  terminate(): void
}

export interface DataSocketListener {
  text(text: string): void
  frame(frame: Uint8Array): void
  /** Something left, and there is less than half of `DATA_CHANNEL_SOCKET_BYTES` buffered. */
  drained(): void
  /** The other end is there: it sent something, or answered a ping. */
  alive?(): void
  ended(end: SocketEnd): void
}

/** The client's end also hears when the connection stands. */
export interface ClientDataSocketListener extends DataSocketListener {
  opened(): void
}

/** Begins to connect; everything else is heard through the listener, never before this returned. */
export type OpenDataSocket = (request: SocketRequest, listener: ClientDataSocketListener) => DataSocket

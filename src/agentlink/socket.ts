/**
 * A message socket as both ends of the link see it. `web-sockets.ts` makes them of real websockets; tests and the simulation have
 * sockets in memory. A listener hears `ended` exactly once, and nothing after it.
 */

export interface MessageSocket {
  /** Bytes given to `send` that have not left the process. */
  readonly bufferedBytes: number
  /** Does nothing on a socket that is not open. */
  send(text: string): void
  /** Sends a close frame; `reason` has at most 123 bytes. */
  close(code: number, reason: string): void
  /** Drops the connection without a close frame. */
  terminate(): void
}

export type SocketEnd =
  /** By a close frame, or 1006 when the connection was lost. */
  | { readonly kind: 'closed'; readonly code: number; readonly reason: string }
  /** The server answered the upgrade with another status than 101. */
  | { readonly kind: 'rejected'; readonly status: number; readonly body: string }
  /** The connection could not be made. */
  | { readonly kind: 'failed'; readonly error: Error }

export interface SocketListener {
  message(text: string): void
  /** What was congested has left. */
  drained(): void
  ended(end: SocketEnd): void
}

/** The client's end also hears when the connection stands. */
export interface ClientSocketListener extends SocketListener {
  opened(): void
}

export interface SocketRequest {
  /** `ws:` or `wss:`. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

/** Begins to connect; everything else is heard through the listener, never before this returned. */
export type OpenSocket = (request: SocketRequest, listener: ClientSocketListener) => MessageSocket

/** Close codes of RFC 6455 that the link uses. */
export const CLOSE_NORMAL = 1000
export const CLOSE_GOING_AWAY = 1001
export const CLOSE_LOST = 1006
export const CLOSE_POLICY = 1008
export const CLOSE_INTERNAL_ERROR = 1011

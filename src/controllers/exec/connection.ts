/**
 * One websocket of a data channel at the gateway. It has a listener that changes: first whoever waits for its token, then the relay of its
 * session. Reading can be held up for more than one reason, and goes on when none is left.
 */
import type { DataSocket, DataSocketListener } from '../../agentlink/data-socket.ts'
import { DATA_CHANNEL_SILENT_TURNS, DATA_CHANNEL_SOCKET_BYTES } from '../../model/exec-limits.ts'

export interface ConnectionListener {
  text(text: string): void
  frame(frame: Uint8Array): void
  /** There is room again for what is sent. */
  drained(): void
  ended(): void
}

export class Connection implements DataSocketListener {
  #socket: DataSocket | undefined
  #listener: ConnectionListener
  #isHeld = false
  #silentTurns = 0

  constructor(listener: ConnectionListener) {
    this.#listener = listener
  }

  /** For who accepts the websocket. */
  begin(socket: DataSocket): void {
    this.#socket = socket
  }

  listenWith(listener: ConnectionListener): void {
    this.#listener = listener
  }

  get isOpen(): boolean {
    return this.#socket !== undefined
  }

  /** The other end does not take what was sent. */
  get isCongested(): boolean {
    return (this.#socket?.bufferedBytes ?? 0) > DATA_CHANNEL_SOCKET_BYTES
  }

  send(frame: Uint8Array): void {
    this.#socket?.send(frame)
  }

  /** Reads nothing, so that the other end has to wait, too. */
  hold(): void {
    if (this.#isHeld) return
    this.#isHeld = true
    this.#socket?.pause()
  }

  release(): void {
    if (!this.#isHeld) return
    this.#isHeld = false
    this.#socket?.resume()
  }

  /**
   * Keeps what is between from taking the connection for idle, and drops it after minutes of silence. Not sooner: a client whose terminal
   * stands still (Ctrl-S) answers nothing either. What is held up cannot be heard; and it
   * is not written to, since it may have left, and what has not been read of it would be lost.
   */
  turn(): void {
    if (this.#isHeld) return
    if (this.#silentTurns++ >= DATA_CHANNEL_SILENT_TURNS) this.#socket?.terminate()
    else this.#socket?.ping()
  }

  close(code: number, reason: string): void {
    const socket = this.#socket
    this.#socket = undefined
    socket?.close(code, reason)
  }

  text(text: string): void {
    if (this.isOpen) this.#listener.text(text)
  }

  frame(frame: Uint8Array): void {
    if (this.isOpen) this.#listener.frame(frame)
  }

  drained(): void {
    if (this.isOpen) this.#listener.drained()
  }

  alive(): void {
    this.#silentTurns = 0
  }

  ended(): void {
    this.#socket = undefined
    this.#listener.ended()
  }
}

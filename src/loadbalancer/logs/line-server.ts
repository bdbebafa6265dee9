/**
 * Receives what workers of HAProxy log: they keep lines in a ring and send them over a local socket, each with its length before it, and
 * connect again by themselves. When a ring was full, HAProxy says how many lines it dropped; they are counted.
 *
 * Source: HAProxy Configuration Manual, 3.9 "Rings"; framing: RFC 6587, 3.4.1.
 */
import { rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'

export interface LineServerOptions {
  readonly path: string
  readonly onLine: (line: string) => void
  /** So many lines are lost. */
  readonly onLost: (lines: number) => void
}

const DROPPED = /^(\d+) events? dropped/
const LONGEST_LENGTH_DIGITS = 7

export class LineServer {
  readonly #options: LineServerOptions
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  constructor(options: LineServerOptions) {
    this.#options = options
    this.#server = createServer((socket) => this.#accept(socket))
  }

  async listen(): Promise<void> {
    const { path } = this.#options
    rmSync(path, { force: true })
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(path, () => resolve())
    })
    this.#server.unref()
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket)
    const frames = new Frames((line) => this.#line(line))
    socket.on('data', (bytes: Buffer) => {
      if (!frames.add(bytes)) socket.destroy()
    })
    // The worker ended or connects again; what it has not sent comes then.
    socket.on('error', () => socket.destroy())
    socket.once('close', () => this.#sockets.delete(socket))
  }

  #line(line: string): void {
    const dropped = DROPPED.exec(line)
    if (dropped === null) this.#options.onLine(line)
    else this.#options.onLost(Number(dropped[1]))
  }
}

/** `<length> <line>`, one after another. */
class Frames {
  readonly #onLine: (line: string) => void
  #rest: Buffer = Buffer.alloc(0)

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine
  }

  /** False: what came is no frame, and nothing after it can be. */
  add(bytes: Buffer): boolean {
    let text = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes])
    for (;;) {
      const space = text.indexOf(0x20)
      if (space < 0 || space > LONGEST_LENGTH_DIGITS) break
      const length = Number(text.subarray(0, space).toString())
      if (!Number.isInteger(length)) return false
      const end = space + 1 + length
      if (text.length < end) break
      this.#onLine(
        text
          .subarray(space + 1, end)
          .toString()
          .trimEnd(),
      )
      text = text.subarray(end)
    }
    this.#rest = text
    return text.length <= LONGEST_LENGTH_DIGITS || text.indexOf(0x20) <= LONGEST_LENGTH_DIGITS
  }
}

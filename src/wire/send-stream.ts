/** Sends answers that go on: as fast as the client takes them, and no faster. */
import type { ServerResponse } from 'node:http'
import { pipeline, Readable } from 'node:stream'
import type { WireResponse } from './protocol.ts'

export type StreamResponse = Pick<WireResponse, 'status' | 'headers'> & Required<Pick<WireResponse, 'stream'>>

/**
 * Goes on until one of both ends it: the stream is ended (`return`) when the client is gone. A client that takes nothing for `stallMs` is
 * cut off; so is one whose stream fails, which is how it hears of it.
 */
export const sendStream = (
  outgoing: ServerResponse,
  { status, headers, stream }: StreamResponse,
  stallMs: number,
): void => {
  outgoing.shouldKeepAlive = false
  outgoing.writeHead(status, headers)
  outgoing.setTimeout(stallMs, () => outgoing.destroy())
  pipeline(Readable.from(stream, { highWaterMark: 1 }), outgoing, () => undefined)
}

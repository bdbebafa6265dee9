/** The websocket of a data channel, as a client has it. */
import { WebSocket } from 'ws'
import { DATA_CHANNEL_FRAME_BYTES } from '../../model/exec-limits.ts'

export interface ChannelSocket {
  send(frame: string | Uint8Array): void
  close(): void
}

export interface ChannelSocketListener {
  opened(): void
  frame(frame: Uint8Array): void
  /** Once, and nothing after it. */
  ended(reason: string): void
}

const HANDSHAKE_TIMEOUT_MS = 10_000

export const openChannelSocket = (url: string, listener: ChannelSocketListener): ChannelSocket => {
  const socket = new WebSocket(url, {
    perMessageDeflate: false,
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
    maxPayload: DATA_CHANNEL_FRAME_BYTES,
  })
  let reason = ''
  socket.on('open', () => listener.opened())
  socket.on('message', (data: Buffer, isBinary) => {
    if (isBinary) listener.frame(data)
  })
  socket.on('error', (error) => (reason = error.message))
  socket.on('close', (_code, text: Buffer) => listener.ended(text.toString('utf8') || reason))
  return {
    send: (frame) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(frame)
    },
    close: () => socket.close(),
  }
}

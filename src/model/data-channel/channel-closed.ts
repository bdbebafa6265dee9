/** `channel_closed`: the end of a session, and what its client is to say of it. */
import { type ChannelMessage, encodeFrame, FLAGS } from './frame.ts'
import { decodeJson, encodeJson } from './json-payload.ts'

export interface ChannelClosed {
  readonly sessionId: string
  /** A sentence for who sits at the client; the client has one of its own for an empty one. */
  readonly output: string
  /** The session's target, `ecs:<cluster>_<task id>_<runtime id>`. */
  readonly destinationId?: string
}

export const channelClosed = (
  { sessionId, output, destinationId = '' }: ChannelClosed,
  { messageId, now }: { readonly messageId: string; readonly now: number },
): Buffer =>
  encodeFrame({
    messageType: 'channel_closed',
    createdDate: now,
    sequenceNumber: 0,
    flags: FLAGS.none,
    messageId,
    payloadType: 0,
    payload: encodeJson({
      MessageId: messageId,
      CreatedDate: String(now),
      DestinationId: destinationId,
      SessionId: sessionId,
      MessageType: 'channel_closed',
      SchemaVersion: 1,
      Output: output,
    }),
  })

/** Throws `DataChannelError`. */
export const decodeChannelClosed = ({ payload }: ChannelMessage): ChannelClosed => {
  const { SessionId: sessionId, Output: output, DestinationId: destinationId } = decodeJson(payload)
  return { sessionId: textOr(sessionId), output: textOr(output), destinationId: textOr(destinationId) }
}

const textOr = (value: unknown): string => (typeof value === 'string' ? value : '')

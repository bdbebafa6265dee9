/** Acknowledgements: one for each message of a stream that was taken, by its number and its id. They are not acknowledged themselves. */
import { type ChannelMessage, encodeFrame, FLAGS } from './frame.ts'
import { countIn, decodeJson, encodeJson, textIn } from './json-payload.ts'

export interface Acknowledgement {
  readonly messageType: string
  readonly messageId: string
  readonly sequenceNumber: number
}

/** The frame that acknowledges a message. `messageId` is its own. */
export const acknowledgementOf = (
  { messageType, messageId: acknowledgedId, sequenceNumber }: Acknowledgement,
  { messageId, now }: { readonly messageId: string; readonly now: number },
): Buffer =>
  encodeFrame({
    messageType: 'acknowledge',
    createdDate: now,
    sequenceNumber: 0,
    flags: FLAGS.acknowledge,
    messageId,
    payloadType: 0,
    payload: encodeJson({
      AcknowledgedMessageType: messageType,
      AcknowledgedMessageId: acknowledgedId,
      AcknowledgedMessageSequenceNumber: sequenceNumber,
      IsSequentialMessage: true,
    }),
  })

/** What an acknowledgement is of. Throws `DataChannelError`. */
export const decodeAcknowledgement = ({ payload }: ChannelMessage): Acknowledgement => {
  const content = decodeJson(payload)
  return {
    messageType: textIn(content, 'AcknowledgedMessageType'),
    messageId: textIn(content, 'AcknowledgedMessageId'),
    sequenceNumber: countIn(content, 'AcknowledgedMessageSequenceNumber'),
  }
}

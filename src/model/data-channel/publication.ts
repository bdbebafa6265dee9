/** What the gateway tells an agent of its client: that one is there to be sent to, or none. */
import { encodeFrame, FLAGS } from './frame.ts'

export const publication = (
  messageType: 'start_publication' | 'pause_publication',
  { messageId, now }: { readonly messageId: string; readonly now: number },
): Buffer =>
  encodeFrame({
    messageType,
    createdDate: now,
    sequenceNumber: 0,
    flags: FLAGS.none,
    messageId,
    payloadType: 0,
    payload: new Uint8Array(0),
  })

/** The first frame on a data channel, the only one of text: by whose token the other end may be there. */
import { DATA_CHANNEL_OPENING_BYTES } from '../exec-limits.ts'
import { DataChannelError } from './data-channel-error.ts'
import { decodeJson, textIn } from './json-payload.ts'

export interface Opening {
  readonly requestId: string
  readonly tokenValue: string
  readonly clientId: string
  /** Of the plugin, e.g. `1.2.707.0`; agents have none. */
  readonly clientVersion?: string
}

export const encodeOpening = ({ requestId, tokenValue, clientId, clientVersion }: Opening): string =>
  JSON.stringify({
    MessageSchemaVersion: '1.0',
    RequestId: requestId,
    TokenValue: tokenValue,
    ClientId: clientId,
    ...(clientVersion !== undefined && { ClientVersion: clientVersion }),
  })

/** Throws `DataChannelError`. Only the token has to be there: it alone says who it is. */
export const decodeOpening = (text: string): Opening => {
  if (text.length > DATA_CHANNEL_OPENING_BYTES) throw new DataChannelError('The first frame is too long.')
  const opening = decodeJson(Buffer.from(text))
  const { RequestId, ClientId, ClientVersion } = opening
  return {
    tokenValue: textIn(opening, 'TokenValue'),
    requestId: typeof RequestId === 'string' ? RequestId : '',
    clientId: typeof ClientId === 'string' ? ClientId : '',
    ...(typeof ClientVersion === 'string' && { clientVersion: ClientVersion }),
  }
}

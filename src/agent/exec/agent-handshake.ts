/** The agent's part of the handshake: what kind of session it is, and, where a KMS key is asked for, that both ends have the same data key. */
import { type ChannelMessage } from '../../model/data-channel/frame.ts'
import {
  decodeChallenge,
  decodeHandshakeResponse,
  encodeChallenge,
  encodeHandshakeComplete,
  encodeHandshakeRequest,
  encryptedDataKeyOf,
  handshakeFailure,
  type HandshakeResponse,
  type SessionType,
} from '../../model/data-channel/handshake.ts'
import { PAYLOAD_TYPE } from '../../model/data-channel/payload-types.ts'
import { answersChallenge, newChallenge, SessionCipher } from '../../model/data-channel/session-cipher.ts'
import { SessionEnd } from './session-end.ts'

export interface AgentHandshake {
  readonly agentVersion: string
  readonly sessionType: SessionType
  readonly kmsKeyId: string | undefined
  readonly send: (payloadType: number, payload: Uint8Array) => Promise<void>
  /** The client's next message of that type. */
  readonly next: (payloadType: number) => Promise<ChannelMessage>
  readonly decryptDataKey: (encryptedKey: Uint8Array) => Promise<Uint8Array>
  /** Milliseconds of any clock that does not go back. */
  readonly now: () => number
}

export interface Agreed {
  readonly clientVersion: string
  /** Of a session that is encrypted. */
  readonly cipher?: SessionCipher
}

/** Rejects with `SessionEnd` if the client cannot do what the session needs. */
export const shakeHands = async (handshake: AgentHandshake): Promise<Agreed> => {
  const { send, next, now, kmsKeyId } = handshake
  const startedAt = now()
  await send(PAYLOAD_TYPE.handshakeRequest, encodeHandshakeRequest(handshake))
  const response = decodeHandshakeResponse((await next(PAYLOAD_TYPE.handshakeResponse)).payload)
  const failure = handshakeFailure(response, handshake)
  if (failure !== undefined) throw new SessionEnd(failure)
  const cipher = kmsKeyId === undefined ? undefined : await agreeOnKey(handshake, response)
  const complete = encodeHandshakeComplete({ handshakeMs: now() - startedAt, customerMessage: customerMessage(cipher) })
  await send(PAYLOAD_TYPE.handshakeComplete, complete)
  return { clientVersion: response.clientVersion, ...(cipher && { cipher }) }
}

/** AWS: what the SSM agent has its users told. */
const customerMessage = (cipher: SessionCipher | undefined): string =>
  cipher === undefined ? '' : 'This session is encrypted using AWS KMS.'

const agreeOnKey = async (
  { send, next, decryptDataKey }: AgentHandshake,
  response: HandshakeResponse,
): Promise<SessionCipher> => {
  const cipher = new SessionCipher(await decryptDataKey(encryptedDataKeyOf(response)), 'agent')
  const challenge = newChallenge()
  await send(PAYLOAD_TYPE.encryptionChallengeRequest, encodeChallenge(cipher.encrypt(challenge)))
  const { payload } = await next(PAYLOAD_TYPE.encryptionChallengeResponse)
  if (!answersChallenge(cipher, challenge, decodeChallenge(payload)))
    throw new SessionEnd('The client does not have the data key of the session.')
  return cipher
}

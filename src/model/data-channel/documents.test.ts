/** The JSON documents of the protocol: as the plugin and the SSM agent write them, and as anything else. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { acknowledgementOf, decodeAcknowledgement } from './acknowledgement.ts'
import { channelClosed, decodeChannelClosed } from './channel-closed.ts'
import { DataChannelError } from './data-channel-error.ts'
import { decodeFrame } from './frame.ts'
import {
  decodeChallenge,
  decodeHandshakeComplete,
  decodeHandshakeRequest,
  decodeHandshakeResponse,
  encodeChallenge,
  encodeHandshakeComplete,
  encodeHandshakeRequest,
  encodeHandshakeResponse,
  encryptedDataKeyOf,
  handshakeFailure,
} from './handshake.ts'
import { decodeOpening, encodeOpening } from './opening.ts'
import { publication } from './publication.ts'
import { decodeWindowSize, encodeWindowSize } from './window-size.ts'

const ID = '00112233-4455-4677-8899-aabbccddeeff'
const STAMP = { messageId: ID, now: 1_767_225_600_000 }
const json = (payload: Uint8Array): unknown => JSON.parse(Buffer.from(payload).toString())
const payloadOf = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))

const A_NAMED_ERROR = new DataChannelError('')

const failureOf = (work: () => unknown): unknown => {
  try {
    work()
    return undefined
  } catch (error) {
    return error
  }
}

describe('an acknowledgement', () => {
  it('says which message it is of', () => {
    const of = { messageType: 'input_stream_data', messageId: ID, sequenceNumber: 3 }
    const message = decodeFrame(acknowledgementOf(of, STAMP))
    expect(message).toMatchObject({ messageType: 'acknowledge', sequenceNumber: 0, flags: 3, payloadType: 0 })
    expect(json(message.payload)).toEqual({
      AcknowledgedMessageType: 'input_stream_data',
      AcknowledgedMessageId: ID,
      AcknowledgedMessageSequenceNumber: 3,
      IsSequentialMessage: true,
    })
    expect(decodeAcknowledgement(message)).toEqual(of)
  })
})

describe('the end of a channel', () => {
  it('says of which session it is, and why', () => {
    const message = decodeFrame(channelClosed({ sessionId: 's', output: 'Gone.', destinationId: 'ecs:a_b_c' }, STAMP))
    expect(message.messageType).toBe('channel_closed')
    expect(json(message.payload)).toEqual({
      MessageId: ID,
      CreatedDate: '1767225600000',
      DestinationId: 'ecs:a_b_c',
      SessionId: 's',
      MessageType: 'channel_closed',
      SchemaVersion: 1,
      Output: 'Gone.',
    })
    expect(decodeChannelClosed(message)).toEqual({ sessionId: 's', output: 'Gone.', destinationId: 'ecs:a_b_c' })
  })
})

describe('a pause', () => {
  it('has no payload', () => {
    expect(decodeFrame(publication('pause_publication', STAMP))).toMatchObject({
      messageType: 'pause_publication',
      payload: Buffer.alloc(0),
    })
  })
})

describe('the handshake', () => {
  it('asks for a type of session, and for encryption if there is a key', () => {
    expect(json(encodeHandshakeRequest({ agentVersion: '3.0.0.0', sessionType: 'InteractiveCommands' }))).toEqual({
      AgentVersion: '3.0.0.0',
      RequestedClientActions: [
        { ActionType: 'SessionType', ActionParameters: { SessionType: 'InteractiveCommands', Properties: {} } },
      ],
    })
    const encrypted = encodeHandshakeRequest({ agentVersion: '3', sessionType: 'InteractiveCommands', kmsKeyId: 'k' })
    expect(decodeHandshakeRequest(encrypted).actions).toEqual([
      { actionType: 'KMSEncryption', parameters: { KMSKeyId: 'k' } },
      { actionType: 'SessionType', parameters: { SessionType: 'InteractiveCommands', Properties: {} } },
    ])
  })

  it('hears what became of it', () => {
    const response = decodeHandshakeResponse(
      payloadOf({
        ClientVersion: '1.2.0.0',
        ProcessedClientActions: [
          { ActionType: 'KMSEncryption', ActionStatus: 1, ActionResult: { KMSCipherTextKey: 'a2V5' }, Error: '' },
          { ActionType: 'SessionType', ActionStatus: 1, ActionResult: null, Error: '' },
        ],
        Errors: null,
      }),
    )
    expect(response.clientVersion).toBe('1.2.0.0')
    expect(handshakeFailure(response, {})).toBeUndefined()
    expect(handshakeFailure(response, { kmsKeyId: 'k' })).toBeUndefined()
    expect(encryptedDataKeyOf(response).toString()).toBe('key')
  })

  it('says in a sentence what the client did not do', () => {
    const failed = { actionType: 'SessionType', status: 2, error: 'Unknown session type X' }
    const response = decodeHandshakeResponse(encodeHandshakeResponse({ clientVersion: '1', actions: [failed] }))
    expect(handshakeFailure(response, {})).toBe(
      'The client could not do what the session needs (SessionType). Unknown session type X',
    )
    expect(handshakeFailure(response, { kmsKeyId: 'k' })).toContain('KMSEncryption')
    expect(() => encryptedDataKeyOf(response)).toThrow(DataChannelError)
    expect(json(encodeHandshakeResponse({ clientVersion: '1', actions: [failed] }))).toMatchObject({
      Errors: ['Unknown session type X'],
    })
  })

  it('ends with how long it took, in nanoseconds', () => {
    const complete = encodeHandshakeComplete({ handshakeMs: 1.5, customerMessage: 'Hello' })
    expect(json(complete)).toEqual({ HandshakeTimeToComplete: 1_500_000, CustomerMessage: 'Hello' })
    expect(decodeHandshakeComplete(complete)).toEqual({ handshakeMs: 1.5, customerMessage: 'Hello' })
  })

  it('carries challenges as Base64', () => {
    expect(json(encodeChallenge(Buffer.from('key')))).toEqual({ Challenge: 'a2V5' })
    expect(decodeChallenge(payloadOf({ Challenge: 'a2V5' })).toString()).toBe('key')
  })
})

describe('the first frame', () => {
  it('has the token', () => {
    const opening = { requestId: ID, tokenValue: 't', clientId: ID, clientVersion: '1.2.0.0' }
    expect(JSON.parse(encodeOpening(opening))).toEqual({
      MessageSchemaVersion: '1.0',
      RequestId: ID,
      TokenValue: 't',
      ClientId: ID,
      ClientVersion: '1.2.0.0',
    })
    expect(decodeOpening(encodeOpening(opening))).toEqual(opening)
    expect(decodeOpening('{"TokenValue":"t"}')).toEqual({ requestId: '', tokenValue: 't', clientId: '' })
    expect(() => decodeOpening('{}')).toThrow(DataChannelError)
    expect(() => decodeOpening(JSON.stringify({ TokenValue: 'x'.repeat(9000) }))).toThrow(DataChannelError)
  })
})

describe('the size of a window', () => {
  it('is in columns and rows', () => {
    expect(json(encodeWindowSize({ columns: 80, rows: 24 }))).toEqual({ cols: 80, rows: 24 })
    expect(decodeWindowSize(payloadOf({ cols: 80, rows: 24 }))).toEqual({ columns: 80, rows: 24 })
    expect(decodeWindowSize(payloadOf({ cols: 1e9, rows: 1 }))).toEqual({ columns: 65_535, rows: 1 })
    expect(() => decodeWindowSize(payloadOf({ cols: -1, rows: 1 }))).toThrow(DataChannelError)
  })
})

describe('a document', () => {
  const message = (payload: Buffer) => ({ ...decodeFrame(publication('start_publication', STAMP)), payload })
  it.each([
    ['an acknowledgement', (payload: Buffer) => decodeAcknowledgement(message(payload))],
    ['the end of a channel', (payload: Buffer) => decodeChannelClosed(message(payload))],
    ['a request', decodeHandshakeRequest],
    ['a response', (payload: Buffer) => encryptedDataKeyOf(decodeHandshakeResponse(payload))],
    ['a completion', decodeHandshakeComplete],
    ['a challenge', decodeChallenge],
    ['a size', decodeWindowSize],
    ['the first frame', (payload: Buffer) => decodeOpening(payload.toString())],
  ] as const)('that is to be %s gives that or a named error', (_, decode) => {
    const names = fc.constantFrom('SessionId', 'Challenge', 'cols', 'RequestedClientActions', 'ProcessedClientActions')
    const payloads = fc.oneof(
      fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes)),
      fc.jsonValue().map(payloadOf),
      fc.dictionary(names, fc.jsonValue()).map(payloadOf),
    )
    fc.assert(
      fc.property(payloads, (payload) => {
        expect(failureOf(() => decode(payload)) ?? A_NAMED_ERROR).toBeInstanceOf(DataChannelError)
      }),
    )
  })
})

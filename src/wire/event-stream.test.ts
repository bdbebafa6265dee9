import { EventStreamCodec } from '@smithy/core/event-streams'
import { describe, expect, it } from 'vitest'
import { encodeMessage, eventMessages, eventStreamMember } from './event-stream.ts'
import { Model, type StructureShape } from './schema.ts'
import { sdkModel } from './sdk-model.ts'

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes as Uint8Array).toString(),
  (text) => Buffer.from(text),
)
const decoded = (message: Buffer) => {
  const { headers, body } = codec.decode(message)
  const texts = Object.entries(headers).map(([name, { value }]) => [name, value])
  return { headers: Object.fromEntries(texts) as object, body: Buffer.from(body).toString() }
}

const output = (): StructureShape => {
  const operation = new Model(sdkModel('@aws-sdk/client-cloudwatch-logs')).operations.get('StartLiveTail')
  return operation!.output
}

describe('event streams', () => {
  it('have messages that clients can read', () => {
    const headers = { ':message-type': 'event', ':event-type': 'ü' }
    expect(decoded(encodeMessage(headers, '{"a":"ü"}'))).toEqual({ headers, body: '{"a":"ü"}' })
    expect(decoded(encodeMessage({}, ''))).toEqual({ headers: {}, body: '' })
  })

  it('are found in the model, and sent event by event', async () => {
    const shape = output()
    const member = eventStreamMember(shape)!
    expect(member.name).toBe('responseStream')
    async function* events() {
      yield { sessionStart: { sessionId: 's' } }
      yield { SessionTimeoutException: { message: 'over' } }
    }
    const encoding = {
      contentType: 'application/json',
      encode: (_: StructureShape, value: unknown) => JSON.stringify(value),
      isChecking: true,
    }
    const messages: object[] = []
    for await (const message of eventMessages(shape, { responseStream: events() }, member, encoding))
      messages.push(decoded(message))
    const of = (headers: object, body: string) => ({
      headers: { ...headers, ':content-type': 'application/json' },
      body,
    })
    expect(messages).toEqual([
      of({ ':message-type': 'event', ':event-type': 'initial-response' }, '{}'),
      of({ ':message-type': 'event', ':event-type': 'sessionStart' }, '{"sessionId":"s"}'),
      of({ ':message-type': 'exception', ':exception-type': 'SessionTimeoutException' }, '{"message":"over"}'),
    ])
  })

  it('are absent from other operations', () => {
    const model = new Model(sdkModel('@aws-sdk/client-cloudwatch-logs'))
    expect(eventStreamMember(model.operations.get('GetLogEvents')!.output)).toBeUndefined()
  })
})

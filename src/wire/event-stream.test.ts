import { crc32 } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { encodeMessage, eventMessages, eventStreamMember } from './event-stream.ts'
import { Model, type StructureShape } from './schema.ts'
import { sdkModel } from './sdk-model.ts'

/** What a client reads in a message. Throws if a length or a checksum is wrong. */
const decoded = (message: Buffer) => {
  const headEnd = 12 + message.readUInt32BE(4)
  const isWhole =
    message.readUInt32BE(0) === message.length &&
    message.readUInt32BE(8) === crc32(message.subarray(0, 8)) &&
    message.readUInt32BE(message.length - 4) === crc32(message.subarray(0, -4))
  if (!isWhole) throw new Error('The message is damaged.')
  return {
    headers: headersIn(message.subarray(12, headEnd)),
    body: message.toString('utf8', headEnd, message.length - 4),
  }
}

const headersIn = (head: Buffer): object => {
  const headers: Record<string, string> = {}
  for (let at = 0; at < head.length;) {
    const nameEnd = at + 1 + head[at]!
    const valueAt = nameEnd + 3
    const end = valueAt + head.readUInt16BE(nameEnd + 1)
    expect(head[nameEnd]).toBe(7)
    headers[head.toString('utf8', at + 1, nameEnd)] = head.toString('utf8', valueAt, end)
    at = end
  }
  return headers
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

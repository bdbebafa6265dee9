/** AWS JSON 1.0 and 1.1: the operation in `X-Amz-Target`, input and output as one JSON object each. */
import { Buffer, isUtf8 } from 'node:buffer'
import { REQUEST_DEPTH } from '../model/limits.ts'
import { checkOutput } from './check-output.ts'
import { decodeFault, MalformedInput } from './decode-error.ts'
import { EVENT_STREAM_TYPE, type EventEncoding, eventMessages, eventStreamMember } from './event-stream.ts'
import type { Fault } from './fault.ts'
import { JsonDecoders } from './json-decode.ts'
import { JsonEncoders } from './json-encode.ts'
import {
  type Claim,
  type Codec,
  type CodecOptions,
  headerOf,
  type Protocol,
  type RefusalContext,
  type WireRequest,
  type WireResponse,
} from './protocol.ts'
import type { ErrorShape } from './schema.ts'
import type { ProtocolName, ServiceAddress, ServiceDefinition } from './service.ts'

const CONTENT_TYPE: Readonly<Partial<Record<ProtocolName, string>>> = {
  'json-1.0': 'application/x-amz-json-1.0',
  'json-1.1': 'application/x-amz-json-1.1',
}

export class JsonProtocol implements Protocol {
  readonly names: readonly ProtocolName[] = ['json-1.0', 'json-1.1']
  readonly faultStyle = 'json'
  /** Of all services' faults. */
  readonly #faultEncoders = new JsonEncoders()

  recognise(request: WireRequest): Claim | undefined {
    const target = headerOf(request.headers, 'x-amz-target')
    if (target === undefined) return undefined
    const dot = target.lastIndexOf('.')
    const protocol = headerOf(request.headers, 'content-type')?.startsWith('application/x-amz-json-1.0')
      ? 'json-1.0'
      : 'json-1.1'
    return { protocol, address: target.slice(0, Math.max(0, dot)), operation: target.slice(dot + 1), content: request }
  }

  isFor(service: ServiceAddress, claim: Claim): boolean {
    // AWS: some clients of CloudTrail say the whole name of its Java package.
    return service.targetPrefix === claim.address.slice(claim.address.lastIndexOf('.') + 1)
  }

  codec(service: ServiceDefinition, { isChecking }: CodecOptions): Codec {
    const decoders = new JsonDecoders()
    const encoders = new JsonEncoders()
    const encoding: EventEncoding = {
      contentType: 'application/json',
      encode: (shape, value) => encoders.of(shape)(value),
      isChecking,
    }
    return {
      decode(operation, claim) {
        try {
          return decoders.of(operation.input)(parseBody(claim.content as WireRequest)) as object
        } catch (error) {
          throw decodeFault('json', service, operation, error)
        }
      },
      encode(operation, output, claim, requestId) {
        if (isChecking) checkOutput(operation.output, output, operation.name)
        const events = eventStreamMember(operation.output)
        if (events !== undefined)
          return streamed(eventMessages(operation.output, { ...output }, events, encoding), requestId)
        return answer(200, encoders.of(operation.output)(output), claim.protocol, requestId)
      },
    }
  }

  refuse(fault: Fault, { requestId, shape, claim }: RefusalContext): WireResponse {
    const members = shape === undefined ? '' : this.#faultMembers(fault, shape)
    const text = `{"__type":${JSON.stringify(fault.code)},"message":${JSON.stringify(fault.message)}${members}}`
    return answer(fault.status, text, claim?.protocol ?? 'json-1.1', requestId)
  }

  /** The members besides the message, as the continuation of an object. */
  #faultMembers(fault: Fault, shape: ErrorShape): string {
    const { message: _message, Message: _other, ...members } = fault.members as Record<string, unknown>
    const text = this.#faultEncoders.of(shape.structure)(members)
    return text === '{}' ? '' : `,${text.slice(1, -1)}`
  }
}

const answer = (status: number, text: string, protocol: ProtocolName, requestId: string): WireResponse => ({
  status,
  headers: { 'x-amzn-RequestId': requestId, 'Content-Type': CONTENT_TYPE[protocol] ?? 'application/json' },
  body: Buffer.from(text),
})

const streamed = (stream: NonNullable<WireResponse['stream']>, requestId: string): WireResponse => ({
  status: 200,
  headers: { 'x-amzn-RequestId': requestId, 'Content-Type': EVENT_STREAM_TYPE },
  body: Buffer.alloc(0),
  stream,
})

const CONTENT_TYPES = /^application\/(x-amz-json-1\.[01]|json)\s*(;|$)/

const parseBody = ({ headers, body }: WireRequest): unknown => {
  const contentType = headerOf(headers, 'content-type')
  if (contentType !== undefined && !CONTENT_TYPES.test(contentType)) {
    throw new MalformedInput(`The content type ${contentType} is not application/x-amz-json-1.1`)
  }
  if (body.length === 0) return {}
  if (!isUtf8(body)) throw new MalformedInput('The request body is not valid UTF-8')
  if (isDeeperThan(body, REQUEST_DEPTH))
    throw new MalformedInput(`The input is nested more than ${REQUEST_DEPTH} levels deep`)
  try {
    return JSON.parse(body.toString())
  } catch (error) {
    throw new MalformedInput('The request body is not valid JSON', { cause: error })
  }
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN_LIST = 0x5b
const CLOSE_LIST = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d

/** Whether brackets outside strings nest deeper than `limit`; of text that is not JSON the answer means nothing. */
const isDeeperThan = (text: Buffer, limit: number): boolean => {
  if (text.length <= limit) return false
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const byte = text[at]
    if (byte === QUOTE) at = endOfString(text, at)
    else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
      if (++depth > limit) return true
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) depth--
  }
  return false
}

/** Index of the quote that ends the string which begins at `start`. */
const endOfString = (text: Buffer, start: number): number => {
  for (let end = text.indexOf(QUOTE, start + 1); end !== -1; end = text.indexOf(QUOTE, end + 1)) {
    let backslashes = 0
    while (text[end - 1 - backslashes] === BACKSLASH) backslashes++
    if (backslashes % 2 === 0) return end
  }
  return text.length
}

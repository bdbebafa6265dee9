import { describe, expect, it } from 'vitest'
import { Bug } from '../kit/assert.ts'
import { REQUEST_DEPTH, REQUEST_LIST_ITEMS } from '../model/limits.ts'
import { Described } from './described.ts'
import { Fault } from './fault.ts'
import { JsonProtocol } from './json.ts'
import type { Claim } from './protocol.ts'
import { Model } from './schema.ts'
import type { ServiceDefinition } from './service.ts'

const item = [3, 'test', 'Item', 0, ['id', 'size'], [0, 1], 1]
const choice = [4, 'test', 'Choice', 0, ['left', 'right'], [0, 0]]
const everything: unknown[] = [
  3,
  'test',
  'Everything',
  0,
  [
    'text',
    'count',
    'ratio',
    'big',
    'isOn',
    'at',
    'day',
    'bytes',
    'any',
    'items',
    'names',
    'labels',
    'nested',
    'choice',
  ],
  [0, 1, 1, 1, 2, 4, 5, 21, 15, [1, 'test', 'Items', 0, () => item], 64, 128, () => everything, () => choice],
]

const service: ServiceDefinition = {
  name: 'test',
  model: () => ({ Put$: [9, 'test', 'Put', 0, () => everything, () => everything] }),
  targetPrefix: 'Test_1',
  protocols: ['json-1.1'],
  faults: { invalidInput: 'InvalidParameterException' },
  numbers: { 'Everything.ratio': 'double', 'Everything.big': 'long' },
  operations: new Set(['Put']),
  call: () => Promise.resolve({}),
}

const protocol = new JsonProtocol()
const put = new Model(service.model(), service.numbers).operations.get('Put')!

const claimOf = (body: string | Buffer, contentType = 'application/x-amz-json-1.1'): Claim =>
  protocol.recognise({
    method: 'POST',
    url: '/',
    headers: { 'x-amz-target': 'Test_1.Put', 'content-type': contentType },
    body: Buffer.from(body),
    sourceIp: '127.0.0.1',
  })!

const decode = (body: string | Buffer, contentType?: string): unknown =>
  protocol.codec(service, { isChecking: false }).decode(put, claimOf(body, contentType))

const refusal = (body: string | Buffer, contentType?: string): Pick<Fault, 'code' | 'message'> => {
  try {
    decode(body, contentType)
  } catch (error) {
    if (error instanceof Fault) return { code: error.code, message: error.message }
    throw error
  }
  throw new Error('it was accepted')
}

const encode = (output: object, isChecking = true): string =>
  protocol.codec(service, { isChecking }).encode(put, output, claimOf('{}'), 'request-1').body.toString()

describe('reading AWS JSON', () => {
  it('gives the values their SDK types', () => {
    const input = decode(
      '{"text":"a","count":1,"isOn":true,"at":1767225600.25,"day":"2026-01-01T00:00:00Z","bytes":"aGk=","names":["x"],"labels":{"k":"v"}}',
    )
    expect(input).toEqual({
      text: 'a',
      count: 1,
      isOn: true,
      at: new Date(1767225600250),
      day: new Date('2026-01-01T00:00:00Z'),
      bytes: new Uint8Array([104, 105]),
      names: ['x'],
      labels: { k: 'v' },
    })
  })

  it('takes an empty body for an empty input', () => {
    expect(decode('')).toEqual({})
  })

  it('leaves behind members that the model does not know', () => {
    expect(decode('{"text":"a","other":{"deep":[1]},"nested":{"more":1}}')).toEqual({ text: 'a', nested: {} })
  })

  it('takes null for absence', () => {
    expect(decode('{"text":null,"labels":{"a":null,"b":"c"}}')).toEqual({ labels: { b: 'c' } })
    expect(refusal('{"names":[null]}')).toMatchObject({ code: 'SerializationException' })
  })

  it.each([
    ['{"text":1}', 'NUMBER_VALUE cannot be converted to String'],
    ['{"text":[]}', 'Start of list found where not expected'],
    ['{"text":{}}', 'Start of structure or map found where not expected.'],
    ['{"count":"1"}', 'STRING_VALUE cannot be converted to Integer'],
    ['{"count":true}', 'TRUE_VALUE cannot be converted to Integer'],
    ['{"count":2147483648}', 'NUMBER_VALUE cannot be converted to Integer'],
    ['{"ratio":1e999}', 'NUMBER_VALUE cannot be converted to Double'],
    ['{"isOn":"true"}', 'STRING_VALUE cannot be converted to Boolean'],
    ['{"at":"now"}', 'STRING_VALUE cannot be converted to milliseconds since epoch'],
    ['{"at":1e300}', 'NUMBER_VALUE cannot be converted to Timestamp'],
    ['{"day":"someday"}', 'STRING_VALUE cannot be converted to Timestamp'],
    ['{"bytes":"?"}', 'A blob is not valid base64'],
    ['{"names":"x"}', 'Expected list or null'],
    ['{"names":{}}', 'Start of structure or map found where not expected.'],
    ['{"labels":"x"}', 'Expected null'],
    ['{"nested":[]}', 'Start of list found where not expected'],
    ['{"choice":{"left":"a","right":"b"}}', 'Exactly one member of Choice must be set'],
    ['[]', 'Start of list found where not expected'],
    ['7', 'Expected null'],
    ['null', 'Expected null'],
  ])('refuses %s in the words of AWS', (body, message) => {
    expect(refusal(body)).toEqual({ code: 'SerializationException', message })
  })

  it('cuts fractions off integers and keeps those of other numbers', () => {
    expect(decode('{"count":1.9,"ratio":1.9,"big":9007199254740991}')).toEqual({
      count: 1,
      ratio: 1.9,
      big: Number.MAX_SAFE_INTEGER,
    })
    expect(Object.is((decode('{"count":-0.5}') as { count: number }).count, 0)).toBe(true)
  })

  it('says where a required member is missing', () => {
    expect(refusal('{"nested":{"items":[{"id":"a"},{"size":1}]}}')).toEqual({
      code: 'InvalidParameterException',
      message:
        "1 validation error detected: Value null at 'nested.items[1].id' failed to satisfy constraint: Member must not be null",
    })
  })

  it('lets the service put a missing member in its own words', () => {
    const own = {
      ...service,
      faults: {
        ...service.faults,
        missingMember: (operation: string, path: string) => ({ code: operation, message: path }),
      },
    }
    const codec = protocol.codec(own, { isChecking: false })
    expect(() => codec.decode(put, claimOf('{"items":[{}]}'))).toThrowError(
      expect.objectContaining({ code: 'Put', message: 'items[0].id' }),
    )
  })

  it('takes a member called __proto__ for a name like any other', () => {
    const input = decode(
      '{"__proto__":{"text":"x"},"labels":{"__proto__":"y"},"any":{"__proto__":{"polluted":true}}}',
    ) as Record<string, object>
    expect(input['text']).toBeUndefined()
    expect(Object.entries(input['labels']!)).toEqual([['__proto__', 'y']])
    expect(Object.getPrototypeOf(input['any'])).toBe(Object.prototype)
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })

  it('refuses what is not JSON, not UTF-8, or not meant as JSON', () => {
    expect(refusal('{"text":').message).toBe('The request body is not valid JSON')
    expect(refusal(Buffer.from([0x7b, 0xff, 0x7d])).message).toBe('The request body is not valid UTF-8')
    expect(refusal('{}', 'text/plain').message).toContain('text/plain')
    expect(decode('{}', 'application/json; charset=utf-8')).toEqual({})
  })

  it('refuses deep nesting, even where the model would not look', () => {
    const deep = `{"other":${'['.repeat(REQUEST_DEPTH)}${']'.repeat(REQUEST_DEPTH)}}`
    expect(refusal(deep).message).toContain('nested')
    expect(decode(`{"other":${'['.repeat(REQUEST_DEPTH - 1)}${']'.repeat(REQUEST_DEPTH - 1)}}`)).toEqual({})
    expect(decode(`{"text":"\\\\\\"${'['.repeat(1000)}"}`)).toEqual({ text: `\\"${'['.repeat(1000)}` })
    expect(refusal('['.repeat(100_000)).code).toBe('SerializationException')
  })

  it('refuses lists beyond the limit', () => {
    expect(
      refusal(
        `{"names":[${Array(REQUEST_LIST_ITEMS + 1)
          .fill('"x"')
          .join()}]}`,
      ).message,
    ).toContain(String(REQUEST_LIST_ITEMS))
  })
})

describe('writing AWS JSON', () => {
  it('gives moments as seconds with milliseconds as their fraction', () => {
    expect(encode({ at: new Date(1767225600123), day: new Date(0) })).toBe(
      '{"at":1767225600.123,"day":"1970-01-01T00:00:00Z"}',
    )
  })

  it('leaves out what is undefined or null', () => {
    expect(encode({ text: undefined, count: null, names: [], nested: {} })).toBe('{"names":[],"nested":{}}')
  })

  it('escapes text and names', () => {
    const output = { text: '"\n\ud800é', labels: { 'a"b': '\\' } }
    expect(JSON.parse(encode(output))).toEqual({ text: '"\n\ud800é', labels: { 'a"b': '\\' } })
  })

  it('leaves out members that the model does not know', () => {
    expect(encode({ text: 'a', secret: 'b' }, false)).toBe('{"text":"a"}')
  })

  it('encodes what is described once per record and variant', () => {
    let described = 0
    const record = Object.freeze({})
    const an = (variant: string) => new Described(record, variant, () => ({ id: `${variant}${++described}` }))
    const codec = protocol.codec(service, { isChecking: false })
    const text = () => codec.encode(put, { items: [an('a'), an('b'), an('a')] }, claimOf('{}'), 'r').body.toString()
    expect(text()).toBe('{"items":[{"id":"a1"},{"id":"b2"},{"id":"a1"}]}')
    expect(text()).toBe('{"items":[{"id":"a1"},{"id":"b2"},{"id":"a1"}]}')
    expect(described).toBe(2)
  })

  it('gives the media type of the version that was asked in, and the request id', () => {
    const codec = protocol.codec(service, { isChecking: true })
    const { headers } = codec.encode(put, {}, claimOf('{}', 'application/x-amz-json-1.0'), 'request-1')
    expect(headers).toEqual({ 'Content-Type': 'application/x-amz-json-1.0', 'x-amzn-RequestId': 'request-1' })
  })
})

describe('checking answers', () => {
  it.each([
    [{ colour: 'red' }, /member colour/],
    [{ count: 'one' }, /count should be a number but is a string/],
    [{ at: 1 }, /at should be a timestamp/],
    [{ at: new Date(Number.NaN) }, /at should be a timestamp/],
    [{ names: [1] }, /names\[0\] should be a string/],
    [{ labels: [] }, /labels should be a map but is a list/],
    [{ items: [{ size: 1 }] }, /items\[0\] lacks the required member id/],
    [{ items: [new Described({}, '', () => ({ id: 1 }))] }, /items\[0\]\.id should be a string/],
  ])('finds the fault in %j', (output, message) => {
    expect(() => encode(output)).toThrowError(Bug)
    expect(() => encode(output)).toThrowError(message)
  })

  it('lets through what the model knows', () => {
    expect(encode({ nested: { choice: { left: 'a' } }, any: [{ x: 1 }], bytes: new Uint8Array([1]) })).toBe(
      '{"bytes":"AQ==","any":[{"x":1}],"nested":{"choice":{"left":"a"}}}',
    )
  })
})

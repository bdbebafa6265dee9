import { describe, expect, it } from 'vitest'
import { Described } from './described.ts'
import { Fault } from './fault.ts'
import type { Claim, WireRequest } from './protocol.ts'
import { QueryProtocol } from './query.ts'
import { Model } from './schema.ts'
import type { ServiceDefinition } from './service.ts'

const tag = [3, 'test', 'Tag', 0, ['Key', 'Value'], [0, 0], 1]
const everything: unknown[] = [
  3,
  'test',
  'Everything',
  0,
  ['Text', 'Count', 'IsOn', 'At', 'Bytes', 'Tags', 'Names', 'Labels', 'FlatLabels', 'Nested', 'Renamed'],
  [
    0,
    1,
    2,
    4,
    21,
    [1, 'test', 'Tags', 0, () => tag],
    [[1, 'test', 'Names', 0, [0, { xmlName: 'Name' }]], { xmlFlattened: 1 }],
    128,
    [128, { xmlFlattened: 1, xmlName: 'Flat' }],
    () => everything,
    [0, { xmlName: 'NewName' }],
  ],
]

const service: ServiceDefinition = {
  name: 'test',
  model: () => ({
    Put$: [9, 'test', 'Put', 0, () => everything, () => everything],
    Drop$: [9, 'test', 'Drop', 0, 'unit', 'unit'],
  }),
  query: { version: '2026-01-01', xmlNamespace: 'https://test.example/' },
  protocols: ['query'],
  faults: { invalidInput: 'ValidationError' },
  numbers: {},
  operations: new Set(['Put', 'Drop']),
  call: () => Promise.resolve({}),
}

const protocol = new QueryProtocol()
const model = new Model(service.model(), service.numbers)
const put = model.operations.get('Put')!

const request = (overrides: Partial<WireRequest> & { form?: string }): WireRequest => ({
  method: 'POST',
  url: '/',
  headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
  body: Buffer.from(overrides.form ?? ''),
  sourceIp: '127.0.0.1',
  ...overrides,
})

const claimOf = (fields: string): Claim =>
  protocol.recognise(request({ form: `Action=Put&Version=2026-01-01&${fields}` }))!

const decode = (fields: string): unknown => protocol.codec(service, { isChecking: false }).decode(put, claimOf(fields))

const encode = (output: object): string =>
  protocol.codec(service, { isChecking: true }).encode(put, output, claimOf(''), 'request-1').body.toString()

describe('recognising AWS Query', () => {
  it('finds action and version in the body or in the query of a GET', () => {
    expect(protocol.recognise(request({ form: 'Version=2026-01-01&Action=Put' }))).toMatchObject({
      address: '2026-01-01',
      operation: 'Put',
    })
    const presigned = request({ method: 'GET', url: '/?Action=Put&Version=2026-01-01&X-Amz-Expires=60', headers: {} })
    expect(protocol.recognise(presigned)).toMatchObject({ operation: 'Put' })
  })

  it('leaves alone what has no action, or is no form', () => {
    expect(protocol.recognise(request({ form: 'Version=2026-01-01' }))).toBeUndefined()
    expect(
      protocol.recognise(request({ form: 'Action=Put', headers: { 'content-type': 'application/json' } })),
    ).toBeUndefined()
  })
})

describe('reading AWS Query', () => {
  it('gives the values their SDK types', () => {
    expect(decode('Text=a%20b%2B%C3%A9&Count=-7&IsOn=true&At=2026-01-01T00%3A00%3A00Z&Bytes=aGk%3D&NewName=n')).toEqual(
      {
        Text: 'a b+é',
        Count: -7,
        IsOn: true,
        At: new Date('2026-01-01T00:00:00Z'),
        Bytes: new Uint8Array([104, 105]),
        Renamed: 'n',
      },
    )
  })

  it('reads lists, flat lists, maps and flat maps', () => {
    expect(
      decode(
        'Tags.member.2.Key=b&Tags.member.1.Key=a&Tags.member.1.Value=1&Names.1=x&Names.10=z&Names.9=y' +
          '&Labels.entry.1.key=k&Labels.entry.1.value=v&Flat.1.key=f&Flat.1.value=w&Nested.Nested.Text=deep',
      ),
    ).toEqual({
      Tags: [{ Key: 'a', Value: '1' }, { Key: 'b' }],
      Names: ['x', 'y', 'z'],
      Labels: { k: 'v' },
      FlatLabels: { f: 'w' },
      Nested: { Nested: { Text: 'deep' } },
    })
  })

  it('takes an empty list and leaves unknown fields behind', () => {
    expect(decode('Tags=&Colour=red&Nested.Colour=blue')).toEqual({ Tags: [], Nested: {} })
  })

  it('does not make room for items that are not there', () => {
    expect(decode('Names.999999999=x')).toEqual({ Names: ['x'] })
  })

  it.each([
    ['Count=seven', 'MalformedInput'],
    ['Count=2147483648', 'MalformedInput'],
    ['Count=', 'MalformedInput'],
    ['IsOn=yes', 'MalformedInput'],
    ['At=someday', 'MalformedInput'],
    ['Tags.member.1.Value=a', 'ValidationError'],
    [`${'Nested.'.repeat(100)}Text=a`, 'MalformedInput'],
  ])('refuses %s', (fields, code) => {
    expect(() => decode(fields)).toThrowError(expect.objectContaining({ code }) as Fault)
  })
})

describe('writing XML', () => {
  it('wraps the result as the Query protocol has it', () => {
    expect(encode({ Text: 'a' })).toBe(
      '<PutResponse xmlns="https://test.example/"><PutResult><Text>a</Text></PutResult>' +
        '<ResponseMetadata><RequestId>request-1</RequestId></ResponseMetadata></PutResponse>',
    )
  })

  it('writes no result where the operation has none', () => {
    const drop = model.operations.get('Drop')!
    const text = protocol.codec(service, { isChecking: true }).encode(drop, {}, claimOf(''), 'r').body.toString()
    expect(text).not.toContain('DropResult')
  })

  it('writes lists, maps, moments and bytes by their names and formats', () => {
    const text = encode({
      Tags: [{ Key: 'a' }],
      Names: ['x', 'y'],
      Labels: { k: 'v' },
      FlatLabels: { f: 'w' },
      At: new Date(1767225600123),
      Bytes: new Uint8Array([1]),
      Renamed: 'n',
    })
    expect(text).toContain('<Tags><member><Key>a</Key></member></Tags><Names>x</Names><Names>y</Names>')
    expect(text).toContain(
      '<Labels><entry><key>k</key><value>v</value></entry></Labels><Flat><key>f</key><value>w</value></Flat>',
    )
    expect(text).toContain('<At>2026-01-01T00:00:00.123Z</At><Bytes>AQ==</Bytes>')
    expect(text).toContain('<NewName>n</NewName>')
  })

  it('escapes text, and replaces what XML cannot carry', () => {
    expect(encode({ Text: '<&>"\r\n\u0000' })).toContain('<Text>&lt;&amp;&gt;&quot;&#xD;&#xA;\ufffd</Text>')
  })

  it('encodes what is described once', () => {
    let described = 0
    const record = {}
    const output = () => ({ Tags: [new Described(record, '', () => ({ Key: `k${++described}` }))] })
    const codec = protocol.codec(service, { isChecking: false })
    for (let time = 0; time < 2; time++) codec.encode(put, output(), claimOf(''), 'r')
    expect(described).toBe(1)
  })

  it('gives faults the code that the Query protocol has for them', () => {
    const fault = new Fault({ code: 'PolicyException', message: 'no <policy>' })
    const structure = { kind: 'structure' as const, name: 'PolicyException', union: false, members: [] }
    const shape = {
      name: 'PolicyException',
      structure,
      side: 'client' as const,
      status: undefined,
      queryCode: 'Policy',
    }
    const { body } = protocol.refuse(fault, { requestId: 'request-1', shape, claim: undefined, service })
    expect(body.toString()).toBe(
      '<ErrorResponse xmlns="https://test.example/"><Error><Type>Sender</Type><Code>Policy</Code>' +
        '<Message>no &lt;policy&gt;</Message></Error><RequestId>request-1</RequestId></ErrorResponse>',
    )
  })
})

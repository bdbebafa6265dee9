import { describe, expect, it } from 'vitest'
import { Ec2QueryProtocol } from './ec2-query.ts'
import { Fault } from './fault.ts'
import type { Claim } from './protocol.ts'
import { Model } from './schema.ts'
import type { ServiceDefinition } from './service.ts'

const tag = [
  3,
  'test',
  'Tag',
  0,
  ['Key', 'Value'],
  [
    [0, { xmlName: 'key' }],
    [0, { xmlName: 'value' }],
  ],
]
const tagList = [1, 'test', 'TagList', 0, [() => tag, { xmlName: 'item' }]]
const input = [
  3,
  'test',
  'PutRequest',
  0,
  ['VpcId', 'DryRun', 'Count', 'Tags', 'Names', 'Nested', 'At'],
  [
    0,
    [2, { ec2QueryName: 'DryRun', xmlName: 'dryRun' }],
    [1, { xmlName: 'theCount' }],
    [() => tagList, { ec2QueryName: 'Tag', xmlName: 'TagSet' }],
    [[1, 'test', 'Names', 0, [0, { xmlName: 'Name' }]], { xmlName: 'Name' }],
    () => input,
    4,
  ],
]
const output = [
  3,
  'test',
  'PutResult',
  0,
  ['VpcId', 'Tags', 'IsOn'],
  [
    [0, { ec2QueryName: 'VpcId', xmlName: 'vpcId' }],
    [() => tagList, { ec2QueryName: 'TagSet', xmlName: 'tagSet' }],
    [2, { xmlName: 'isOn' }],
  ],
]

const service: ServiceDefinition = {
  name: 'test',
  model: () => ({ Put$: [9, 'test', 'Put', 0, () => input, () => output] }),
  query: { version: '2016-11-15', xmlNamespace: 'http://test.example/' },
  protocols: ['ec2-query'],
  faults: { invalidInput: 'MissingParameter' },
  numbers: {},
  operations: new Set(['Put']),
  call: () => Promise.resolve({}),
}

const protocol = new Ec2QueryProtocol()
const put = new Model(service.model(), {}).operations.get('Put')!
const codec = protocol.codec(service, { isChecking: true })

const claimOf = (fields: string): Claim =>
  protocol.recognise({
    method: 'POST',
    url: '/',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: Buffer.from(`Action=Put&Version=2016-11-15&${fields}`),
    sourceIp: '127.0.0.1',
  })!

const decode = (fields: string): unknown => codec.decode(put, claimOf(fields))

describe('reading EC2 Query', () => {
  it('is for the service whose version the form names', () => {
    expect(protocol.isFor(service, claimOf(''))).toBe(true)
    expect(protocol.isFor({ ...service, query: { version: '2011-06-15', xmlNamespace: '' } }, claimOf(''))).toBe(false)
  })

  it('takes the name of EC2 for a field, then that of XML with a capital letter, then its own', () => {
    expect(decode('VpcId=v&DryRun=true&TheCount=3&At=2026-01-01T00:00:00Z')).toEqual({
      VpcId: 'v',
      DryRun: true,
      Count: 3,
      At: new Date('2026-01-01T00:00:00Z'),
    })
    expect(decode('dryRun=true&theCount=3')).toEqual({})
  })

  it('has flat lists only', () => {
    expect(decode('Tag.1.Key=a&Tag.1.Value=1&Tag.2.Key=b&Name.10=z&Name.9=y&Nested.Name.1=x')).toEqual({
      Tags: [{ Key: 'a', Value: '1' }, { Key: 'b' }],
      Names: ['y', 'z'],
      Nested: { Names: ['x'] },
    })
  })

  it('refuses values of the wrong type', () => {
    expect(() => decode('DryRun=maybe')).toThrow(expect.objectContaining({ code: 'InvalidParameterValue' }))
  })
})

describe('writing EC2 Query', () => {
  it('puts the members beside the id of the request', () => {
    const answer = { VpcId: 'vpc-1', Tags: [{ Key: 'a', Value: '<1>' }], IsOn: false }
    const { status, body } = codec.encode(put, answer, claimOf(''), 'r-1')
    expect(status).toBe(200)
    expect(body.toString()).toBe(
      '<PutResponse xmlns="http://test.example/"><requestId>r-1</requestId><vpcId>vpc-1</vpcId>' +
        '<tagSet><item><key>a</key><value>&lt;1&gt;</value></item></tagSet><isOn>false</isOn></PutResponse>',
    )
  })

  it('frames faults as EC2 does', () => {
    const fault = new Fault({ code: 'InvalidVpcID.NotFound', message: 'no & none' })
    const refused = protocol.refuse(fault, { requestId: 'r-1', shape: undefined, claim: undefined, service })
    expect(refused.status).toBe(400)
    expect(refused.body.toString()).toBe(
      '<Response><Errors><Error><Code>InvalidVpcID.NotFound</Code><Message>no &amp; none</Message></Error></Errors>' +
        '<RequestID>r-1</RequestID></Response>',
    )
  })
})

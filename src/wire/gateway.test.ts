import * as ecs from '@aws-sdk/client-ecs'
import * as sts from '@aws-sdk/client-sts'
import { describe, expect, it } from 'vitest'
import { ManualClock } from '../kit/clock.ts'
import { SeededIds } from '../kit/ids.ts'
import { LineLog } from '../kit/log.ts'
import { signRequest } from '../model/signature-v4.ts'
import { bySignature, byTrust } from './authentication.ts'
import { Fault } from './fault.ts'
import { Gateway, type GatewayOptions } from './gateway.ts'
import type { WireRequest, WireResponse } from './protocol.ts'
import type { CallContext, ServiceDefinition } from './service.ts'
import { expiredToken } from './signature-fault.ts'
import type { Credential } from './sigv4.ts'

type Call = ServiceDefinition['call']

const ecsService = (call: Call = () => Promise.resolve({})): ServiceDefinition => ({
  name: 'ecs',
  model: () => ecs,
  targetPrefix: 'AmazonEC2ContainerServiceV20141113',
  protocols: ['json-1.1'],
  faults: { invalidInput: 'InvalidParameterException' },
  operations: new Set(['ListClusters', 'RunTask', 'DescribeTasks']),
  call,
})

const stsService = (call: Call = () => Promise.resolve({ Account: '0' })): ServiceDefinition => ({
  name: 'sts',
  model: () => sts,
  query: { version: '2011-06-15', xmlNamespace: 'https://sts.amazonaws.com/doc/2011-06-15/' },
  protocols: ['query'],
  faults: { invalidInput: 'ValidationError' },
  operations: new Set(['GetCallerIdentity']),
  call,
})

const ACCOUNT = '000000000000'

const aGateway = (options: Partial<GatewayOptions> = {}) => {
  const lines: Record<string, unknown>[] = []
  const clock = new ManualClock()
  const log = new LineLog({ clock, level: 'info', format: 'json', write: (line) => void lines.push(JSON.parse(line)) })
  const gateway = new Gateway({
    services: [ecsService(), stsService()],
    authenticator: byTrust({ account: ACCOUNT, region: 'us-east-1' }),
    clock,
    ids: new SeededIds(1),
    log,
    isChecking: true,
    ...options,
  })
  return { gateway, lines, clock }
}

const jsonCall = (operation: string, input: object = {}, overrides: Partial<WireRequest> = {}): WireRequest => ({
  method: 'POST',
  url: '/',
  headers: {
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': `AmazonEC2ContainerServiceV20141113.${operation}`,
  },
  body: Buffer.from(JSON.stringify(input)),
  sourceIp: '127.0.0.1',
  ...overrides,
})

const queryCall = (form: string): WireRequest => ({
  method: 'POST',
  url: '/',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: Buffer.from(form),
  sourceIp: '127.0.0.1',
})

const bodyOf = ({ body }: WireResponse): Record<string, unknown> =>
  JSON.parse(body.toString()) as Record<string, unknown>

describe('a call', () => {
  it('reaches its handler with its input and context, and comes back encoded', async () => {
    const seen: [string, object, CallContext][] = []
    const call: Call = (operation, input, context) => {
      seen.push([operation, input, context])
      return Promise.resolve({ clusterArns: ['arn:aws:ecs:us-east-1:000000000000:cluster/default'] })
    }
    const { gateway, clock } = aGateway({ services: [ecsService(call)] })
    const response = await gateway.handle(jsonCall('ListClusters', { maxResults: 5, other: 1 }))
    expect(response.status).toBe(200)
    expect(bodyOf(response)).toEqual({ clusterArns: ['arn:aws:ecs:us-east-1:000000000000:cluster/default'] })
    expect(seen).toEqual([
      [
        'ListClusters',
        { maxResults: 5 },
        {
          requestId: response.headers['x-amzn-RequestId'],
          account: ACCOUNT,
          region: 'us-east-1',
          now: clock.now(),
          principal: { arn: 'arn:aws:iam::000000000000:root', account: ACCOUNT, userId: ACCOUNT, accessKeyId: '' },
          sourceIp: '127.0.0.1',
          userAgent: '',
          isSecureTransport: false,
        },
      ],
    ])
  })

  it('writes one line to the log', async () => {
    const { gateway, lines } = aGateway()
    await gateway.handle(jsonCall('ListClusters'))
    await gateway.handle(jsonCall('CreateService'))
    expect(lines).toHaveLength(2)
    expect(lines[0]).toMatchObject({
      message: 'request',
      service: 'ecs',
      operation: 'ListClusters',
      status: 200,
      sourceIp: '127.0.0.1',
    })
    expect(lines[1]).toMatchObject({ operation: 'CreateService', status: 501, code: 'NotImplemented' })
  })

  it('finds the Query service by its version', async () => {
    const { gateway } = aGateway()
    const response = await gateway.handle(queryCall('Action=GetCallerIdentity&Version=2011-06-15'))
    expect(response.body.toString()).toContain(
      '<GetCallerIdentityResult><Account>0</Account></GetCallerIdentityResult>',
    )
  })

  it('is made in the region that it is signed for', async () => {
    const regions: string[] = []
    const call: Call = (_operation, _input, { region }) => {
      regions.push(region)
      return Promise.resolve({})
    }
    const { gateway } = aGateway({ services: [ecsService(call)] })
    const credential = (region: string) => ({
      ...jsonCall('ListClusters').headers,
      authorization: `AWS4-HMAC-SHA256 Credential=any/20260101/${region}/ecs/aws4_request, SignedHeaders=host, Signature=0`,
    })
    await gateway.handle(jsonCall('ListClusters', {}, { headers: credential('eu-west-3') }))
    await gateway.handle(jsonCall('ListClusters', {}, { headers: credential('Not:A:Region') }))
    expect(regions).toEqual(['eu-west-3', 'us-east-1'])
  })
})

describe('what is not there', () => {
  it('is a 501 that names the operation, if AWS has it', async () => {
    const { gateway } = aGateway()
    const response = await gateway.handle(jsonCall('CreateService'))
    expect(response.status).toBe(501)
    expect(bodyOf(response)).toMatchObject({ __type: 'NotImplemented' })
    expect(bodyOf(response)['message']).toContain('ecs:CreateService is not implemented by this version of Longshore')
    const query = await gateway.handle(queryCall('Action=AssumeRole&Version=2011-06-15'))
    expect([query.status, query.body.toString()]).toEqual([
      501,
      expect.stringContaining('<Type>Receiver</Type><Code>NotImplemented</Code>'),
    ])
  })

  it('is an unknown operation otherwise, in the words of its protocol', async () => {
    const { gateway } = aGateway()
    const json = await gateway.handle(jsonCall('MakeCoffee'))
    expect([json.status, bodyOf(json)['__type']]).toEqual([400, 'UnknownOperationException'])
    expect(bodyOf(json)['message']).toContain('AmazonEC2ContainerServiceV20141113.MakeCoffee')
    const service = await gateway.handle(
      jsonCall('', {}, { headers: { 'x-amz-target': 'DynamoDB_20120810.ListTables' } }),
    )
    expect(bodyOf(service)['message']).toContain(
      'DynamoDB_20120810.ListTables, which is no operation of the services that Longshore has: ecs, sts',
    )
    const query = await gateway.handle(queryCall('Action=MakeCoffee&Version=2011-06-15'))
    expect([query.status, query.body.toString()]).toEqual([400, expect.stringContaining('<Code>InvalidAction</Code>')])
  })

  it('is a missing action, if nothing is asked for', async () => {
    const { gateway } = aGateway()
    expect(bodyOf(await gateway.handle(jsonCall('', {}, { headers: {} })))['__type']).toBe('MissingAction')
  })
})

describe('paths and methods', () => {
  it('greets who looks with a browser', async () => {
    const response = await aGateway().gateway.handle(jsonCall('', {}, { method: 'GET', headers: {} }))
    expect([response.status, response.body.toString()]).toEqual([200, expect.stringContaining('Longshore')])
  })

  it('tells which methods there are', async () => {
    const { gateway } = aGateway()
    expect(await gateway.handle(jsonCall('', {}, { method: 'OPTIONS' }))).toMatchObject({
      status: 204,
      headers: { Allow: 'GET, HEAD, OPTIONS, POST' },
    })
    expect((await gateway.handle(jsonCall('', {}, { method: 'DELETE', headers: {} }))).status).toBe(405)
    expect((await gateway.handle(jsonCall('ListClusters', {}, { url: '/other' }))).status).toBe(404)
  })
})

describe('faults', () => {
  const answering = (error: unknown, options: Partial<GatewayOptions> = {}) =>
    aGateway({
      services: [ecsService(() => Promise.reject(error)), stsService(() => Promise.reject(error))],
      ...options,
    })

  it('become answers with their modelled members', async () => {
    const { gateway } = answering(
      new Fault({ code: 'ConflictException', message: 'taken', members: { resourceIds: ['a'] } }),
    )
    const response = await gateway.handle(jsonCall('ListClusters'))
    expect([response.status, bodyOf(response)]).toEqual([
      400,
      { __type: 'ConflictException', message: 'taken', resourceIds: ['a'] },
    ])
  })

  it('have the status and side that the model gives them', async () => {
    const denied = await answering(new Fault({ code: 'AccessDeniedException', message: 'no' })).gateway.handle(
      jsonCall('ListClusters'),
    )
    expect(denied.status).toBe(403)
    const failed = await answering(new Fault({ code: 'ServerException', message: 'oh' })).gateway.handle(
      jsonCall('ListClusters'),
    )
    expect(failed.status).toBe(500)
  })

  it('that nobody expected are an InternalFailure that the log explains', async () => {
    const { gateway, lines } = answering(new Error('the secret reason'))
    const response = await gateway.handle(jsonCall('ListClusters'))
    expect([response.status, bodyOf(response)['__type']]).toEqual([500, 'InternalFailure'])
    expect(bodyOf(response)['message']).toContain(response.headers['x-amzn-RequestId'])
    expect(response.body.toString()).not.toContain('secret reason')
    expect(lines[0]).toMatchObject({
      level: 'error',
      operation: 'ListClusters',
      requestId: response.headers['x-amzn-RequestId'],
    })
    expect(lines[0]?.['error']).toContain('the secret reason')
  })

  it('can be made of errors that only others know', async () => {
    const translate = (error: unknown): Fault | undefined =>
      error instanceof RangeError
        ? new Fault({ code: 'ServiceUnavailable', message: 'The store cannot write.', side: 'server', status: 503 })
        : undefined
    const { gateway } = answering(new RangeError('disk full'), { translate })
    const response = await gateway.handle(queryCall('Action=GetCallerIdentity&Version=2011-06-15'))
    expect([response.status, response.body.toString()]).toEqual([
      503,
      expect.stringContaining('<Code>ServiceUnavailable</Code><Message>The store cannot write.</Message>'),
    ])
  })

  it('that the model does not know are a bug, where answers are checked', async () => {
    const invented = new Fault({ code: 'InventedException', message: 'x' })
    expect(bodyOf(await answering(invented).gateway.handle(jsonCall('ListClusters')))['__type']).toBe('InternalFailure')
    expect(
      bodyOf(await answering(invented, { isChecking: false }).gateway.handle(jsonCall('ListClusters')))['__type'],
    ).toBe('InventedException')
    const member = new Fault({ code: 'ClientException', message: 'x', members: { extra: 1 } })
    expect(bodyOf(await answering(member).gateway.handle(jsonCall('ListClusters')))['__type']).toBe('InternalFailure')
  })

  it('answer an output in a shape that clients do not know, where answers are checked', async () => {
    const { gateway, lines } = aGateway({ services: [ecsService(() => Promise.resolve({ clusters: [] }))] })
    expect((await gateway.handle(jsonCall('ListClusters'))).status).toBe(500)
    expect(lines[0]?.['error']).toContain('ListClusters has a member clusters')
  })
})

describe('signatures', () => {
  const secretAccessKey = 'secret'
  const principal = { arn: 'arn:aws:iam::000000000000:user/a', account: ACCOUNT, userId: 'AIDA', accessKeyId: 'AKID' }
  const home = { account: ACCOUNT, region: 'us-east-1' }
  const find = (id: string): Credential | undefined => {
    if (id === 'EXPIRED') throw expiredToken()
    return id === 'AKID' ? { secretAccessKey, principal } : undefined
  }
  const authenticator = bySignature({ find }, home)
  const signed = (request: WireRequest, service: string, now: number, accessKeyId = 'AKID'): WireRequest => {
    const headers = signRequest({
      method: request.method,
      url: new URL('http://127.0.0.1:4566/'),
      headers: request.headers as Record<string, string>,
      body: request.body,
      region: 'eu-west-1',
      service,
      credentials: { accessKeyId, secretAccessKey },
      now,
    })
    return { ...request, headers }
  }

  it('decide who calls', async () => {
    const callers: CallContext['principal'][] = []
    const call: Call = (_operation, _input, context) => {
      callers.push(context.principal)
      return Promise.resolve({})
    }
    const { gateway, clock, lines } = aGateway({ services: [ecsService(call)], authenticator })
    expect((await gateway.handle(signed(jsonCall('ListClusters'), 'ecs', clock.now()))).status).toBe(200)
    expect(callers).toEqual([principal])
    expect(lines[0]).toMatchObject({ principal: principal.arn })
  })

  it('that do not hold are refused in the words of the protocol', async () => {
    const { gateway, clock } = aGateway({ authenticator })
    const json = async (request: WireRequest): Promise<unknown[]> => {
      const response = await gateway.handle(request)
      return [response.status, bodyOf(response)['__type']]
    }
    expect(await json(jsonCall('ListClusters'))).toEqual([400, 'MissingAuthenticationTokenException'])
    expect(await json(signed(jsonCall('ListClusters'), 'ecs', clock.now(), 'OTHER'))).toEqual([
      400,
      'UnrecognizedClientException',
    ])
    expect(await json(signed(jsonCall('ListClusters'), 'ecs', clock.now(), 'EXPIRED'))).toEqual([
      400,
      'ExpiredTokenException',
    ])
    expect(
      await json({ ...signed(jsonCall('ListClusters'), 'ecs', clock.now()), body: Buffer.from('{"a":1}') }),
    ).toEqual([400, 'InvalidSignatureException'])
    const form = queryCall('Action=GetCallerIdentity&Version=2011-06-15')
    const query = async (request: WireRequest): Promise<unknown[]> => {
      const response = await gateway.handle(request)
      return [response.status, /<Code>(.*)<\/Code>/.exec(response.body.toString())?.[1]]
    }
    expect(await query(form)).toEqual([403, 'MissingAuthenticationToken'])
    expect(await query(signed(form, 'sts', clock.now(), 'OTHER'))).toEqual([403, 'InvalidClientTokenId'])
    expect(await query(signed(form, 'sts', clock.now(), 'EXPIRED'))).toEqual([403, 'ExpiredToken'])
    expect(await query(signed(form, 'ecs', clock.now()))).toEqual([403, 'SignatureDoesNotMatch'])
  })

  it('are not looked at where an operation proves its caller otherwise: it is called by nobody, at home', async () => {
    const callers: CallContext[] = []
    const call: Call = (_operation, _input, context) => {
      callers.push(context)
      return Promise.resolve({})
    }
    const sts = { ...stsService(call), unsigned: new Set(['GetCallerIdentity']) }
    const { gateway, clock } = aGateway({ services: [ecsService(), sts], authenticator })
    const form = queryCall('Action=GetCallerIdentity&Version=2011-06-15')
    for (const request of [form, signed(form, 'sts', clock.now(), 'OTHER')]) {
      expect((await gateway.handle(request)).status).toBe(200)
      expect(callers.pop()).toMatchObject({ account: ACCOUNT, region: 'us-east-1', principal: { arn: 'anonymous' } })
    }
  })

  it('are checked before anything is said about the input', async () => {
    const { gateway } = aGateway({ authenticator })
    expect(bodyOf(await gateway.handle(jsonCall('CreateService')))['__type']).toBe(
      'MissingAuthenticationTokenException',
    )
    expect(bodyOf(await gateway.handle({ ...jsonCall('RunTask'), body: Buffer.from('{') }))['__type']).toBe(
      'MissingAuthenticationTokenException',
    )
  })
})

describe('a call whose trace cannot be left', () => {
  it('has its answer all the same', async () => {
    const append = (): void => {
      throw new Error('no trace')
    }
    const audit = { sink: { append }, home: { account: ACCOUNT, region: 'us-east-1' } }
    const { gateway, lines } = aGateway({ audit })
    expect((await gateway.handle(jsonCall('ListClusters'))).status).toBe(200)
    expect(lines).toMatchObject([{ level: 'error', message: 'a call left no trace' }, { message: 'request' }])
  })
})

describe('a service of data', () => {
  it('says which of its calls leave no trace', async () => {
    const traced: unknown[] = []
    const append = (event: { readonly eventName: string }): void => void traced.push(event.eventName)
    const { gateway } = aGateway({
      services: [{ ...ecsService(), untraced: new Set(['ListClusters']) }],
      audit: { sink: { append }, home: { account: ACCOUNT, region: 'us-east-1' } },
    })
    await gateway.handle(jsonCall('ListClusters'))
    await gateway.handle(jsonCall('DescribeTasks', { tasks: ['t'] }))
    expect(traced).toEqual(['DescribeTasks'])
  })

  it('may be sent more than others', () => {
    const { gateway } = aGateway({ services: [{ ...ecsService(), bodyBytes: 5_000_000 }, stsService()] })
    expect(gateway.bodyBytes('AmazonEC2ContainerServiceV20141113.ListClusters')).toBe(5_000_000)
    for (const target of ['Other_20140328.Put', undefined]) expect(gateway.bodyBytes(target)).toBe(1024 * 1024)
  })
})

import { ECSClient, ListClustersCommand } from '@aws-sdk/client-ecs'
import { describe, expect, it } from 'vitest'
import { PRESIGNED_VALIDITY_SECONDS, SIGNATURE_SKEW_MS } from '../model/limits.ts'
import { hashHex, signRequest } from '../model/signature-v4.ts'
import { SignatureError, type SignatureProblem } from './signature-fault.ts'
import { type Credential, SignatureVerifier, type SignedRequest } from './sigv4.ts'

const ACCESS_KEY = 'AKIAIOSFODNN7EXAMPLE'
const SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'
const NOW = Date.UTC(2026, 0, 2, 3, 4, 5)

const principal = {
  arn: 'arn:aws:iam::000000000000:root',
  account: '000000000000',
  userId: '000000000000',
  accessKeyId: ACCESS_KEY,
}

/** Knows one key, which comes with that session token, or none. */
const verifier = ({
  sessionToken,
  ...given
}: Partial<Credential> & { sessionToken?: string } = {}): SignatureVerifier =>
  new SignatureVerifier({
    find: (accessKeyId, token) =>
      accessKeyId === ACCESS_KEY && token === sessionToken
        ? { secretAccessKey: SECRET, principal, ...given }
        : undefined,
  })

interface SdkRequest {
  readonly method: string
  readonly path: string
  readonly query: Record<string, string | string[] | null>
  readonly headers: Record<string, string>
  readonly body?: Uint8Array
}

const credentials = (sessionToken?: string) => ({
  accessKeyId: ACCESS_KEY,
  secretAccessKey: SECRET,
  ...(sessionToken === undefined ? {} : { sessionToken }),
})

/** A client of the SDK whose requests are caught in the place of being sent. */
const catchingClient = (sessionToken?: string) => {
  const caught: SdkRequest[] = []
  const requestHandler = {
    handle: (request: SdkRequest) => {
      caught.push(request)
      return Promise.reject(new Error('caught'))
    },
  }
  const client = new ECSClient({
    region: 'eu-central-1',
    endpoint: 'http://127.0.0.1:4566',
    credentials: credentials(sessionToken),
    maxAttempts: 1,
    requestHandler: requestHandler as never,
  })
  return { client, caught }
}

/** A request as the SDK signs and sends it, signed now. */
const sdkRequest = async (sessionToken?: string): Promise<SignedRequest> => {
  const { client, caught } = catchingClient(sessionToken)
  await client.send(new ListClustersCommand({ maxResults: 7 })).catch(() => undefined)
  const { method, path, headers, body } = caught[0]!
  const lowerCase = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
  return {
    method,
    url: path,
    headers: lowerCase,
    body: body === undefined ? Buffer.alloc(0) : new Uint8Array(body.buffer, body.byteOffset, body.byteLength),
  }
}

interface Presigner {
  presign(
    request: object,
    options: { expiresIn: number; signingDate: Date; signableHeaders?: Set<string> },
  ): Promise<SdkRequest>
}

/** A URL as the SDK presigns it. */
const presigned = async ({
  expiresIn = 60,
  query = {},
  sessionToken,
}: { expiresIn?: number; query?: object; sessionToken?: string } = {}): Promise<SignedRequest> => {
  const { client } = catchingClient(sessionToken)
  const signer = await (client.config as unknown as { signer: (scheme: object) => Promise<Presigner> }).signer({
    name: 'sigv4',
    signingName: 'ecs',
    signingRegion: 'eu-central-1',
  })
  const unsigned = {
    method: 'GET',
    protocol: 'http:',
    hostname: '127.0.0.1',
    port: 4566,
    path: '/ws/a b',
    query,
    headers: { host: '127.0.0.1:4566' },
  }
  const signed = await signer.presign(unsigned, { expiresIn, signingDate: new Date(NOW) })
  const pairs = Object.entries(signed.query).flatMap(([name, value]) =>
    [value].flat().map((each) => `${encodeURIComponent(name)}=${encodeURIComponent(each ?? '')}`),
  )
  return { method: 'GET', url: `${signed.path}?${pairs.join('&')}`, headers: signed.headers, body: Buffer.alloc(0) }
}

const ownRequest = ({
  url = 'http://127.0.0.1:4566/',
  headers = {},
  body = '{"a":1}',
  at = NOW,
  sessionToken,
  region = 'us-east-1',
}: {
  url?: string
  headers?: Record<string, string>
  body?: string
  at?: number
  sessionToken?: string
  region?: string
} = {}): SignedRequest => {
  const target = new URL(url)
  const signed = signRequest({
    method: 'POST',
    url: target,
    headers,
    body,
    region,
    service: 'ecs',
    credentials: credentials(sessionToken),
    now: at,
  })
  return { method: 'POST', url: target.pathname + target.search, headers: signed, body: Buffer.from(body) }
}

const problemOf = (
  request: SignedRequest,
  { now = NOW, with: by = verifier(), service = 'ecs' } = {},
): [SignatureProblem | 'accepted', string] => {
  try {
    by.verify(request, service, now)
    return ['accepted', '']
  } catch (error) {
    if (error instanceof SignatureError) return [error.problem, error.message]
    throw error
  }
}

const MISMATCH = 'The request signature we calculated does not match the signature you provided.'

describe('signatures in the header', () => {
  it('accepts what the SDK signs, and says who and where', async () => {
    const caller = verifier().verify(await sdkRequest(), 'ecs', Date.now())
    expect(caller).toEqual({ principal, region: 'eu-central-1' })
  })

  it('accepts what our own signer signs, queries and odd paths included', () => {
    expect(problemOf(ownRequest())).toEqual(['accepted', ''])
    const odd = "http://h:1/a%20b//./c/../d/?x=2&x=1&arn=arn:aws:ecs::1:task/a+b&empty&e=%C3%A9'()*&%zz"
    expect(problemOf(ownRequest({ url: odd, headers: { 'x-amz-meta': '  a   b ' } }))).toEqual(['accepted', ''])
  })

  it.each<[string, (request: SignedRequest) => SignedRequest]>([
    ['method', (request) => ({ ...request, method: 'PUT' })],
    ['path', (request) => ({ ...request, url: `/other${request.url}` })],
    ['query', (request) => ({ ...request, url: `${request.url}?a=b` })],
    ['body', (request) => ({ ...request, body: Buffer.from('{"maxResults":8}') })],
    [
      'target',
      (request) => ({
        ...request,
        headers: { ...request.headers, 'x-amz-target': 'AmazonEC2ContainerServiceV20141113.DeleteCluster' },
      }),
    ],
    ['host', (request) => ({ ...request, headers: { ...request.headers, host: 'elsewhere:4566' } })],
    ['content type', (request) => ({ ...request, headers: { ...request.headers, 'content-type': 'text/plain' } })],
    [
      'repeated header',
      (request) => ({ ...request, headers: { ...request.headers, host: ['127.0.0.1:4566', 'elsewhere'] } }),
    ],
    [
      'signature',
      (request) => ({
        ...request,
        headers: { ...request.headers, authorization: String(request.headers['authorization']).replace(/.$/, 'g') },
      }),
    ],
    [
      'signature length',
      (request) => ({
        ...request,
        headers: { ...request.headers, authorization: `${String(request.headers['authorization'])}0` },
      }),
    ],
    [
      'region',
      (request) => ({
        ...request,
        headers: {
          ...request.headers,
          authorization: String(request.headers['authorization']).replace('eu-central-1', 'eu-central-2'),
        },
      }),
    ],
  ])('refuses another %s than was signed', async (_part, tamper) => {
    const [problem, message] = problemOf(tamper(await sdkRequest()), { now: Date.now() })
    expect(problem).toBe('mismatch')
    expect(message).toContain(MISMATCH)
  })

  it('refuses another secret and an unknown key', () => {
    expect(problemOf(ownRequest(), { with: verifier({ secretAccessKey: 'other' }) })[0]).toBe('mismatch')
    const unknown = new SignatureVerifier({ find: () => undefined })
    expect(problemOf(ownRequest(), { with: unknown })).toEqual([
      'unknownKey',
      'The security token included in the request is invalid.',
    ])
  })

  it('sees at once that the secret of a key has changed', () => {
    let secretAccessKey = SECRET
    const by = new SignatureVerifier({ find: () => ({ secretAccessKey, principal }) })
    expect(problemOf(ownRequest(), { with: by })[0]).toBe('accepted')
    secretAccessKey = 'rotated'
    expect(problemOf(ownRequest(), { with: by })[0]).toBe('mismatch')
  })

  it('refuses AWS headers that are not signed', () => {
    const request = ownRequest()
    const [problem, message] = problemOf({
      ...request,
      headers: { ...request.headers, 'x-amz-target': 'Other.Operation' },
    })
    expect([problem, message]).toEqual([
      'mismatch',
      'There were headers present in the request which were not signed: x-amz-target',
    ])
  })

  it('allows a clock to be five minutes off, and says how far it is otherwise', () => {
    expect(problemOf(ownRequest({ at: NOW - SIGNATURE_SKEW_MS }))[0]).toBe('accepted')
    expect(problemOf(ownRequest({ at: NOW + SIGNATURE_SKEW_MS }))[0]).toBe('accepted')
    expect(problemOf(ownRequest({ at: NOW - SIGNATURE_SKEW_MS - 1000 }))).toEqual([
      'mismatch',
      'Signature expired: 20260102T025904Z is now earlier than 20260102T025905Z (20260102T030405Z - 5 min.)',
    ])
    expect(problemOf(ownRequest({ at: NOW + SIGNATURE_SKEW_MS + 1000 }))).toEqual([
      'mismatch',
      'Signature not yet current: 20260102T030906Z is still later than 20260102T030905Z (20260102T030405Z + 5 min.)',
    ])
  })

  it('refuses a signature that is for another service, day or terminator', () => {
    expect(problemOf(ownRequest(), { service: 'sts' })).toEqual([
      'mismatch',
      "Credential should be scoped to correct service: 'sts'.",
    ])
    const authorization = String(ownRequest().headers['authorization'])
    const withAuthorization = (text: string): SignedRequest => ({
      ...ownRequest(),
      headers: { ...ownRequest().headers, authorization: text },
    })
    expect(problemOf(withAuthorization(authorization.replace('/20260102/', '/20260101/')))[1]).toContain(
      'Date in Credential scope does not match',
    )
    expect(problemOf(withAuthorization(authorization.replace('aws4_request', 'aws5_request')))[1]).toContain(
      'valid terminator',
    )
    expect(problemOf(withAuthorization(authorization.replace('us-east-1', 'US EAST')))[1]).toContain('valid region')
  })

  it('wants a session token exactly where the key has one', async () => {
    const session = verifier({ sessionToken: 'the-token' })
    expect(problemOf(ownRequest({ sessionToken: 'the-token' }), { with: session })[0]).toBe('accepted')
    expect(problemOf(await sdkRequest('the-token'), { with: session, now: Date.now() })[0]).toBe('accepted')
    expect(problemOf(ownRequest({ sessionToken: 'another' }), { with: session })[0]).toBe('unknownKey')
    expect(problemOf(ownRequest(), { with: session })[0]).toBe('unknownKey')
    expect(problemOf(ownRequest({ sessionToken: 'any' }))[0]).toBe('unknownKey')
  })

  it('accepts an unsigned payload only if that is what was signed', () => {
    const unsigned = ownRequest({ headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } })
    expect(problemOf({ ...unsigned, body: Buffer.from('anything') })[0]).toBe('accepted')
    const { headers, ...request } = ownRequest()
    const claimed = { ...headers, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }
    expect(problemOf({ ...request, headers: claimed })[0]).toBe('mismatch')
  })

  it('does not take the stated hash of a body for its hash', () => {
    const request = ownRequest({ headers: { 'x-amz-content-sha256': hashHex('{"a":1}') } })
    expect(problemOf(request)[0]).toBe('accepted')
    expect(problemOf({ ...request, body: Buffer.from('{"a":2}') })[0]).toBe('mismatch')
  })

  it.each([
    [undefined, 'missing', 'Missing Authentication Token'],
    ['Bearer abc', 'incomplete', "Unsupported AWS 'algorithm': 'Bearer'."],
    ['AWS4-HMAC-SHA256', 'incomplete', 'missing equal-sign'],
    ['AWS4-HMAC-SHA256 nonsense', 'incomplete', 'missing equal-sign'],
    [
      'AWS4-HMAC-SHA256 Credential=a/20260102/us-east-1/ecs/aws4_request',
      'incomplete',
      "requires 'SignedHeaders' parameter",
    ],
    [
      'AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=0',
      'incomplete',
      'exactly 5 slash-delimited elements',
    ],
    [
      'AWS4-HMAC-SHA256 Credential=a/20260102/us-east-1/ecs/aws4_request, SignedHeaders=x, Signature=0',
      'mismatch',
      "must be a 'SignedHeader'",
    ],
  ])('answers the header %j with what it lacks', (authorization, problem, message) => {
    const request = ownRequest()
    const { authorization: _signed, ...rest } = request.headers
    const found = problemOf({ ...request, headers: authorization === undefined ? rest : { ...rest, authorization } })
    expect(found[0]).toBe(problem)
    expect(found[1]).toContain(message)
  })

  it('takes the Date header where there is no X-Amz-Date, and refuses what is no date', () => {
    const { 'x-amz-date': _date, ...headers } = ownRequest().headers
    const dated = (date: string): SignedRequest => ({ ...ownRequest(), headers: { ...headers, date } })
    expect(problemOf(dated('Fri, 02 Jan 2026 03:04:05 GMT'))[1]).toContain(MISMATCH)
    expect(problemOf(dated('yesterday'))).toEqual([
      'incomplete',
      "Date must be in ISO-8601 'basic format'. Got 'yesterday'.",
    ])
    expect(problemOf({ ...ownRequest(), headers })[1]).toContain("'X-Amz-Date' or a 'Date' header")
  })
})

describe('the names of signed headers', () => {
  it.each(['constructor', '__proto__', 'toString', ''])('are names of headers only (%s)', async (name) => {
    const request = ownRequest()
    const authorization = String(request.headers['authorization']).replace('SignedHeaders=', `SignedHeaders=${name};`)
    expect(problemOf({ ...request, headers: { ...request.headers, authorization } })[0]).toBe('mismatch')
  })
})

describe('presigned requests', () => {
  it('are accepted as the SDK presigns them, until they expire', async () => {
    const request = await presigned({ query: { clusterArn: 'arn:aws:ecs:us-east-1:0:cluster/a b', list: ['b', 'a'] } })
    expect(problemOf(request)[0]).toBe('accepted')
    expect(problemOf(request, { now: NOW + 60_000 })[0]).toBe('accepted')
    expect(problemOf(request, { now: NOW + 61_000 })).toEqual([
      'mismatch',
      'Signature expired: 20260102T030505Z is now earlier than 20260102T030506Z',
    ])
    expect(problemOf(request, { now: NOW - SIGNATURE_SKEW_MS - 1000 })[1]).toContain('Signature not yet current')
  })

  it('carry session tokens', async () => {
    const request = await presigned({ sessionToken: 'the/token+=' })
    expect(problemOf(request, { with: verifier({ sessionToken: 'the/token+=' }) })[0]).toBe('accepted')
    expect(problemOf(request)[0]).toBe('unknownKey')
  })

  it('are good for seven days at most', async () => {
    const longest = await presigned({ expiresIn: PRESIGNED_VALIDITY_SECONDS })
    expect(problemOf(longest, { now: NOW + PRESIGNED_VALIDITY_SECONDS * 1000 })[0]).toBe('accepted')
    const request = {
      ...longest,
      url: longest.url.replace(`X-Amz-Expires=${PRESIGNED_VALIDITY_SECONDS}`, 'X-Amz-Expires=604801'),
    }
    expect(problemOf(request)).toEqual(['incomplete', 'X-Amz-Expires must be between 1 and 604800 seconds.'])
  })

  it('are refused when any part was changed', async () => {
    const request = await presigned({ query: { a: '1' } })
    for (const [from, to] of [
      ['a=1', 'a=2'],
      ['X-Amz-Expires=60', 'X-Amz-Expires=61'],
      ['/ws/', '/wss/'],
      ['X-Amz-Date=20260102T030405Z', 'X-Amz-Date=20260102T030406Z'],
    ] as const) {
      expect(request.url).toContain(from)
      expect(problemOf({ ...request, url: request.url.replace(from, to) })[0]).toBe('mismatch')
    }
    expect(problemOf({ ...request, url: `${request.url}&more=1` })[0]).toBe('mismatch')
    expect(problemOf({ ...request, url: request.url.replace(/&X-Amz-Signature=[^&]*/, '') })[1]).toContain(
      "must include 'X-Amz-Signature'",
    )
  })
})

import { describe, expect, it } from 'vitest'
import { ManualClock } from '../kit/clock.ts'
import { SeededIds } from '../kit/ids.ts'
import type { HttpAnswer, HttpRequest } from './http-transport.ts'
import { SecretsApi } from './secrets-api.ts'

const caller = {
  region: 'eu-west-1',
  credentials: { accessKeyId: 'ASIA', secretAccessKey: 'key', sessionToken: 'token' },
}

/** Services that answer as a test says, call by call. */
const services = (...answers: (HttpAnswer | Error | object)[]) => {
  const clock = new ManualClock()
  const requests: HttpRequest[] = []
  const api = new SecretsApi({
    endpoint: 'http://127.0.0.1:4566',
    clock,
    ids: new SeededIds(1),
    userAgent: 'Test Agent',
    transport: async (request) => {
      requests.push(request)
      const answer = answers.shift() ?? {}
      if (answer instanceof Error) throw answer
      return 'status' in answer ? (answer as HttpAnswer) : { status: 200, body: JSON.stringify(answer) }
    },
  })
  return { api, clock, requests, bodies: () => requests.map(({ body }) => JSON.parse(body) as unknown) }
}

const fault = (type: string, status = 400): HttpAnswer => ({
  status,
  body: JSON.stringify({ __type: type, message: 'm' }),
})

describe('reading parameters', () => {
  it('asks Systems Manager for decrypted values, in the name of the caller', async () => {
    const Parameters = [{ Name: '/a', ARN: 'arn', Value: 'v', Selector: ':3' }]
    const { api, requests, bodies } = services({ Parameters, InvalidParameters: ['/b'] })
    expect(await api.parameters(caller, ['/a:3', '/b'])).toEqual([
      { name: '/a', arn: 'arn', selector: ':3', value: 'v' },
    ])
    expect(bodies()).toEqual([{ Names: ['/a:3', '/b'], WithDecryption: true }])
    expect(requests[0]?.headers).toMatchObject({
      'x-amz-target': 'AmazonSSM.GetParameters',
      'x-amz-security-token': 'token',
      'user-agent': 'Test Agent',
      authorization: expect.stringMatching(/Credential=ASIA\/\d{8}\/eu-west-1\/ssm\/aws4_request/) as string,
    })
  })

  /** What a call fails with in the end. */
  const failureOf = async ({ api, clock }: ReturnType<typeof services>): Promise<unknown> => {
    const failure = api.parameters(caller, ['/a']).then(
      () => undefined,
      (error: unknown) => error,
    )
    await clock.advance(60_000)
    return failure
  }

  it('tries again what may pass, and says how often it tried', async () => {
    const answers = [new Error('ECONNREFUSED'), fault('ThrottlingException'), fault('AccessDeniedException')]
    expect(await failureOf(services(...answers))).toMatchObject({ type: 'AccessDeniedException', attempts: 3 })
  })

  it('gives up after half a minute', async () => {
    const given = services(...Array.from({ length: 20 }, () => fault('InternalFailure', 500)))
    expect(await failureOf(given)).toMatchObject({ type: 'InternalFailure' })
    expect(given.requests.length).toBeGreaterThan(3)
    expect(given.requests.length).toBeLessThan(10)
  })

  it('does not tell of an answer that it cannot read', async () => {
    const given = services(...Array.from({ length: 20 }, () => ({ status: 200, body: '{"Parameters":[hunter2' })))
    expect(await failureOf(given)).toMatchObject({ message: 'GetParameters got no answer: the answer is not JSON' })
  })
})

describe('reading a secret', () => {
  it('asks Secrets Manager for the version that is wanted', async () => {
    const { api, requests, bodies } = services({ SecretString: 's' }, { SecretBinary: 'AAA=' })
    expect(await api.secretValue(caller, { secretId: 'arn', versionStage: 'AWSPREVIOUS', versionId: 'v' })).toBe('s')
    expect(await api.secretValue(caller, { secretId: 'arn' })).toBeUndefined()
    expect(bodies()).toEqual([{ SecretId: 'arn', VersionStage: 'AWSPREVIOUS', VersionId: 'v' }, { SecretId: 'arn' }])
    expect(requests[0]?.headers).toMatchObject({
      'x-amz-target': 'secretsmanager.GetSecretValue',
      authorization: expect.stringContaining('/eu-west-1/secretsmanager/aws4_request') as string,
    })
  })
})

import { describe, expect, it } from 'vitest'
import type { HttpAnswer, HttpRequest } from '../../agentlink/http-transport.ts'
import { ManualClock } from '../../kit/clock.ts'
import { SeededIds } from '../../kit/ids.ts'
import { silentLog } from '../../kit/log.ts'
import { hashHex } from '../../model/signature-v4.ts'
import { type CredentialsOf, Forwarder } from './forwarder.ts'

const BODY = Buffer.from('{"logEvents":[]}')
const CALL = { target: 'Logs_20140328.PutLogEvents', region: 'eu-west-1', body: BODY, payloadHash: hashHex(BODY) }
const KEY = { accessKeyId: 'ASIA1', secretAccessKey: 'secret', sessionToken: 'token' }
const OK = { status: 200, body: '{}' }
const NEVER = new AbortController().signal

const fault = (status: number, type: string): HttpAnswer => ({ status, body: JSON.stringify({ __type: type }) })

/** A control plane that answers as a test says, call by call. */
const forwarding = (...answers: (HttpAnswer | Error)[]) => {
  const clock = new ManualClock()
  const requests: HttpRequest<Uint8Array>[] = []
  const forwarder = new Forwarder({
    endpoint: 'http://127.0.0.1:4566/',
    clock,
    ids: new SeededIds(1),
    log: silentLog,
    userAgent: 'Test Agent',
    transport: async (request) => {
      requests.push(request)
      const answer = answers.shift() ?? OK
      if (answer instanceof Error) throw answer
      return answer
    },
  })
  const send = (credentialsOf: CredentialsOf = () => KEY, signal = NEVER) => forwarder.send(CALL, credentialsOf, signal)
  return { clock, requests, forwarder, send }
}

describe('a call', () => {
  it('is signed with the credentials of the role, for the region that was asked', async () => {
    const { requests, send } = forwarding()
    expect(await send()).toEqual(OK)
    expect(requests).toMatchObject([
      {
        url: 'http://127.0.0.1:4566/',
        body: BODY,
        headers: {
          authorization: expect.stringMatching(/Credential=ASIA1\/\d{8}\/eu-west-1\/logs\/aws4_request/) as string,
          'x-amz-target': CALL.target,
          'x-amz-security-token': 'token',
          'amz-sdk-invocation-id': CALL.payloadHash,
        },
      },
    ])
  })

  it.each<[string, HttpAnswer | Error]>([
    ['nobody answers', new Error('ECONNREFUSED')],
    ['the control plane has failed', fault(503, 'ServiceUnavailableException')],
    ['there are too many calls', fault(400, 'ThrottlingException')],
    ['the credentials have expired', fault(400, 'com.amazon.coral.service#ExpiredTokenException')],
  ])('is tried again when %s, for hours, under the same name', async (_why, failure) => {
    const { clock, requests, forwarder, send } = forwarding(...Array.from({ length: 1000 }, () => failure))
    const answer = send()
    await clock.advance(3_600_000)
    expect([requests.length > 500, forwarder.isAway]).toEqual([true, true])
    await clock.advance(3_600_000)
    expect([await answer, forwarder.isAway]).toEqual([OK, false])
    expect(new Set(requests.map(({ headers }) => headers['amz-sdk-invocation-id'])).size).toBe(1)
  })

  it('is answered as the control plane refuses it', async () => {
    const refusal = fault(400, 'ResourceNotFoundException')
    expect(await forwarding(refusal).send()).toEqual(refusal)
  })

  it('waits for credentials, and is signed with those that are there then', async () => {
    const { clock, requests, send } = forwarding()
    const keys: (typeof KEY)[] = []
    const answer = send(() => keys[0])
    await clock.advance(60_000)
    expect(requests).toEqual([])
    keys.push({ ...KEY, accessKeyId: 'ASIA2' })
    await clock.advance(10_000)
    expect(await answer).toEqual(OK)
    expect(requests[0]?.headers['authorization']).toContain('Credential=ASIA2/')
  })

  it('is given up when its task is gone, or when nobody waits for it', async () => {
    expect(await forwarding().send(() => 'gone')).toMatchObject({ status: 400 })
    const { clock, send } = forwarding(...Array.from({ length: 9 }, () => new Error('ECONNREFUSED')))
    const leaving = new AbortController()
    const answer = send(undefined, leaving.signal).catch((error: unknown) => (error as Error).message)
    leaving.abort(new Error('left'))
    await clock.advance(1000)
    expect(await answer).toBe('left')
  })
})

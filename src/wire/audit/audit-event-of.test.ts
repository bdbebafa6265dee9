import * as sts from '@aws-sdk/client-sts'
import { describe, expect, it } from 'vitest'
import { anonymous } from '../../model/principal.ts'
import { Model } from '../schema.ts'
import { auditEventOf } from './audit-event-of.ts'

const ACCOUNT = '000000000000'
const operation = new Model(sts).operations.get('AssumeRoleWithWebIdentity')!

const request = { method: 'POST', url: '/', headers: {}, body: Buffer.alloc(0), sourceIp: '127.0.0.1' }
const call = {
  requestId: 'request-1',
  eventId: 'event-1',
  arrivedAt: 0,
  service: 'sts',
  operation,
  home: { account: ACCOUNT, region: 'us-east-1' },
}

const eventOf = (output: object | undefined) =>
  auditEventOf({
    request,
    ...call,
    caller: { principal: anonymous(ACCOUNT), region: 'us-east-1' },
    input: { RoleArn: `arn:aws:iam::${ACCOUNT}:role/ci`, RoleSessionName: 'build', WebIdentityToken: 'eyJhbGciOi' },
    output,
    fault: undefined,
  })

describe('the trace of a web identity', () => {
  it('names whom the provider vouched for, and not the token', () => {
    const Provider = `arn:aws:iam::${ACCOUNT}:oidc-provider/issuer.example`
    const event = eventOf({ Provider, Audience: 'longshore', SubjectFromWebIdentityToken: 'repo:ada/app' })
    expect(event.userIdentity).toEqual({
      type: 'WebIdentityUser',
      principalId: `${Provider}:longshore:repo:ada/app`,
      userName: 'repo:ada/app',
    })
    expect(JSON.stringify(event)).not.toContain('eyJhbGciOi')
  })

  it('names nobody if nobody was believed', () => {
    expect(eventOf(undefined).userIdentity).toEqual({ type: 'WebIdentityUser' })
  })
})

describe('the trace of whoever it is', () => {
  it('is short, however long what they send', () => {
    const long = 'x'.repeat(100_000)
    const authorization = `AWS4-HMAC-SHA256 Credential=${long}/20260101/us-east-1/sts/aws4_request`
    const event = auditEventOf({
      request: { ...request, headers: { authorization, 'user-agent': long } },
      ...call,
      caller: undefined,
      input: undefined,
      output: undefined,
      fault: { code: 'AccessDenied', message: long },
    })
    expect(event).toMatchObject({ userIdentity: { type: 'Unknown' }, errorCode: 'AccessDenied' })
    expect(JSON.stringify(event).length).toBeLessThan(5000)
  })
})

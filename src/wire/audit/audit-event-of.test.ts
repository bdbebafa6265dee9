import * as sts from '@aws-sdk/client-sts'
import { describe, expect, it } from 'vitest'
import { anonymous } from '../../model/principal.ts'
import { Model } from '../schema.ts'
import { auditEventOf } from './audit-event-of.ts'

const ACCOUNT = '000000000000'
const operation = new Model(sts).operations.get('AssumeRoleWithWebIdentity')!

const eventOf = (output: object | undefined) =>
  auditEventOf({
    request: { method: 'POST', url: '/', headers: {}, body: Buffer.alloc(0), sourceIp: '127.0.0.1' },
    requestId: 'request-1',
    eventId: 'event-1',
    arrivedAt: 0,
    service: 'sts',
    operation,
    caller: { principal: anonymous(ACCOUNT), region: 'us-east-1' },
    input: { RoleArn: `arn:aws:iam::${ACCOUNT}:role/ci`, RoleSessionName: 'build', WebIdentityToken: 'eyJhbGciOi' },
    output,
    fault: undefined,
    home: { account: ACCOUNT, region: 'us-east-1' },
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

import { describe, expect, it } from 'vitest'
import { rootCaller, userCaller } from '../../../../test/builders/a-principal.ts'
import { aUser } from '../../../../test/builders/a-role.ts'
import { refusalOf } from '../../../../test/refusal-of.ts'
import { stsWorld } from '../../../../test/sts-service.ts'
import { encodeAuthorizationMessage } from '../../../model/authorization-message.ts'

const world = async () => {
  const { call, deps } = await stsWorld({ users: [aUser()] })
  const encoded = encodeAuthorizationMessage(deps.sealer, {
    request: { principal: userCaller(), action: 'ecs:RunTask', resource: '*', context: {} },
    decision: { outcome: 'implicitDeny', because: 'identity', outcomes: {}, matched: [], missingContextKeys: [] },
  })
  const decode = (EncodedMessage: string, principal = rootCaller()) =>
    call<{ DecodedMessage: string }>('DecodeAuthorizationMessage', { EncodedMessage }, principal)
  return { encoded, decode }
}

describe('an authorization message', () => {
  it('is decoded for who may', async () => {
    const { encoded, decode } = await world()
    expect(JSON.parse((await decode(encoded)).DecodedMessage)).toMatchObject({
      allowed: false,
      context: { principal: { arn: aUser().arn }, action: 'ecs:RunTask' },
    })
    expect((await refusalOf(decode(encoded, userCaller())))[0]).toBe('AccessDenied')
  })

  it('of others is none', async () => {
    const { decode } = await world()
    expect(await refusalOf(decode('bm90IG91cnM='))).toEqual([
      'InvalidAuthorizationMessageException',
      'Message is not valid',
    ])
    expect((await refusalOf(decode('x'.repeat(10_241))))[0]).toBe('ValidationError')
  })
})

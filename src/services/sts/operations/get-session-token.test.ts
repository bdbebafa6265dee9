import type { GetSessionTokenResponse } from '@aws-sdk/client-sts'
import { describe, expect, it } from 'vitest'
import { rootCaller, sessionCaller, userCaller } from '../../../../test/builders/a-principal.ts'
import { aRole, aUser } from '../../../../test/builders/a-role.ts'
import { refusalOf } from '../../../../test/refusal-of.ts'
import { STS_NOW, stsWorld } from '../../../../test/sts-service.ts'
import type { Principal } from '../../../model/principal.ts'

const SECOND = Math.floor(STS_NOW / 1000) * 1000

const world = async () => {
  const { call, whoHas } = await stsWorld({ users: [aUser()], roles: [aRole()] })
  const get = (input: object = {}, principal: Principal = userCaller()) =>
    call<GetSessionTokenResponse>('GetSessionToken', input, principal)
  const seconds = async (...given: Parameters<typeof get>): Promise<number> =>
    ((await get(...given)).Credentials!.Expiration!.getTime() - SECOND) / 1000
  return { get, seconds, whoHas }
}

describe('a session of a user', () => {
  it('is the user, with temporary credentials, without any permission', async () => {
    const { get, whoHas } = await world()
    const { Credentials } = await get()
    expect(whoHas(Credentials)).toEqual({
      ...userCaller(),
      accessKeyId: Credentials?.AccessKeyId,
      session: { issuerArn: aUser().arn, issuedAt: SECOND, expiresAt: SECOND + 43_200_000 },
    })
  })

  it('lasts up to 36 hours, that of the root user one', async () => {
    const { get, seconds } = await world()
    expect(await seconds({ DurationSeconds: 900 })).toBe(900)
    expect(await seconds({ DurationSeconds: 129_600 })).toBe(129_600)
    expect((await refusalOf(get({ DurationSeconds: 129_601 })))[0]).toBe('ValidationError')
    expect(await seconds({}, rootCaller())).toBe(3600)
    expect(await seconds({ DurationSeconds: 7200 }, rootCaller())).toBe(3600)
    expect(await seconds({ DurationSeconds: 900 }, rootCaller())).toBe(900)
  })

  it('comes of long-lived credentials without MFA', async () => {
    const { get } = await world()
    expect(await refusalOf(get({}, sessionCaller()))).toEqual([
      'AccessDenied',
      'Cannot call GetSessionToken with session credentials',
    ])
    expect((await refusalOf(get({ SerialNumber: 'GAHT12345678', TokenCode: '123456' })))[1]).toContain(
      'MultiFactorAuthentication failed',
    )
  })
})

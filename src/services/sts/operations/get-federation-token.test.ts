import type { GetFederationTokenResponse } from '@aws-sdk/client-sts'
import { describe, expect, it } from 'vitest'
import { rootCaller, sessionCaller, userCaller } from '../../../../test/builders/a-principal.ts'
import { aRole, aUser } from '../../../../test/builders/a-role.ts'
import { refusalOf } from '../../../../test/refusal-of.ts'
import { STS_NOW, stsWorld } from '../../../../test/sts-service.ts'
import type { Principal } from '../../../model/principal.ts'
import { isAlive } from '../../../store/principal-issuers.ts'

const ACCOUNT = '000000000000'
const SECOND = Math.floor(STS_NOW / 1000) * 1000
const policy = (Resource: string, ...Action: string[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource }] })
const broker = aUser({
  inlinePolicies: { federate: policy(`arn:aws:sts::${ACCOUNT}:federated-user/eve`, 'sts:GetFederationToken') },
})

const world = async (user = broker) => {
  const sts = await stsWorld({ users: [user], roles: [aRole()] })
  const get = (input: object = {}, principal: Principal = userCaller(user)) =>
    sts.call<GetFederationTokenResponse>('GetFederationToken', { Name: 'eve', ...input }, principal)
  return { ...sts, get }
}

describe('a federated user', () => {
  it('has the name that was given, and the session policies', async () => {
    const { get, whoHas } = await world()
    const Policy = policy('*', 'ecs:ListClusters')
    const { Credentials, FederatedUser } = await get({ Policy, DurationSeconds: 900 })
    expect(FederatedUser).toEqual({
      FederatedUserId: `${ACCOUNT}:eve`,
      Arn: `arn:aws:sts::${ACCOUNT}:federated-user/eve`,
    })
    expect(whoHas(Credentials)).toMatchObject({
      arn: FederatedUser?.Arn,
      userId: FederatedUser?.FederatedUserId,
      session: { issuerArn: broker.arn, policies: [Policy], issuedAt: SECOND, expiresAt: SECOND + 900_000 },
    })
  })

  it('may do nothing without session policies', async () => {
    const { get, whoHas, call } = await world(aUser({ inlinePolicies: { all: policy('*', '*') } }))
    const ask = (principal: Principal | undefined) =>
      call('GetAccessKeyInfo', { AccessKeyId: 'AKIAQAAAAAAAAAAAAAAA' }, principal!)
    expect(await refusalOf(ask(whoHas((await get()).Credentials)))).toEqual([
      'AccessDenied',
      expect.stringContaining('no session policy allows the sts:GetAccessKeyInfo action') as string,
    ])
  })

  it('is nobody once the user is gone, whoever comes under the same name', async () => {
    const { get, whoHas, store } = await world()
    const federated = whoHas((await get()).Credentials)!
    expect(isAlive(store.tables, federated)).toBe(true)
    await store.transact((tx) => tx.users.update(broker.key, { userId: 'AIDAANOTHER' }))
    expect(isAlive(store.tables, federated)).toBe(false)
    await store.transact((tx) => tx.users.remove(broker.key))
    expect(isAlive(store.tables, federated)).toBe(false)
  })

  it('needs permission for the name, and for tags', async () => {
    const { get } = await world()
    expect((await refusalOf(get({ Name: 'mallory' })))[0]).toBe('AccessDenied')
    expect((await refusalOf(get({ Tags: [{ Key: 'a', Value: 'b' }] })))[1]).toContain('sts:TagSession')
    const free = await world(aUser({ inlinePolicies: { all: policy('*', 'sts:*') } }))
    const { Credentials } = await free.get({ Tags: [{ Key: 'a', Value: 'b' }] })
    expect(free.whoHas(Credentials)?.session?.tags).toEqual([{ key: 'a', value: 'b' }])
  })

  it('comes of long-lived credentials; the root user’s lasts an hour', async () => {
    const { get } = await world(aUser())
    expect((await refusalOf(get({}, sessionCaller(aRole({ inlinePolicies: { all: policy('*', '*') } })))))[0]).toBe(
      'AccessDenied',
    )
    expect((await get({}, rootCaller())).Credentials?.Expiration?.getTime()).toBe(SECOND + 3_600_000)
  })

  it.each([[{ Name: 'x' }], [{ Name: 'a b' }], [{ Name: 'x'.repeat(33) }], [{ DurationSeconds: 1 }]])(
    '%# is refused when the request is wrong',
    async (input) => {
      const { get } = await world(aUser({ inlinePolicies: { all: policy('*', '*') } }))
      expect((await refusalOf(get(input)))[0]).toBe('ValidationError')
    },
  )
})

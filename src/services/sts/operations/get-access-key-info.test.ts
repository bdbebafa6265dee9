import { describe, expect, it } from 'vitest'
import { rootCaller, userCaller } from '../../../../test/builders/a-principal.ts'
import { aUser } from '../../../../test/builders/a-role.ts'
import { refusalOf } from '../../../../test/refusal-of.ts'
import { aSealer } from '../../../../test/services-deps.ts'
import { stsWorld } from '../../../../test/sts-service.ts'
import { SystemIds } from '../../../kit/ids.ts'
import { newAccessKeyId } from '../../../model/access-key.ts'

const ask = async (AccessKeyId: string, principal = rootCaller()) => {
  const { store, call } = await stsWorld({ users: [aUser()] })
  await store.transact((tx) =>
    tx.accessKeys.insert({
      accessKeyId: 'AKIAIMPORTED00000000',
      sealedSecret: aSealer().seal(Buffer.from('x'), 'x'),
      account: '222222222222',
      principalArn: 'arn:aws:iam::222222222222:root',
      userId: '222222222222',
      status: 'Inactive',
      createdAt: 0,
    }),
  )
  return call<object>('GetAccessKeyInfo', { AccessKeyId }, principal)
}

describe('the account of an access key', () => {
  it.each(['AKIA', 'ASIA'] as const)('is told by the id of any key of ours, such as %s…', async (prefix) => {
    expect(await ask(newAccessKeyId(prefix, '123456789012', new SystemIds()))).toEqual({ Account: '123456789012' })
  })

  it('is told of a key whose id does not, if the key is there', async () => {
    expect(await ask('AKIAIMPORTED00000000')).toEqual({ Account: '222222222222' })
    expect((await refusalOf(ask('AKIAIMAGINED00000000')))[0]).toBe('ValidationError')
    expect((await refusalOf(ask('short')))[0]).toBe('ValidationError')
  })

  it('is told to who may ask', async () => {
    expect((await refusalOf(ask('AKIAIMPORTED00000000', userCaller())))[0]).toBe('AccessDenied')
  })
})

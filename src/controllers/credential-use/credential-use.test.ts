import { describe, expect, it } from 'vitest'
import { aRole } from '../../../test/builders/a-role.ts'
import { aSealer, emptyStore } from '../../../test/services-deps.ts'
import type { Principal } from '../../model/principal.ts'
import { CredentialUse } from './credential-use.ts'

const ACCOUNT = '000000000000'
const root: Principal = { arn: `arn:aws:iam::${ACCOUNT}:root`, account: ACCOUNT, userId: ACCOUNT, accessKeyId: 'AKIA1' }
const session: Principal = {
  arn: `arn:aws:sts::${ACCOUNT}:assumed-role/app/one`,
  account: ACCOUNT,
  userId: 'AROA:one',
  accessKeyId: 'ASIA1',
  session: { issuerArn: aRole({ path: '/team/' }).arn, issuedAt: 0, expiresAt: 9 },
}

const world = async () => {
  const store = await emptyStore()
  await store.transact((tx) => {
    tx.roles.insert(aRole())
    tx.accessKeys.insert({
      accessKeyId: 'AKIA1',
      sealedSecret: aSealer().seal(Buffer.from('s'), 'x'),
      account: ACCOUNT,
      principalArn: root.arn,
      userId: ACCOUNT,
      status: 'Active',
      createdAt: 0,
    })
  })
  const use = new CredentialUse(store)
  const lastUses = () => [store.tables.accessKeys.get('AKIA1')?.lastUsed, store.tables.roles.get(aRole().key)?.lastUsed]
  return { store, use, lastUses }
}

describe('the last use of credentials', () => {
  it('is written for keys and roles, however often they were used meanwhile', async () => {
    const { store, use, lastUses } = await world()
    const before = store.revision
    for (let at = 1; at <= 1000; at++) {
      use.note({ principal: root, region: 'eu-west-1', service: 'ecs', at })
      use.note({ principal: session, region: 'us-east-1', service: 'iam', at })
    }
    expect(lastUses()).toEqual([undefined, undefined])
    await use.reconcile()
    expect(lastUses()).toEqual([
      { at: 1000, region: 'eu-west-1', service: 'ecs' },
      { at: 1000, region: 'us-east-1' },
    ])
    expect(store.revision).toBe(before + 1)
  })

  it('costs nothing while nobody calls', async () => {
    const { store, use } = await world()
    const before = store.revision
    await use.reconcile()
    expect(store.revision).toBe(before)
  })

  it('of what is gone by then is forgotten', async () => {
    const { store, use, lastUses } = await world()
    use.note({ principal: root, region: 'eu-west-1', service: 'ecs', at: 1 })
    use.note({ principal: session, region: 'eu-west-1', service: 'ecs', at: 1 })
    await store.transact((tx) => {
      tx.accessKeys.remove('AKIA1')
      tx.roles.remove(aRole().key)
    })
    await use.reconcile()
    expect(lastUses()).toEqual([undefined, undefined])
  })
})

import type { CreateGrantRequest } from '@aws-sdk/client-kms'
import { beforeEach, describe, expect, it } from 'vitest'
import { refusalOf } from '../../../test/refusal-of.ts'
import { SECRETS_ACCOUNT, SecretsWorld } from '../../../test/secrets-world.ts'
import type { Principal } from '../../model/principal.ts'

const Plaintext = Buffer.from('x')
const DONE = ['', 'nothing was refused']
const DENIED = ['AccessDenied', expect.any(String)]

let world: SecretsWorld
let KeyId: string
let admin: Principal
let app: Principal
let other: Principal

beforeEach(async () => {
  world = await SecretsWorld.guarded()
  KeyId = (await world.kms('CreateKey', {})).KeyMetadata?.KeyId ?? ''
  admin = await world.user('admin', { Effect: 'Allow', Action: 'kms:*', Resource: '*' })
  app = await world.user('app')
  other = await world.user('other')
})

const grant = async (given: Partial<CreateGrantRequest> = {}, by = admin) => {
  const input = { KeyId, GranteePrincipal: app.arn, Operations: ['Encrypt' as const, 'Decrypt' as const] }
  const { GrantId = '', GrantToken = '' } = await world.kms('CreateGrant', { ...input, ...given }, by)
  return { GrantId, GrantToken }
}
const encrypt = (by: Principal, EncryptionContext?: Record<string, string>) =>
  refusalOf(world.kms('Encrypt', { KeyId, Plaintext, EncryptionContext }, by))

describe('a grant', () => {
  it('lets its grantee do what it is for, and nobody anything else', async () => {
    expect(await encrypt(app)).toEqual(DENIED)
    await grant()
    expect(await encrypt(app)).toEqual(DONE)
    expect(await encrypt(other)).toEqual(DENIED)
    expect(await refusalOf(world.kms('DescribeKey', { KeyId }, app))).toEqual(DENIED)
    const { KeyMetadata } = await world.kms('CreateKey', {})
    const elsewhere = { KeyId: KeyMetadata?.KeyId ?? '', Plaintext }
    expect(await refusalOf(world.kms('Encrypt', elsewhere, app))).toEqual(DENIED)
  })

  it('does not help against what is denied', async () => {
    const denied = await world.user('denied', { Effect: 'Deny', Action: 'kms:Encrypt', Resource: '*' })
    await grant({ GranteePrincipal: denied.arn })
    expect(await encrypt(denied)).toEqual(DENIED)
  })

  it('ends when it is revoked', async () => {
    const { GrantId } = await grant()
    expect(await refusalOf(world.kms('RevokeGrant', { KeyId, GrantId }, app))).toEqual(DENIED)
    const dry = { KeyId, GrantId, DryRun: true }
    expect(await refusalOf(world.kms('RevokeGrant', dry, admin))).toEqual([
      'DryRunOperationException',
      expect.any(String),
    ])
    expect(await encrypt(app)).toEqual(DONE)
    await world.kms('RevokeGrant', { KeyId, GrantId }, admin)
    expect(await encrypt(app)).toEqual(DENIED)
    expect(await refusalOf(world.kms('RevokeGrant', { KeyId, GrantId }, admin))).toEqual([
      'NotFoundException',
      expect.any(String),
    ])
  })

  it('is retired by those it names, by token or by id', async () => {
    const first = await grant({ RetiringPrincipal: other.arn })
    const second = await grant({ RetiringPrincipal: other.arn })
    const own = await grant({ Operations: ['Encrypt', 'RetireGrant'] })
    expect(await refusalOf(world.kms('RetireGrant', { GrantToken: first.GrantToken }, app))).toEqual(DENIED)
    await world.kms('RetireGrant', { GrantToken: first.GrantToken }, other)
    await world.kms('RetireGrant', { KeyId, GrantId: second.GrantId }, other)
    expect(await refusalOf(world.kms('RetireGrant', { GrantToken: own.GrantToken }, other))).toEqual(DENIED)
    await world.kms('RetireGrant', { GrantToken: own.GrantToken }, app)
    expect(world.store.tables.kmsGrants.size).toBe(0)
    expect(await refusalOf(world.kms('RetireGrant', { GrantToken: own.GrantToken }, app))).toEqual([
      'InvalidGrantTokenException',
      expect.any(String),
    ])
  })

  it('can be for encryption contexts that have certain pairs', async () => {
    await grant({ Constraints: { EncryptionContextSubset: { app: '${aws:username}*' } } })
    expect(await encrypt(app)).toEqual(DENIED)
    expect(await encrypt(app, { app: 'app' })).toEqual(DENIED)
    expect(await encrypt(app, { app: '${aws:username}*' })).toEqual(DONE)
    expect(await encrypt(app, { app: '${aws:username}*', more: '1' })).toEqual(DONE)
  })

  it('can be for certain encryption contexts alone', async () => {
    await grant({ Constraints: { EncryptionContextEquals: { app: 'shop' } } })
    expect(await encrypt(app, { app: 'shop' })).toEqual(DONE)
    expect(await encrypt(app, { app: 'shop', more: '1' })).toEqual(DENIED)
    expect(await encrypt(app)).toEqual(DENIED)
    await grant({ GranteePrincipal: other.arn, Constraints: { EncryptionContextEquals: {} } })
    expect(await encrypt(other)).toEqual(DONE)
    expect(await encrypt(other, { app: 'shop' })).toEqual(DENIED)
  })

  it('can be handed on, but not grow', async () => {
    await grant({ Operations: ['Encrypt', 'CreateGrant'] })
    await grant({ GranteePrincipal: other.arn, Operations: ['Encrypt'] }, app)
    expect(await encrypt(other)).toEqual(DONE)
    const more = world.kms('CreateGrant', { KeyId, GranteePrincipal: app.arn, Operations: ['Encrypt', 'Decrypt'] }, app)
    expect(await refusalOf(more)).toEqual(DENIED)
  })

  it('goes with its key', async () => {
    await grant()
    await world.kms('ScheduleKeyDeletion', { KeyId })
    expect(await refusalOf(grant())).toEqual(['KMSInvalidStateException', expect.any(String)])
  })
})

describe('CreateGrant', () => {
  it('answers a request with a name as it did before', async () => {
    const named = { Name: 'app' }
    const first = await grant(named)
    expect(await grant(named)).toEqual(first)
    expect(await grant({ ...named, Operations: ['Encrypt'] })).not.toEqual(first)
    expect(await grant()).not.toEqual(await grant())
  })

  it.each<[Partial<CreateGrantRequest>, string]>([
    [{ GranteePrincipal: 'ada' }, 'InvalidArnException'],
    [{ GranteePrincipal: `arn:aws:iam::${SECRETS_ACCOUNT}:user/*` }, 'InvalidArnException'],
    [{ GranteePrincipal: undefined }, 'ValidationException'],
    [{ GranteeServicePrincipal: 'ecs.amazonaws.com' }, 'UnsupportedOperationException'],
    [{ Operations: [] }, 'ValidationException'],
    [{ Operations: ['Sign'] }, 'ValidationException'],
    [{ Name: 'a b' }, 'ValidationException'],
    [{ GrantTokens: ['x'] }, 'InvalidGrantTokenException'],
    [{ Constraints: { SourceArn: 'arn:aws:s3:::b' } }, 'UnsupportedOperationException'],
    [
      { Constraints: { EncryptionContextSubset: { a: 'b' }, EncryptionContextEquals: { a: 'b' } } },
      'ValidationException',
    ],
    [
      { Operations: ['CreateGrant'], Constraints: { EncryptionContextSubset: { a: 'b' } } },
      'UnsupportedOperationException',
    ],
    [{ DryRun: true }, 'DryRunOperationException'],
  ])('refuses %j', async (given, code) => {
    expect(await refusalOf(grant(given))).toEqual([code, expect.any(String)])
    expect(world.store.tables.kmsGrants.size).toBe(0)
  })
})

describe('lists of grants', () => {
  it('are by key and grantee, or by who may end them', async () => {
    const Constraints = { EncryptionContextSubset: { a: 'b' } }
    const { GrantId, GrantToken } = await grant({ RetiringPrincipal: other.arn, Name: 'one', Constraints })
    await grant({ GranteePrincipal: other.arn })
    const { Grants } = await world.kms('ListGrants', { KeyId, GranteePrincipal: app.arn }, admin)
    expect(Grants).toMatchObject([
      {
        GrantId,
        Name: 'one',
        GranteePrincipal: app.arn,
        RetiringPrincipal: other.arn,
        IssuingAccount: `arn:aws:iam::${SECRETS_ACCOUNT}:root`,
        Operations: ['Decrypt', 'Encrypt'],
        Constraints,
      },
    ])
    expect((await world.kms('ListGrants', { KeyId })).Grants).toHaveLength(2)
    expect((await world.kms('ListGrants', { KeyId, GrantId })).Grants).toHaveLength(1)
    const retirable = await world.kms('ListRetirableGrants', { RetiringPrincipal: other.arn }, admin)
    expect(retirable).toMatchObject({ Grants: [{ GrantId }], Truncated: false })
    const context = { KeyId, Plaintext, EncryptionContext: { a: 'b' }, GrantTokens: [GrantToken] }
    expect(await refusalOf(world.kms('Encrypt', context, app))).toEqual(DONE)
  })
})

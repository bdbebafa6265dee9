import type { Tag } from '@aws-sdk/client-kms'
import { beforeEach, describe, expect, it } from 'vitest'
import { SECRETS_ACCOUNT, SECRETS_REGION, SecretsWorld } from '../../../test/secrets-world.ts'
import { refusalOf } from '../../../test/refusal-of.ts'
import type { Principal } from '../../model/principal.ts'

const PREFIX = `arn:aws:kms:${SECRETS_REGION}:${SECRETS_ACCOUNT}:`
const ROOT = `arn:aws:iam::${SECRETS_ACCOUNT}:root`
const Plaintext = Buffer.from('x')

let world: SecretsWorld
let KeyId: string
let keyArn: string

const makeKey = async (start: () => Promise<SecretsWorld>, Tags: Tag[] = []): Promise<void> => {
  world = await start()
  KeyId = (await world.kms('CreateKey', { Tags })).KeyMetadata?.KeyId ?? ''
  keyArn = `${PREFIX}key/${KeyId}`
}

describe('what callers of KMS must be allowed', () => {
  beforeEach(() => makeKey(SecretsWorld.start, [{ TagKey: 'Stage', TagValue: 'prod' }]))

  /** Actions and resources of the last call. */
  const asked = () => world.demands.map(({ action, resource }) => [action, resource])
  const contextOf = () => world.demands[0]?.context

  it('is the action on the key, under the policy that the key has', async () => {
    const expectAsked = async (name: Parameters<typeof world.kms>[0], input: object = {}) => {
      await world.kms(name, { KeyId, ...input } as never)
      expect(asked()).toEqual([[`kms:${name}`, keyArn]])
      expect(world.demands[0]).toMatchObject({ resourcePolicy: expect.any(String), resourcePolicyMustAllow: true })
    }
    await expectAsked('DescribeKey')
    await expectAsked('Encrypt', { Plaintext })
    await expectAsked('GenerateDataKey', { KeySpec: 'AES_256' })
    await expectAsked('GenerateDataKeyWithoutPlaintext', { KeySpec: 'AES_256' })
    await expectAsked('GetKeyPolicy')
    await expectAsked('PutKeyPolicy', { Policy: policyOf([ROOT, 'kms:*']) })
    await expectAsked('ListKeyPolicies')
    await expectAsked('TagResource', { Tags: [{ TagKey: 'a', TagValue: 'b' }] })
    await expectAsked('UntagResource', { TagKeys: ['a'] })
    await expectAsked('ListResourceTags')
    await expectAsked('UpdateKeyDescription', { Description: '' })
    await expectAsked('EnableKeyRotation')
    await expectAsked('GetKeyRotationStatus')
    await expectAsked('RotateKeyOnDemand')
    await expectAsked('ListKeyRotations')
    await expectAsked('DisableKeyRotation')
    await expectAsked('DisableKey')
    await expectAsked('EnableKey')
    await expectAsked('ScheduleKeyDeletion')
    await expectAsked('CancelKeyDeletion')
  })

  it('is the action alone where there is no key yet, or none in particular', async () => {
    await world.kms('ListKeys', {})
    expect(asked()).toEqual([['kms:ListKeys', '*']])
    await world.kms('ListAliases', {})
    expect(asked()).toEqual([['kms:ListAliases', '*']])
    await world.kms('GenerateRandom', { NumberOfBytes: 1 })
    expect(asked()).toEqual([['kms:GenerateRandom', '*']])
    await world.kms('CreateKey', { Tags: [{ TagKey: 'Team', TagValue: 'shop' }] })
    expect(asked()).toEqual([
      ['kms:CreateKey', '*'],
      ['kms:TagResource', `${PREFIX}key/*`],
    ])
    expect(contextOf()).toMatchObject({
      'aws:requesttag/team': ['shop'],
      'kms:keyspec': ['SYMMETRIC_DEFAULT'],
      'kms:bypasspolicylockoutsafetycheck': ['false'],
    })
  })

  it('is both the alias and the keys that it names', async () => {
    const AliasName = 'alias/a'
    const other = (await world.kms('CreateKey', {})).KeyMetadata?.KeyId ?? ''
    await world.kms('CreateAlias', { AliasName, TargetKeyId: KeyId })
    expect(asked()).toEqual(['alias/a', `key/${KeyId}`].map((name) => ['kms:CreateAlias', PREFIX + name]))
    await world.kms('UpdateAlias', { AliasName, TargetKeyId: other })
    const three = ['alias/a', `key/${KeyId}`, `key/${other}`]
    expect(asked()).toEqual(three.map((name) => ['kms:UpdateAlias', PREFIX + name]))
    await world.kms('DescribeKey', { KeyId: AliasName })
    expect(asked()).toEqual([['kms:DescribeKey', `${PREFIX}key/${other}`]])
    expect(contextOf()).toMatchObject({ 'kms:requestalias': [AliasName], 'kms:resourcealiases': [AliasName] })
    await world.kms('DeleteAlias', { AliasName })
    expect(asked()).toEqual(['alias/a', `key/${other}`].map((name) => ['kms:DeleteAlias', PREFIX + name]))
  })

  it('is what decrypts, and what a ciphertext moves from and to', async () => {
    const EncryptionContext = { App: 'shop' }
    const { CiphertextBlob } = await world.kms('Encrypt', { KeyId, Plaintext, EncryptionContext })
    await world.kms('Decrypt', { CiphertextBlob, EncryptionContext })
    expect(asked()).toEqual([['kms:Decrypt', keyArn]])
    expect(contextOf()).toMatchObject({
      'aws:resourcetag/stage': ['prod'],
      'kms:calleraccount': [SECRETS_ACCOUNT],
      'kms:encryptionalgorithm': ['SYMMETRIC_DEFAULT'],
      'kms:encryptioncontext:app': ['shop'],
      'kms:encryptioncontextkeys': ['App'],
    })
    await world.kms('ReEncrypt', {
      CiphertextBlob,
      SourceEncryptionContext: EncryptionContext,
      DestinationKeyId: KeyId,
    })
    expect(asked()).toEqual(['From', 'To'].map((end) => [`kms:ReEncrypt${end}`, keyArn]))
    expect(contextOf()).toMatchObject({ 'kms:reencryptonsamekey': ['true'] })
  })

  it('is known by what the request asks for', async () => {
    await world.kms('ScheduleKeyDeletion', { KeyId, PendingWindowInDays: 8 })
    expect(contextOf()).toMatchObject({ 'kms:schedulekeydeletionpendingwindowindays': ['8'] })
    await world.kms('CancelKeyDeletion', { KeyId })
    await world.kms('EnableKey', { KeyId })
    await world.kms('EnableKeyRotation', { KeyId, RotationPeriodInDays: 100 })
    expect(contextOf()).toMatchObject({ 'kms:rotationperiodindays': ['100'] })
  })
})

describe('a key policy decides', () => {
  let user: Principal
  beforeEach(async () => {
    await makeKey(SecretsWorld.guarded)
    user = await world.user('ada', { Effect: 'Allow', Action: 'kms:*', Resource: '*' })
  })

  const putPolicy = (principal: string, action: string | string[], by?: Principal) =>
    world.kms('PutKeyPolicy', { KeyId, Policy: policyOf([principal, action]) }, by)
  const encryptAs = (caller?: Principal) => refusalOf(world.kms('Encrypt', { KeyId, Plaintext }, caller))
  const DENIED = ['AccessDenied', expect.stringContaining('is not authorized to perform: kms:Encrypt')]
  const DONE = ['', 'nothing was refused']

  it('and by itself leaves it to identities', async () => {
    expect(await encryptAs(user)).toEqual(DONE)
    expect(await encryptAs(await world.user('bob'))).toEqual(DENIED)
  })

  it('even against what an identity may do, and against the root user', async () => {
    await world.kms('PutKeyPolicy', { KeyId, Policy: policyOf([ROOT, ['kms:PutKeyPolicy']]) })
    expect(await encryptAs(user)).toEqual(DENIED)
    expect(await encryptAs()).toEqual(DENIED)
  })

  it('for an identity that may do nothing otherwise', async () => {
    const bob = await world.user('bob')
    const Policy = policyOf([ROOT, 'kms:PutKeyPolicy'], [bob.arn, 'kms:Encrypt'])
    await world.kms('PutKeyPolicy', { KeyId, Policy })
    expect(await encryptAs(bob)).toEqual(DONE)
    expect(await refusalOf(world.kms('DescribeKey', { KeyId }, bob))).toEqual(['AccessDenied', expect.anything()])
  })

  it('and is not put if it locks the caller out, unless told to', async () => {
    const message = 'The new key policy will not allow you to update the key policy in the future.'
    expect(await refusalOf(putPolicy(ROOT, 'kms:Encrypt', user))).toEqual(['MalformedPolicyDocumentException', message])
    expect(await encryptAs(user)).toEqual(DONE)
    const Policy = policyOf([ROOT, 'kms:Encrypt'])
    expect(await refusalOf(world.kms('CreateKey', { Policy }, user))).toEqual([
      'MalformedPolicyDocumentException',
      message,
    ])
    await world.kms('PutKeyPolicy', { KeyId, Policy, BypassPolicyLockoutSafetyCheck: true }, user)
    expect(await refusalOf(putPolicy(ROOT, 'kms:*', user))).toEqual(['AccessDenied', expect.anything()])
  })

  it('about the keys of AWS: services use them, and nobody else', async () => {
    const managed = { KeyId: 'alias/aws/secretsmanager' }
    expect(await refusalOf(world.kms('Encrypt', { ...managed, Plaintext }, user))).toEqual(DENIED)
    expect(await world.kms('DescribeKey', managed, user)).toMatchObject({ KeyMetadata: { KeyManager: 'AWS' } })
  })

  it('and what does not exist is told to those who might have it', async () => {
    const missing = { KeyId: '12345678-1234-1234-1234-123456789012' }
    expect(await refusalOf(world.kms('DescribeKey', missing, user))).toEqual(['NotFoundException', expect.anything()])
    const bob = await world.user('bob')
    expect(await refusalOf(world.kms('DescribeKey', missing, bob))).toEqual(['AccessDenied', expect.anything()])
  })
})

/** Each pair of principal and actions is allowed. */
const policyOf = (...allowed: readonly (readonly [principal: string, action: string | string[]])[]): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: allowed.map(([AWS, Action]) => ({ Effect: 'Allow', Principal: { AWS }, Action, Resource: '*' })),
  })

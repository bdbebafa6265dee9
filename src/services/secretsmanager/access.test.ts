import { beforeEach, describe, expect, it } from 'vitest'
import { refusalOf } from '../../../test/refusal-of.ts'
import { SECRETS_ACCOUNT, SECRETS_REGION, SecretsWorld } from '../../../test/secrets-world.ts'
import type { Principal } from '../../model/principal.ts'

const SecretId = 'shop/db'
const TOKENS = ['a', 'b', 'c'].map((letter) => letter.repeat(32))

let world: SecretsWorld
let arn: string

const makeSecret = async (start: () => Promise<SecretsWorld>, KmsKeyId?: string): Promise<void> => {
  world = await start()
  const input = { Name: SecretId, SecretString: 'x', ClientRequestToken: TOKENS[0], KmsKeyId }
  arn = (await world.secrets('CreateSecret', { ...input, Tags: [{ Key: 'Stage', Value: 'prod' }] })).ARN ?? ''
}

describe('what callers of Secrets Manager must be allowed', () => {
  beforeEach(() => makeSecret(SecretsWorld.start))

  const asked = () => world.demands.map(({ action, resource }) => [action, resource])
  const contextOf = () => world.demands[0]?.context

  it('is the action on the secret, and nothing of the key of the service', async () => {
    const ResourcePolicy = policyOf([`arn:aws:iam::${SECRETS_ACCOUNT}:root`, 'secretsmanager:*'])
    const inputs: readonly [Parameters<typeof world.secrets>[0], object][] = [
      ['DescribeSecret', {}],
      ['GetSecretValue', {}],
      ['PutSecretValue', { SecretString: 'y', ClientRequestToken: TOKENS[1] }],
      ['UpdateSecret', { SecretString: 'z', ClientRequestToken: TOKENS[2] }],
      ['ListSecretVersionIds', {}],
      ['UpdateSecretVersionStage', { VersionStage: 'mine', MoveToVersionId: TOKENS[0] }],
      ['TagResource', { Tags: [{ Key: 'a', Value: 'b' }] }],
      ['UntagResource', { TagKeys: ['a'] }],
      ['PutResourcePolicy', { ResourcePolicy }],
      ['GetResourcePolicy', {}],
      ['ValidateResourcePolicy', { ResourcePolicy }],
      ['DeleteResourcePolicy', {}],
      ['DeleteSecret', { RecoveryWindowInDays: 7 }],
      ['RestoreSecret', {}],
      ['DeleteSecret', { ForceDeleteWithoutRecovery: true }],
    ]
    for (const [name, input] of inputs) {
      await world.secrets(name, { SecretId, ...input } as never)
      expect(asked()).toEqual([[`secretsmanager:${name}`, arn]])
      expect(contextOf()).toMatchObject({
        'aws:resourcetag/stage': ['prod'],
        'secretsmanager:resourcetag/stage': ['prod'],
        'secretsmanager:secretid': [arn],
        'secretsmanager:secretprimaryregion': [SECRETS_REGION],
      })
    }
  })

  it('is the action alone where no secret is named', async () => {
    for (const [name, input] of [
      ['ListSecrets', {}],
      ['GetRandomPassword', {}],
      ['BatchGetSecretValue', { SecretIdList: [SecretId] }],
    ] as const) {
      await world.secrets(name, input as never)
      expect(asked()).toEqual([[`secretsmanager:${name}`, '*']])
    }
    await world.secrets('BatchGetSecretValue', { Filters: [{ Key: 'name', Values: ['x'] }] })
    expect(asked()).toEqual(['BatchGetSecretValue', 'ListSecrets'].map((name) => [`secretsmanager:${name}`, '*']))
  })

  it('is for a secret to be the ARN that it will have, but for its end', async () => {
    await world.secrets('CreateSecret', { Name: 'new', Description: 'd', Tags: [{ Key: 'Team', Value: 'shop' }] })
    const resource = `arn:aws:secretsmanager:${SECRETS_REGION}:${SECRETS_ACCOUNT}:secret:new-??????`
    expect(asked()).toEqual(['CreateSecret', 'TagResource'].map((name) => [`secretsmanager:${name}`, resource]))
    expect(contextOf()).toMatchObject({
      'aws:requesttag/team': ['shop'],
      'aws:tagkeys': ['Team'],
      'secretsmanager:name': ['new'],
      'secretsmanager:description': ['d'],
    })
  })

  it('is known by the version that is read', async () => {
    await world.secrets('GetSecretValue', { SecretId })
    expect(contextOf()).toMatchObject({ 'secretsmanager:versionstage': ['AWSCURRENT'] })
    await world.secrets('GetSecretValue', { SecretId, VersionId: TOKENS[0] })
    expect(contextOf()).toMatchObject({
      'secretsmanager:versionid': [TOKENS[0]],
      'secretsmanager:versionstage': ['AWSCURRENT'],
    })
  })

  it('is the customer’s key as well, by way of the service', async () => {
    const { KeyMetadata } = await world.kms('CreateKey', {})
    const KmsKeyId = KeyMetadata?.KeyId ?? ''
    await world.secrets('UpdateSecret', { SecretId, KmsKeyId })
    expect(contextOf()).toMatchObject({
      'secretsmanager:kmskeyid': [KmsKeyId],
      'secretsmanager:kmskeyarn': [KeyMetadata?.Arn],
    })
    const onKey = (name: string) => [`kms:${name}`, KeyMetadata?.Arn]
    expect(asked()).toEqual([['secretsmanager:UpdateSecret', arn], onKey('GenerateDataKey'), onKey('Decrypt')])
    await world.secrets('GetSecretValue', { SecretId })
    expect(asked()).toEqual([['secretsmanager:GetSecretValue', arn], onKey('Decrypt')])
    expect(world.demands[1]?.context).toMatchObject({
      'kms:viaservice': [`secretsmanager.${SECRETS_REGION}.amazonaws.com`],
      'kms:encryptioncontext:secretarn': [arn],
      'kms:encryptioncontext:secretversionid': [TOKENS[0]],
    })
    await world.secrets('PutSecretValue', { SecretId, SecretString: 'y', ClientRequestToken: TOKENS[1] })
    expect(asked()).toEqual([['secretsmanager:PutSecretValue', arn], onKey('GenerateDataKey'), onKey('Decrypt')])
  })
})

describe('policies decide', () => {
  beforeEach(() => makeSecret(SecretsWorld.guarded))

  const read = (caller?: Principal) => refusalOf(world.secrets('GetSecretValue', { SecretId }, caller))
  const DONE = ['', 'nothing was refused']
  const ALL = { Effect: 'Allow', Action: 'secretsmanager:*', Resource: '*' }

  it('of identities', async () => {
    expect(await read(await world.user('ada', ALL))).toEqual(DONE)
    const named = { ...ALL, Resource: `arn:aws:secretsmanager:*:*:secret:${SecretId}-??????` }
    expect(await read(await world.user('bea', named))).toEqual(DONE)
    const [code, message] = await read(await world.user('bob'))
    expect(code).toBe('AccessDenied')
    expect(message).toContain(`is not authorized to perform: secretsmanager:GetSecretValue on resource: ${SecretId} `)
  })

  it('and who may not does not learn whether there is one', async () => {
    const bob = await world.user('bob')
    const told = async (name: string) => {
      const [code, message] = await refusalOf(world.secrets('GetSecretValue', { SecretId: name }, bob))
      return [code, message.replaceAll(name, '')]
    }
    const partialArn = arn.slice(0, -7)
    expect(await told(SecretId)).toEqual(await told('shop/none'))
    expect(await told(partialArn)).toEqual(await told(partialArn.replace('db', 'none')))
  })

  it('of the secret', async () => {
    const bob = await world.user('bob')
    const ada = await world.user('ada', ALL)
    const allowed = {
      Effect: 'Allow',
      Principal: { AWS: bob.arn },
      Action: 'secretsmanager:GetSecretValue',
      Resource: '*',
    }
    const denied = { ...allowed, Effect: 'Deny', Principal: { AWS: ada.arn } }
    const ResourcePolicy = JSON.stringify({ Version: '2012-10-17', Statement: [allowed, denied] })
    await world.secrets('PutResourcePolicy', { SecretId, ResourcePolicy })
    expect(await read(bob)).toEqual(DONE)
    expect(await read(ada)).toEqual([
      'AccessDenied',
      expect.stringContaining('explicit deny in a resource-based policy'),
    ])
  })

  it('of the secret, which can be tried for lock-outs', async () => {
    const ada = await world.user('ada', ALL)
    const deny = { Effect: 'Deny', Principal: { AWS: ada.arn }, Action: 'secretsmanager:Put*', Resource: '*' }
    const ResourcePolicy = JSON.stringify({ Version: '2012-10-17', Statement: [deny] })
    expect(await world.secrets('ValidateResourcePolicy', { SecretId, ResourcePolicy }, ada)).toMatchObject({
      PolicyValidationPassed: false,
      ValidationErrors: [{ CheckName: 'Lockout' }],
    })
  })

  it('of the key', async () => {
    const ada = await world.user('ada', ALL)
    const { KeyMetadata } = await world.kms('CreateKey', {})
    await world.secrets('UpdateSecret', { SecretId, KmsKeyId: KeyMetadata?.KeyId })
    expect(await read(ada)).toEqual(['AccessDenied', expect.stringContaining('perform: kms:Decrypt')])
    const condition = { StringEquals: { 'kms:ViaService': `secretsmanager.${SECRETS_REGION}.amazonaws.com` } }
    const onKey = { Effect: 'Allow', Action: 'kms:Decrypt', Resource: KeyMetadata?.Arn, Condition: condition }
    expect(await read(await world.user('bea', ALL, onKey))).toEqual(DONE)
  })

  it('on each secret of a batch', async () => {
    await world.secrets('CreateSecret', { Name: 'other', SecretString: 'y', ClientRequestToken: TOKENS[1] })
    const batch = { Effect: 'Allow', Action: 'secretsmanager:BatchGetSecretValue', Resource: '*' }
    const ada = await world.user('ada', batch, { ...ALL, Resource: arn })
    const input = { SecretIdList: [SecretId, 'other'] }
    expect(await world.secrets('BatchGetSecretValue', input, ada)).toMatchObject({
      SecretValues: [{ Name: SecretId, SecretString: 'x' }],
      Errors: [{ SecretId: 'other', ErrorCode: 'AccessDeniedException' }],
    })
  })
})

/** Each pair of principal and action is allowed. */
const policyOf = (...allowed: readonly (readonly [principal: string, action: string])[]): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: allowed.map(([AWS, Action]) => ({ Effect: 'Allow', Principal: { AWS }, Action, Resource: '*' })),
  })

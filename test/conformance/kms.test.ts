/** Every operation of KMS through the AWS SDK for JavaScript, over HTTP. */
import {
  CancelKeyDeletionCommand,
  CreateAliasCommand,
  CreateGrantCommand,
  CreateKeyCommand,
  DecryptCommand,
  DeleteAliasCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  DisableKeyRotationCommand,
  EnableKeyCommand,
  EnableKeyRotationCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GenerateDataKeyWithoutPlaintextCommand,
  GenerateRandomCommand,
  GetKeyPolicyCommand,
  GetKeyRotationStatusCommand,
  KMSClient,
  ListAliasesCommand,
  ListGrantsCommand,
  ListKeyPoliciesCommand,
  ListResourceTagsCommand,
  ListRetirableGrantsCommand,
  paginateListKeyRotations,
  paginateListKeys,
  PutKeyPolicyCommand,
  ReEncryptCommand,
  RetireGrantCommand,
  RevokeGrantCommand,
  RotateKeyOnDemandCommand,
  ScheduleKeyDeletionCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateAliasCommand,
  UpdateKeyDescriptionCommand,
} from '@aws-sdk/client-kms'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { kmsService } from '../../src/services/kms/index.ts'
import { ACCOUNT, REGION, type ServiceServer, serviceServer } from './service-server.ts'

let server: ServiceServer
let kms: KMSClient
let keyId: string
let keyArn: string

const newKey = async (): Promise<string> => {
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({}))
  return KeyMetadata?.KeyId ?? ''
}

beforeAll(async () => {
  server = await serviceServer(kmsService)
  kms = new KMSClient(server.client)
})
afterAll(async () => {
  kms.destroy()
  await server.close()
})
beforeEach(async () => {
  keyId = await newKey()
  keyArn = `arn:aws:kms:${REGION}:${ACCOUNT}:key/${keyId}`
})

const Plaintext = Buffer.from('attack at dawn')
const encrypt = async (KeyId: string, EncryptionContext?: Record<string, string>): Promise<Uint8Array> => {
  const answer = await kms.send(new EncryptCommand({ KeyId, Plaintext, EncryptionContext }))
  expect(answer.KeyId).toBe(keyArn)
  return answer.CiphertextBlob ?? new Uint8Array()
}
const textOf = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString()

describe('a key', () => {
  it('is created and described', async () => {
    const { KeyMetadata } = await kms.send(
      new CreateKeyCommand({ Description: 'orders', Tags: [{ TagKey: 'team', TagValue: 'shop' }] }),
    )
    expect(KeyMetadata).toEqual({
      AWSAccountId: ACCOUNT,
      KeyId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      Arn: `arn:aws:kms:${REGION}:${ACCOUNT}:key/${KeyMetadata?.KeyId}`,
      CreationDate: expect.any(Date),
      Enabled: true,
      Description: 'orders',
      KeyUsage: 'ENCRYPT_DECRYPT',
      KeyState: 'Enabled',
      Origin: 'AWS_KMS',
      KeyManager: 'CUSTOMER',
      CustomerMasterKeySpec: 'SYMMETRIC_DEFAULT',
      KeySpec: 'SYMMETRIC_DEFAULT',
      EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
      MultiRegion: false,
      CurrentKeyMaterialId: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
    expect(await kms.send(new DescribeKeyCommand({ KeyId: KeyMetadata?.Arn }))).toMatchObject({ KeyMetadata })
    const { Tags } = await kms.send(new ListResourceTagsCommand({ KeyId: KeyMetadata?.KeyId }))
    expect(Tags).toEqual([{ TagKey: 'team', TagValue: 'shop' }])
  })

  it('is symmetric, of one Region, and has material of its own', async () => {
    const refused = { name: 'UnsupportedOperationException' }
    await expect(kms.send(new CreateKeyCommand({ KeySpec: 'RSA_2048' }))).rejects.toMatchObject(refused)
    await expect(kms.send(new CreateKeyCommand({ KeyUsage: 'SIGN_VERIFY' }))).rejects.toMatchObject(refused)
    await expect(kms.send(new CreateKeyCommand({ Origin: 'EXTERNAL' }))).rejects.toMatchObject(refused)
    await expect(kms.send(new CreateKeyCommand({ MultiRegion: true }))).rejects.toMatchObject({
      ...refused,
      message: expect.stringContaining('MultiRegion can be false only'),
    })
  })

  it('is listed, page by page', async () => {
    const ids: (string | undefined)[] = []
    for await (const { Keys = [] } of paginateListKeys({ client: kms, pageSize: 1 }, {}))
      ids.push(...Keys.map((key) => key.KeyId))
    expect(ids).toContain(keyId)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('has a description and tags that change', async () => {
    await kms.send(new UpdateKeyDescriptionCommand({ KeyId: keyId, Description: 'new' }))
    await kms.send(
      new TagResourceCommand({ KeyId: keyId, Tags: ['a', 'b'].map((TagKey) => ({ TagKey, TagValue: '1' })) }),
    )
    await kms.send(new TagResourceCommand({ KeyId: keyArn, Tags: [{ TagKey: 'b', TagValue: '2' }] }))
    await kms.send(new UntagResourceCommand({ KeyId: keyId, TagKeys: ['a', 'none'] }))
    const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: keyId }))
    const { Tags, Truncated } = await kms.send(new ListResourceTagsCommand({ KeyId: keyId }))
    expect(KeyMetadata?.Description).toBe('new')
    expect({ Tags, Truncated }).toEqual({ Tags: [{ TagKey: 'b', TagValue: '2' }], Truncated: false })
  })

  it('that is disabled does nothing until it is enabled', async () => {
    const CiphertextBlob = await encrypt(keyId)
    await kms.send(new DisableKeyCommand({ KeyId: keyId }))
    const refused = { name: 'DisabledException', message: `${keyArn} is disabled.` }
    await expect(kms.send(new EncryptCommand({ KeyId: keyId, Plaintext }))).rejects.toMatchObject(refused)
    await expect(kms.send(new DecryptCommand({ CiphertextBlob }))).rejects.toMatchObject(refused)
    await kms.send(new EnableKeyCommand({ KeyId: keyId }))
    expect(textOf((await kms.send(new DecryptCommand({ CiphertextBlob }))).Plaintext)).toBe('attack at dawn')
  })

  it('that is to be deleted does nothing, and is disabled if it is not', async () => {
    const window = { KeyId: keyId, PendingWindowInDays: 7 }
    const scheduled = await kms.send(new ScheduleKeyDeletionCommand(window))
    expect(scheduled).toMatchObject({ KeyId: keyArn, KeyState: 'PendingDeletion', PendingWindowInDays: 7 })
    const refused = { name: 'KMSInvalidStateException', message: `${keyArn} is pending deletion.` }
    await expect(kms.send(new EncryptCommand({ KeyId: keyId, Plaintext }))).rejects.toMatchObject(refused)
    await expect(kms.send(new EnableKeyCommand({ KeyId: keyId }))).rejects.toMatchObject(refused)
    const pending = await kms.send(new DescribeKeyCommand({ KeyId: keyId }))
    expect(pending.KeyMetadata).toMatchObject({ Enabled: false, DeletionDate: scheduled.DeletionDate })

    expect(await kms.send(new CancelKeyDeletionCommand({ KeyId: keyId }))).toMatchObject({ KeyId: keyArn })
    const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: keyId }))
    expect(KeyMetadata).toMatchObject({ KeyState: 'Disabled' })
    expect(KeyMetadata?.DeletionDate).toBeUndefined()
    await expect(kms.send(new CancelKeyDeletionCommand({ KeyId: keyId }))).rejects.toMatchObject({
      name: 'KMSInvalidStateException',
    })
    await expect(
      kms.send(new ScheduleKeyDeletionCommand({ KeyId: keyId, PendingWindowInDays: 6 })),
    ).rejects.toMatchObject({ name: 'ValidationException' })
  })

  it('that does not exist is not found by any of its names', async () => {
    const missing = '12345678-1234-1234-1234-123456789012'
    const arn = `arn:aws:kms:${REGION}:${ACCOUNT}:key/${missing}`
    for (const [KeyId, message] of [
      [missing, `Key '${arn}' does not exist`],
      [arn, `Key '${arn}' does not exist`],
      ['nonsense', "Invalid keyId 'nonsense'"],
      ['alias/none', `Alias arn:aws:kms:${REGION}:${ACCOUNT}:alias/none is not found.`],
      [keyArn.replace(REGION, 'eu-west-1'), expect.stringContaining('does not exist')],
    ] as const)
      await expect(kms.send(new DescribeKeyCommand({ KeyId }))).rejects.toMatchObject({
        name: 'NotFoundException',
        message,
      })
  })
})

describe('an alias', () => {
  it('names a key, another one, and none', async () => {
    const AliasName = 'alias/app/main'
    const aliasArn = `arn:aws:kms:${REGION}:${ACCOUNT}:${AliasName}`
    await kms.send(new CreateAliasCommand({ AliasName, TargetKeyId: keyId }))
    await expect(kms.send(new CreateAliasCommand({ AliasName, TargetKeyId: keyId }))).rejects.toMatchObject({
      name: 'AlreadyExistsException',
    })
    await encrypt(AliasName)
    await encrypt(aliasArn)
    const { Aliases } = await kms.send(new ListAliasesCommand({ KeyId: keyId }))
    expect(Aliases).toMatchObject([{ AliasName, AliasArn: aliasArn, TargetKeyId: keyId }])

    const other = await newKey()
    await kms.send(new UpdateAliasCommand({ AliasName, TargetKeyId: other }))
    expect((await kms.send(new DescribeKeyCommand({ KeyId: AliasName }))).KeyMetadata?.KeyId).toBe(other)
    await kms.send(new DeleteAliasCommand({ AliasName }))
    await expect(kms.send(new DeleteAliasCommand({ AliasName }))).rejects.toMatchObject({ name: 'NotFoundException' })
  })

  it('has a name that AWS would take', async () => {
    for (const AliasName of ['main', 'alias/', 'alias/aws/mine'])
      await expect(kms.send(new CreateAliasCommand({ AliasName, TargetKeyId: keyId }))).rejects.toMatchObject({
        name: 'InvalidAliasNameException',
      })
  })

  it('of AWS is there from the beginning, and its key when it is needed', async () => {
    const names = async () =>
      (await kms.send(new ListAliasesCommand({}))).Aliases?.filter(({ AliasName }) => AliasName === 'alias/aws/ssm')
    expect(await names()).toEqual([
      { AliasName: 'alias/aws/ssm', AliasArn: `arn:aws:kms:${REGION}:${ACCOUNT}:alias/aws/ssm` },
    ])
    const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: 'alias/aws/ssm' }))
    expect(KeyMetadata).toMatchObject({ KeyManager: 'AWS', Enabled: true })
    expect(await names()).toMatchObject([{ TargetKeyId: KeyMetadata?.KeyId }])
    await expect(kms.send(new DisableKeyCommand({ KeyId: KeyMetadata?.KeyId }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    })
  })
})

describe('encryption', () => {
  it('needs no key id to be undone, and takes the right one', async () => {
    const CiphertextBlob = await encrypt(keyId, { app: 'shop' })
    const EncryptionContext = { app: 'shop' }
    for (const KeyId of [undefined, keyId, keyArn])
      expect(await kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext, KeyId }))).toMatchObject({
        KeyId: keyArn,
        EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
        KeyMaterialId: expect.stringMatching(/^[0-9a-f]{64}$/),
      })
    await expect(
      kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext, KeyId: await newKey() })),
    ).rejects.toMatchObject({ name: 'IncorrectKeyException' })
    await expect(kms.send(new DecryptCommand({ CiphertextBlob }))).rejects.toMatchObject({
      name: 'InvalidCiphertextException',
    })
    await expect(kms.send(new DecryptCommand({ CiphertextBlob: Plaintext }))).rejects.toMatchObject({
      name: 'InvalidCiphertextException',
    })
  })

  it('can move from one key to another', async () => {
    const CiphertextBlob = await encrypt(keyId, { a: '1' })
    const DestinationKeyId = await newKey()
    const moved = await kms.send(
      new ReEncryptCommand({ CiphertextBlob, SourceEncryptionContext: { a: '1' }, DestinationKeyId }),
    )
    expect(moved).toMatchObject({ SourceKeyId: keyArn, KeyId: expect.stringContaining(DestinationKeyId) })
    const { Plaintext: plain, KeyId } = await kms.send(new DecryptCommand({ CiphertextBlob: moved.CiphertextBlob }))
    expect([textOf(plain), KeyId]).toEqual(['attack at dawn', moved.KeyId])
  })

  it('has limits, and refuses what there is nothing of', async () => {
    const input = { KeyId: keyId, Plaintext }
    const refusal = (command: EncryptCommand, name: string) => expect(kms.send(command)).rejects.toMatchObject({ name })
    await refusal(new EncryptCommand({ ...input, Plaintext: Buffer.alloc(4097) }), 'ValidationException')
    await refusal(new EncryptCommand({ ...input, Plaintext: Buffer.alloc(0) }), 'ValidationException')
    await refusal(new EncryptCommand({ ...input, EncryptionAlgorithm: 'RSAES_OAEP_SHA_1' }), 'InvalidKeyUsageException')
    await refusal(new EncryptCommand({ ...input, GrantTokens: ['x'] }), 'InvalidGrantTokenException')
    await refusal(new EncryptCommand({ ...input, DryRun: true }), 'DryRunOperationException')
    await expect(
      kms.send(new DecryptCommand({ KeyId: keyId, DryRun: true, DryRunModifiers: ['IGNORE_CIPHERTEXT'] })),
    ).rejects.toMatchObject({ name: 'DryRunOperationException' })
    await expect(kms.send(new DecryptCommand({ KeyId: keyId }))).rejects.toMatchObject({ name: 'ValidationException' })
  })

  it('makes data keys that it gives back', async () => {
    const context = { KeyId: keyId, EncryptionContext: { a: '1' } }
    const key = await kms.send(new GenerateDataKeyCommand({ ...context, KeySpec: 'AES_256' }))
    expect(key.Plaintext).toHaveLength(32)
    const opened = await kms.send(new DecryptCommand({ ...context, CiphertextBlob: key.CiphertextBlob }))
    expect(opened.Plaintext).toEqual(key.Plaintext)
    const blind = await kms.send(new GenerateDataKeyWithoutPlaintextCommand({ ...context, NumberOfBytes: 64 }))
    expect(blind).not.toHaveProperty('Plaintext')
    expect(
      (await kms.send(new DecryptCommand({ ...context, CiphertextBlob: blind.CiphertextBlob }))).Plaintext,
    ).toHaveLength(64)
    await expect(kms.send(new GenerateDataKeyCommand({ KeyId: keyId }))).rejects.toMatchObject({
      message: 'Please specify either number of bytes or key spec.',
    })
  })

  it('has random bytes for everyone', async () => {
    const draw = async (): Promise<string> =>
      Buffer.from((await kms.send(new GenerateRandomCommand({ NumberOfBytes: 32 }))).Plaintext ?? []).toString('hex')
    const [one, other] = [await draw(), await draw()]
    expect(one).toMatch(/^[0-9a-f]{64}$/)
    expect(one).not.toBe(other)
  })
})

describe('rotation', () => {
  const rotations = async (IncludeKeyMaterial?: 'ALL_KEY_MATERIAL') => {
    const found = []
    for await (const { Rotations = [] } of paginateListKeyRotations(
      { client: kms, pageSize: 1 },
      { KeyId: keyId, IncludeKeyMaterial },
    ))
      found.push(...Rotations)
    return found
  }

  it('on demand gives new material, and the old one still decrypts', async () => {
    const CiphertextBlob = await encrypt(keyId)
    expect(await rotations()).toEqual([])
    expect(await kms.send(new RotateKeyOnDemandCommand({ KeyId: keyId }))).toMatchObject({ KeyId: keyArn })
    const [rotation] = await rotations()
    expect(rotation).toMatchObject({ KeyId: keyArn, KeyMaterialState: 'CURRENT', RotationType: 'ON_DEMAND' })
    expect(await rotations('ALL_KEY_MATERIAL')).toHaveLength(2)
    const { Plaintext: plain, KeyMaterialId } = await kms.send(new DecryptCommand({ CiphertextBlob }))
    expect(textOf(plain)).toBe('attack at dawn')
    expect(KeyMaterialId).not.toBe(rotation?.KeyMaterialId)
    const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: keyId }))
    expect(KeyMetadata?.CurrentKeyMaterialId).toBe(rotation?.KeyMaterialId)
  })

  it('by the calendar is on or off', async () => {
    const status = () => kms.send(new GetKeyRotationStatusCommand({ KeyId: keyId }))
    expect(await status()).toMatchObject({ KeyId: keyArn, KeyRotationEnabled: false })
    await kms.send(new EnableKeyRotationCommand({ KeyId: keyId, RotationPeriodInDays: 90 }))
    expect(await status()).toMatchObject({
      KeyRotationEnabled: true,
      RotationPeriodInDays: 90,
      NextRotationDate: expect.any(Date),
    })
    await kms.send(new DisableKeyRotationCommand({ KeyId: keyId }))
    expect(await status()).toMatchObject({ KeyRotationEnabled: false })
    await expect(
      kms.send(new EnableKeyRotationCommand({ KeyId: keyId, RotationPeriodInDays: 89 })),
    ).rejects.toMatchObject({ name: 'ValidationException' })
  })
})

describe('a key policy', () => {
  it('leaves everything to the account until another is put', async () => {
    const { Policy, PolicyName } = await kms.send(new GetKeyPolicyCommand({ KeyId: keyId }))
    expect(PolicyName).toBe('default')
    expect(JSON.parse(Policy ?? '')).toMatchObject({
      Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'kms:*' }],
    })
    const own = Policy?.replace('kms:*', 'kms:P*') ?? ''
    await kms.send(new PutKeyPolicyCommand({ KeyId: keyId, PolicyName: 'default', Policy: own }))
    expect((await kms.send(new GetKeyPolicyCommand({ KeyId: keyId }))).Policy).toBe(own)
    expect(await kms.send(new ListKeyPoliciesCommand({ KeyId: keyId }))).toMatchObject({ PolicyNames: ['default'] })
    await expect(kms.send(new PutKeyPolicyCommand({ KeyId: keyId, Policy: '{' }))).rejects.toMatchObject({
      name: 'MalformedPolicyDocumentException',
    })
  })
})

describe('a grant', () => {
  it('is made, listed, and ended in two ways', async () => {
    const principal = `arn:aws:iam::${ACCOUNT}:user/app`
    const create = () =>
      kms.send(
        new CreateGrantCommand({
          KeyId: keyId,
          GranteePrincipal: principal,
          RetiringPrincipal: `${principal}-${keyId}`,
          Operations: ['Decrypt'],
          Constraints: { EncryptionContextSubset: { app: 'shop' } },
        }),
      )
    const [first, second] = [await create(), await create()]
    const { Grants = [] } = await kms.send(new ListGrantsCommand({ KeyId: keyId }))
    expect(new Set(Grants.map(({ GrantId }) => GrantId))).toEqual(new Set([first.GrantId, second.GrantId]))
    expect(Grants[0]).toMatchObject({
      KeyId: keyArn,
      CreationDate: expect.any(Date),
      GranteePrincipal: principal,
      Operations: ['Decrypt'],
      Constraints: { EncryptionContextSubset: { app: 'shop' } },
    })
    await kms.send(new RevokeGrantCommand({ KeyId: keyId, GrantId: first.GrantId }))
    const retirable = new ListRetirableGrantsCommand({ RetiringPrincipal: `${principal}-${keyId}` })
    expect((await kms.send(retirable)).Grants).toMatchObject([{ GrantId: second.GrantId }])
    await kms.send(new RetireGrantCommand({ GrantToken: second.GrantToken }))
    expect((await kms.send(retirable)).Grants).toEqual([])
  })
})

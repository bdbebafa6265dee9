/** Repositories with KMS keys of their own, by the official clients of Amazon ECR and KMS: who may make them, and what becomes of them with their keys. */
import {
  BatchGetImageCommand,
  CreateRepositoryCommand,
  CreateRepositoryCreationTemplateCommand,
  DeleteRepositoryCommand,
  DescribeRepositoriesCommand,
  DescribeRepositoryCreationTemplatesCommand,
  ECRClient,
  type EncryptionConfiguration,
  GetAuthorizationTokenCommand,
  GetDownloadUrlForLayerCommand,
  InitiateLayerUploadCommand,
  PutImageCommand,
  UploadLayerPartCommand,
} from '@aws-sdk/client-ecr'
import { CreateAccessKeyCommand, CreateUserCommand, IAMClient, PutUserPolicyCommand } from '@aws-sdk/client-iam'
import {
  CreateAliasCommand,
  CreateKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  KMSClient,
  ListGrantsCommand,
  RevokeGrantCommand,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { OCI_MANIFEST } from '../../src/model/image-manifest.ts'
import { imageManifest, sha256 } from '../registry-server.ts'
import { type Credentials, documentOf, REGION, verifyingServer, type VerifyingServer } from '../verifying-server.ts'

let server: VerifyingServer
let ecr: ECRClient
let kms: KMSClient
let iam: IAMClient
let user: Credentials
let keyId: string
let keyArn: string
let repositoryName: string
let tests = 0

const configured = (credentials: Credentials) => ({
  endpoint: server.endpoint,
  region: REGION,
  credentials,
  maxAttempts: 1,
})

beforeAll(async () => {
  server = await verifyingServer()
  ecr = new ECRClient(configured(server.root))
  kms = new KMSClient(configured(server.root))
  iam = new IAMClient(configured(server.root))
  await iam.send(new CreateUserCommand({ UserName: 'ada' }))
  const { AccessKey: key } = await iam.send(new CreateAccessKeyCommand({ UserName: 'ada' }))
  user = { accessKeyId: key?.AccessKeyId ?? '', secretAccessKey: key?.SecretAccessKey ?? '' }
})

afterAll(() => server.close())

beforeEach(async () => {
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({}))
  keyId = KeyMetadata?.KeyId ?? ''
  keyArn = KeyMetadata?.Arn ?? ''
  repositoryName = `team/r${++tests}`
})

const create = (encryptionConfiguration: EncryptionConfiguration, client = ecr) =>
  client.send(new CreateRepositoryCommand({ repositoryName, encryptionConfiguration }))

const LAYER = Buffer.from('a layer')

const send = async (method: string, place: string, body?: Buffer | string): Promise<Response> => {
  const { authorizationData: [data] = [] } = await ecr.send(new GetAuthorizationTokenCommand())
  const headers = { Authorization: `Basic ${data?.authorizationToken}`, 'Content-Type': OCI_MANIFEST }
  return fetch(`${server.endpoint}/v2/${place}`, {
    method,
    headers,
    body: body === undefined ? null : Buffer.from(body),
  })
}

const push = async (): Promise<void> => {
  for (const content of [Buffer.from('{}'), LAYER])
    await send('POST', `${repositoryName}/blobs/uploads/?digest=${sha256(content)}`, content)
  const { status } = await send('PUT', `${repositoryName}/manifests/v1`, imageManifest(Buffer.from('{}'), [LAYER]))
  expect(status).toBe(201)
}

describe('a repository with a key', () => {
  it.each(['KMS', 'KMS_DSSE'] as const)(
    'says so, and has a grant as long as it is there: %s',
    async (encryptionType) => {
      await kms.send(new CreateAliasCommand({ AliasName: `alias/${encryptionType}`, TargetKeyId: keyId }))
      const { repository } = await create({ encryptionType, kmsKey: `alias/${encryptionType}` })
      expect(repository?.encryptionConfiguration).toEqual({ encryptionType, kmsKey: keyArn })
      const { repositories } = await ecr.send(new DescribeRepositoriesCommand({ repositoryNames: [repositoryName] }))
      expect(repositories?.[0]?.encryptionConfiguration).toEqual({ encryptionType, kmsKey: keyArn })
      const grants = () => kms.send(new ListGrantsCommand({ KeyId: keyId }))
      expect((await grants()).Grants).toMatchObject([
        {
          GranteePrincipal: 'ecr.us-east-1.amazonaws.com',
          Operations: ['Decrypt', 'DescribeKey', 'GenerateDataKey', 'RetireGrant'],
          Constraints: { EncryptionContextSubset: { 'aws:ecr:arn': repository?.repositoryArn } },
        },
      ])
      await push()
      await ecr.send(new DeleteRepositoryCommand({ repositoryName, force: true }))
      expect((await grants()).Grants).toEqual([])
    },
  )

  it("has the account's own for ECR without one", async () => {
    const { repository } = await create({ encryptionType: 'KMS' })
    expect(repository?.encryptionConfiguration?.kmsKey).toMatch(/^arn:aws:kms:us-east-1:000000000000:key\//)
    await push()
    expect((await send('GET', `${repositoryName}/manifests/v1`)).status).toBe(200)
  })

  it.each([
    ['is not there', () => '11111111-2222-3333-4444-555555555555', 'NotFoundException'],
    ['is of another service', () => 'alias/aws/ssm', 'AccessDeniedException'],
  ])('is not made with one that %s', async (_what, kmsKey, kmsError) => {
    await expect(create({ encryptionType: 'KMS', kmsKey: kmsKey() })).rejects.toMatchObject({
      name: 'KmsException',
      kmsError,
    })
  })

  it('is not made with one that is disabled', async () => {
    await kms.send(new DisableKeyCommand({ KeyId: keyId }))
    await expect(create({ encryptionType: 'KMS', kmsKey: keyArn })).rejects.toMatchObject({
      name: 'KmsException',
      kmsError: 'DisabledException',
    })
  })

  it.each([
    ['AES256 with a key', { encryptionType: 'AES256' as const, kmsKey: 'alias/aws/ecr' }],
    ['no type there is', { encryptionType: 'ROT13' as never }],
  ])('is not made with %s', async (_what, configuration) => {
    await expect(create(configuration)).rejects.toMatchObject({ name: 'InvalidParameterException' })
  })

  it('is made and deleted by those alone who may use the key so', async () => {
    const client = new ECRClient(configured(user))
    const allow = (...Action: string[]) =>
      iam.send(new PutUserPolicyCommand({ UserName: 'ada', PolicyName: 'p', PolicyDocument: documentOf({ Action }) }))
    const configuration = { encryptionType: 'KMS' as const, kmsKey: keyArn }
    for (const missing of ['kms:DescribeKey', 'kms:CreateGrant']) {
      await allow('ecr:*', ...['kms:DescribeKey', 'kms:CreateGrant'].filter((action) => action !== missing))
      await expect(create(configuration, client)).rejects.toThrow(missing)
    }
    await allow('ecr:*', 'kms:DescribeKey', 'kms:CreateGrant')
    await create(configuration, client)
    const remove = () => client.send(new DeleteRepositoryCommand({ repositoryName }))
    await expect(remove()).rejects.toThrow('kms:RetireGrant')
    await allow('ecr:*', 'kms:RetireGrant')
    await remove()
    client.destroy()
  })

  it('can neither be pulled from nor pushed to while the key is disabled, and then again', async () => {
    await create({ encryptionType: 'KMS', kmsKey: keyArn })
    await push()
    const { uploadId } = await ecr.send(new InitiateLayerUploadCommand({ repositoryName }))
    const { downloadUrl = '' } = await ecr.send(
      new GetDownloadUrlForLayerCommand({ repositoryName, layerDigest: sha256(LAYER) }),
    )
    await kms.send(new DisableKeyCommand({ KeyId: keyId }))
    const refused = { name: 'KmsException', kmsError: 'DisabledException', message: `${keyArn} is disabled.` }
    await expect(ecr.send(new InitiateLayerUploadCommand({ repositoryName }))).rejects.toMatchObject(refused)
    const part = { repositoryName, uploadId, partFirstByte: 0, partLastByte: 0, layerPartBlob: Buffer.from('x') }
    await expect(ecr.send(new UploadLayerPartCommand(part))).rejects.toMatchObject(refused)
    const imageManifestText = imageManifest(Buffer.from('{}'), [LAYER])
    await expect(
      ecr.send(new PutImageCommand({ repositoryName, imageManifest: imageManifestText, imageTag: 'v2' })),
    ).rejects.toMatchObject(refused)
    const get = () => ecr.send(new BatchGetImageCommand({ repositoryName, imageIds: [{ imageTag: 'v1' }] }))
    expect((await get()).failures).toMatchObject([{ failureCode: 'KmsError' }])
    expect((await fetch(downloadUrl)).status).toBe(403)
    expect((await send('GET', `${repositoryName}/manifests/v1`)).status).toBe(403)
    await kms.send(new EnableKeyCommand({ KeyId: keyId }))
    expect((await get()).images).toHaveLength(1)
    expect(await (await fetch(downloadUrl)).text()).toBe('a layer')
  })

  it('is lost with its key, or without its grant, and can be deleted all the same', async () => {
    await create({ encryptionType: 'KMS', kmsKey: keyArn })
    await push()
    const { Grants: [grant] = [] } = await kms.send(new ListGrantsCommand({ KeyId: keyId }))
    await kms.send(new RevokeGrantCommand({ KeyId: keyId, GrantId: grant?.GrantId }))
    const answer = await send('GET', `${repositoryName}/manifests/v1`)
    expect([answer.status, await answer.text()]).toEqual([403, expect.stringContaining('AccessDeniedException')])
    await kms.send(new ScheduleKeyDeletionCommand({ KeyId: keyId, PendingWindowInDays: 7 }))
    expect((await send('GET', `${repositoryName}/manifests/v1`)).status).toBe(403)
    await ecr.send(new DeleteRepositoryCommand({ repositoryName, force: true }))
  })
})

describe('repositories of a template with a key', () => {
  it('have it', async () => {
    const prefix = `made${tests}`
    const encryptionConfiguration = { encryptionType: 'KMS' as const, kmsKey: keyArn }
    await ecr.send(
      new CreateRepositoryCreationTemplateCommand({ prefix, appliedFor: ['CREATE_ON_PUSH'], encryptionConfiguration }),
    )
    const { repositoryCreationTemplates } = await ecr.send(
      new DescribeRepositoryCreationTemplatesCommand({ prefixes: [prefix] }),
    )
    expect(repositoryCreationTemplates?.[0]?.encryptionConfiguration).toEqual(encryptionConfiguration)
    repositoryName = `${prefix}/web`
    await push()
    const { repositories } = await ecr.send(new DescribeRepositoriesCommand({ repositoryNames: [repositoryName] }))
    expect(repositories?.[0]?.encryptionConfiguration).toEqual(encryptionConfiguration)
    await kms.send(new DisableKeyCommand({ KeyId: keyId }))
    repositoryName = `${prefix}/api`
    expect((await send('POST', `${repositoryName}/blobs/uploads/`)).status).toBe(403)
  })

  it('are for those alone to define who may use the key so', async () => {
    const client = new ECRClient(configured(user))
    await iam.send(
      new PutUserPolicyCommand({ UserName: 'ada', PolicyName: 'p', PolicyDocument: documentOf({ Action: 'ecr:*' }) }),
    )
    const input = { prefix: 'denied', appliedFor: ['CREATE_ON_PUSH' as const] }
    const encryptionConfiguration = { encryptionType: 'KMS' as const, kmsKey: keyArn }
    await expect(
      client.send(new CreateRepositoryCreationTemplateCommand({ ...input, encryptionConfiguration })),
    ).rejects.toThrow('kms:DescribeKey')
    client.destroy()
  })
})

/** Every operation of Secrets Manager through the AWS SDK for JavaScript, over HTTP. */
import { randomUUID } from 'node:crypto'
import { CreateKeyCommand, DisableKeyCommand, KMSClient, ListAliasesCommand } from '@aws-sdk/client-kms'
import {
  BatchGetSecretValueCommand,
  CancelRotateSecretCommand,
  CreateSecretCommand,
  type CreateSecretCommandInput,
  DeleteResourcePolicyCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  type Filter,
  GetRandomPasswordCommand,
  type GetRandomPasswordCommandInput,
  GetResourcePolicyCommand,
  GetSecretValueCommand,
  type GetSecretValueCommandInput,
  ListSecretVersionIdsCommand,
  ListSecretsCommand,
  type ListSecretsCommandInput,
  paginateListSecretVersionIds,
  paginateListSecrets,
  PutResourcePolicyCommand,
  PutSecretValueCommand,
  ReplicateSecretToRegionsCommand,
  RestoreSecretCommand,
  RotateSecretCommand,
  SecretsManagerClient,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateSecretCommand,
  UpdateSecretVersionStageCommand,
  ValidateResourcePolicyCommand,
} from '@aws-sdk/client-secrets-manager'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { kmsService } from '../../src/services/kms/index.ts'
import { secretsManagerService } from '../../src/services/secretsmanager/index.ts'
import { ACCOUNT, REGION, type ServiceServer, serviceServer } from './service-server.ts'

let server: ServiceServer
let client: SecretsManagerClient
let kms: KMSClient
/** Every test has a secret of its own. */
let Name: string
let SecretId: string
let tests = 0

beforeAll(async () => {
  server = await serviceServer(secretsManagerService, kmsService)
  client = new SecretsManagerClient(server.client)
  kms = new KMSClient(server.client)
})
afterAll(async () => {
  client.destroy()
  kms.destroy()
  await server.close()
})
beforeEach(() => {
  Name = SecretId = `test-${++tests}/db`
})

const create = (given: Partial<CreateSecretCommandInput> = {}) =>
  client.send(new CreateSecretCommand({ Name, SecretString: 'one', ...given }))
const put = (SecretString: string, given: object = {}) =>
  client.send(new PutSecretValueCommand({ SecretId, SecretString, ...given }))
const read = async (given: Partial<GetSecretValueCommandInput> = {}): Promise<string | undefined> =>
  (await client.send(new GetSecretValueCommand({ SecretId, ...given }))).SecretString
const describeIt = () => client.send(new DescribeSecretCommand({ SecretId }))
const stages = async () => (await describeIt()).VersionIdsToStages
const refused = (name: string, message?: unknown) => ({ name, ...(message !== undefined && { message }) })

describe('CreateSecret and GetSecretValue', () => {
  it('keep a string', async () => {
    const created = await create({ Description: 'the database' })
    expect(created.ARN).toMatch(`arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:${Name}-`)
    expect(created.ARN).toMatch(/-[A-Za-z0-9]{6}$/)
    const found = await client.send(new GetSecretValueCommand({ SecretId: created.ARN }))
    expect(found).toMatchObject({
      ARN: created.ARN,
      Name,
      VersionId: created.VersionId,
      SecretString: 'one',
      VersionStages: ['AWSCURRENT'],
      CreatedDate: expect.any(Date),
    })
    expect(found.SecretBinary).toBeUndefined()
  })

  it('keep bytes', async () => {
    await create({ SecretString: undefined, SecretBinary: Buffer.from([0, 255, 7]) })
    const { SecretBinary, SecretString } = await client.send(new GetSecretValueCommand({ SecretId }))
    expect([[...(SecretBinary ?? [])], SecretString]).toEqual([[0, 255, 7], undefined])
  })

  it('find a secret by name, ARN, and ARN without its random end', async () => {
    const { ARN = '' } = await create()
    for (const id of [Name, ARN, ARN.slice(0, -7)]) expect(await read({ SecretId: id })).toBe('one')
    await expect(read({ SecretId: 'none' })).rejects.toMatchObject(
      refused('ResourceNotFoundException', "Secrets Manager can't find the specified secret."),
    )
    await expect(read({ SecretId: ARN.replace(REGION, 'eu-west-1') })).rejects.toMatchObject(
      refused('ResourceNotFoundException'),
    )
  })

  it('make a secret that has no value yet', async () => {
    expect(await create({ SecretString: undefined })).not.toHaveProperty('VersionId')
    await expect(read()).rejects.toMatchObject(
      refused(
        'ResourceNotFoundException',
        "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
      ),
    )
    await put('first', { VersionStages: ['mine'] })
    expect(Object.values((await stages()) ?? {})).toEqual([['mine', 'AWSCURRENT']])
  })

  it('answer the same request in the same way, and find the name taken otherwise', async () => {
    const ClientRequestToken = randomUUID()
    const first = await create({ ClientRequestToken })
    expect(await create({ ClientRequestToken })).toMatchObject({ ARN: first.ARN, VersionId: ClientRequestToken })
    await expect(create({ ClientRequestToken, SecretString: 'two' })).rejects.toMatchObject(
      refused('ResourceExistsException', expect.stringContaining(ClientRequestToken)),
    )
    await expect(create()).rejects.toMatchObject(
      refused('ResourceExistsException', `The operation failed because the secret ${Name} already exists.`),
    )
  })

  it('have limits, and refuse what there is nothing of', async () => {
    const wrong: [Partial<CreateSecretCommandInput>, string][] = [
      [{ Name: 'a b' }, 'ValidationException'],
      [{ Name: 'x'.repeat(513) }, 'ValidationException'],
      [{ SecretString: 'x'.repeat(65_537) }, 'ValidationException'],
      [{ SecretString: 'ä'.repeat(32_769) }, 'ValidationException'],
      [{ SecretBinary: Buffer.alloc(1) }, 'InvalidParameterException'],
      [{ ClientRequestToken: 'short' }, 'ValidationException'],
      [{ AddReplicaRegions: [{ Region: 'eu-west-1' }] }, 'InvalidParameterException'],
      [{ Type: 'partner' }, 'InvalidParameterException'],
      [{ Tags: [{ Key: 'aws:x', Value: '' }] }, 'InvalidParameterException'],
    ]
    for (const [input, name] of wrong) await expect(create(input)).rejects.toMatchObject({ name })
    await create({ SecretString: 'x'.repeat(65_536) })
    expect(await read()).toHaveLength(65_536)
  })
})

describe('versions', () => {
  it('follow each other', async () => {
    const { VersionId: one = '' } = await create()
    const { VersionId: two = '', VersionStages } = await put('two')
    expect(VersionStages).toEqual(['AWSCURRENT'])
    expect(await stages()).toEqual({ [one]: ['AWSPREVIOUS'], [two]: ['AWSCURRENT'] })
    const { VersionId: three = '' } = await put('three')
    expect(await stages()).toEqual({ [two]: ['AWSPREVIOUS'], [three]: ['AWSCURRENT'] })
    expect(await read()).toBe('three')
    expect(await read({ VersionStage: 'AWSPREVIOUS' })).toBe('two')
    expect(await read({ VersionId: one })).toBe('one')
    await expect(read({ VersionId: one, VersionStage: 'AWSCURRENT' })).rejects.toMatchObject(
      refused('InvalidRequestException'),
    )
    await expect(read({ VersionId: randomUUID() })).rejects.toMatchObject(refused('ResourceNotFoundException'))
  })

  it('are put once per token', async () => {
    await create()
    const ClientRequestToken = randomUUID()
    await put('two', { ClientRequestToken })
    expect(await put('two', { ClientRequestToken })).toMatchObject({ VersionId: ClientRequestToken })
    await expect(put('three', { ClientRequestToken })).rejects.toMatchObject(refused('ResourceExistsException'))
    await expect(client.send(new PutSecretValueCommand({ SecretId }))).rejects.toMatchObject(
      refused('InvalidParameterException'),
    )
    expect(await read()).toBe('two')
  })

  it('wait as AWSPENDING until they become current', async () => {
    const { VersionId: one = '' } = await create()
    const { VersionId: two = '' } = await put('two', { VersionStages: ['AWSPENDING'] })
    expect(await read()).toBe('one')
    const move = (given: object) =>
      client.send(new UpdateSecretVersionStageCommand({ SecretId, VersionStage: 'AWSCURRENT', ...given }))
    await expect(move({ MoveToVersionId: two })).rejects.toMatchObject(
      refused('InvalidParameterException', expect.stringContaining(`currently attached to version ${one}`)),
    )
    await expect(move({ RemoveFromVersionId: one })).rejects.toMatchObject(refused('InvalidParameterException'))
    await move({ MoveToVersionId: two, RemoveFromVersionId: one })
    expect(await stages()).toEqual({ [one]: ['AWSPREVIOUS'], [two]: ['AWSPENDING', 'AWSCURRENT'] })
    await move({ VersionStage: 'AWSPENDING', RemoveFromVersionId: two })
    await expect(move({ VersionStage: 'AWSPENDING', RemoveFromVersionId: two })).rejects.toMatchObject(
      refused('InvalidParameterException'),
    )
    await move({ VersionStage: 'mine', MoveToVersionId: one })
    expect(await stages()).toEqual({ [one]: ['AWSPREVIOUS', 'mine'], [two]: ['AWSCURRENT'] })
    await expect(move({ VersionStage: 'mine' })).rejects.toMatchObject(refused('InvalidParameterException'))
  })

  it('are listed, those without labels too if they are asked for', async () => {
    await create()
    await put('two')
    await put('three')
    await read()
    const list = async (IncludeDeprecated: boolean) => {
      const found = []
      const pages = paginateListSecretVersionIds({ client, pageSize: 1 }, { SecretId, IncludeDeprecated })
      for await (const { Versions = [] } of pages) found.push(...Versions)
      return found
    }
    expect(await list(false)).toHaveLength(2)
    expect(await list(true)).toHaveLength(3)
    const { Versions } = await client.send(new ListSecretVersionIdsCommand({ SecretId }))
    expect(Versions?.find(({ VersionStages }) => VersionStages?.includes('AWSCURRENT'))).toMatchObject({
      KmsKeyIds: ['DefaultEncryptionKey'],
      LastAccessedDate: expect.any(Date),
    })
  })
})

describe('UpdateSecret', () => {
  it('changes what it is told to change', async () => {
    await create({ Description: 'old' })
    const updated = await client.send(new UpdateSecretCommand({ SecretId, Description: 'new' }))
    expect(updated).not.toHaveProperty('VersionId')
    expect(await describeIt()).toMatchObject({ Description: 'new' })
    const { VersionId } = await client.send(new UpdateSecretCommand({ SecretId, SecretString: 'two' }))
    expect(await stages()).toMatchObject({ [VersionId ?? '']: ['AWSCURRENT'] })
    expect(await describeIt()).toMatchObject({ Description: 'new' })
    expect(await read()).toBe('two')
  })

  it('takes versions in use to another key', async () => {
    const newKey = async () => (await kms.send(new CreateKeyCommand({}))).KeyMetadata?.Arn ?? ''
    const [first, second] = [await newKey(), await newKey()]
    await create({ KmsKeyId: first })
    const keys = async () =>
      (await client.send(new ListSecretVersionIdsCommand({ SecretId }))).Versions?.flatMap((row) => row.KmsKeyIds ?? [])
    expect(await keys()).toEqual([first])
    await client.send(new UpdateSecretCommand({ SecretId, KmsKeyId: second }))
    expect(await keys()).toEqual([second])
    expect(await describeIt()).toMatchObject({ KmsKeyId: second })
    await kms.send(new DisableKeyCommand({ KeyId: first }))
    expect(await read()).toBe('one')
    await kms.send(new DisableKeyCommand({ KeyId: second }))
    await expect(read()).rejects.toMatchObject(refused('DecryptionFailure', expect.stringContaining('is disabled')))
    await expect(put('two')).rejects.toMatchObject(refused('EncryptionFailure'))
    await expect(create({ Name: `${Name}2`, KmsKeyId: 'alias/none' })).rejects.toMatchObject(
      refused('EncryptionFailure'),
    )
  })
})

describe('DescribeSecret', () => {
  it('tells all but the value', async () => {
    const { ARN, VersionId } = await create({ Tags: [{ Key: 'team', Value: 'shop' }] })
    const { $metadata: _, ...before } = await describeIt()
    expect(before).toEqual({
      ARN,
      Name,
      CreatedDate: expect.any(Date),
      LastChangedDate: expect.any(Date),
      Tags: [{ Key: 'team', Value: 'shop' }],
      VersionIdsToStages: { [VersionId ?? '']: ['AWSCURRENT'] },
    })
    await read()
    expect((await describeIt()).LastAccessedDate?.toISOString()).toMatch(/T00:00:00.000Z$/)
  })

  it('tells of tags', async () => {
    await create()
    await client.send(new TagResourceCommand({ SecretId, Tags: ['a', 'b'].map((Key) => ({ Key, Value: '1' })) }))
    await client.send(new UntagResourceCommand({ SecretId, TagKeys: ['a'] }))
    expect((await describeIt()).Tags).toEqual([{ Key: 'b', Value: '1' }])
  })
})

describe('ListSecrets', () => {
  const list = async (input: Partial<ListSecretsCommandInput>): Promise<string[]> => {
    const names: string[] = []
    for await (const { SecretList = [] } of paginateListSecrets({ client, pageSize: 2 }, input as never))
      names.push(...SecretList.map((secret) => secret.Name ?? ''))
    return names
  }
  const filtered = (Key: string, ...Values: string[]): Promise<string[]> =>
    list({ Filters: [{ Key, Values } as Filter, { Key: 'name', Values: ['list/'] }], SortBy: 'name', SortOrder: 'asc' })

  beforeAll(async () => {
    const one = (name: string, Description: string, Key: string, Value: string) =>
      create({ Name: `list/${name}`, Description, Tags: [{ Key, Value }] })
    await one('a', 'Orders database', 'team', 'shop')
    await one('B', 'billing key', 'team', 'money')
    await one('c', 'other', 'Stage', 'prod')
  })

  it('filters by what AWS filters by', async () => {
    expect(await filtered('name', 'list/')).toEqual(['list/B', 'list/a', 'list/c'])
    expect(await filtered('name', 'list/b')).toEqual([])
    expect(await filtered('name', '!list/a')).toEqual(['list/B', 'list/c'])
    expect(await filtered('description', 'orders')).toEqual(['list/a'])
    expect(await filtered('tag-key', 'tea', 'Sta')).toEqual(['list/B', 'list/a', 'list/c'])
    expect(await filtered('tag-value', 'sh')).toEqual(['list/a'])
    expect(await filtered('all', 'DATABASE orders')).toEqual(['list/a'])
    expect(await filtered('owning-service', 'rds')).toEqual([])
    expect(await filtered('primary-region', '!us')).toHaveLength(3)
    await expect(filtered('tag', 'x')).rejects.toMatchObject(refused('ValidationException'))
    await expect(list({ Filters: Array(11).fill({ Key: 'all', Values: ['x'] }) })).rejects.toMatchObject(
      refused('ValidationException'),
    )
  })

  it('sorts', async () => {
    const Filters: Filter[] = [{ Key: 'name', Values: ['list/'] }]
    expect(await list({ Filters, SortBy: 'name', SortOrder: 'desc' })).toEqual(['list/c', 'list/a', 'list/B'])
    await client.send(new TagResourceCommand({ SecretId: 'list/a', Tags: [{ Key: 'x', Value: '' }] }))
    expect((await list({ Filters, SortBy: 'last-changed-date', SortOrder: 'desc' }))[0]).toBe('list/a')
  })

  it('refuses a token of another list', async () => {
    const { NextToken } = await client.send(new ListSecretsCommand({ MaxResults: 1 }))
    await expect(
      client.send(new ListSecretsCommand({ MaxResults: 1, NextToken, SortBy: 'name' })),
    ).rejects.toMatchObject(refused('InvalidNextTokenException'))
  })
})

describe('DeleteSecret', () => {
  it('leaves time to change one’s mind', async () => {
    await create()
    const { DeletionDate } = await client.send(new DeleteSecretCommand({ SecretId, RecoveryWindowInDays: 7 }))
    expect(DeletionDate?.getTime()).toBeGreaterThan(Date.now() + 6.9 * 86_400_000)
    const marked = "You can't perform this operation on the secret because it was marked for deletion."
    for (const attempt of [read(), put('two'), client.send(new DeleteSecretCommand({ SecretId }))])
      await expect(attempt).rejects.toMatchObject(refused('InvalidRequestException', marked))
    await expect(create()).rejects.toMatchObject(
      refused('InvalidRequestException', expect.stringContaining('already scheduled for deletion')),
    )
    expect((await describeIt()).DeletedDate).toBeInstanceOf(Date)
    const listed = async (IncludePlannedDeletion: boolean) =>
      (await client.send(new ListSecretsCommand({ IncludePlannedDeletion }))).SecretList?.some(
        (row) => row.Name === Name,
      )
    expect([await listed(false), await listed(true)]).toEqual([false, true])

    expect(await client.send(new RestoreSecretCommand({ SecretId }))).toMatchObject({ Name })
    expect(await read()).toBe('one')
    expect((await describeIt()).DeletedDate).toBeUndefined()
  })

  it('at once frees the name', async () => {
    const first = await create()
    const now = { SecretId, ForceDeleteWithoutRecovery: true }
    expect(await client.send(new DeleteSecretCommand(now))).toMatchObject({ Name, ARN: first.ARN })
    await expect(describeIt()).rejects.toMatchObject(refused('ResourceNotFoundException'))
    expect(await client.send(new DeleteSecretCommand(now))).toMatchObject({ Name })
    expect((await create({ SecretString: 'new' })).ARN).not.toBe(first.ARN)
    expect(await read()).toBe('new')
  })

  it('takes a window of 7 to 30 days, and only one way', async () => {
    await create()
    for (const given of [{ RecoveryWindowInDays: 6 }, { RecoveryWindowInDays: 7, ForceDeleteWithoutRecovery: true }])
      await expect(client.send(new DeleteSecretCommand({ SecretId, ...given }))).rejects.toMatchObject(
        refused('InvalidParameterException'),
      )
  })
})

describe('BatchGetSecretValue', () => {
  it('reads many, and says which it could not', async () => {
    await create()
    await create({ Name: `${Name}-2`, SecretString: 'two' })
    const { SecretValues, Errors } = await client.send(
      new BatchGetSecretValueCommand({ SecretIdList: [Name, 'none', `${Name}-2`] }),
    )
    expect(SecretValues?.map(({ SecretString }) => SecretString)).toEqual(['one', 'two'])
    expect(Errors).toMatchObject([{ SecretId: 'none', ErrorCode: 'ResourceNotFoundException' }])
    const Filters: Filter[] = [{ Key: 'name', Values: [Name] }]
    const page = await client.send(new BatchGetSecretValueCommand({ Filters, MaxResults: 1 }))
    expect(page.SecretValues).toMatchObject([{ Name, SecretString: 'one' }])
    const { NextToken } = page
    const rest = await client.send(new BatchGetSecretValueCommand({ Filters, MaxResults: 1, NextToken }))
    expect(rest).toMatchObject({ SecretValues: [{ SecretString: 'two' }], Errors: [] })
    await expect(client.send(new BatchGetSecretValueCommand({}))).rejects.toMatchObject(
      refused('InvalidParameterException'),
    )
  })
})

describe('GetRandomPassword', () => {
  const password = async (input: GetRandomPasswordCommandInput = {}): Promise<string> =>
    (await client.send(new GetRandomPasswordCommand(input))).RandomPassword ?? ''

  it('has 32 characters of each type', async () => {
    const found = await password()
    expect(found).toHaveLength(32)
    for (const type of [/[a-z]/, /[A-Z]/, /\d/, /[!-/:-@[-`{-~]/]) expect(found).toMatch(type)
    expect(found).not.toMatch(/\s/)
    expect(await password()).not.toBe(found)
  })

  it('leaves out what it is told to', async () => {
    const plain = { PasswordLength: 400, ExcludePunctuation: true }
    expect(await password(plain)).toMatch(/^[a-zA-Z0-9]{400}$/)
    expect(await password({ ...plain, ExcludeNumbers: true, ExcludeUppercase: true })).toMatch(/^[a-z]{400}$/)
    expect(await password({ ...plain, ExcludeLowercase: true, ExcludeCharacters: 'ABC123' })).toMatch(
      /^[D-Z04-9]{400}$/,
    )
    expect(await password({ ...plain, IncludeSpace: true })).toContain(' ')
    expect(await password({ PasswordLength: 1, RequireEachIncludedType: false })).toHaveLength(1)
    await expect(password({ PasswordLength: 3 })).rejects.toMatchObject(refused('InvalidParameterException'))
    await expect(
      password({ ...plain, ExcludeNumbers: true, ExcludeUppercase: true, ExcludeLowercase: true }),
    ).rejects.toMatchObject(refused('InvalidParameterException'))
    await expect(password({ PasswordLength: 4097 })).rejects.toMatchObject(refused('ValidationException'))
  })
})

describe('a resource policy', () => {
  const policy = (Principal: unknown, Condition?: unknown): string =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal, Action: 'secretsmanager:GetSecretValue', Resource: '*', Condition }],
    })
  const own = policy({ AWS: `arn:aws:iam::${ACCOUNT}:root` })

  it('is put, read and deleted', async () => {
    const { ARN } = await create()
    const get = () => client.send(new GetResourcePolicyCommand({ SecretId }))
    expect(await get()).not.toHaveProperty('ResourcePolicy')
    expect(await client.send(new PutResourcePolicyCommand({ SecretId, ResourcePolicy: own }))).toMatchObject({
      ARN,
      Name,
    })
    expect(await get()).toMatchObject({ ARN, Name, ResourcePolicy: own })
    await client.send(new DeleteResourcePolicyCommand({ SecretId }))
    expect(await get()).not.toHaveProperty('ResourcePolicy')
  })

  it('is well formed, and not for everyone if that is blocked', async () => {
    await create()
    const attempt = (ResourcePolicy: string, BlockPublicPolicy = true) =>
      client.send(new PutResourcePolicyCommand({ SecretId, ResourcePolicy, BlockPublicPolicy }))
    await expect(attempt('{}')).rejects.toMatchObject(refused('MalformedPolicyDocumentException'))
    for (const everyone of ['*', { AWS: '*' }])
      await expect(attempt(policy(everyone))).rejects.toMatchObject(refused('PublicPolicyException'))
    await attempt(policy('*'), false)
    await attempt(policy('*', { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } }))
  })

  it('can be tried before it is put', async () => {
    await create()
    const validate = (ResourcePolicy: string) =>
      client.send(new ValidateResourcePolicyCommand({ SecretId, ResourcePolicy }))
    expect(await validate(own)).toMatchObject({ PolicyValidationPassed: true, ValidationErrors: [] })
    expect(await validate(policy('*'))).toMatchObject({
      PolicyValidationPassed: false,
      ValidationErrors: [{ CheckName: 'PublicAccess' }],
    })
    expect(await validate('no')).toMatchObject({
      PolicyValidationPassed: false,
      ValidationErrors: [{ CheckName: 'Syntax' }],
    })
  })
})

describe('what needs Lambda or another Region', () => {
  it('is refused', async () => {
    await create()
    await expect(client.send(new RotateSecretCommand({ SecretId }))).rejects.toMatchObject(
      refused('InvalidRequestException', 'No Lambda rotation function ARN is associated with this secret.'),
    )
    await expect(client.send(new CancelRotateSecretCommand({ SecretId }))).rejects.toMatchObject(
      refused('InvalidRequestException'),
    )
    await expect(
      client.send(new ReplicateSecretToRegionsCommand({ SecretId, AddReplicaRegions: [{ Region: 'eu-west-1' }] })),
    ).rejects.toMatchObject(refused('NotImplemented'))
  })
})

describe('the key of Secrets Manager', () => {
  it('is made with the first value', async () => {
    await create()
    const { Aliases = [] } = await kms.send(new ListAliasesCommand({}))
    expect(Aliases.find(({ AliasName }) => AliasName === 'alias/aws/secretsmanager')?.TargetKeyId).toBeDefined()
    await create({ Name: `${Name}-2`, KmsKeyId: 'alias/aws/secretsmanager' })
    await expect(create({ Name: `${Name}-3`, KmsKeyId: 'alias/aws/ssm' })).rejects.toMatchObject(
      refused('EncryptionFailure'),
    )
  })
})

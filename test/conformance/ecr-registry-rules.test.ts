/** What is configured of a registry as a whole, through the AWS SDK for JavaScript, and what it does to pushes and pulls. */
import { randomBytes } from 'node:crypto'
import {
  CreatePullThroughCacheRuleCommand,
  CreateRepositoryCommand,
  CreateRepositoryCreationTemplateCommand,
  DeletePullThroughCacheRuleCommand,
  DeleteRepositoryCreationTemplateCommand,
  DescribeImageReplicationStatusCommand,
  DescribePullThroughCacheRulesCommand,
  DescribeRegistryCommand,
  DescribeRepositoriesCommand,
  DescribeRepositoryCreationTemplatesCommand,
  ECRClient,
  GetAuthorizationTokenCommand,
  GetLifecyclePolicyCommand,
  GetRepositoryPolicyCommand,
  ListTagsForResourceCommand,
  PutImageCommand,
  PutReplicationConfigurationCommand,
  UpdatePullThroughCacheRuleCommand,
  UpdateRepositoryCreationTemplateCommand,
  ValidatePullThroughCacheRuleCommand,
} from '@aws-sdk/client-ecr'
import { CreateAccessKeyCommand, CreateUserCommand, IAMClient, PutUserPolicyCommand } from '@aws-sdk/client-iam'
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { imageManifest, pushImage, sha256, startRegistry } from '../registry-server.ts'
import { type Credentials, documentOf, REGION, verifyingServer, type VerifyingServer } from '../verifying-server.ts'

let server: VerifyingServer
/** Where images are replicated to. */
let destination: VerifyingServer
let ecr: ECRClient
let user: Credentials

const configured = (credentials: Credentials) => ({
  endpoint: server.endpoint,
  region: REGION,
  credentials,
  maxAttempts: 1,
})

beforeAll(async () => {
  destination = await verifyingServer()
  const replicationEndpoints = [
    { account: '000000000000', region: 'eu-west-1', url: destination.endpoint, credentials: destination.root },
  ]
  server = await verifyingServer(undefined, { replicationEndpoints })
  ecr = new ECRClient(configured(server.root))
  const iam = new IAMClient(configured(server.root))
  await iam.send(new CreateUserCommand({ UserName: 'ada' }))
  const { AccessKey: key } = await iam.send(new CreateAccessKeyCommand({ UserName: 'ada' }))
  user = { accessKeyId: key?.AccessKeyId ?? '', secretAccessKey: key?.SecretAccessKey ?? '' }
  const actions = [
    'ecr:GetAuthorizationToken',
    'ecr:InitiateLayerUpload',
    'ecr:UploadLayerPart',
    'ecr:CompleteLayerUpload',
  ]
  await iam.send(
    new PutUserPolicyCommand({
      UserName: 'ada',
      PolicyName: 'push',
      PolicyDocument: documentOf({ Effect: 'Allow', Action: actions, Resource: '*' }),
    }),
  )
  iam.destroy()
})

afterAll(async () => {
  ecr.destroy()
  await server.close()
  await destination.close()
})

const tokenOf = async (client: ECRClient): Promise<string> =>
  (await client.send(new GetAuthorizationTokenCommand({}))).authorizationData?.[0]?.authorizationToken ?? ''

const pushTo = (repository: string, client = ecr): Promise<Response> => push(repository, randomBytes(100), client)

const push = async (repository: string, content: Buffer, client = ecr): Promise<Response> =>
  fetch(`${server.endpoint}/v2/${repository}/blobs/uploads/?digest=${sha256(content)}`, {
    method: 'POST',
    headers: { Authorization: `Basic ${await tokenOf(client)}` },
    body: Buffer.from(content),
  })

const LIFECYCLE = JSON.stringify({
  rules: [
    {
      rulePriority: 1,
      selection: { tagStatus: 'untagged', countType: 'imageCountMoreThan', countNumber: 10 },
      action: { type: 'expire' },
    },
  ],
})

describe('repository creation templates', () => {
  it('are made, changed, listed and deleted', async () => {
    const given = { prefix: 'life', description: 'Of teams', appliedFor: ['REPLICATION' as const] }
    const { repositoryCreationTemplate: made } = await ecr.send(new CreateRepositoryCreationTemplateCommand(given))
    expect(made).toMatchObject({ ...given, imageTagMutability: 'MUTABLE', resourceTags: [] })
    await expect(ecr.send(new CreateRepositoryCreationTemplateCommand(given))).rejects.toMatchObject({
      name: 'TemplateAlreadyExistsException',
    })
    await ecr.send(new UpdateRepositoryCreationTemplateCommand({ prefix: 'life', imageTagMutability: 'IMMUTABLE' }))
    const { repositoryCreationTemplates } = await ecr.send(
      new DescribeRepositoryCreationTemplatesCommand({ prefixes: ['life'] }),
    )
    expect(repositoryCreationTemplates).toMatchObject([{ ...given, imageTagMutability: 'IMMUTABLE' }])
    await ecr.send(new DeleteRepositoryCreationTemplateCommand({ prefix: 'life' }))
    await expect(
      ecr.send(new DescribeRepositoryCreationTemplatesCommand({ prefixes: ['life'] })),
    ).rejects.toMatchObject({ name: 'TemplateNotFoundException' })
  })

  it('say what a repository is like that a push makes, where the longest prefix counts', async () => {
    const appliedFor = ['CREATE_ON_PUSH' as const]
    const policy = documentOf({ Effect: 'Allow', Principal: '*', Action: 'ecr:BatchGetImage' })
    await ecr.send(
      new CreateRepositoryCreationTemplateCommand({
        prefix: 'team/a',
        appliedFor,
        imageTagMutability: 'IMMUTABLE',
        resourceTags: [{ Key: 'Team', Value: 'a' }],
        repositoryPolicy: policy,
        lifecyclePolicy: LIFECYCLE,
      }),
    )
    await ecr.send(new CreateRepositoryCreationTemplateCommand({ prefix: 'team', appliedFor }))
    expect((await pushTo('team/a/web')).status).toBe(201)
    expect((await pushTo('team/b')).status).toBe(201)
    expect((await pushTo('other/b')).status).toBe(404)
    const { repositories = [] } = await ecr.send(new DescribeRepositoriesCommand({ repositoryNames: ['team/a/web'] }))
    const [{ repositoryArn: resourceArn = '' } = {}] = repositories
    expect(repositories).toMatchObject([{ imageTagMutability: 'IMMUTABLE' }])
    expect(await ecr.send(new ListTagsForResourceCommand({ resourceArn }))).toMatchObject({
      tags: [{ Key: 'Team', Value: 'a' }],
    })
    const repositoryName = 'team/a/web'
    expect(await ecr.send(new GetRepositoryPolicyCommand({ repositoryName }))).toMatchObject({ policyText: policy })
    expect(await ecr.send(new GetLifecyclePolicyCommand({ repositoryName }))).toMatchObject({
      lifecyclePolicyText: LIFECYCLE,
    })
  })

  it('make nothing for who may not create repositories', async () => {
    const client = new ECRClient(configured(user))
    expect((await pushTo('team/c', client)).status).toBe(403)
    expect((await pushTo('team/b', client)).status).toBe(201)
    client.destroy()
  })

  it.each([
    ['a role', { customRoleArn: 'arn:aws:iam::000000000000:role/r' }],
    [
      'a key, and no encryption with it',
      { encryptionConfiguration: { encryptionType: 'AES256' as const, kmsKey: 'k' } },
    ],
    ['no policy', { repositoryPolicy: '{' }],
    ['no lifecycle policy', { lifecyclePolicy: '{' }],
    ['no prefix', { prefix: 'Team/' }],
    ['no reason', { appliedFor: ['ALWAYS' as never] }],
  ])('are refused with %s', async (_name, given) => {
    const input = { prefix: 'refused', appliedFor: ['REPLICATION' as const], ...given }
    await expect(ecr.send(new CreateRepositoryCreationTemplateCommand(input))).rejects.toMatchObject({
      name: 'InvalidParameterException',
    })
  })
})

describe('pull through cache rules', () => {
  it('are made, changed, listed and deleted', async () => {
    const secrets = new SecretsManagerClient(configured(server.root))
    const SecretString = JSON.stringify({ username: 'ada', accessToken: 's3cret' })
    const named = async (Name: string): Promise<string> =>
      (await secrets.send(new CreateSecretCommand({ Name, SecretString }))).ARN ?? ''
    const [credentialArn, next] = [await named('ecr-pullthroughcache/hub'), await named('ecr-pullthroughcache/next')]
    const rule = { ecrRepositoryPrefix: 'hub', upstreamRegistryUrl: 'registry.example.com' }
    const made = await ecr.send(new CreatePullThroughCacheRuleCommand({ ...rule, credentialArn }))
    expect(made).toMatchObject({ ...rule, credentialArn, upstreamRepositoryPrefix: 'ROOT' })
    await expect(ecr.send(new CreatePullThroughCacheRuleCommand(rule))).rejects.toMatchObject({
      name: 'PullThroughCacheRuleAlreadyExistsException',
    })
    await ecr.send(new UpdatePullThroughCacheRuleCommand({ ecrRepositoryPrefix: 'hub', credentialArn: next }))
    const { pullThroughCacheRules } = await ecr.send(new DescribePullThroughCacheRulesCommand({}))
    expect(pullThroughCacheRules).toMatchObject([{ ...rule, credentialArn: next }])
    await ecr.send(new DeletePullThroughCacheRuleCommand({ ecrRepositoryPrefix: 'hub' }))
    await expect(
      ecr.send(new DescribePullThroughCacheRulesCommand({ ecrRepositoryPrefixes: ['hub'] })),
    ).rejects.toMatchObject({ name: 'PullThroughCacheRuleNotFoundException' })
    const elsewhere = await named('passwords/hub')
    await expect(
      ecr.send(new CreatePullThroughCacheRuleCommand({ ...rule, credentialArn: elsewhere })),
    ).rejects.toMatchObject({ name: 'InvalidParameterException' })
    secrets.destroy()
  })

  it('get no credentials that their makers may not read: they could lead them anywhere', async () => {
    const secrets = new SecretsManagerClient(configured(server.root))
    const [Name, SecretString] = ['ecr-pullthroughcache/own', JSON.stringify({ username: 'a', accessToken: 'b' })]
    const { ARN: credentialArn } = await secrets.send(new CreateSecretCommand({ Name, SecretString }))
    const admin = new IAMClient(configured(server.root))
    await admin.send(new CreateUserCommand({ UserName: 'bob' }))
    const { AccessKey: key } = await admin.send(new CreateAccessKeyCommand({ UserName: 'bob' }))
    const bob = { accessKeyId: key?.AccessKeyId ?? '', secretAccessKey: key?.SecretAccessKey ?? '' }
    const allowOnly = (...Action: string[]) =>
      admin.send(new PutUserPolicyCommand({ UserName: 'bob', PolicyName: 'p', PolicyDocument: documentOf({ Action }) }))
    const client = new ECRClient(configured(bob))
    const rule = { ecrRepositoryPrefix: 'own', upstreamRegistryUrl: 'registry.example.com' }
    const make = () => client.send(new CreatePullThroughCacheRuleCommand({ ...rule, credentialArn }))
    await allowOnly('ecr:CreatePullThroughCacheRule', 'ecr:UpdatePullThroughCacheRule')
    await expect(make()).rejects.toThrow('secretsmanager:GetSecretValue')
    await client.send(new CreatePullThroughCacheRuleCommand(rule))
    await expect(
      client.send(new UpdatePullThroughCacheRuleCommand({ ecrRepositoryPrefix: 'own', credentialArn })),
    ).rejects.toThrow('secretsmanager:GetSecretValue')
    await ecr.send(new DeletePullThroughCacheRuleCommand({ ecrRepositoryPrefix: 'own' }))
    await allowOnly('ecr:CreatePullThroughCacheRule', 'secretsmanager:GetSecretValue')
    await make()
    await ecr.send(new DeletePullThroughCacheRuleCommand({ ecrRepositoryPrefix: 'own' }))
    for (const each of [client, secrets, admin]) each.destroy()
  })

  it.each([
    'https://169.254.169.254',
    'ftp://registry.example.com',
    'registry.example.com/path',
    'https://a:b@example.com',
  ])('are not for %s', async (upstreamRegistryUrl) => {
    const rule = { ecrRepositoryPrefix: 'bad', upstreamRegistryUrl }
    await expect(ecr.send(new CreatePullThroughCacheRuleCommand(rule))).rejects.toMatchObject({
      name: 'UnsupportedUpstreamRegistryException',
    })
  })

  it('have the name that AWS has for the upstream registry', async () => {
    const made = async (upstreamRegistryUrl: string, upstreamRegistry?: string) => {
      const rule = { ecrRepositoryPrefix: 'named', upstreamRegistryUrl, upstreamRegistry: upstreamRegistry as never }
      const { upstreamRegistry: name } = await ecr.send(new CreatePullThroughCacheRuleCommand(rule))
      await ecr.send(new DeletePullThroughCacheRuleCommand({ ecrRepositoryPrefix: 'named' }))
      return name
    }
    expect(await made('registry-1.docker.io')).toBe('docker-hub')
    expect(await made('https://ours.azurecr.io')).toBe('azure-container-registry')
    expect(await made('ghcr.io', 'github-container-registry')).toBe('github-container-registry')
    expect(await made('registry.example.com')).toBeUndefined()
    expect(await made('mirror.example.com', 'docker-hub')).toBe('docker-hub')
    for (const [url = '', name] of [
      ['registry.example.com', 'docker'],
      ['quay.io', 'docker-hub'],
    ])
      await expect(made(url, name)).rejects.toMatchObject({ name: 'InvalidParameterException' })
  })

  it('are validated against upstream, and pulled by', async () => {
    const upstream = await startRegistry()
    await upstream.addRepository('web')
    const digest = await pushImage(upstream, 'web', 'v1')
    const ecrRepositoryPrefix = 'far'
    const rule = { ecrRepositoryPrefix, upstreamRegistryUrl: upstream.url.replace('http://', '') }
    await ecr.send(new CreatePullThroughCacheRuleCommand(rule))
    const validate = () => ecr.send(new ValidatePullThroughCacheRuleCommand({ ecrRepositoryPrefix }))
    expect(await validate()).toMatchObject({ isValid: true })
    const headers = { Authorization: `Basic ${await tokenOf(ecr)}` }
    const answer = await fetch(`${server.endpoint}/v2/far/web/manifests/v1`, { headers })
    expect(answer.headers.get('Docker-Content-Digest')).toBe(digest)
    await upstream.stop()
    expect(await validate()).toMatchObject({ isValid: false, failure: expect.stringContaining('cannot be reached') })
  })
})

describe('replication', () => {
  const there = { region: 'eu-west-1', registryId: '000000000000' }

  it('is told to the registry, and brings images', async () => {
    const repositoryName = 'copied/web'
    const filter = { filter: 'copied/', filterType: 'PREFIX_MATCH' as const }
    const replicationConfiguration = { rules: [{ destinations: [there], repositoryFilters: [filter] }] }
    await ecr.send(new PutReplicationConfigurationCommand({ replicationConfiguration }))
    expect(await ecr.send(new DescribeRegistryCommand({}))).toMatchObject({ replicationConfiguration })
    await ecr.send(new CreateRepositoryCommand({ repositoryName }))
    const [config, layer] = [Buffer.from('{}'), randomBytes(1000)]
    for (const content of [config, layer]) expect((await push(repositoryName, content)).status).toBe(201)
    const image = { repositoryName, imageManifest: imageManifest(config, [layer]), imageTag: 'v1' }
    await ecr.send(new PutImageCommand(image))
    const imageId = { imageTag: 'v1' }
    const status = async () => {
      const answer = await ecr.send(new DescribeImageReplicationStatusCommand({ repositoryName, imageId }))
      expect(answer).toMatchObject({ repositoryName, imageId, replicationStatuses: [there] })
      return answer.replicationStatuses?.[0]?.status
    }
    while ((await status()) !== 'COMPLETE');
    expect([...destination.store.tables.imageTags.rows()]).toMatchObject([{ tag: 'v1' }])
  })

  it.each([
    ['that nobody knows', { ...there, region: 'us-west-2' }],
    ['that is the registry itself', { ...there, region: REGION }],
    ['that is none', { ...there, registryId: 'mine' }],
  ])('does not go to a destination %s', async (_name, wrong) => {
    const replicationConfiguration = { rules: [{ destinations: [wrong] }] }
    await expect(ecr.send(new PutReplicationConfigurationCommand({ replicationConfiguration }))).rejects.toMatchObject({
      name: 'InvalidParameterException',
    })
  })
})

/** Amazon ECR through the AWS SDK for JavaScript, and its registry as the clients of images speak to it, with policies that decide. */
import { randomBytes } from 'node:crypto'
import {
  BatchDeleteImageCommand,
  BatchGetImageCommand,
  CreateRepositoryCommand,
  DeleteRepositoryCommand,
  DescribeImagesCommand,
  DescribeRepositoriesCommand,
  ECRClient,
  GetAuthorizationTokenCommand,
  GetRepositoryPolicyCommand,
  ListImagesCommand,
  ListTagsForResourceCommand,
  PutImageTagMutabilityCommand,
  SetRepositoryPolicyCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-ecr'
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
  PutUserPolicyCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ManualClock } from '../../src/kit/clock.ts'
import { OCI_MANIFEST } from '../../src/model/image-manifest.ts'
import { imageManifest, sha256 } from '../registry-server.ts'
import { type Credentials, documentOf, REGION, verifyingServer, type VerifyingServer } from '../verifying-server.ts'

const ARN = 'arn:aws:ecr:us-east-1:000000000000:repository/'
/** Signatures are made with the machine's time. */
const clock = new ManualClock(Date.now())

let server: VerifyingServer
let ecr: ECRClient
let iam: IAMClient
let user: Credentials
/** Every test has a repository of its own. */
let repositoryName: string
let tests = 0

const configured = (credentials: Credentials) => ({
  endpoint: server.endpoint,
  region: REGION,
  credentials,
  maxAttempts: 1,
})

beforeAll(async () => {
  server = await verifyingServer(clock)
  ecr = new ECRClient(configured(server.root))
  iam = new IAMClient(configured(server.root))
  await iam.send(new CreateUserCommand({ UserName: 'ada' }))
  const { AccessKey: key } = await iam.send(new CreateAccessKeyCommand({ UserName: 'ada' }))
  user = { accessKeyId: key?.AccessKeyId ?? '', secretAccessKey: key?.SecretAccessKey ?? '' }
})

afterAll(() => server.close())

beforeEach(async () => {
  repositoryName = `team/app-${++tests}`
  await ecr.send(new CreateRepositoryCommand({ repositoryName }))
})

const allow = (statement: object) =>
  iam.send(new PutUserPolicyCommand({ UserName: 'ada', PolicyName: 'p', PolicyDocument: documentOf(statement) }))

/** `Basic …`, as docker sends it. */
const passwordOf = async (client: ECRClient): Promise<string> => {
  const { authorizationData: [data] = [] } = await client.send(new GetAuthorizationTokenCommand({}))
  return `Basic ${data?.authorizationToken}`
}

const send = (method: string, place: string, authorization: string, body?: Buffer, type?: string) =>
  fetch(`${server.endpoint}/v2/${place}`, {
    method,
    headers: { Authorization: authorization, ...(type !== undefined && { 'Content-Type': type }) },
    body: body ?? null,
  })

/** Pushes an image of one layer and gives its digest. */
const push = async (tag: string, authorization: string): Promise<string> => {
  const [config, layer] = [Buffer.from(`{"made":"${randomBytes(8).toString('hex')}"}`), randomBytes(500)]
  for (const content of [config, layer]) {
    const place = `${repositoryName}/blobs/uploads/?digest=${sha256(content)}`
    const answer = await send('POST', place, authorization, content)
    if (answer.status !== 201) throw new Error(`${answer.status} ${await answer.text()}`)
  }
  const manifest = Buffer.from(imageManifest(config, [layer]))
  const answer = await send('PUT', `${repositoryName}/manifests/${tag}`, authorization, manifest, OCI_MANIFEST)
  if (answer.status !== 201) throw new Error(`${answer.status} ${await answer.text()}`)
  return sha256(manifest)
}

describe('repositories', () => {
  it('are described as they were made', async () => {
    const { repositories = [] } = await ecr.send(new DescribeRepositoriesCommand({ repositoryNames: [repositoryName] }))
    expect(repositories).toEqual([
      {
        repositoryArn: ARN + repositoryName,
        registryId: '000000000000',
        repositoryName,
        repositoryUri: `${new URL(server.endpoint).host.replace('127.0.0.1', 'localhost')}/${repositoryName}`,
        createdAt: expect.any(Date),
        imageTagMutability: 'MUTABLE',
        imageScanningConfiguration: { scanOnPush: false },
        encryptionConfiguration: { encryptionType: 'AES256' },
      },
    ])
  })

  it('are listed in pages', async () => {
    await ecr.send(new CreateRepositoryCommand({ repositoryName: 'aa' }))
    const first = await ecr.send(new DescribeRepositoriesCommand({ maxResults: 1 }))
    expect(first.repositories?.map((each) => each.repositoryName)).toEqual(['aa'])
    const next = await ecr.send(new DescribeRepositoriesCommand({ maxResults: 1, nextToken: first.nextToken }))
    expect(next.repositories?.[0]?.repositoryName).not.toBe('aa')
    await ecr.send(new DeleteRepositoryCommand({ repositoryName: 'aa' }))
  })

  it('are there once, and go only empty or by force', async () => {
    await expect(ecr.send(new CreateRepositoryCommand({ repositoryName }))).rejects.toMatchObject({
      name: 'RepositoryAlreadyExistsException',
      message: `The repository with name '${repositoryName}' already exists in the registry with id '000000000000'`,
    })
    await push('v1', await passwordOf(ecr))
    await expect(ecr.send(new DeleteRepositoryCommand({ repositoryName }))).rejects.toMatchObject({
      name: 'RepositoryNotEmptyException',
    })
    await ecr.send(new DeleteRepositoryCommand({ repositoryName, force: true }))
    await expect(ecr.send(new DescribeImagesCommand({ repositoryName }))).rejects.toMatchObject({
      name: 'RepositoryNotFoundException',
    })
  })

  it.each(['Web', 'a', '-a', 'a/', 'x'.repeat(257)])('cannot be called %s', async (name) => {
    await expect(ecr.send(new CreateRepositoryCommand({ repositoryName: name }))).rejects.toMatchObject({
      name: 'InvalidParameterException',
    })
  })

  it('have tags', async () => {
    const resourceArn = ARN + repositoryName
    await ecr.send(new TagResourceCommand({ resourceArn, tags: [{ Key: 'team', Value: 'blue' }] }))
    await ecr.send(new TagResourceCommand({ resourceArn, tags: [{ Key: 'stage', Value: 'test' }] }))
    await ecr.send(new UntagResourceCommand({ resourceArn, tagKeys: ['team'] }))
    const { tags } = await ecr.send(new ListTagsForResourceCommand({ resourceArn }))
    expect(tags).toEqual([{ Key: 'stage', Value: 'test' }])
  })
})

describe('images', () => {
  it('are described, listed and fetched', async () => {
    const authorization = await passwordOf(ecr)
    const digest = await push('v1', authorization)
    const { imageDetails } = await ecr.send(
      new DescribeImagesCommand({ repositoryName, imageIds: [{ imageTag: 'v1' }] }),
    )
    expect(imageDetails).toMatchObject([
      { imageDigest: digest, imageTags: ['v1'], imageManifestMediaType: OCI_MANIFEST, imageStatus: 'ACTIVE' },
    ])
    const { images, failures } = await ecr.send(
      new BatchGetImageCommand({ repositoryName, imageIds: [{ imageTag: 'v1' }, { imageTag: 'v2' }, {}] }),
    )
    expect(sha256(images?.[0]?.imageManifest ?? '')).toBe(digest)
    expect(failures?.map(({ failureCode }) => failureCode)).toEqual(['ImageNotFound', 'MissingDigestAndTag'])
    const again = await ecr.send(new DescribeImagesCommand({ repositoryName }))
    expect(again.imageDetails?.[0]?.lastRecordedPullTime).toBeInstanceOf(Date)
  })

  it('are described by a digest and a tag only where both are theirs', async () => {
    const authorization = await passwordOf(ecr)
    const [imageDigest] = [await push('v1', authorization), await push('v2', authorization)]
    const described = (imageTag: string) =>
      ecr.send(new DescribeImagesCommand({ repositoryName, imageIds: [{ imageDigest, imageTag }] }))
    expect((await described('v1')).imageDetails).toMatchObject([{ imageDigest, imageTags: ['v1'] }])
    await expect(described('v2')).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: 'Requested image tag does not match the digest',
    })
  })

  it('lose a tag, and go with the last one', async () => {
    const authorization = await passwordOf(ecr)
    const digest = await push('v1', authorization)
    const manifest = Buffer.from(
      await (await send('GET', `${repositoryName}/manifests/v1`, authorization)).arrayBuffer(),
    )
    await send('PUT', `${repositoryName}/manifests/v2`, authorization, manifest, OCI_MANIFEST)
    const remove = (imageTag: string) =>
      ecr.send(new BatchDeleteImageCommand({ repositoryName, imageIds: [{ imageTag }] }))
    expect((await remove('v1')).imageIds).toEqual([{ imageDigest: digest, imageTag: 'v1' }])
    expect((await ecr.send(new ListImagesCommand({ repositoryName }))).imageIds).toEqual([
      { imageDigest: digest, imageTag: 'v2' },
    ])
    await remove('v2')
    expect((await ecr.send(new ListImagesCommand({ repositoryName }))).imageIds).toEqual([])
  })

  it('keep their tags where these are immutable', async () => {
    const authorization = await passwordOf(ecr)
    await push('v1', authorization)
    await ecr.send(
      new PutImageTagMutabilityCommand({
        repositoryName,
        imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
        imageTagMutabilityExclusionFilters: [{ filterType: 'WILDCARD', filter: 'dev-*' }],
      }),
    )
    await expect(push('v1', authorization)).rejects.toThrow('TAG_INVALID')
    await push('dev-1', authorization)
    await push('dev-1', authorization)
  })
})

describe('a policy of a repository', () => {
  const deny = (principal: string) =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Deny',
          Principal: { AWS: `arn:aws:iam::000000000000:${principal}` },
          Action: 'ecr:SetRepositoryPolicy',
        },
      ],
    })

  it('locks its maker out only by force', async () => {
    await allow({ Action: 'ecr:*' })
    const client = new ECRClient(configured(user))
    const set = (principal: string, force?: boolean) =>
      client.send(new SetRepositoryPolicyCommand({ repositoryName, policyText: deny(principal), force }))
    await set('user/bob')
    await expect(set('user/ada')).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: expect.stringContaining("Invalid parameter at 'PolicyText' failed to satisfy constraint: "),
    })
    const { policyText } = await ecr.send(new GetRepositoryPolicyCommand({ repositoryName }))
    expect(policyText).toBe(deny('user/bob'))
    await set('user/ada', true)
    await expect(set('user/bob', true)).rejects.toMatchObject({ name: 'AccessDeniedException' })
  })
})

describe('the registry', () => {
  it('tells who has no password where to get a token, and gives one for a password', async () => {
    const answer = await fetch(`${server.endpoint}/v2/`)
    expect(answer.status).toBe(401)
    expect(answer.headers.get('WWW-Authenticate')).toBe(
      `Bearer realm="${server.endpoint}/v2/token",service="ecr", Basic realm="${server.endpoint}/",service="ecr"`,
    )
    const place = `token?service=ecr&scope=repository:${repositoryName}:pull`
    expect((await send('GET', place, 'Basic QVdTOng=')).status).toBe(401)
    const { token } = (await (await send('GET', place, await passwordOf(ecr))).json()) as { token: string }
    expect((await send('GET', '', `Bearer ${token}`)).status).toBe(200)
  })

  it('lets nobody in with a password that is altered, expired, or of a key that is gone', async () => {
    await allow({ Action: 'ecr:*' })
    const client = new ECRClient(configured(user))
    const authorization = await passwordOf(client)
    expect((await send('GET', `${repositoryName}/tags/list`, authorization)).status).toBe(200)
    expect((await send('GET', `${repositoryName}/tags/list`, authorization.slice(0, -8))).status).toBe(401)
    const setStatus = (Status: 'Active' | 'Inactive') =>
      iam.send(new UpdateAccessKeyCommand({ UserName: 'ada', AccessKeyId: user.accessKeyId, Status }))
    await setStatus('Inactive')
    expect((await send('GET', `${repositoryName}/tags/list`, authorization)).status).toBe(401)
    await setStatus('Active')
    await clock.advance(12 * 3_600_000)
    expect((await send('GET', `${repositoryName}/tags/list`, authorization)).status).toBe(401)
    await clock.advance(-12 * 3_600_000)
  })

  it('asks policies for each request, those of the user and that of the repository', async () => {
    await allow({ Action: 'ecr:GetAuthorizationToken' })
    const authorization = await passwordOf(new ECRClient(configured(user)))
    await push('v1', await passwordOf(ecr))
    const pull = () => send('GET', `${repositoryName}/manifests/v1`, authorization)
    const denied = await pull()
    expect(denied.status).toBe(403)
    expect(await denied.json()).toEqual({
      errors: [
        {
          code: 'DENIED',
          message:
            'User: arn:aws:iam::000000000000:user/ada is not authorized to perform: ecr:BatchGetImage on resource: ' +
            `${ARN}${repositoryName} because no identity-based policy allows the ecr:BatchGetImage action`,
        },
      ],
    })
    const policyText = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { AWS: 'arn:aws:iam::000000000000:user/ada' },
          Action: ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
        },
      ],
    })
    await ecr.send(new SetRepositoryPolicyCommand({ repositoryName, policyText }))
    expect((await pull()).status).toBe(200)
    expect((await send('PUT', `${repositoryName}/manifests/v1`, authorization, Buffer.from('{}'))).status).toBe(403)
    await allow({ Action: ['ecr:GetAuthorizationToken', 'ecr:*'] })
    await push('v2', authorization)
    await ecr.send(new SetRepositoryPolicyCommand({ repositoryName, policyText: policyText.replace('Allow', 'Deny') }))
    expect((await pull()).status).toBe(403)
  })
})

/** Who may do what in the registry, under which names it is there, and what the audit trail has of it. */
import { randomBytes } from 'node:crypto'
import {
  CreateRepositoryCommand,
  DescribeImagesCommand,
  ECRClient,
  GetAuthorizationTokenCommand,
  SetRepositoryPolicyCommand,
} from '@aws-sdk/client-ecr'
import { CreateAccessKeyCommand, CreateUserCommand, IAMClient, PutUserPolicyCommand } from '@aws-sdk/client-iam'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ManualClock } from '../../../src/kit/clock.ts'
import { OCI_MANIFEST } from '../../../src/model/image-manifest.ts'
import { documentOf, REGION } from '../../verifying-server.ts'
import {
  atHost,
  codeOf,
  digestOf,
  newManifest,
  pushBlob,
  pushImage,
  putManifest,
  type RegistryClient,
  startClient,
} from './registry-client.ts'

/** Signatures are made with the machine's time. */
const clock = new ManualClock(Date.now())
const ARN = `arn:aws:ecr:${REGION}:000000000000:repository/`
const PULL = ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchCheckLayerAvailability']
const PUSH = ['ecr:InitiateLayerUpload', 'ecr:UploadLayerPart', 'ecr:CompleteLayerUpload', 'ecr:PutImage']

let client: RegistryClient
let iam: IAMClient
let ada: string
let repository: string

beforeAll(async () => {
  client = await startClient(clock, 'images.test')
  const { endpoint, root } = client.server
  iam = new IAMClient({ endpoint, region: REGION, credentials: root, maxAttempts: 1 })
  await iam.send(new CreateUserCommand({ UserName: 'ada' }))
  const { AccessKey: key } = await iam.send(new CreateAccessKeyCommand({ UserName: 'ada' }))
  await allow({ Action: 'ecr:GetAuthorizationToken' })
  ada = await client.authorizationOf({
    accessKeyId: key?.AccessKeyId ?? '',
    secretAccessKey: key?.SecretAccessKey ?? '',
  })
})

afterAll(() => client.close())

beforeEach(async () => {
  repository = await client.newRepository()
  await allow({ Action: 'ecr:GetAuthorizationToken' })
  client.events.length = 0
})

const allow = (statement: object) =>
  iam.send(new PutUserPolicyCommand({ UserName: 'ada', PolicyName: 'p', PolicyDocument: documentOf(statement) }))

const letIn = (Action: readonly string[], Effect = 'Allow') =>
  client.ecr.send(
    new SetRepositoryPolicyCommand({
      repositoryName: repository,
      policyText: JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect, Principal: { AWS: 'arn:aws:iam::000000000000:user/ada' }, Action }],
      }),
    }),
  )

const asAda = (method: string, place: string, body?: Buffer | string) =>
  client.send(method, place, body, { Authorization: ada, ...(body !== undefined && { 'Content-Type': OCI_MANIFEST }) })

/** Status of each request of a pull, and of a push of the same image. */
const attempts = async (reference: string) => {
  const manifest = await (await client.send('GET', `${repository}/manifests/${reference}`)).text()
  const { layers } = JSON.parse(manifest) as { layers: { digest: string }[] }
  const blob = `${repository}/blobs/${layers[0]?.digest}`
  const content = randomBytes(10)
  const status = async (...request: Parameters<typeof asAda>) => (await asAda(...request)).status
  return {
    pull: [
      await status('GET', `${repository}/manifests/${reference}`),
      await status('HEAD', blob),
      await status('GET', blob),
    ],
    push: [
      await status('POST', `${repository}/blobs/uploads/?digest=${digestOf(content)}`, content),
      await status('PUT', `${repository}/manifests/again`, manifest),
    ],
    remove: [await status('DELETE', `${repository}/manifests/again`), await status('DELETE', blob)],
  }
}

const DENIED = { pull: [403, 403, 403], push: [403, 403], remove: [403, 403] }
const PULLED = { ...DENIED, pull: [200, 200, 200] }
const PUSHED = { ...DENIED, push: [201, 201] }

describe('policies decide on pulling and pushing', () => {
  beforeEach(async () => {
    await pushImage(client, repository, 'v1')
  })

  it('those of the user, for each repository', async () => {
    expect(await attempts('v1')).toEqual(DENIED)
    await allow({ Action: PULL, Resource: ARN + repository })
    expect(await attempts('v1')).toEqual(PULLED)
    await allow({ Action: PUSH, Resource: ARN + repository })
    expect(await attempts('v1')).toEqual(PUSHED)
    await allow({ Action: 'ecr:*', Resource: `${ARN}other` })
    expect(await attempts('v1')).toEqual(DENIED)
  })

  it('those of the repository', async () => {
    await letIn(PULL)
    expect(await attempts('v1')).toEqual(PULLED)
    await letIn(PUSH)
    expect(await attempts('v1')).toEqual(PUSHED)
    await allow({ Action: 'ecr:*' })
    await letIn(['ecr:*'], 'Deny')
    expect(await attempts('v1')).toEqual(DENIED)
  })

  it('and nobody mounts what they may not pull', async () => {
    const { digest } = await pushBlob(client, repository, randomBytes(10))
    const other = await client.newRepository()
    await allow({ Action: 'ecr:*', Resource: ARN + other })
    const mount = () => asAda('POST', `${other}/blobs/uploads/?mount=${digest}&from=${repository}`)
    expect((await mount()).status).toBe(202)
    expect((await asAda('HEAD', `${other}/blobs/${digest}`)).status).toBe(404)
    await letIn(PULL)
    expect((await mount()).status).toBe(201)
  })

  it('and whoever may not complete an upload begins none', async () => {
    await allow({ Action: 'ecr:InitiateLayerUpload' })
    const before = client.server.store.tables.layerUploads.size
    expect((await asAda('POST', `${repository}/blobs/uploads/?digest=${digestOf('x')}`, 'x')).status).toBe(403)
    expect(client.server.store.tables.layerUploads.size).toBe(before)
  })
})

describe('tokens', () => {
  const tokenBy = (form: Record<string, string>) =>
    fetch(`${client.server.endpoint}/v2/token`, { method: 'POST', body: new URLSearchParams(form) })

  const password = (): string =>
    Buffer.from(client.authorization.split(' ')[1] ?? '', 'base64')
      .toString()
      .slice(4)

  it('are got with a form as well, and say when they end', async () => {
    const answer = await tokenBy({ grant_type: 'password', service: 'ecr', username: 'AWS', password: password() })
    const { access_token: token, expires_in: seconds } = (await answer.json()) as {
      access_token: string
      expires_in: number
    }
    expect(seconds).toBe(12 * 3600)
    expect((await client.send('GET', '', undefined, { Authorization: `Bearer ${token}` })).status).toBe(200)
    expect((await tokenBy({ grant_type: 'refresh_token', refresh_token: token })).status).toBe(200)
  })

  it.each<[string, Record<string, string>]>([
    ['no password', { grant_type: 'password', username: 'AWS' }],
    ['a wrong one', { grant_type: 'password', username: 'AWS', password: 'guess' }],
    ['another user', { grant_type: 'password', username: 'root', password: 'guess' }],
    ['a kind that there is not', { grant_type: 'magic' }],
    ['a form without end', { grant_type: 'password', username: 'AWS', password: 'x'.repeat(100_000) }],
  ])('are not got with %s', async (_, form) => {
    expect((await tokenBy(form)).status).toBe(401)
  })

  it('are warned of before they end', async () => {
    const pull = () => client.send('GET', `${repository}/tags/list`)
    expect((await pull()).headers.has('Warning')).toBe(false)
    await clock.advance(11.75 * 3_600_000)
    expect((await pull()).headers.get('Warning')).toBe('299 - "Your authorization token expires in 15 minutes."')
    await clock.advance(0.25 * 3_600_000)
    const ended = await pull()
    expect(await codeOf(ended)).toBe('401 UNAUTHORIZED')
    await clock.advance(-12 * 3_600_000)
  })

  it('are asked for by HTTPS where something in front speaks it', async () => {
    const answer = await fetch(`${client.server.endpoint}/v2/`, { headers: { 'X-Forwarded-Proto': 'https' } })
    expect(answer.headers.get('WWW-Authenticate')).toContain('Bearer realm="https://')
  })
})

describe('names of the registry', () => {
  const get = (host: string, place: string) => atHost(client, host).send('GET', place)

  it('of the shape of AWS mean the account and the region that they say', async () => {
    await pushImage(client, repository, 'v1')
    const place = `${repository}/manifests/v1`
    expect((await get('localhost:4566', place)).status).toBe(200)
    expect((await get('000000000000.dkr.ecr.us-east-1.images.test:4566', place)).status).toBe(200)
    expect(await codeOf(await get('000000000000.dkr.ecr.eu-west-1.images.test', place))).toBe('404 NAME_UNKNOWN')
    expect(await codeOf(await get('111122223333.dkr.ecr.us-east-1.images.test', place))).toBe('403 DENIED')
    // Other domains are other names of this one.
    expect((await get('111122223333.dkr.ecr.us-east-1.example.com', place)).status).toBe(200)
  })

  it.each(['eu-west-1', 'home-made'])('lead to the region %s that a repository was made in', async (region) => {
    const { endpoint, root: credentials } = client.server
    const ecr = new ECRClient({ endpoint, region, credentials, maxAttempts: 1 })
    const { repository: made } = await ecr.send(new CreateRepositoryCommand({ repositoryName: repository }))
    const host = `000000000000.dkr.ecr.${region}.images.test:${new URL(endpoint).port}`
    expect(made?.repositoryUri).toBe(`${host}/${repository}`)
    const { digest } = await pushImage(atHost(client, host), repository, 'v1')
    const { imageDetails } = await ecr.send(new DescribeImagesCommand({ repositoryName: repository }))
    expect(imageDetails).toMatchObject([{ imageDigest: digest, imageTags: ['v1'] }])
    expect((await client.send('GET', `${repository}/manifests/v1`)).status).toBe(404)
  })

  it('come with passwords: of the region, for each account that is asked for', async () => {
    const { endpoint, root: credentials } = client.server
    const { host, port } = new URL(endpoint)
    const endpoints = async (region: string, registryIds?: string[]) => {
      const ecr = new ECRClient({ endpoint, region, credentials, maxAttempts: 1 })
      const { authorizationData = [] } = await ecr.send(new GetAuthorizationTokenCommand({ registryIds }))
      return authorizationData.map(({ proxyEndpoint }) => proxyEndpoint)
    }
    const at = (registry: string) => `http://${registry}.images.test:${port}`
    expect(await endpoints(REGION)).toEqual([`http://${host.replace('127.0.0.1', 'localhost')}`])
    expect(await endpoints('eu-west-1')).toEqual([at('000000000000.dkr.ecr.eu-west-1')])
    expect(await endpoints(REGION, ['000000000000', '111122223333'])).toEqual([
      `http://localhost:${port}`,
      at('111122223333.dkr.ecr.us-east-1'),
    ])
    for (const registryIds of [[], ['1111'], Array.from({ length: 11 }, () => '111122223333')])
      await expect(endpoints(REGION, registryIds)).rejects.toMatchObject({ name: 'InvalidParameterException' })
  })
})

describe('the audit trail', () => {
  const events = () =>
    client.events
      .filter(({ eventSource }) => eventSource === 'ecr.amazonaws.com')
      .map(({ eventName, errorCode, requestParameters, userIdentity }) => ({
        eventName,
        ...(errorCode !== undefined && { errorCode }),
        requestParameters,
        who: userIdentity.arn?.split(':').at(-1),
      }))
  const common = { registryId: '000000000000' }

  it('has a push as the calls that it stands for, and a deletion', async () => {
    const content = randomBytes(10)
    const place = (await client.send('POST', `${repository}/blobs/uploads/`)).headers.get('Location') ?? ''
    await client.send('PATCH', place, content)
    await client.send('PUT', `${place}?digest=${digestOf(content)}`)
    const parameters = { ...common, repositoryName: repository }
    const uploadId = place.split('/').at(-1)
    const layerDigests = [digestOf(content)]
    expect(events()).toEqual([
      { eventName: 'InitiateLayerUpload', requestParameters: parameters, who: 'root' },
      { eventName: 'UploadLayerPart', requestParameters: { ...parameters, uploadId }, who: 'root' },
      { eventName: 'CompleteLayerUpload', requestParameters: { ...parameters, uploadId, layerDigests }, who: 'root' },
    ])
    const manifest = await newManifest(client, repository)
    client.events.length = 0
    await putManifest(client, repository, 'v1', manifest)
    await client.send('GET', `${repository}/manifests/v1`)
    await client.send('DELETE', `${repository}/manifests/${digestOf(manifest)}`)
    expect(events()).toEqual([
      { eventName: 'PutImage', requestParameters: { ...parameters, imageTag: 'v1' }, who: 'root' },
      {
        eventName: 'BatchGetImage',
        requestParameters: { ...parameters, imageIds: [{ imageTag: 'v1' }] },
        who: 'root',
      },
      {
        eventName: 'BatchDeleteImage',
        requestParameters: { ...parameters, imageIds: [{ imageDigest: digestOf(manifest) }] },
        who: 'root',
      },
    ])
  })

  it('has pulls, but not who only looks', async () => {
    const content = randomBytes(10)
    const digest = digestOf(content)
    await client.send('POST', `${repository}/blobs/uploads/?digest=${digest}`, content)
    client.events.length = 0
    await client.send('HEAD', `${repository}/blobs/${digest}`)
    await client.send('GET', `${repository}/tags/list`)
    await client.send('GET', `${repository}/blobs/${digest}`)
    await client.send('GET', `${repository}/manifests/none`)
    expect(events().map(({ eventName, errorCode }) => [eventName, errorCode])).toEqual([
      ['GetDownloadUrlForLayer', undefined],
      ['BatchGetImage', 'ImageNotFoundException'],
    ])
  })

  it('has what was denied and what failed, and why', async () => {
    await asAda('GET', `${repository}/manifests/v1`)
    await asAda('POST', `${repository}/blobs/uploads/`)
    await asAda('PUT', `${repository}/manifests/v1`, '{}')
    await asAda('DELETE', `${repository}/manifests/v1`)
    await client.send('DELETE', `${repository}/manifests/v1`)
    expect(events().map(({ eventName, errorCode, who }) => [eventName, errorCode, who])).toEqual([
      ['BatchGetImage', 'AccessDeniedException', 'user/ada'],
      ['InitiateLayerUpload', 'AccessDeniedException', 'user/ada'],
      ['PutImage', 'AccessDeniedException', 'user/ada'],
      ['BatchDeleteImage', 'AccessDeniedException', 'user/ada'],
      ['BatchDeleteImage', 'ImageNotFoundException', 'root'],
    ])
  })
})

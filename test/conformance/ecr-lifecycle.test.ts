/** Lifecycle policies of Amazon ECR through the AWS SDK for JavaScript. */
import { randomBytes } from 'node:crypto'
import {
  CreateRepositoryCommand,
  DeleteLifecyclePolicyCommand,
  ECRClient,
  GetAuthorizationTokenCommand,
  GetLifecyclePolicyCommand,
  GetLifecyclePolicyPreviewCommand,
  PutLifecyclePolicyCommand,
  StartLifecyclePolicyPreviewCommand,
} from '@aws-sdk/client-ecr'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { OCI_MANIFEST } from '../../src/model/image-manifest.ts'
import { imageManifest, sha256 } from '../registry-server.ts'
import { REGION, verifyingServer, type VerifyingServer } from '../verifying-server.ts'

const repositoryName = 'web'

let server: VerifyingServer
let ecr: ECRClient
let authorization: string

beforeAll(async () => {
  server = await verifyingServer()
  const { endpoint, root: credentials } = server
  ecr = new ECRClient({ endpoint, region: REGION, credentials, maxAttempts: 1 })
  await ecr.send(new CreateRepositoryCommand({ repositoryName }))
  const { authorizationData: [data] = [] } = await ecr.send(new GetAuthorizationTokenCommand({}))
  authorization = `Basic ${data?.authorizationToken}`
})

afterAll(() => server.close())

const send = async (method: string, place: string, body: Buffer, type: string): Promise<void> => {
  const headers = { Authorization: authorization, 'Content-Type': type }
  const { status } = await fetch(`${server.endpoint}/v2/${repositoryName}/${place}`, { method, headers, body })
  expect(status).toBe(201)
}

const push = async (tag: string): Promise<string> => {
  const contents = [Buffer.from(`{"of":"${tag}"}`), randomBytes(100)] as const
  for (const content of contents)
    await send('POST', `blobs/uploads/?digest=${sha256(content)}`, content, 'application/octet-stream')
  const manifest = Buffer.from(imageManifest(contents[0], [contents[1]]))
  await send('PUT', `manifests/${tag}`, manifest, OCI_MANIFEST)
  return sha256(manifest)
}

const policyOf = (selection: object, action: object = { type: 'expire' }): string =>
  JSON.stringify({ rules: [{ rulePriority: 3, description: 'Images that nobody needs', selection, action }] })

const KEEP_ONE = policyOf({ tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 1 })

describe('lifecycle policies', () => {
  it('are put, told and deleted', async () => {
    const get = () => ecr.send(new GetLifecyclePolicyCommand({ repositoryName }))
    await expect(get()).rejects.toMatchObject({
      name: 'LifecyclePolicyNotFoundException',
      message: `Lifecycle policy does not exist for the repository with name 'web' in the registry with id '000000000000'`,
    })
    await ecr.send(new PutLifecyclePolicyCommand({ repositoryName, lifecyclePolicyText: KEEP_ONE }))
    expect(await get()).toMatchObject({ repositoryName, lifecyclePolicyText: KEEP_ONE, lastEvaluatedAt: new Date(0) })
    await ecr.send(new DeleteLifecyclePolicyCommand({ repositoryName }))
    await expect(get()).rejects.toMatchObject({ name: 'LifecyclePolicyNotFoundException' })
  })

  it.each([
    ['too short', '{"rules":[]}', 'greater than or equal to 100'],
    [
      'without a unit',
      policyOf({ tagStatus: 'any', countType: 'sinceImagePushed', countNumber: 1 }),
      'countUnit has to be days',
    ],
  ])('are refused when they are %s', async (_, lifecyclePolicyText, complaint) => {
    const put = new PutLifecyclePolicyCommand({ repositoryName, lifecyclePolicyText })
    await expect(ecr.send(put)).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: expect.stringContaining(complaint),
    })
  })

  it('are tried before they do anything', async () => {
    const get = (more: object = {}) => ecr.send(new GetLifecyclePolicyPreviewCommand({ repositoryName, ...more }))
    await expect(get()).rejects.toMatchObject({ name: 'LifecyclePolicyPreviewNotFoundException' })
    const start = (lifecyclePolicyText?: string) =>
      ecr.send(new StartLifecyclePolicyPreviewCommand({ repositoryName, lifecyclePolicyText }))
    await expect(start()).rejects.toMatchObject({ name: 'LifecyclePolicyNotFoundException' })
    const digests = [await push('v1'), await push('v2'), await push('v3')]
    expect(await start(KEEP_ONE)).toMatchObject({ status: 'IN_PROGRESS', lifecyclePolicyText: KEEP_ONE })
    const { status, previewResults = [], summary } = await get()
    expect([status, summary]).toEqual(['COMPLETE', { expiringImageTotalCount: 2 }])
    expect(previewResults.map(({ imageDigest = '' }) => imageDigest).toSorted()).toEqual(digests.slice(0, 2).toSorted())
    expect(previewResults[0]).toMatchObject({
      action: { type: 'EXPIRE' },
      appliedRulePriority: 3,
      storageClass: 'STANDARD',
      imagePushedAt: expect.any(Date),
    })
    const first = await get({ maxResults: 1 })
    expect(first.previewResults).toHaveLength(1)
    expect((await get({ maxResults: 1, nextToken: first.nextToken })).previewResults).toHaveLength(1)
    expect((await get({ imageIds: [{ imageTag: 'v1' }] })).previewResults).toMatchObject([{ imageDigest: digests[0] }])
    expect((await get({ filter: { tagStatus: 'UNTAGGED' } })).previewResults).toEqual([])
  })
})

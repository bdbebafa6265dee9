/** Backfills of replication through the AWS SDK for JavaScript: images that were there before the rules go to another registry. */
import {
  BatchDeleteImageCommand,
  CreateRepositoryCommand,
  DescribeImageReplicationStatusCommand,
  DescribeReplicationBackfillResultsCommand,
  ECRClient,
  GetAuthorizationTokenCommand,
  type ReplicationBackfillStatus,
  ListReplicationBackfillsCommand,
  paginateDescribeReplicationBackfillResults,
  paginateListReplicationBackfills,
  PutReplicationConfigurationCommand,
  StartReplicationBackfillCommand,
  StopReplicationBackfillCommand,
} from '@aws-sdk/client-ecr'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pushImage } from '../registry-server.ts'
import { ACCOUNT, REGION, verifyingServer, type VerifyingServer } from '../verifying-server.ts'

const THERE = { region: 'eu-west-1', registryId: ACCOUNT }
/** Where nobody listens. */
const NOWHERE = Array.from({ length: 11 }, (_, index) => ({ region: `xx-west-${index}`, registryId: ACCOUNT }))
const repositoryName = 'team/web'

let server: VerifyingServer
let destination: VerifyingServer
let ecr: ECRClient

beforeAll(async () => {
  destination = await verifyingServer()
  const nowhere = NOWHERE.map(({ region }) => ({ account: ACCOUNT, region, url: 'http://127.0.0.1:9' }))
  const there = { account: ACCOUNT, region: THERE.region, url: destination.endpoint, credentials: destination.root }
  server = await verifyingServer(undefined, { replicationEndpoints: [there, ...nowhere] })
  ecr = new ECRClient({ endpoint: server.endpoint, region: REGION, credentials: server.root, maxAttempts: 1 })
  await ecr.send(new CreateRepositoryCommand({ repositoryName }))
  const pusher = await aPusher()
  for (const tag of ['v1', 'v2', 'v3']) await pushImage(pusher, repositoryName, tag)
  const replicationConfiguration = { rules: [{ destinations: [THERE, ...NOWHERE] }] }
  await ecr.send(new PutReplicationConfigurationCommand({ replicationConfiguration }))
})

afterAll(async () => {
  ecr.destroy()
  await server.close()
  await destination.close()
})

const aPusher = async () => {
  const { authorizationData } = await ecr.send(new GetAuthorizationTokenCommand({}))
  const Authorization = `Basic ${authorizationData?.[0]?.authorizationToken}`
  return {
    send: (method: string, path: string, body: Buffer | string = '', headers: Record<string, string> = {}) =>
      fetch(`${server.endpoint}/v2/${path}`, {
        method,
        headers: { ...headers, Authorization },
        body: Buffer.from(body),
      }),
  }
}

const start = async (to = THERE): Promise<string> =>
  (await ecr.send(new StartReplicationBackfillCommand({ destination: to }))).replicationBackfillId ?? ''

const results = (replicationBackfillId: string, more: object = {}) =>
  ecr.send(new DescribeReplicationBackfillResultsCommand({ replicationBackfillId, ...more }))

const ended = async (replicationBackfillId: string): Promise<ReplicationBackfillStatus | undefined> => {
  const { endedAt, status } = await results(replicationBackfillId)
  return endedAt === undefined ? ended(replicationBackfillId) : status
}

describe('a replication backfill', () => {
  it('brings what was there, and tells of each image', async () => {
    const answer = await ecr.send(new StartReplicationBackfillCommand({ destination: THERE, registryId: ACCOUNT }))
    const { replicationBackfillId = '' } = answer
    expect(answer).toMatchObject({ registryId: ACCOUNT, destination: THERE, status: 'PREPARING' })
    expect(answer.startedAt).toBeInstanceOf(Date)
    expect(await ended(replicationBackfillId)).toBe('COMPLETE')
    const progress = { totalReplicationCount: 3, completedReplicationCount: 3, failedReplicationCount: 0 }
    const described = await results(replicationBackfillId)
    expect(described).toMatchObject({
      registryId: ACCOUNT,
      replicationBackfillId,
      destination: THERE,
      status: 'COMPLETE',
      startedAt: answer.startedAt,
      progress: { ...progress, failureCodes: [] },
    })
    expect(described.results?.map(({ imageId }) => imageId?.imageTag ?? '').toSorted()).toEqual(['v1', 'v2', 'v3'])
    expect(described.results?.[0]).toMatchObject({
      repositoryName,
      imageId: { imageDigest: expect.stringMatching(/^sha256:/) },
      status: 'COMPLETE',
    })
    expect([...destination.store.tables.imageTags.rows()].map(({ tag }) => tag).toSorted()).toEqual(['v1', 'v2', 'v3'])
    const imageId = { imageTag: 'v1' }
    const status = await ecr.send(new DescribeImageReplicationStatusCommand({ repositoryName, imageId }))
    expect(status.replicationStatuses).toEqual([{ ...THERE, status: 'COMPLETE' }])
  })

  it('has pages of results, of one status', async () => {
    const replicationBackfillId = await start()
    await ended(replicationBackfillId)
    const tags: string[] = []
    const pages = paginateDescribeReplicationBackfillResults({ client: ecr, pageSize: 2 }, { replicationBackfillId })
    for await (const page of pages) {
      expect(page.results?.length).toBeLessThanOrEqual(2)
      tags.push(...(page.results ?? []).map(({ imageId }) => imageId?.imageTag ?? ''))
    }
    expect(tags.toSorted()).toEqual(['v1', 'v2', 'v3'])
    expect((await results(replicationBackfillId, { resultStatusFilter: 'FAILED' })).results).toEqual([])
    expect((await results(replicationBackfillId, { resultStatusFilter: 'COMPLETE' })).results).toHaveLength(3)
    const { nextToken } = await results(replicationBackfillId, { maxResults: 1 })
    for (const wrong of [{ maxResults: 1001 }, { maxResults: 1, resultStatusFilter: 'COMPLETE', nextToken }])
      await expect(results(replicationBackfillId, wrong)).rejects.toMatchObject({ name: 'InvalidParameterException' })
  })

  it('is listed, the latest first', async () => {
    const latest = await start()
    await ended(latest)
    const ids: (string | undefined)[] = []
    for await (const page of paginateListReplicationBackfills({ client: ecr, pageSize: 1 }, {})) {
      expect(page).toMatchObject({ registryId: ACCOUNT, backfills: [{ destination: THERE, status: 'COMPLETE' }] })
      ids.push(page.backfills?.[0]?.replicationBackfillId)
    }
    expect(ids[0]).toBe(latest)
    const other = await ecr.send(new ListReplicationBackfillsCommand({ registryId: '111111111111' }))
    expect(other).toMatchObject({ registryId: '111111111111', backfills: [] })
    await expect(ecr.send(new ListReplicationBackfillsCommand({ maxResults: 51 }))).rejects.toMatchObject({
      name: 'InvalidParameterException',
    })
  })

  it.each([
    ['that no rule names', { ...THERE, region: 'us-west-2' }],
    ['that is none', { ...THERE, registryId: 'mine' }],
  ])('has no destination %s', async (_name, wrong) => {
    await expect(start(wrong)).rejects.toMatchObject({ name: 'InvalidParameterException' })
  })

  it('that there is not is not found, nor one of another registry', async () => {
    const replicationBackfillId = await start()
    await ended(replicationBackfillId)
    const input = { replicationBackfillId, registryId: '111111111111' }
    for (const command of [
      new DescribeReplicationBackfillResultsCommand(input),
      new StopReplicationBackfillCommand(input),
      new StopReplicationBackfillCommand({ replicationBackfillId: 'none' }),
    ])
      await expect(ecr.send(command as StopReplicationBackfillCommand)).rejects.toMatchObject({
        name: 'ReplicationBackfillNotFoundException',
      })
  })

  it('is one of ten, one for each Region, until it is stopped', async () => {
    const [first = THERE, ...others] = NOWHERE
    const id = await start(first)
    await expect(start(first)).rejects.toMatchObject({ name: 'ReplicationBackfillInProgressException' })
    for (const other of others.slice(0, 9)) await start(other)
    await expect(start(others[9])).rejects.toMatchObject({ name: 'LimitExceededException' })
    const running = await results(id)
    expect(running.results).toBeUndefined()
    expect(running.endedAt).toBeUndefined()
    const stopped = await ecr.send(new StopReplicationBackfillCommand({ replicationBackfillId: id }))
    expect(stopped).toMatchObject({ registryId: ACCOUNT, replicationBackfillId: id, destination: first })
    expect(['STOPPING', 'STOPPED']).toContain(stopped.status)
    await expect(ecr.send(new StopReplicationBackfillCommand({ replicationBackfillId: id }))).rejects.toMatchObject({
      name: 'ReplicationBackfillInvalidStatusException',
    })
    const imageIds = ['v1', 'v2', 'v3'].map((imageTag) => ({ imageTag }))
    await ecr.send(new BatchDeleteImageCommand({ repositoryName, imageIds }))
    expect(await ended(id)).toBe('STOPPED')
    for (const result of (await results(id)).results ?? [])
      expect(result).toMatchObject({ status: 'FAILED', failureCode: 'ImageNotFound' })
  })
})

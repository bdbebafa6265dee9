/** Images and layers through the API of Amazon ECR alone: the AWS SDK for JavaScript and the AWS CLI. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { randomBytes } from 'node:crypto'
import {
  BatchCheckLayerAvailabilityCommand,
  BatchGetImageCommand,
  CompleteLayerUploadCommand,
  CreateRepositoryCommand,
  DescribeImagesCommand,
  ECRClient,
  GetDownloadUrlForLayerCommand,
  InitiateLayerUploadCommand,
  ListImageReferrersCommand,
  ListImagesCommand,
  PutImageCommand,
  PutImageTagMutabilityCommand,
  UpdateImageStorageClassCommand,
  UploadLayerPartCommand,
} from '@aws-sdk/client-ecr'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ManualClock } from '../../src/kit/clock.ts'
import { OCI_INDEX, OCI_MANIFEST } from '../../src/model/image-manifest.ts'
import { runAws } from '../aws-cli.ts'
import { descriptor, imageManifest, sha256 } from '../registry-server.ts'
import { REGION, verifyingServer, type VerifyingServer } from '../verifying-server.ts'

/** Signatures are made with the machine's time. */
const clock = new ManualClock(Date.now())
const MIB = 1024 * 1024

let server: VerifyingServer
let ecr: ECRClient
/** Every test has a repository of its own. */
let repositoryName: string
let tests = 0

beforeAll(async () => {
  server = await verifyingServer(clock)
  const { endpoint, root: credentials } = server
  ecr = new ECRClient({ endpoint, region: REGION, credentials, maxAttempts: 1 })
})

afterAll(() => server.close())

beforeEach(async () => {
  repositoryName = `images-${++tests}`
  await ecr.send(new CreateRepositoryCommand({ repositoryName }))
})

const begin = async (): Promise<string> =>
  (await ecr.send(new InitiateLayerUploadCommand({ repositoryName }))).uploadId ?? ''

const part = (uploadId: string, from: number, layerPartBlob: Buffer) =>
  ecr.send(
    new UploadLayerPartCommand({
      repositoryName,
      uploadId,
      partFirstByte: from,
      partLastByte: from + layerPartBlob.length - 1,
      layerPartBlob,
    }),
  )

const complete = (uploadId: string, digest: string) =>
  ecr.send(new CompleteLayerUploadCommand({ repositoryName, uploadId, layerDigests: [digest] }))

const upload = async (content: Buffer): Promise<string> => {
  const uploadId = await begin()
  await part(uploadId, 0, content)
  await complete(uploadId, sha256(content))
  return sha256(content)
}

/** The manifest of an image whose layers are there. */
const anImage = async (more: object = {}): Promise<string> => {
  const [config, layer] = [Buffer.from(`{"made":"${randomBytes(8).toString('hex')}"}`), randomBytes(100)]
  for (const content of [config, layer]) await upload(content)
  return imageManifest(config, [layer], more)
}

const put = (imageManifest: string, imageTag?: string) =>
  ecr.send(new PutImageCommand({ repositoryName, imageManifest, ...(imageTag !== undefined && { imageTag }) }))

describe('layers', () => {
  it('come in parts, and can be downloaded from an address for an hour', async () => {
    const layer = randomBytes(6 * MIB)
    const { uploadId = '', partSize } = await ecr.send(new InitiateLayerUploadCommand({ repositoryName }))
    expect(partSize).toBe(10 * MIB)
    expect((await part(uploadId, 0, layer.subarray(0, 5 * MIB))).lastByteReceived).toBe(5 * MIB - 1)
    await part(uploadId, 5 * MIB, layer.subarray(5 * MIB))
    const layerDigest = sha256(layer)
    expect(await complete(uploadId, layerDigest)).toMatchObject({ layerDigest, repositoryName })
    const { downloadUrl = '' } = await ecr.send(new GetDownloadUrlForLayerCommand({ repositoryName, layerDigest }))
    const answer = await fetch(downloadUrl)
    expect(sha256(Buffer.from(await answer.arrayBuffer()))).toBe(layerDigest)
    const range = await fetch(downloadUrl, { headers: { Range: 'bytes=10-19' } })
    expect(Buffer.from(await range.arrayBuffer())).toEqual(layer.subarray(10, 20))
    expect((await fetch(downloadUrl, { method: 'DELETE' })).status).toBe(403)
    expect((await fetch(`${downloadUrl.slice(0, -4)}AAAA`)).status).toBe(403)
    await clock.advance(3_600_001)
    expect((await fetch(downloadUrl)).status).toBe(403)
    await clock.advance(-3_600_001)
  })

  it('are known to be there, or not', async () => {
    const there = await upload(randomBytes(10))
    const missing = sha256('missing')
    const { layers, failures } = await ecr.send(
      new BatchCheckLayerAvailabilityCommand({ repositoryName, layerDigests: [there, missing, 'x'] }),
    )
    expect(layers).toEqual([
      { layerDigest: there, layerAvailability: 'AVAILABLE', layerSize: 10 },
      { layerDigest: missing, layerAvailability: 'UNAVAILABLE' },
    ])
    expect(failures).toMatchObject([{ layerDigest: 'x', failureCode: 'InvalidLayerDigest' }])
    const download = new GetDownloadUrlForLayerCommand({ repositoryName, layerDigest: missing })
    await expect(ecr.send(download)).rejects.toMatchObject({ name: 'LayersNotFoundException' })
  })

  it('are refused where parts do not follow one another, are too small, or are not what they were said to be', async () => {
    const uploadId = await begin()
    await expect(complete(uploadId, sha256(''))).rejects.toMatchObject({ name: 'EmptyUploadException' })
    await part(uploadId, 0, randomBytes(10))
    await expect(part(uploadId, 11, randomBytes(10))).rejects.toMatchObject({
      name: 'InvalidLayerPartException',
      repositoryName,
      uploadId,
      lastValidByteReceived: 9,
    })
    await part(uploadId, 10, randomBytes(10))
    await expect(complete(uploadId, sha256('x'))).rejects.toMatchObject({ name: 'LayerPartTooSmallException' })
    const other = await begin()
    await part(other, 0, Buffer.from('y'))
    await expect(complete(other, sha256('x'))).rejects.toMatchObject({ name: 'InvalidLayerException' })
    await expect(part(other, 1, Buffer.from('y'))).rejects.toMatchObject({ name: 'UploadNotFoundException' })
    const known = await upload(Buffer.from('known'))
    const again = await begin()
    await expect(complete(again, known)).rejects.toMatchObject({ name: 'LayerAlreadyExistsException' })
  })
})

describe('images', () => {
  it('are put, once', async () => {
    const manifest = await anImage()
    const { image } = await put(manifest, 'v1')
    expect(image).toMatchObject({
      repositoryName,
      imageId: { imageDigest: sha256(manifest), imageTag: 'v1' },
      imageManifest: manifest,
      imageManifestMediaType: OCI_MANIFEST,
    })
    await expect(put(manifest, 'v1')).rejects.toMatchObject({
      name: 'ImageAlreadyExistsException',
      message:
        `Image with digest '${sha256(manifest)}' and tag 'v1' already exists in the repository with name ` +
        `'${repositoryName}' in registry with id '000000000000'`,
    })
    await put(manifest, 'v2')
    const { imageDetails } = await ecr.send(new DescribeImagesCommand({ repositoryName }))
    expect(imageDetails).toMatchObject([{ imageDigest: sha256(manifest), imageTags: ['v1', 'v2'] }])
  })

  it('are refused with what is missing or wrong', async () => {
    const manifest = imageManifest(Buffer.from('{}'), [Buffer.from('missing')])
    await expect(put(manifest)).rejects.toMatchObject({ name: 'LayersNotFoundException' })
    const index = JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: [descriptor(OCI_MANIFEST, 'x')] })
    await expect(put(index)).rejects.toMatchObject({ name: 'ReferencedImagesNotFoundException' })
    await expect(put('{}')).rejects.toMatchObject({ name: 'InvalidParameterException' })
    const wrong = new PutImageCommand({ repositoryName, imageManifest: await anImage(), imageDigest: sha256('x') })
    await expect(ecr.send(wrong)).rejects.toMatchObject({ name: 'ImageDigestDoesNotMatchException' })
    await put(await anImage(), 'v1')
    await ecr.send(new PutImageTagMutabilityCommand({ repositoryName, imageTagMutability: 'IMMUTABLE' }))
    await expect(put(await anImage(), 'v1')).rejects.toMatchObject({
      name: 'ImageTagAlreadyExistsException',
      message: `The image tag 'v1' already exists in the '${repositoryName}' repository and cannot be overwritten because the tag is immutable.`,
    })
  })

  it('have the size of their largest image, if they are an index', async () => {
    const manifest = await anImage()
    await put(manifest)
    const index = JSON.stringify({
      schemaVersion: 2,
      mediaType: OCI_INDEX,
      manifests: [descriptor(OCI_MANIFEST, manifest)],
    })
    await put(index, 'v1')
    const sizeOf = async (imageDigest: string) =>
      (await ecr.send(new DescribeImagesCommand({ repositoryName, imageIds: [{ imageDigest }] }))).imageDetails?.[0]
        ?.imageSizeInBytes
    expect(await sizeOf(sha256(index))).toBe(await sizeOf(sha256(manifest)))
  })

  it('are listed with what is about them', async () => {
    const subject = await anImage()
    await put(subject, 'v1')
    const annotations = { made: 'here' }
    const artifacts: string[] = []
    for (const artifactType of ['application/a', 'application/b', 'application/b']) {
      const manifest = await anImage({ artifactType, annotations, subject: descriptor(OCI_MANIFEST, subject) })
      await put(manifest)
      artifacts.push(sha256(manifest))
    }
    const list = (more: object = {}) =>
      ecr.send(new ListImageReferrersCommand({ repositoryName, subjectId: { imageDigest: sha256(subject) }, ...more }))
    const first = await list({ maxResults: 2 })
    const second = await list({ maxResults: 2, nextToken: first.nextToken })
    const all = [...(first.referrers ?? []), ...(second.referrers ?? [])]
    expect(all.map(({ digest }) => digest)).toEqual(artifacts.toSorted())
    expect(all[0]).toMatchObject({ mediaType: OCI_MANIFEST, annotations, artifactStatus: 'ACTIVE' })
    expect((await list({ filter: { artifactTypes: ['application/a'] } })).referrers).toHaveLength(1)
  })

  it('go to the archive, where they are not pulled from, and come back', async () => {
    await put(await anImage(), 'v1')
    const imageId = { imageTag: 'v1' }
    const move = (targetStorageClass: 'ARCHIVE' | 'STANDARD') =>
      ecr.send(new UpdateImageStorageClassCommand({ repositoryName, imageId, targetStorageClass }))
    expect((await move('ARCHIVE')).imageStatus).toBe('ARCHIVED')
    const { failures } = await ecr.send(new BatchGetImageCommand({ repositoryName, imageIds: [imageId] }))
    expect(failures).toMatchObject([{ failureCode: 'ImageInaccessible' }])
    expect((await ecr.send(new DescribeImagesCommand({ repositoryName }))).imageDetails).toEqual([])
    expect((await ecr.send(new ListImagesCommand({ repositoryName }))).imageIds).toEqual([])
    const filter = { imageStatus: 'ARCHIVED' as const }
    const { imageDetails } = await ecr.send(new DescribeImagesCommand({ repositoryName, filter }))
    expect(imageDetails).toMatchObject([{ imageStatus: 'ARCHIVED', lastArchivedAt: expect.any(Date) }])
    await expect(move('ARCHIVE')).rejects.toMatchObject({ name: 'ImageStorageClassUpdateNotSupportedException' })
    expect((await move('STANDARD')).imageStatus).toBe('ACTIVE')
    expect((await ecr.send(new BatchGetImageCommand({ repositoryName, imageIds: [imageId] }))).images).toHaveLength(1)
  })
})

describe('the AWS CLI', () => {
  it('pushes an image by the API alone', async () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'longshore-cli-'))
    const client = { endpoint: server.endpoint, region: REGION, credentials: server.root, maxAttempts: 1 }
    const aws = (...given: string[]) => runAws(client, 'ecr', ...given, '--repository-name', repositoryName)
    try {
      const contents = [Buffer.from('{"from":"the CLI"}'), randomBytes(1000)] as const
      for (const content of contents) {
        const file = path.join(directory, 'layer')
        writeFileSync(file, content)
        const { uploadId } = JSON.parse(await aws('initiate-layer-upload')) as { uploadId: string }
        const range = ['--part-first-byte', '0', '--part-last-byte', `${content.length - 1}`]
        await aws('upload-layer-part', '--upload-id', uploadId, ...range, '--layer-part-blob', `fileb://${file}`)
        await aws('complete-layer-upload', '--upload-id', uploadId, '--layer-digests', sha256(content))
      }
      const manifest = imageManifest(contents[0], [contents[1]])
      await aws('put-image', '--image-tag', 'v1', '--image-manifest', manifest)
      const described = await aws('describe-images', '--query', 'imageDetails[0].imageDigest', '--output', 'text')
      expect(described.trim()).toBe(sha256(manifest))
    } finally {
      rmSync(directory, { recursive: true })
    }
  })
})

import { createHash, randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type SmallS3, smallS3 } from '../../../test/fakes/small-s3.ts'
import type { StoredBlob } from './blob-home.ts'
import { BlobStore } from './blob-store.ts'
import { S3BlobHome } from './s3-blob-home.ts'
import { s3Place } from './s3-place.ts'

const LARGE_BYTES = 12 * 1024 * 1024

const digestOf = (content: Buffer): string => `sha256:${createHash('sha256').update(content).digest('hex')}`

let [directory, s3]: [string, SmallS3] = ['', undefined as never]
const homes: S3BlobHome[] = []

beforeEach(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'longshore-s3-'))
  s3 = await smallS3()
})

afterEach(async () => {
  for (const home of homes.splice(0)) await home.close()
  await s3.close()
  rmSync(directory, { recursive: true, force: true })
})

const aHome = (): S3BlobHome => {
  const credentials = { accessKeyId: 'key', secretAccessKey: 'secret' }
  const place = { bucket: 'images', prefix: 'here/', endpoint: s3.endpoint, region: 'us-east-1', isPathStyle: true }
  const home = new S3BlobHome({ ...place, credentials, attempts: 3, silenceMs: 300 })
  homes.push(home)
  return home
}

const aStore = (home = aHome()): BlobStore =>
  new BlobStore({ home, uploadsDirectory: path.join(directory, 'uploads'), keys: undefined })

const aFile = (content: Buffer): string => {
  const file = path.join(directory, 'upload')
  writeFileSync(file, content)
  return file
}

const listOf = async (home: S3BlobHome): Promise<readonly StoredBlob[]> => {
  const all: StoredBlob[] = []
  for await (const blob of home.list()) all.push(blob)
  return all
}

const keyOf = (digest: string): string => {
  const hex = digest.slice('sha256:'.length)
  return `here/sha256/${hex.slice(0, 2)}/${hex}`
}

describe('blobs in an S3', () => {
  it.each([
    ['small', 1000, ['PUT object']],
    ['in parts', LARGE_BYTES, ['POST uploads', 'PUT part', 'PUT part', 'PUT part', 'POST upload']],
  ])('are kept whole, %s, and leave the disk', async (_name, bytes, calls) => {
    const [content, home] = [randomBytes(bytes), aHome()]
    const [digest, file] = [digestOf(content), aFile(content)]
    expect(await home.has(digest)).toBe(false)
    expect(await home.open(digest)).toBeUndefined()
    await home.adopt(digest, file)
    expect(s3.objects.get(keyOf(digest))?.equals(content)).toBe(true)
    expect(s3.calls.filter((call) => !call.startsWith('HEAD'))).toEqual(calls)
    expect(existsSync(file)).toBe(false)
    expect(await home.has(digest)).toBe(true)
    await home.remove(digest)
    await home.remove(digest)
    expect(s3.objects.size).toBe(0)
  })

  it('are pushed and pulled through a store, in ranges too', async () => {
    const [content, store] = [randomBytes(3_000_000), aStore()]
    const digest = digestOf(content)
    await store.in().put('upload', digest, content, async () => undefined)
    expect((await store.in().read(digest))?.equals(content)).toBe(true)
    const reader = await store.in().open(digest)
    const pieces: Buffer[] = []
    for await (const piece of reader?.read(1_000_000, 1_000_100) ?? []) pieces.push(piece)
    expect(Buffer.concat(pieces).equals(content.subarray(1_000_000, 1_000_100))).toBe(true)
    await store.close()
  })

  it('are listed page by page, and nothing else is', async () => {
    const home = aHome()
    const digests = ['a', 'b', 'c', 'd', 'e'].map((text) => digestOf(Buffer.from(text)))
    for (const digest of digests) s3.objects.set(keyOf(digest), Buffer.from('sealed'))
    const [apart] = digests
    s3.objects.set(keyOf(apart!).replace('here/', 'here/keys/1f0/'), Buffer.from('sealed'))
    s3.objects.set('here/readme.txt', Buffer.from('text'))
    s3.objects.set(keyOf(digests[0]!).replace('here/', 'there/'), Buffer.from('sealed'))
    const found = await listOf(home)
    expect(found.map(({ name }) => name).toSorted()).toEqual([...digests, `1f0/${apart}`].toSorted())
    expect(found.at(-1)).toMatchObject({ size: 6, storedAt: Date.parse('2026-01-01T00:00:00Z') })
  })

  it.each([500, 503, 'cut', 'silent'] as const)('survive calls that fail by %s', async (failure) => {
    const [content, home] = [randomBytes(LARGE_BYTES), aHome()]
    const digest = digestOf(content)
    for (const call of ['POST uploads', 'PUT part', 'POST upload', 'HEAD object']) s3.fail(failure, 1, call)
    await home.adopt(digest, aFile(content)).catch((error: unknown) => {
      // What was completed, but not answered, is completed no second time; the client pushes again.
      if (failure !== 'cut') throw error
      return home.adopt(digest, aFile(content))
    })
    expect(s3.objects.get(keyOf(digest))?.equals(content)).toBe(true)
    expect(await home.has(digest)).toBe(true)
  })

  it('are read on where a connection was cut', async () => {
    const [content, store] = [randomBytes(2_000_000), aStore()]
    const digest = digestOf(content)
    await store.in().put('upload', digest, content, async () => undefined)
    s3.fail('cut', 5, 'GET object')
    expect((await store.in().read(digest))?.equals(content)).toBe(true)
    await store.close()
  })

  it('are not acknowledged when the S3 fails for good, and can be pushed again', async () => {
    const [content, home] = [randomBytes(LARGE_BYTES), aHome()]
    const [digest, file] = [digestOf(content), aFile(content)]
    s3.fail(500, 3, 'PUT part')
    s3.fail(500, 20, 'PUT part')
    await expect(home.adopt(digest, file)).rejects.toThrow()
    expect(existsSync(file)).toBe(true)
    expect(s3.objects.size).toBe(0)
    expect(s3.uploads.size).toBe(0)
  })

  it('of which only parts were sent when the process was killed are not there, and the parts go', async () => {
    const [content, home] = [randomBytes(LARGE_BYTES), aHome()]
    const digest = digestOf(content)
    // As if the process had ended there: nothing more is done, nothing is taken back.
    s3.fail('silent', Number.POSITIVE_INFINITY, 'PUT part')
    s3.fail('silent', Number.POSITIVE_INFINITY, 'DELETE upload')
    await expect(home.adopt(digest, aFile(content))).rejects.toThrow()
    expect(s3.uploads.size).toBe(1)
    await s3.close()
    const [left, next] = [s3.uploads, await smallS3()]
    for (const [id, upload] of left) next.uploads.set(id, upload)
    next.uploads.set('of-another', { key: 'there/file', parts: new Map() })
    s3 = next
    const later = aHome()
    expect(await later.has(digest)).toBe(false)
    expect(await listOf(later)).toEqual([])
    expect([...next.uploads.keys()]).toEqual(['of-another'])
  })

  it('that are on their way are left alone when others are collected', async () => {
    const [content, home] = [randomBytes(LARGE_BYTES), aHome()]
    const digest = digestOf(content)
    let listed: Promise<unknown> | undefined
    s3.onCall = (call) => {
      if (call === 'PUT part') listed ??= listOf(home)
    }
    await home.adopt(digest, aFile(content))
    expect(await listed).toBeDefined()
    expect(s3.objects.get(keyOf(digest))?.equals(content)).toBe(true)
  })
})

describe('a place in an S3', () => {
  it('is a bucket, with or without a prefix, and how it is reached', () => {
    const anywhere = { endpoint: undefined, region: undefined, isPathStyle: false }
    expect(s3Place('s3://images')).toEqual({ bucket: 'images', prefix: '', ...anywhere })
    expect(s3Place('s3://images/a/b/')).toEqual({ bucket: 'images', prefix: 'a/b/', ...anywhere })
    expect(s3Place('s3://images/a?endpoint=http://127.0.0.1:9000&region=eu-west-1&path-style=true')).toEqual({
      bucket: 'images',
      prefix: 'a/',
      endpoint: 'http://127.0.0.1:9000',
      region: 'eu-west-1',
      isPathStyle: true,
    })
  })

  it.each([
    'images',
    'https://images',
    's3://',
    's3://I/x',
    's3://images/a b',
    's3://images?colour=red',
    's3://images?path-style=yes',
    's3://images?endpoint=ftp://x',
  ])('is not %s', (text) => expect(s3Place(text)).toBeUndefined())
})

import { createHash, randomBytes } from 'node:crypto'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { BufferGarbage } from '../../kit/buffer-garbage.ts'
import { openBytes, sealBytes } from '../../kit/sealing.ts'
import type { BlobKeys } from './blob-header.ts'
import { blobName } from './blob-name.ts'
import { BlobReader } from './blob-reader.ts'
import { BlockPool } from './block-pool.ts'
import { BLOCK_CONTENT_BYTES } from './sealer.ts'
import { SealingThread } from './sealing-thread.ts'
import { DirectoryBlobHome } from './directory-blob-home.ts'
import { FRAME_BYTES } from './frames.ts'
import { UploadError } from './upload-error.ts'
import { Uploads } from './uploads.ts'

const wrappingKey = randomBytes(32)
const keys: BlobKeys = {
  wrap: async (key) => sealBytes(wrappingKey, key, 'blob').toString('base64'),
  unwrap: async (wrapped) => openBytes(wrappingKey, Buffer.from(wrapped, 'base64'), 'blob'),
}

const memory = { pool: new BlockPool(), garbage: new BufferGarbage(), thread: new SealingThread() }

const digestOf = (content: Buffer, algorithm = 'sha256'): string =>
  `${algorithm}:${createHash(algorithm).update(content).digest('hex')}`

async function* piecesOf(content: Buffer, size = 65_536): AsyncGenerator<Buffer> {
  for (let offset = 0; offset < content.length; offset += size) yield content.subarray(offset, offset + size)
}

async function* cutOff(content: Buffer): AsyncGenerator<Buffer> {
  yield content
  throw new Error('the connection is gone')
}

describe.each([
  ['in plain text', undefined, undefined],
  ['encrypted', keys, undefined],
  ['of a key', keys, 'a-key'],
  ['of a key, encrypted twice', keys, 'a-key-dual'],
] as const)('blobs %s', (_name, blobKeys, space) => {
  let directory: string
  let home: DirectoryBlobHome
  let uploads: Uploads

  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'longshore-blobs-'))
    home = new DirectoryBlobHome(path.join(directory, 'blobs'))
    uploads = newUploads()
  })

  afterEach(async () => {
    await uploads.close()
    rmSync(directory, { recursive: true, force: true })
  })

  const newUploads = (): Uploads =>
    new Uploads({ directory: path.join(directory, 'uploads'), home, keys: blobKeys, memory })

  const store = async (...appended: readonly Buffer[]): Promise<string> => {
    await uploads.create('one', space)
    for (const content of appended) await uploads.append('one', piecesOf(content))
    const digest = digestOf(Buffer.concat(appended))
    await uploads.finish('one', digest, space)
    return digest
  }

  const read = async (digest: string, from?: number, to?: number): Promise<Buffer> => {
    const source = await home.open(blobName(space, digest))
    if (source === undefined) throw new Error(`${digest} is not there`)
    const reader = await BlobReader.open(source, digest, blobKeys)
    const pieces: Buffer[] = []
    try {
      for await (const piece of reader.read(from, to)) pieces.push(piece)
    } finally {
      await reader.close()
    }
    return Buffer.concat(pieces)
  }

  const listed = async (): Promise<string[]> => {
    const digests: string[] = []
    for await (const { name } of home.list()) digests.push(name)
    return digests
  }

  const fileOf = (digest: string): string => {
    const [algorithm = '', hex = ''] = digest.split(':')
    return path.join(directory, 'blobs', space === undefined ? '' : `keys/${space}`, algorithm, hex.slice(0, 2), hex)
  }

  it('come back as they were, whole and in any range, however they came in', async () => {
    const sizes = [0, 1, FRAME_BYTES - 1, FRAME_BYTES, FRAME_BYTES + 1, 3 * FRAME_BYTES + 77]
    const blocks = [BLOCK_CONTENT_BYTES, BLOCK_CONTENT_BYTES + 1, 3 * BLOCK_CONTENT_BYTES + 77]
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...sizes, ...blocks), { maxLength: 4 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.boolean(),
        async (lengths, one, other, restarts) => {
          const appended = lengths.map((length) => randomBytes(length))
          const content = Buffer.concat(appended)
          await uploads.create('one', space)
          for (const each of appended) {
            await uploads.append('one', piecesOf(each, 50_000))
            if (!restarts) continue
            await uploads.close()
            uploads = newUploads()
          }
          const digest = digestOf(content)
          expect(await uploads.finish('one', digest, space)).toBe(content.length)
          expect((await read(digest)).equals(content)).toBe(true)
          const [from, to] = [one, other].map((part) => Math.round(part * content.length)).toSorted((a, b) => a - b)
          expect((await read(digest, from, to)).equals(content.subarray(from, to))).toBe(true)
        },
      ),
      { numRuns: 40 },
    )
  })

  it('are never served when a byte of their file was altered', async () => {
    const digest = await store(randomBytes(FRAME_BYTES + 1000), randomBytes(500))
    const original = readFileSync(fileOf(digest))
    for (let tried = 0; tried < 200; tried += 1) {
      const altered = Buffer.from(original)
      const place = Math.floor((tried / 200) ** 3 * altered.length)
      altered[place] = (altered[place] ?? 0) ^ 0x20
      writeFileSync(fileOf(digest), altered)
      await expect(read(digest), `byte ${place}`).rejects.toThrow()
    }
  })

  it('are never served when their file was cut', async () => {
    const digest = await store(randomBytes(2 * FRAME_BYTES))
    const { size } = statSync(fileOf(digest))
    for (const cut of [1, 8, 20, 200, FRAME_BYTES, size - 3]) {
      truncateSync(fileOf(digest), size - cut)
      await expect(read(digest)).rejects.toThrow()
    }
  })

  it('go on where the connection was cut', async () => {
    const content = randomBytes(100_000)
    await uploads.create('one', space)
    await expect(uploads.append('one', cutOff(content.subarray(0, 70_000)))).rejects.toThrow('the connection is gone')
    expect(await uploads.size('one')).toBe(70_000)
    await uploads.append('one', piecesOf(content.subarray(70_000)), 70_000)
    await uploads.finish('one', digestOf(content), space)
    expect((await read(digestOf(content))).equals(content)).toBe(true)
  })

  it('are picked up when the thread that sealed them is gone', async () => {
    const content = randomBytes(2 * BLOCK_CONTENT_BYTES + 5)
    const digest = digestOf(content)
    await uploads.create('one', space)
    await uploads.append('one', piecesOf(content))
    await memory.thread.close()
    await expect(uploads.finish('one', digest, space)).rejects.toThrow('has ended')
    await uploads.finish('one', digest, space)
    expect((await read(digest)).equals(content)).toBe(true)
  })

  it('go on after the last whole frame when the process ended in the middle of one', async () => {
    const content = randomBytes(FRAME_BYTES + 500)
    await uploads.create('one', space)
    await uploads.append('one', piecesOf(content))
    await uploads.close()
    const file = path.join(directory, 'uploads', 'one')
    // The second frame begins within 300 bytes behind the first, and has 500.
    truncateSync(file, FRAME_BYTES + 400)
    uploads = newUploads()
    expect(await uploads.size('one')).toBe(FRAME_BYTES)
    await uploads.append('one', piecesOf(content.subarray(FRAME_BYTES)), FRAME_BYTES)
    await uploads.finish('one', digestOf(content), space)
    expect((await read(digestOf(content))).equals(content)).toBe(true)
  })

  it('with a wrong digest are refused and forgotten', async () => {
    await uploads.create('one', space)
    await uploads.append('one', piecesOf(Buffer.from('content')))
    await expect(uploads.finish('one', digestOf(Buffer.from('other')))).rejects.toThrow(UploadError)
    await expect(uploads.size('one')).rejects.toThrow('There is no such upload.')
    expect(await home.has(blobName(space, digestOf(Buffer.from('content'))))).toBe(false)
  })

  it('can have other digests than sha256', async () => {
    const content = randomBytes(FRAME_BYTES + 1)
    const digest = digestOf(content, 'sha512')
    await uploads.create('one', space)
    await uploads.append('one', piecesOf(content))
    await uploads.finish('one', digest, space)
    expect((await read(digest)).equals(content)).toBe(true)
  })

  it('are appended to where they end, and by one at a time', async () => {
    await uploads.create('one', space)
    await uploads.append('one', piecesOf(Buffer.from('abc')))
    await expect(uploads.append('one', piecesOf(Buffer.from('d')), 2)).rejects.toThrow('The upload has 3 bytes')
    const { promise: held, resolve: letGo } = Promise.withResolvers<void>()
    const slow = uploads.append(
      'one',
      (async function* () {
        await held
        yield Buffer.from('d')
      })(),
    )
    const next = uploads.append('one', piecesOf(Buffer.from('e')), 4)
    const lying = uploads.append('one', piecesOf(Buffer.from('f')), 4)
    letGo()
    expect(await slow).toBe(4)
    expect(await next).toBe(5)
    await expect(lying).rejects.toThrow('The upload has 5 bytes')
  })

  it('that an earlier life left are gone on with once, however many come at the same time', async () => {
    await uploads.create('one', space)
    await uploads.append('one', piecesOf(randomBytes(3 * FRAME_BYTES)))
    await uploads.close()
    uploads = newUploads()
    const content = randomBytes(FRAME_BYTES)
    const end = 3 * FRAME_BYTES
    const results = await Promise.allSettled([1, 2, 3].map(() => uploads.append('one', piecesOf(content), end)))
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected'])
    expect(await uploads.size('one')).toBe(4 * FRAME_BYTES)
    const { size } = statSync(path.join(directory, 'uploads', 'one'))
    expect(size).toBeGreaterThan(4 * FRAME_BYTES)
  })

  it('end for those who wait as well', async () => {
    await uploads.create('one', space)
    const ending = uploads.remove('one')
    await expect(uploads.append('one', piecesOf(Buffer.from('late')))).rejects.toThrow('no such upload')
    await ending
    await uploads.remove('one')
    expect(await uploads.has('one')).toBe(false)
  })

  it('have only so much', async () => {
    const small = new Uploads({
      directory: path.join(directory, 'uploads'),
      home,
      keys: blobKeys,
      memory,
      limitBytes: 5,
    })
    await small.create('small')
    expect(await small.append('small', piecesOf(Buffer.from('12345')))).toBe(5)
    await expect(small.append('small', piecesOf(Buffer.from('6')))).rejects.toMatchObject({ kind: 'too-large' })
    await small.close()
  })

  it('are never served from the file of another', async () => {
    const [one, other] = [await store(Buffer.from('one')), await store(Buffer.from('other'))]
    copyFileSync(fileOf(one), fileOf(other))
    await expect(read(other)).rejects.toThrow(`The file is of the blob ${one}.`)
  })

  it('are listed and removed', async () => {
    const digest = await store(Buffer.from('content'))
    expect(await listed()).toEqual([blobName(space, digest)])
    await home.remove(blobName(space, digest))
    expect(await home.open(blobName(space, digest))).toBeUndefined()
    expect(await listed()).toEqual([])
  })
})

it('what is encrypted is not to be found in the file', async () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'longshore-blobs-'))
  const home = new DirectoryBlobHome(path.join(directory, 'blobs'))
  const uploads = new Uploads({ directory: path.join(directory, 'uploads'), home, keys, memory })
  const content = Buffer.from('a secret layer '.repeat(100))
  await uploads.create('one')
  await uploads.append('one', piecesOf(content))
  expect(readFileSync(path.join(directory, 'uploads', 'one')).includes('secret layer')).toBe(false)
  await uploads.close()
  rmSync(directory, { recursive: true, force: true })
})

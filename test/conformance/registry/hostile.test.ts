/** Clients of the registry that lie, leave in the middle, race, or want too much: each is refused as the specification has it, and nothing stays. */
import { randomBytes } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { MANIFEST_BYTES, MANIFEST_DESCRIPTORS, OCI_INDEX, OCI_MANIFEST } from '../../../src/model/image-manifest.ts'
import { REPOSITORY_UPLOADS } from '../../../src/model/registry-limits.ts'
import {
  type Body,
  codeOf,
  CONFIG,
  descriptor,
  digestOf,
  type Headers,
  LAYER,
  newIndex,
  newManifest,
  pushBlob,
  pushImage,
  putManifest,
  type RegistryClient,
  startClient,
} from './registry-client.ts'

let client: RegistryClient
let repository: string

beforeAll(async () => {
  client = await startClient()
})

afterAll(() => client.close())

beforeEach(async () => {
  repository = await client.newRepository()
})

const send = (method: string, place: string, body?: Body, headers?: Headers): Promise<Response> =>
  client.send(method, place, body, headers)

const begin = async (): Promise<string> => {
  const { headers } = await send('POST', `${repository}/blobs/uploads/`)
  return headers.get('Location') ?? ''
}

/** A request with a path that nobody tidied, and a body without a length. */
const sendRaw = (method: string, path: string, body?: Buffer, headers: Headers = {}): Promise<string> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(client.server.endpoint)
    const sent = { Authorization: client.authorization, ...headers }
    const call = httpRequest({ hostname, port, method, path, headers: sent, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (piece: string) => (text += piece))
      response.on('end', () => {
        const { errors } = text === '' ? {} : (JSON.parse(text) as { errors?: { code: string }[] })
        resolve([response.statusCode, ...(errors ?? []).map(({ code }) => code)].join(' '))
      })
    })
    call.on('error', reject)
    if (body !== undefined) call.write(body)
    call.end()
  })

describe('paths that lead elsewhere', () => {
  const digest = digestOf('x')

  it.each([
    '/v2/../../etc/passwd',
    '/v2/../etc/manifests/latest',
    `/v2/team/../../blobs/${digest}`,
    `/v2/team/%2e%2e/%2e%2e/blobs/${digest}`,
    `/v2/team%2f..%2f..%2fweb/blobs/${digest}`,
    '/v2/team/web/blobs/sha256:..%2f..%2f..%2fetc%2fpasswd',
    `/v2/team/web/blobs/sha256:${'../'.repeat(21)}a`,
    '/v2/team/web/blobs/sha256:' + '%00'.repeat(64),
    '/v2/team/web/blobs/uploads/..%2f..%2fblobs',
    '/v2/team/web/blobs/uploads/../../../etc/passwd',
    '/v2/team/web/manifests/..%2f..%2fetc',
    '/v2/team/web/manifests/%00',
    '/v2//blobs/x',
    '/v2/%zz/tags/list',
    `/v2/${'a/'.repeat(4000)}tags/list`,
  ])('are refused: %s', async (path) => {
    for (const method of ['GET', 'DELETE']) expect(await sendRaw(method, path)).toMatch(/^4\d\d [A-Z_]+$/)
  })
})

describe('uploads', () => {
  it('that are cut leave no blob, and go on where they were', async () => {
    const content = randomBytes(50_000)
    const place = await begin()
    await cut('PATCH', place, content.subarray(0, 20_000), content.length)
    const kept = keptOf(await send('GET', place))
    expect(kept).toBeLessThanOrEqual(20_000)
    const digest = digestOf(content)
    expect((await send('HEAD', `${repository}/blobs/${digest}`)).status).toBe(404)
    await cut('PUT', `${place}?digest=${digest}`, content.subarray(kept, kept + 10_000), content.length - kept)
    expect((await send('HEAD', `${repository}/blobs/${digest}`)).status).toBe(404)
    const next = keptOf(await send('GET', place))
    expect(next).toBeGreaterThanOrEqual(kept)
    const done = await send('PUT', `${place}?digest=${digest}`, content.subarray(next))
    expect(done.status).toBe(201)
  })

  it.each([
    ['longer than the content', '0-999', 500, '400 SIZE_INVALID'],
    ['shorter than the content', '0-99', 500, '400 SIZE_INVALID'],
    ['backwards', '500-100', 500, '400 BLOB_UPLOAD_INVALID'],
    ['not of numbers', 'a-b', 500, '400 BLOB_UPLOAD_INVALID'],
    ['beyond all numbers', '0-99999999999999999999999', 500, '400 BLOB_UPLOAD_INVALID'],
    ['negative', '-5-10', 500, '400 BLOB_UPLOAD_INVALID'],
    ['further on', '1000-1499', 500, '416 RANGE_INVALID'],
  ])('with a Content-Range that is %s are refused', async (_, range, bytes, code) => {
    const place = await begin()
    const headers = { 'Content-Range': range }
    expect(await codeOf(await send('PATCH', place, randomBytes(bytes), headers))).toBe(code)
    // Without a length the lie shows later.
    expect(await sendRaw('PATCH', await begin(), randomBytes(bytes), headers)).toBe(code)
  })

  it('of content that is not what it was said to be are refused, and gone', async () => {
    const place = await begin()
    await send('PATCH', place, randomBytes(100))
    expect(await codeOf(await send('PUT', `${place}?digest=${digestOf('other')}`))).toBe('400 DIGEST_INVALID')
    expect(await codeOf(await send('GET', place))).toBe('404 BLOB_UPLOAD_UNKNOWN')
    expect(await codeOf(await send('PUT', await begin()))).toBe('400 DIGEST_INVALID')
    expect(client.server.store.tables.imageLayers.findSize('byDigest', digestOf('other'))).toBe(0)
  })

  it('of another repository are not to be found', async () => {
    const place = await begin()
    const other = await client.newRepository()
    expect(await codeOf(await send('GET', place.replace(repository, other)))).toBe('404 BLOB_UPLOAD_UNKNOWN')
  })

  it('that are too many are refused until one ends', async () => {
    const places: string[] = []
    for (let count = 0; count < REPOSITORY_UPLOADS; count += 50)
      places.push(...(await Promise.all(Array.from({ length: 50 }, begin))))
    const refused = await send('POST', `${repository}/blobs/uploads/`)
    expect([refused.headers.get('Retry-After'), await codeOf(refused)]).toEqual(['2', '429 TOOMANYREQUESTS'])
    await send('DELETE', places[0] ?? '')
    expect((await send('POST', `${repository}/blobs/uploads/`)).status).toBe(202)
    await Promise.all(places.slice(1).map((place) => send('DELETE', place)))
  })

  it('of the same blob at once all come to their end', async () => {
    const content = randomBytes(400_000)
    const others = await Promise.all(Array.from({ length: 4 }, () => client.newRepository()))
    const place = (each: string): string => `${each}/blobs/uploads/?digest=${digestOf(content)}`
    const answers = await Promise.all(
      [...others, ...others, ...others].map((each) => send('POST', place(each), content)),
    )
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201))
    for (const each of others) {
      const pulled = await (await send('GET', `${each}/blobs/${digestOf(content)}`)).arrayBuffer()
      expect(Buffer.from(pulled).equals(content)).toBe(true)
    }
  })

  it('that two go on with at once take each piece once', async () => {
    const content = randomBytes(100_000)
    const place = await begin()
    const range = { 'Content-Range': `0-${content.length - 1}` }
    const answers = await Promise.all([1, 2, 3].map(() => send('PATCH', place, content, range)))
    expect(answers.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([202, 416, 416])
    expect((await send('PUT', `${place}?digest=${digestOf(content)}`)).status).toBe(201)
  })

  /** A range of nothing cannot be said. */
  const keptOf = ({ headers }: Response): number => {
    const range = headers.get('Range') ?? ''
    return range === '0-0' ? 0 : Number(range.slice(2)) + 1
  }

  /** Sends the beginning of a body that is said to be longer, and cuts the connection. */
  const cut = (method: string, place: string, sent: Buffer, length: number): Promise<void> =>
    new Promise((resolve) => {
      const socket = connect(Number(new URL(client.server.endpoint).port), '127.0.0.1', () => {
        const head = [`${method} ${place} HTTP/1.1`, 'Host: x', `Authorization: ${client.authorization}`]
        socket.write([...head, `Content-Length: ${length}`, '', ''].join('\r\n'))
        socket.end(sent)
      })
      socket.resume()
      socket.on('close', () => resolve())
      socket.on('error', () => resolve())
    })
})

describe('manifests', () => {
  const refused = async (manifest: Buffer | string): Promise<string> =>
    codeOf(await send('PUT', `${repository}/manifests/v1`, manifest, { 'Content-Type': OCI_MANIFEST }))

  it.each<[string, () => Buffer | string]>([
    ['nested deeply', () => `{"schemaVersion":2,"x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
    ['nested and not ended', () => '{"a":'.repeat(500_000)],
    [
      'of too many parts',
      () => newIndex(Array.from({ length: MANIFEST_DESCRIPTORS + 1 }, () => descriptor(LAYER, 'x'))),
    ],
    [
      'not UTF-8',
      () => Buffer.concat([Buffer.from('{"schemaVersion":2,"x":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]),
    ],
    ['a list', () => '[]'],
    ['null', () => 'null'],
    ['empty', () => ''],
    [
      'image and index in one',
      () => newIndex([], { config: descriptor(CONFIG, '{}'), layers: [], mediaType: OCI_MANIFEST }),
    ],
    ['of paths for digests', () => manifestOf({ digest: 'sha256:../../../../etc/passwd', mediaType: LAYER, size: 1 })],
    ['of negative sizes', () => manifestOf({ ...descriptor(LAYER, 'x'), size: -1 })],
    ['of sizes that are no numbers', () => manifestOf({ ...descriptor(LAYER, 'x'), size: '1' })],
    ['with a mediaType of another kind', () => manifestOf(descriptor(LAYER, 'x'), { mediaType: OCI_INDEX })],
  ])('%s are refused', async (_, make) => {
    expect(await refused(make())).toBe('400 MANIFEST_INVALID')
  })

  it('that are too large are refused', async () => {
    expect(await refused(Buffer.alloc(MANIFEST_BYTES + 1, ' '))).toBe('413 SIZE_INVALID')
    expect(await refused(Buffer.alloc(40 * 1024 * 1024, ' '))).toBe('413 SIZE_INVALID')
  })

  it('with longer annotations than are kept are refused', async () => {
    const more = { subject: descriptor(OCI_MANIFEST, 'x'), annotations: { long: 'x'.repeat(70_000) } }
    expect(await refused(await newManifest(client, repository, more))).toBe('400 MANIFEST_INVALID')
  })

  it('that give other sizes than their parts have are refused', async () => {
    const { digest } = await pushBlob(client, repository, Buffer.from('layer'))
    const config = await pushBlob(client, repository, Buffer.from('{}'), CONFIG)
    expect(await refused(manifestOf({ mediaType: LAYER, digest, size: 6 }, { config }))).toBe('400 SIZE_INVALID')
    const { manifest } = await pushImage(client, repository)
    const index = newIndex([{ ...descriptor(OCI_MANIFEST, manifest), size: 1 }])
    expect(await codeOf(await putManifest(client, repository, 'all', index, OCI_INDEX))).toBe('400 SIZE_INVALID')
  })

  it('do not refer to what another repository has', async () => {
    const other = await client.newRepository()
    const manifest = await newManifest(client, other)
    expect(await refused(manifest)).toBe('404 MANIFEST_BLOB_UNKNOWN')
  })

  const manifestOf = (layer: object, more: object = {}): string =>
    JSON.stringify({
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      config: descriptor(CONFIG, '{}'),
      layers: [layer],
      ...more,
    })
})

describe('races', () => {
  it('of pushing and deleting never leave an image without its parts', async () => {
    for (let turn = 0; turn < 15; turn++) {
      const layer = await pushBlob(client, repository, randomBytes(10))
      const config = await pushBlob(client, repository, Buffer.from('{}'), CONFIG)
      const manifest = JSON.stringify({ schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers: [layer] })
      const [pushed, deleted] = await Promise.all([
        putManifest(client, repository, `t${turn}`, manifest),
        send('DELETE', `${repository}/blobs/${layer.digest}`),
      ])
      const isThere = (await send('HEAD', `${repository}/blobs/${layer.digest}`)).status === 200
      expect([pushed.status, deleted.status, isThere]).toEqual(isThere ? [201, 405, true] : [404, 202, false])
    }
  })

  it('of an index and the deletion of its image never leave an index without it', async () => {
    for (let turn = 0; turn < 15; turn++) {
      const { manifest, digest } = await pushImage(client, repository)
      const index = newIndex([descriptor(OCI_MANIFEST, manifest)])
      const [pushed, deleted] = await Promise.all([
        putManifest(client, repository, `i${turn}`, index, OCI_INDEX),
        send('DELETE', `${repository}/manifests/${digest}`),
      ])
      const isThere = (await send('HEAD', `${repository}/manifests/${digest}`)).status === 200
      expect([pushed.status, deleted.status]).toEqual(isThere ? [201, 405] : [404, 202])
    }
  })
})

it('a client that sends on after it was refused hears why', async () => {
  const body = randomBytes(20 * 1024 * 1024)
  expect(await codeOf(await send('POST', `no/such/blobs/uploads/?digest=${digestOf(body)}`, body))).toBe(
    '404 NAME_UNKNOWN',
  )
  expect(await sendRaw('PATCH', `/v2/${repository}/blobs/uploads/none`, body)).toBe('404 BLOB_UPLOAD_UNKNOWN')
})

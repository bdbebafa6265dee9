/**
 * What the OCI distribution specification 1.1 says that a registry MUST and SHOULD do, one test for each, in its order.
 * https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md
 */
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  DOCKER_MANIFEST,
  DOCKER_MANIFEST_LIST,
  MANIFEST_BYTES,
  OCI_INDEX,
  OCI_MANIFEST,
} from '../../../src/model/image-manifest.ts'
import {
  type Body,
  codeOf,
  descriptor,
  digestOf,
  EMPTY,
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

const here = (place: string): string => `${repository}/${place}`

/** Begins an upload; gives where it is. */
const begin = async (): Promise<string> => {
  const answer = await send('POST', here('blobs/uploads/'))
  expect(answer.status).toBe(202)
  return answer.headers.get('Location') ?? ''
}

const contentOf = async (digest: string): Promise<Buffer> =>
  Buffer.from(await (await send('GET', here(`blobs/${digest}`))).arrayBuffer())

describe('determining support', () => {
  it('GET /v2/ MUST be answered with 200', async () => {
    expect((await send('GET', '')).status).toBe(200)
  })
})

describe('pulling manifests', () => {
  it('GET MUST be answered with 200, the manifest, its digest and its type', async () => {
    const { manifest, digest } = await pushImage(client, repository, 'v1')
    for (const reference of ['v1', digest]) {
      const answer = await send('GET', here(`manifests/${reference}`))
      expect(answer.status).toBe(200)
      expect(answer.headers.get('Content-Type')).toBe(OCI_MANIFEST)
      expect(answer.headers.get('Docker-Content-Digest')).toBe(digest)
      expect(await answer.text()).toBe(manifest)
    }
  })

  it('HEAD MUST be answered with 200, and SHOULD give size and digest', async () => {
    const { manifest, digest } = await pushImage(client, repository, 'v1')
    for (const reference of ['v1', digest]) {
      const { status, headers } = await send('HEAD', here(`manifests/${reference}`))
      expect([status, headers.get('Content-Length')]).toEqual([200, `${manifest.length}`])
      expect(headers.get('Docker-Content-Digest')).toBe(digest)
    }
  })

  it.each(['HEAD', 'GET'])('%s of what is not there MUST be answered with 404', async (method) => {
    for (const reference of ['none', digestOf('none')])
      expect((await send(method, here(`manifests/${reference}`))).status).toBe(404)
  })

  it.each([OCI_MANIFEST, DOCKER_MANIFEST])('the Content-Type SHOULD be that of the push: %s', async (mediaType) => {
    const manifest = await newManifest(client, repository, { mediaType })
    await putManifest(client, repository, 'v1', manifest, mediaType)
    expect((await send('GET', here('manifests/v1'))).headers.get('Content-Type')).toBe(mediaType)
  })

  it.each([OCI_INDEX, DOCKER_MANIFEST_LIST])('an index is a manifest too: %s', async (mediaType) => {
    const { manifest } = await pushImage(client, repository)
    const index = newIndex([descriptor(OCI_MANIFEST, manifest)], { mediaType })
    expect((await putManifest(client, repository, 'all', index, mediaType)).status).toBe(201)
    const answer = await send('GET', here('manifests/all'))
    expect([answer.headers.get('Content-Type'), await answer.text()]).toEqual([mediaType, index])
  })

  it('of an index in an index every level is pulled', async () => {
    const { manifest, digest } = await pushImage(client, repository)
    const inner = newIndex([descriptor(OCI_MANIFEST, manifest)])
    expect((await putManifest(client, repository, digestOf(inner), inner, OCI_INDEX)).status).toBe(201)
    const outer = newIndex([descriptor(OCI_INDEX, inner)])
    expect((await putManifest(client, repository, 'outer', outer, OCI_INDEX)).status).toBe(201)
    for (const each of [digestOf(outer), digestOf(inner), digest])
      expect((await send('GET', here(`manifests/${each}`))).status).toBe(200)
  })

  it.each([
    ['nothing', undefined, 200],
    ['what it is', `${OCI_INDEX}, ${OCI_MANIFEST}`, 200],
    ['anything', '*/*', 200],
    ['any application', 'text/html, application/*;q=0.5', 200],
    ['what it is not', 'text/html', 404],
    ['it with no weight', `${OCI_INDEX};q=0, text/html`, 404],
  ])('whoever accepts %s is answered with it, or told', async (_, accept, status) => {
    const { manifest } = await pushImage(client, repository)
    await putManifest(client, repository, 'all', newIndex([descriptor(OCI_MANIFEST, manifest)]), OCI_INDEX)
    const answer = await send('GET', here('manifests/all'), undefined, accept === undefined ? {} : { Accept: accept })
    expect(answer.status).toBe(status)
  })

  it('whoever knows no indexes gets the image of linux/amd64', async () => {
    const [arm, amd] = [await pushImage(client, repository), await pushImage(client, repository)]
    const index = newIndex([
      descriptor(OCI_MANIFEST, arm.manifest, { platform: { os: 'linux', architecture: 'arm64' } }),
      descriptor(OCI_MANIFEST, amd.manifest, { platform: { os: 'linux', architecture: 'amd64' } }),
    ])
    await putManifest(client, repository, 'all', index, OCI_INDEX)
    for (const method of ['GET', 'HEAD']) {
      const { headers } = await send(method, here('manifests/all'), undefined, { Accept: OCI_MANIFEST })
      expect(headers.get('Docker-Content-Digest')).toBe(amd.digest)
    }
  })
})

describe('pulling blobs', () => {
  it('GET MUST be answered with 200 and the content, and HEAD with its size', async () => {
    const content = randomBytes(70_000)
    const { digest } = await pushBlob(client, repository, content)
    const answer = await send('GET', here(`blobs/${digest}`))
    expect([answer.status, answer.headers.get('Docker-Content-Digest')]).toEqual([200, digest])
    expect(Buffer.from(await answer.arrayBuffer()).equals(content)).toBe(true)
    const head = await send('HEAD', here(`blobs/${digest}`))
    expect([head.status, head.headers.get('Content-Length')]).toEqual([200, '70000'])
    expect(head.headers.get('Docker-Content-Digest')).toBe(digest)
  })

  it.each(['HEAD', 'GET'])('%s of what is not there MUST be answered with 404', async (method) => {
    expect((await send(method, here(`blobs/${digestOf('none')}`))).status).toBe(404)
  })

  it('Range requests SHOULD be supported', async () => {
    const content = randomBytes(600_000)
    const { digest } = await pushBlob(client, repository, content)
    for (const [from, to] of [
      [0, 0],
      [262_143, 262_145],
      [599_999, 599_999],
      [0, 599_999],
    ] as const) {
      const answer = await send('GET', here(`blobs/${digest}`), undefined, { Range: `bytes=${from}-${to}` })
      expect([answer.status, answer.headers.get('Content-Range')]).toEqual([206, `bytes ${from}-${to}/600000`])
      expect(Buffer.from(await answer.arrayBuffer()).equals(content.subarray(from, to + 1))).toBe(true)
    }
    expect((await send('GET', here(`blobs/${digest}`), undefined, { Range: 'bytes=600000-' })).status).toBe(416)
  })
})

describe('pushing blobs', () => {
  it('POST then PUT: 202 with a Location, 201 with the pullable Location', async () => {
    const content = randomBytes(1000)
    const place = await begin()
    const done = await send('PUT', `${place}?digest=${digestOf(content)}`, content, {
      'Content-Type': 'application/octet-stream',
    })
    expect(done.status).toBe(201)
    const location = done.headers.get('Location') ?? ''
    expect(Buffer.from(await (await send('GET', location)).arrayBuffer()).equals(content)).toBe(true)
  })

  it('a single POST: 201 with the pullable Location', async () => {
    const content = randomBytes(1000)
    const done = await send('POST', here(`blobs/uploads/?digest=${digestOf(content)}`), content)
    expect(done.status).toBe(201)
    expect((await send('HEAD', done.headers.get('Location') ?? '')).status).toBe(200)
  })

  it('in chunks of any size: each is answered with 202, Location and Range', async () => {
    const content = randomBytes(1000)
    const started = await send('POST', here('blobs/uploads/'), undefined, { 'Content-Length': '0' })
    // There is no least length of a chunk.
    expect(started.headers.has('OCI-Chunk-Min-Length')).toBe(false)
    let place = started.headers.get('Location') ?? ''
    for (const [from, to] of [
      [0, 1],
      [1, 2],
      [2, 900],
      [900, 1000],
    ] as const) {
      const answer = await send('PATCH', place, content.subarray(from, to), { 'Content-Range': `${from}-${to - 1}` })
      expect([answer.status, answer.headers.get('Range')]).toEqual([202, `0-${to - 1}`])
      place = answer.headers.get('Location') ?? ''
    }
    expect((await send('PUT', `${place}?digest=${digestOf(content)}`)).status).toBe(201)
    expect((await contentOf(digestOf(content))).equals(content)).toBe(true)
  })

  it('the last chunk may come with the PUT', async () => {
    const content = randomBytes(1000)
    const place = await begin()
    await send('PATCH', place, content.subarray(0, 600), { 'Content-Range': '0-599' })
    const done = await send('PUT', `${place}?digest=${digestOf(content)}`, content.subarray(600), {
      'Content-Range': '600-999',
    })
    expect(done.status).toBe(201)
    expect((await contentOf(digestOf(content))).equals(content)).toBe(true)
  })

  it('a chunk out of order MUST be answered with 416, and the upload goes on where it was', async () => {
    const content = randomBytes(1000)
    const place = await begin()
    await send('PATCH', place, content.subarray(0, 100), { 'Content-Range': '0-99' })
    for (const range of ['101-199', '50-149', '0-99']) {
      const answer = await send('PATCH', place, randomBytes(rangeLength(range)), { 'Content-Range': range })
      expect([answer.status, answer.headers.get('Range')]).toEqual([416, '0-99'])
    }
    await send('PATCH', place, content.subarray(100), { 'Content-Range': '100-999' })
    expect((await send('PUT', `${place}?digest=${digestOf(content)}`)).status).toBe(201)
  })

  it('GET of an upload MUST be answered with 204, Location and Range', async () => {
    const place = await begin()
    await send('PATCH', place, randomBytes(10), { 'Content-Range': '0-9' })
    const answer = await send('GET', place)
    expect([answer.status, answer.headers.get('Location'), answer.headers.get('Range')]).toEqual([204, place, '0-9'])
  })

  it('DELETE of an upload ends it', async () => {
    const place = await begin()
    expect((await send('DELETE', place)).status).toBe(204)
    expect(await codeOf(await send('GET', place))).toBe('404 BLOB_UPLOAD_UNKNOWN')
    expect(await codeOf(await send('PATCH', place, 'late'))).toBe('404 BLOB_UPLOAD_UNKNOWN')
  })

  it.each(['sha256', 'sha512'])('digests of %s are supported', async (algorithm) => {
    const content = randomBytes(300_000)
    const digest = digestOf(content, algorithm)
    const place = await begin()
    await send('PATCH', place, content.subarray(0, 1000))
    expect((await send('PUT', `${place}?digest=${digest}`, content.subarray(1000))).status).toBe(201)
    expect((await contentOf(digest)).equals(content)).toBe(true)
  })

  it('an empty blob is one', async () => {
    await pushBlob(client, repository, Buffer.alloc(0))
    expect(await contentOf(digestOf(''))).toHaveLength(0)
  })
})

describe('mounting a blob of another repository', () => {
  it('MUST be answered with 201 and the pullable Location', async () => {
    const content = randomBytes(100)
    const { digest } = await pushBlob(client, repository, content)
    const other = await client.newRepository()
    const answer = await send('POST', `${other}/blobs/uploads/?mount=${digest}&from=${repository}`)
    expect([answer.status, answer.headers.get('Location')]).toEqual([201, `/v2/${other}/blobs/${digest}`])
    expect((await send('GET', `${other}/blobs/${digest}`)).status).toBe(200)
  })

  it.each(['&from=no/such', '&from=..%2F..', ''])('SHOULD begin an upload where that cannot be: %s', async (from) => {
    const answer = await send('POST', here(`blobs/uploads/?mount=${digestOf('none')}${from}`))
    expect(answer.status).toBe(202)
    expect((await send('GET', answer.headers.get('Location') ?? '')).status).toBe(204)
  })
})

describe('pushing manifests', () => {
  it('MUST be answered with 201 and the Location of the same bytes', async () => {
    const manifest = `${await newManifest(client, repository)} \n`
    const answer = await putManifest(client, repository, 'v1', manifest)
    expect([answer.status, answer.headers.get('Docker-Content-Digest')]).toEqual([201, digestOf(manifest)])
    expect(await (await send('GET', answer.headers.get('Location') ?? '')).text()).toBe(manifest)
  })

  it.each(['sha256', 'sha512'])('by a digest of %s they are there by that', async (algorithm) => {
    const manifest = await newManifest(client, repository)
    const digest = digestOf(manifest, algorithm)
    expect((await putManifest(client, repository, digest, manifest)).status).toBe(201)
    expect(await (await send('GET', here(`manifests/${digest}`))).text()).toBe(manifest)
  })

  it('MUST be accepted up to 4 MiB, and are refused beyond', async () => {
    const grown = async (bytes: number): Promise<Response> => {
      const manifest = await newManifest(client, repository)
      return putManifest(client, repository, 'big', manifest.padEnd(bytes, ' '))
    }
    expect((await grown(MANIFEST_BYTES)).status).toBe(201)
    expect((await grown(MANIFEST_BYTES + 1)).status).toBe(413)
  })

  it('with a subject MUST be accepted before it is there, and answered with OCI-Subject', async () => {
    const subject = descriptor(OCI_MANIFEST, 'not there')
    const manifest = await newManifest(client, repository, { subject })
    const answer = await putManifest(client, repository, digestOf(manifest), manifest)
    expect([answer.status, answer.headers.get('OCI-Subject')]).toEqual([201, subject.digest])
  })

  it('of artifacts with an empty configuration are pushed and pulled', async () => {
    const config = await pushBlob(client, repository, Buffer.from('{}'), EMPTY)
    const more = { artifactType: 'application/x.example', config, layers: [config] }
    const { digest } = await pushImage(client, repository, undefined, more)
    expect((await send('GET', here(`manifests/${digest}`))).status).toBe(200)
  })

  it('the same again is as well', async () => {
    const { manifest } = await pushImage(client, repository, 'v1')
    expect((await putManifest(client, repository, 'v1', manifest)).status).toBe(201)
    expect((await putManifest(client, repository, 'v2', manifest)).status).toBe(201)
  })
})

describe('listing tags', () => {
  const tagsOf = async (query = '') => {
    const answer = await send('GET', here(`tags/list${query}`))
    return { ...((await answer.json()) as { name: string; tags: string[] }), link: answer.headers.get('Link') }
  }

  it('MUST be answered with 200 and all tags in lexical order', async () => {
    expect(await tagsOf()).toEqual({ name: repository, tags: [], link: null })
    const { manifest } = await pushImage(client, repository)
    for (const tag of ['b', 'a', 'B', '1', 'a.1', '_']) await putManifest(client, repository, tag, manifest)
    expect((await tagsOf()).tags).toEqual(['1', 'B', '_', 'a', 'a.1', 'b'])
  })

  it('n and last MUST give pages, each with a Link to the next', async () => {
    const { manifest } = await pushImage(client, repository)
    for (const tag of ['a', 'b', 'c', 'd', 'e']) await putManifest(client, repository, tag, manifest)
    const seen: string[][] = []
    for (let query: string | undefined = '?n=2'; query !== undefined;) {
      const { tags, link } = await tagsOf(query)
      seen.push(tags)
      query = /<[^?]*(\?[^>]*)>; rel="next"/.exec(link ?? '')?.[1]
    }
    expect(seen).toEqual([['a', 'b'], ['c', 'd'], ['e']])
    expect((await tagsOf('?n=0')).tags).toEqual([])
    expect((await tagsOf('?last=c')).tags).toEqual(['d', 'e'])
    expect((await tagsOf('?last=bb&n=1')).tags).toEqual(['c'])
  })

  it('of no repository is answered with 404', async () => {
    expect(await codeOf(await send('GET', 'no/such/tags/list'))).toBe('404 NAME_UNKNOWN')
  })
})

describe('listing referrers', () => {
  const listed = async (digest: string, query = '') => {
    const answer = await send('GET', here(`referrers/${digest}${query}`))
    expect([answer.status, answer.headers.get('Content-Type')]).toEqual([200, OCI_INDEX])
    const index = (await answer.json()) as { mediaType: string; manifests: { digest: string }[] }
    return { ...index, headers: answer.headers }
  }

  it('MUST be an empty index where there are none, and 400 for what is no digest', async () => {
    expect(await listed(digestOf('none'))).toMatchObject({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: [] })
    expect((await send('GET', here('referrers/latest'))).status).toBe(400)
  })

  it('MUST have artifactType, or the type of the configuration, and annotations', async () => {
    const { manifest, digest } = await pushImage(client, repository, 'v1')
    const subject = descriptor(OCI_MANIFEST, manifest)
    const annotations = { 'org.example.by': 'me' }
    const typed = await pushImage(client, repository, undefined, {
      subject,
      artifactType: 'application/x.a',
      annotations,
    })
    const untyped = await pushImage(client, repository, undefined, { subject })
    const index = newIndex([subject], { subject, artifactType: 'application/x.index' })
    await putManifest(client, repository, digestOf(index), index, OCI_INDEX)
    const { manifests } = await listed(digest)
    expect(manifests).toHaveLength(3)
    expect(manifests).toEqual(
      expect.arrayContaining([
        { ...descriptor(OCI_MANIFEST, typed.manifest), artifactType: 'application/x.a', annotations },
        { ...descriptor(OCI_MANIFEST, untyped.manifest), artifactType: 'application/vnd.oci.image.config.v1+json' },
        { ...descriptor(OCI_INDEX, index), artifactType: 'application/x.index' },
      ]),
    )
  })

  it('filtered by artifactType MUST say so', async () => {
    const subject = descriptor(OCI_MANIFEST, 'subject')
    const wanted = await pushImage(client, repository, undefined, { subject, artifactType: 'application/x.a' })
    await pushImage(client, repository, undefined, { subject, artifactType: 'application/x.b' })
    const { manifests, headers } = await listed(subject.digest, '?artifactType=application/x.a')
    expect(manifests.map(({ digest }) => digest)).toEqual([wanted.digest])
    expect(headers.get('OCI-Filters-Applied')).toBe('artifactType')
    expect((await listed(subject.digest)).headers.has('OCI-Filters-Applied')).toBe(false)
  })

  it('that are many come in pages with a Link to the next', async () => {
    const subject = descriptor(OCI_MANIFEST, 'subject')
    const all = new Set<string>()
    for (let count = 0; count < 5; count++) {
      const more = { subject, artifactType: 'application/x.a', annotations: { count: `${count}` } }
      all.add((await pushImage(client, repository, undefined, more)).digest)
    }
    const seen: string[] = []
    for (let query: string | undefined = '?n=2&artifactType=application/x.a'; query !== undefined;) {
      const { manifests, headers } = await listed(subject.digest, query)
      expect(headers.get('OCI-Filters-Applied')).toBe('artifactType')
      seen.push(...manifests.map(({ digest }) => digest))
      query = /<[^?]*(\?[^>]*)>; rel="next"/.exec(headers.get('Link') ?? '')?.[1]
    }
    expect([seen.length, new Set(seen)]).toEqual([5, all])
  })

  it('whose annotations are long come in pages that clients can read', async () => {
    const subject = descriptor(OCI_MANIFEST, 'subject')
    const [config, layers] = [await pushBlob(client, repository, Buffer.from('{}'), EMPTY), []]
    for (let count = 0; count < 70; count++) {
      const annotations = { count: `${count}`, long: 'x'.repeat(65_000) }
      const manifest = JSON.stringify({
        schemaVersion: 2,
        mediaType: OCI_MANIFEST,
        artifactType: 'application/x.a',
        config,
        layers,
        subject,
        annotations,
      })
      expect((await putManifest(client, repository, digestOf(manifest), manifest)).status).toBe(201)
    }
    const { manifests, headers } = await listed(subject.digest)
    expect(manifests.length).toBeLessThan(70)
    expect(JSON.stringify(manifests).length).toBeLessThan(MANIFEST_BYTES)
    expect(headers.get('Link')).toMatch(/rel="next"/)
  })

  it('are there no more when they are deleted', async () => {
    const subject = descriptor(OCI_MANIFEST, 'subject')
    const { digest } = await pushImage(client, repository, undefined, { subject })
    expect((await listed(subject.digest)).manifests).toHaveLength(1)
    await send('DELETE', here(`manifests/${digest}`))
    expect((await listed(subject.digest)).manifests).toEqual([])
  })
})

describe('deleting', () => {
  it('a tag: 202, and then 404 by the tag and 200 by the digest', async () => {
    const { digest } = await pushImage(client, repository, 'v1')
    expect((await send('DELETE', here('manifests/v1'))).status).toBe(202)
    expect((await send('GET', here('manifests/v1'))).status).toBe(404)
    expect((await send('GET', here(`manifests/${digest}`))).status).toBe(200)
    expect((await send('DELETE', here('manifests/v1'))).status).toBe(404)
  })

  it('a manifest: 202, and then 404 by digest and by every tag', async () => {
    const { digest, manifest } = await pushImage(client, repository, 'v1')
    await putManifest(client, repository, 'v2', manifest)
    expect((await send('DELETE', here(`manifests/${digest}`))).status).toBe(202)
    for (const reference of ['v1', 'v2', digest])
      expect((await send('GET', here(`manifests/${reference}`))).status).toBe(404)
    expect(((await (await send('GET', here('tags/list'))).json()) as { tags: string[] }).tags).toEqual([])
    expect(await codeOf(await send('DELETE', here(`manifests/${digest}`)))).toBe('404 MANIFEST_UNKNOWN')
  })

  it('a blob: 202, and then 404', async () => {
    const { digest } = await pushBlob(client, repository, randomBytes(10))
    expect((await send('DELETE', here(`blobs/${digest}`))).status).toBe(202)
    expect((await send('GET', here(`blobs/${digest}`))).status).toBe(404)
    expect(await codeOf(await send('DELETE', here(`blobs/${digest}`)))).toBe('404 BLOB_UNKNOWN')
  })

  it('a blob that an image has is refused', async () => {
    const { manifest } = await pushImage(client, repository, 'v1')
    const { layers } = JSON.parse(manifest) as { layers: { digest: string }[] }
    expect(await codeOf(await send('DELETE', here(`blobs/${layers[0]?.digest}`)))).toBe('405 DENIED')
  })
})

describe('errors', () => {
  it('have a code, a message, and the type of JSON', async () => {
    const answer = await send('GET', here('manifests/none'))
    expect(answer.headers.get('Content-Type')).toBe('application/json')
    expect(await answer.json()).toEqual({
      errors: [
        { code: 'MANIFEST_UNKNOWN', message: expect.any(String), detail: { name: repository, imageTag: 'none' } },
      ],
    })
  })

  it.each<[string, string, string, Body, Headers, string]>([
    ['a name', 'GET', 'Team/tags/list', undefined, {}, '400 NAME_INVALID'],
    ['a repository', 'GET', 'none/blobs/sha256:x', undefined, {}, '400 DIGEST_INVALID'],
    ['a tag', 'PUT', 'R/manifests/-x', '{}', {}, '400 TAG_INVALID'],
    ['a digest', 'POST', 'R/blobs/uploads/?digest=sha256:00', 'x', {}, '400 DIGEST_INVALID'],
    ['content', 'POST', `R/blobs/uploads/?digest=${digestOf('a')}`, 'b', {}, '400 DIGEST_INVALID'],
    ['a manifest', 'PUT', 'R/manifests/v1', 'nothing', {}, '400 MANIFEST_INVALID'],
    ['the digest of a manifest', 'PUT', `R/manifests/${digestOf('a')}`, '{}', {}, '400 DIGEST_INVALID'],
    ['an endpoint', 'GET', 'R/none', undefined, {}, '404 UNSUPPORTED'],
    ['a method', 'PATCH', 'R/tags/list', 'x', {}, '405 UNSUPPORTED'],
    ['a number', 'GET', 'R/tags/list?n=many', undefined, {}, '400 PAGINATION_NUMBER_INVALID'],
  ])('tell what is wrong with %s', async (_, method, place, body, headers, code) => {
    expect(await codeOf(await send(method, place.replace(/^R/, repository), body, headers))).toBe(code)
  })

  it('MANIFEST_BLOB_UNKNOWN names what is missing', async () => {
    const manifest = (await newManifest(client, repository)).replace(/"layers":.*/, () =>
      JSON.stringify({ layers: [descriptor(LAYER, 'missing')] }).slice(1),
    )
    const answer = await putManifest(client, repository, 'v1', manifest)
    expect(answer.status).toBe(404)
    expect(await answer.json()).toMatchObject({
      errors: [{ code: 'MANIFEST_BLOB_UNKNOWN', detail: { digests: [digestOf('missing')] } }],
    })
  })

  it('schema 1 is refused by its name', async () => {
    const type = 'application/vnd.docker.distribution.manifest.v1+prettyjws'
    const answer = await putManifest(client, repository, 'v1', '{"schemaVersion":1,"fsLayers":[]}', type)
    expect(answer.status).toBe(400)
    expect(await answer.text()).toContain('schema 1')
  })
})

const rangeLength = (range: string): number => {
  const [from, to] = range.split('-').map(Number)
  return (to ?? 0) - (from ?? 0) + 1
}

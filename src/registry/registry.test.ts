import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  descriptor,
  imageManifest,
  pushBlob,
  pushImage,
  type RegistryServer,
  sha256,
  startRegistry,
} from '../../test/registry-server.ts'
import { OCI_INDEX, OCI_MANIFEST } from '../model/image-manifest.ts'
import { RegistryFault } from './registry-fault.ts'

const codeOf = async (answer: Response): Promise<string> =>
  `${answer.status} ${((await answer.json()) as { errors: { code: string }[] }).errors[0]?.code}`

describe('the registry', () => {
  let registry: RegistryServer

  beforeEach(async () => {
    registry = await startRegistry()
    await registry.addRepository('team/web')
  })

  afterEach(() => registry.stop())

  const send: RegistryServer['send'] = (...request) => registry.send(...request)

  /** Begins an upload and gives its place, as the answer says it. */
  const begin = async (): Promise<string> => {
    const answer = await send('POST', 'team/web/blobs/uploads/')
    expect(answer.status).toBe(202)
    return (answer.headers.get('Location') ?? '').slice('/v2/'.length)
  }

  it('says that it is one', async () => {
    expect((await send('GET', '')).status).toBe(200)
    const answer = await fetch(`${registry.url}/v2`)
    expect(answer.headers.get('Docker-Distribution-Api-Version')).toBe('registry/2.0')
  })

  describe('blobs', () => {
    it('are pushed in one request, and pulled whole or in part', async () => {
      const content = randomBytes(300_000)
      const digest = await pushBlob(registry, 'team/web', content)
      const whole = await send('GET', `team/web/blobs/${digest}`)
      expect(whole.headers.get('Docker-Content-Digest')).toBe(digest)
      expect(Buffer.from(await whole.arrayBuffer()).equals(content)).toBe(true)
      const part = await send('GET', `team/web/blobs/${digest}`, undefined, { Range: 'bytes=262140-262150' })
      expect([part.status, part.headers.get('Content-Range')]).toEqual([206, 'bytes 262140-262150/300000'])
      expect(Buffer.from(await part.arrayBuffer()).equals(content.subarray(262_140, 262_151))).toBe(true)
      const end = await send('GET', `team/web/blobs/${digest}`, undefined, { Range: 'bytes=-5' })
      expect(Buffer.from(await end.arrayBuffer()).equals(content.subarray(-5))).toBe(true)
      const beyond = await send('GET', `team/web/blobs/${digest}`, undefined, { Range: 'bytes=300000-' })
      expect([beyond.status, beyond.headers.get('Content-Range')]).toEqual([416, 'bytes */300000'])
      const head = await send('HEAD', `team/web/blobs/${digest}`)
      expect([head.status, head.headers.get('Content-Length')]).toEqual([200, '300000'])
    })

    it('are pushed in pieces, each where the last one ended', async () => {
      const content = randomBytes(1000)
      const place = await begin()
      const first = await send('PATCH', place, content.subarray(0, 600), { 'Content-Range': '0-599' })
      expect([first.status, first.headers.get('Range')]).toEqual([202, '0-599'])
      const again = await send('PATCH', place, content.subarray(0, 600), { 'Content-Range': '0-599' })
      expect([again.headers.get('Range'), await codeOf(again)]).toEqual(['0-599', '416 RANGE_INVALID'])
      const status = await send('GET', place)
      expect([status.status, status.headers.get('Range')]).toEqual([204, '0-599'])
      await send('PATCH', place, content.subarray(600, 900), { 'Content-Range': '600-899' })
      const done = await send('PUT', `${place}?digest=${sha256(content)}`, content.subarray(900), {
        'Content-Range': '900-999',
      })
      expect([done.status, done.headers.get('Location')]).toEqual([201, `/v2/team/web/blobs/${sha256(content)}`])
      const pulled = await send('GET', `team/web/blobs/${sha256(content)}`)
      expect(Buffer.from(await pulled.arrayBuffer()).equals(content)).toBe(true)
      expect(await codeOf(await send('GET', place))).toBe('404 BLOB_UPLOAD_UNKNOWN')
    })

    it('go on where a connection was cut', async () => {
      const content = randomBytes(50_000)
      const place = await begin()
      await cutRequest(`/v2/${place}`, content.subarray(0, 30_000), content.length)
      const kept = keptOf(await send('GET', place))
      expect(kept).toBeLessThanOrEqual(30_000)
      const rest = content.subarray(kept)
      await send('PATCH', place, rest, { 'Content-Range': `${kept}-${content.length - 1}` })
      expect((await send('PUT', `${place}?digest=${sha256(content)}`)).status).toBe(201)
    })

    it('that are not what they are said to be are refused and forgotten', async () => {
      const place = await begin()
      const answer = await send('PUT', `${place}?digest=${sha256('other')}`, 'content')
      expect(await codeOf(answer)).toBe('400 DIGEST_INVALID')
      expect(await codeOf(await send('GET', place))).toBe('404 BLOB_UPLOAD_UNKNOWN')
      expect([...registry.store.tables.layerUploads.rows()]).toEqual([])
      expect((await send('HEAD', `team/web/blobs/${sha256('content')}`)).status).toBe(404)
    })

    it('are mounted from where the client may pull, and uploaded otherwise', async () => {
      await registry.addRepository('other')
      const digest = await pushBlob(registry, 'team/web', Buffer.from('shared'))
      expect((await send('HEAD', `other/blobs/${digest}`)).status).toBe(404)
      const mounted = await send('POST', `other/blobs/uploads/?mount=${digest}&from=team/web`)
      expect([mounted.status, mounted.headers.get('Location')]).toEqual([201, `/v2/other/blobs/${digest}`])
      expect((await send('HEAD', `other/blobs/${digest}`)).status).toBe(200)
      for (const from of ['no/such', '../../etc', 'team/web'])
        expect((await send('POST', `other/blobs/uploads/?mount=${sha256('missing')}&from=${from}`)).status).toBe(202)
    })

    it('are on the disk once, and encrypted', async () => {
      await registry.addRepository('other')
      for (const repository of ['team/web', 'other'])
        await pushBlob(registry, repository, Buffer.from('the same layer'))
      const files = readdirSync(path.join(registry.directory, 'blobs'), { recursive: true, withFileTypes: true })
      const contents = files.filter((file) => file.isFile()).map((file) => path.join(file.parentPath, file.name))
      expect(contents).toHaveLength(1)
      expect(readFileSync(contents[0] ?? '').includes('the same layer')).toBe(false)
    })

    it('that a disk altered are never served', async () => {
      const digest = await pushBlob(registry, 'team/web', randomBytes(600_000))
      const file = path.join(registry.directory, 'blobs/sha256', digest.slice(7, 9), digest.slice(7))
      const bytes = readFileSync(file)
      bytes[500_000] = (bytes[500_000] ?? 0) ^ 1
      writeFileSync(file, bytes)
      const answer = await send('GET', `team/web/blobs/${digest}`)
      await expect(answer.arrayBuffer()).rejects.toThrow()
    })

    it('that are altered or missing are not there for who would push them, until one does', async () => {
      await registry.addRepository('other')
      const content = Buffer.from('precious')
      const digest = await pushBlob(registry, 'team/web', content)
      const file = path.join(registry.directory, 'blobs/sha256', digest.slice(7, 9), digest.slice(7))
      for (const spoil of [() => writeFileSync(file, 'nonsense'), () => rmSync(file)]) {
        spoil()
        expect((await send('GET', `team/web/blobs/${digest}`)).status).toBe(500)
        expect((await send('HEAD', `team/web/blobs/${digest}`)).status).toBe(404)
        expect((await send('POST', `other/blobs/uploads/?mount=${digest}&from=team/web`)).status).toBe(202)
        await pushBlob(registry, 'team/web', content)
        expect((await send('HEAD', `team/web/blobs/${digest}`)).status).toBe(200)
        expect(await (await send('GET', `team/web/blobs/${digest}`)).text()).toBe('precious')
      }
    })
  })

  describe('manifests', () => {
    it('come back as they were, by tag and by digest', async () => {
      const digest = await pushImage(registry, 'team/web', 'v1')
      for (const reference of ['v1', digest]) {
        const answer = await send('GET', `team/web/manifests/${reference}`)
        expect(answer.headers.get('Content-Type')).toBe(OCI_MANIFEST)
        expect(answer.headers.get('Docker-Content-Digest')).toBe(digest)
        expect(sha256(Buffer.from(await answer.arrayBuffer()))).toBe(digest)
      }
      const head = await send('HEAD', 'team/web/manifests/v1')
      expect([head.status, head.headers.get('Docker-Content-Digest')]).toEqual([200, digest])
      expect(await codeOf(await send('GET', 'team/web/manifests/v2'))).toBe('404 MANIFEST_UNKNOWN')
    })

    it('need everything that they refer to', async () => {
      const manifest = imageManifest(Buffer.from('{}'), [Buffer.from('layer')])
      expect(await codeOf(await send('PUT', 'team/web/manifests/v1', manifest))).toBe('404 MANIFEST_BLOB_UNKNOWN')
      const index = JSON.stringify({
        schemaVersion: 2,
        mediaType: OCI_INDEX,
        manifests: [descriptor(OCI_MANIFEST, 'x')],
      })
      expect(await codeOf(await send('PUT', 'team/web/manifests/v1', index))).toBe('404 MANIFEST_BLOB_UNKNOWN')
    })

    it('of other digests than they are sent for are refused', async () => {
      const answer = await send('PUT', `team/web/manifests/${sha256('other')}`, imageManifest(Buffer.from('{}'), []))
      expect(await codeOf(answer)).toBe('400 DIGEST_INVALID')
    })

    it('of a tag that is immutable stay', async () => {
      await registry.addRepository('fixed', { tagMutability: { mode: 'IMMUTABLE', exclusions: [] } })
      await pushImage(registry, 'fixed', 'v1')
      await expect(pushImage(registry, 'fixed', 'v1')).rejects.toThrow('TAG_INVALID')
    })

    it('go by tag or by digest, an image of an index not before it', async () => {
      const image = await pushImage(registry, 'team/web', 'amd64')
      const manifest = await (await send('GET', `team/web/manifests/${image}`)).text()
      const index = JSON.stringify({
        schemaVersion: 2,
        mediaType: OCI_INDEX,
        manifests: [descriptor(OCI_MANIFEST, manifest)],
      })
      expect((await send('PUT', 'team/web/manifests/all', index)).status).toBe(201)
      expect(await codeOf(await send('DELETE', `team/web/manifests/${image}`))).toBe('405 DENIED')
      expect((await send('DELETE', 'team/web/manifests/all')).status).toBe(202)
      expect((await send('GET', `team/web/manifests/${sha256(index)}`)).status).toBe(200)
      expect((await send('DELETE', `team/web/manifests/${sha256(index)}`)).status).toBe(202)
      expect((await send('DELETE', `team/web/manifests/${image}`)).status).toBe(202)
      expect((await send('GET', 'team/web/manifests/amd64')).status).toBe(404)
    })

    it('about another are its referrers, whether it is there or not', async () => {
      const subject = descriptor(OCI_MANIFEST, 'not there')
      const digest = await pushImage(registry, 'team/web', 'signature', {
        more: { subject, artifactType: 'application/x.signature', annotations: { by: 'me' } },
      })
      const all = await send('GET', `team/web/referrers/${subject.digest}`)
      expect(all.headers.get('Content-Type')).toBe(OCI_INDEX)
      expect(await all.json()).toMatchObject({
        manifests: [{ digest, artifactType: 'application/x.signature', annotations: { by: 'me' } }],
      })
      const others = await send('GET', `team/web/referrers/${subject.digest}?artifactType=application/x.sbom`)
      expect(others.headers.get('OCI-Filters-Applied')).toBe('artifactType')
      expect(await others.json()).toMatchObject({ manifests: [] })
    })
  })

  it('lists tags and repositories in pages', async () => {
    for (const tag of ['c', 'a', 'b']) await pushImage(registry, 'team/web', tag)
    const first = await send('GET', 'team/web/tags/list?n=2')
    expect(await first.json()).toEqual({ name: 'team/web', tags: ['a', 'b'] })
    expect(first.headers.get('Link')).toBe('</v2/team/web/tags/list?n=2&last=b>; rel="next"')
    expect(await (await send('GET', 'team/web/tags/list?n=2&last=b')).json()).toEqual({ name: 'team/web', tags: ['c'] })
    await registry.addRepository('another')
    expect(await (await send('GET', '_catalog?n=1')).json()).toEqual({ repositories: ['another'] })
    expect(await (await send('GET', '_catalog?n=1&last=another')).json()).toEqual({ repositories: ['team/web'] })
  })

  it.each([
    ['GET', 'no/such/tags/list', '404 NAME_UNKNOWN'],
    ['GET', 'Team/tags/list', '400 NAME_INVALID'],
    ['GET', 'team/..%2fweb/tags/list', '400 NAME_INVALID'],
    ['GET', 'team/web/blobs/sha256:..%2F..%2Fetc', '404 UNSUPPORTED'],
    ['GET', 'team/web/blobs/latest', '400 DIGEST_INVALID'],
    ['GET', 'team/web/blobs/uploads/..%2f..%2fx', '404 UNSUPPORTED'],
    ['GET', 'team/web/blobs/uploads/passwd', '404 BLOB_UPLOAD_UNKNOWN'],
    ['GET', 'team/web/manifests/-x', '400 TAG_INVALID'],
    ['GET', '%zz/tags/list', '400 NAME_INVALID'],
    ['PUT', 'team/web/manifests/v1', '400 MANIFEST_INVALID'],
    ['POST', 'team/web/manifests/v1', '405 UNSUPPORTED'],
    ['GET', 'team/web/tags/list?n=x', '400 PAGINATION_NUMBER_INVALID'],
    ['GET', 'nothing', '404 UNSUPPORTED'],
  ])('refuses %s %s with %s', async (method, place, code) => {
    expect(await codeOf(await send(method, place, method === 'PUT' ? '{"schemaVersion":1}' : undefined))).toBe(code)
  })

  it('removes what nobody refers to, and nothing else', async () => {
    const digest = await pushImage(registry, 'team/web', 'v1')
    const orphan = await pushBlob(registry, 'team/web', Buffer.from('orphan'))
    const { imageLayers, images, repositories } = registry.store.tables
    const [repository] = repositories.rows()
    await registry.store.transact((tx) => tx.imageLayers.remove(`${repository?.repositoryId}/${orphan}`))
    const isReferred = async ({ digest: each }: { readonly digest: string }): Promise<boolean> =>
      imageLayers.findSize('byDigest', each) > 0 || images.findSize('byDigest', each) > 0
    expect((await registry.blobs.collect(0, isReferred)).blobs).toBe(0)
    expect((await registry.blobs.collect(Number.MAX_SAFE_INTEGER, isReferred)).blobs).toBe(1)
    expect(await registry.blobs.in().has(orphan)).toBe(false)
    expect((await send('GET', `team/web/manifests/${digest}`)).status).toBe(200)
  })

  /** A range of nothing cannot be said. */
  const keptOf = ({ headers }: Response): number => {
    const range = headers.get('Range') ?? ''
    return range === '0-0' ? 0 : Number(range.slice(2)) + 1
  }

  /** Sends the beginning of a body that is said to be longer, and cuts the connection. */
  const cutRequest = (place: string, sent: Buffer, length: number): Promise<void> =>
    new Promise((resolve) => {
      const socket = connect(Number(new URL(registry.url).port), '127.0.0.1', () => {
        socket.write(`PATCH ${place} HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n\r\n`)
        socket.end(sent)
      })
      socket.resume()
      socket.on('close', () => resolve())
      socket.on('error', () => resolve())
    })
})

describe('what a caller may not do in the registry', () => {
  it('is refused before anything is told of the repository', async () => {
    const allowed = new Set(['ecr:BatchGetImage'])
    const registry = await startRegistry({
      demand: (actions, { arn }) => {
        const missing = actions.find((action) => !allowed.has(action))
        if (missing !== undefined) throw new RegistryFault('DENIED', `not allowed: ${missing} on ${arn}`)
      },
    })
    try {
      await registry.addRepository('team/web')
      const code = async (method: string, place: string) => codeOf(await registry.send(method, place))
      expect(await code('GET', 'team/web/manifests/v1')).toBe('404 MANIFEST_UNKNOWN')
      for (const [method, place] of [
        ['GET', `team/web/blobs/${sha256('x')}`],
        ['GET', `no/such/blobs/${sha256('x')}`],
        ['POST', 'team/web/blobs/uploads/'],
        ['PUT', 'team/web/manifests/v1'],
        ['DELETE', 'team/web/manifests/v1'],
        ['GET', 'team/web/tags/list'],
      ] as const)
        expect(await code(method, place), `${method} ${place}`).toBe('403 DENIED')
      expect(await (await registry.send('GET', '_catalog')).json()).toEqual({ repositories: [] })
    } finally {
      await registry.stop()
    }
  })
})

import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  descriptor,
  pushBlob,
  pushImage,
  type RegistryServer,
  sha256,
  startRegistry,
} from '../../../test/registry-server.ts'
import { ManualClock } from '../../kit/clock.ts'
import { OCI_INDEX, OCI_MANIFEST } from '../../model/image-manifest.ts'
import { DAY_MS } from '../../model/limits.ts'
import type { PullThroughRuleRecord } from '../../model/registry-rules.ts'
import { RegistryFault } from '../registry-fault.ts'

/** Stands before a registry, as one that asks for passwords, breaks off, or is away. */
interface Gate {
  readonly url: string
  /** What was asked for, e.g. `GET manifests/v1`. */
  readonly calls: string[]
  /** Wants this password, by a token. */
  password: string | undefined
  isAway: boolean
  /** Breaks off the next blobs after that many bytes. */
  cuts: number[]
  /** Blobs are given by another host. */
  isRedirecting: boolean
  /** What the bytes of blobs are made into. */
  distort: (piece: Buffer) => Buffer
  /** What comes late in blobs waits for this. */
  wait: Promise<void>
  stop(): void
}

/** Two frames and a bit. */
const WAITS_AFTER_BYTES = 650_000

const gateTo = async (registry: RegistryServer): Promise<Gate> => {
  const server: Server = createServer((incoming, response) => {
    const url = incoming.url ?? ''
    if (gate.isAway) return void response.destroy()
    if (url.startsWith('/token')) {
      const isRight =
        incoming.headers.authorization === `Basic ${Buffer.from(`ada:${gate.password}`).toString('base64')}`
      return void response.writeHead(isRight ? 200 : 401).end(JSON.stringify({ token: 't0ken', expires_in: 300 }))
    }
    const isBlob = url.includes('/blobs/')
    if (isBlob && url.startsWith('/v2/') && gate.isRedirecting) {
      const location = `http://localhost:${port}/elsewhere${url.slice('/v2'.length)}`
      return void response.writeHead(307, { location }).end()
    }
    const isElsewhere = url.startsWith('/elsewhere')
    gate.calls.push(`${incoming.method} ${url.split('/').slice(-2).join('/')}`)
    const wanted = gate.password === undefined || isElsewhere ? undefined : 'Bearer t0ken'
    if (incoming.headers.authorization !== wanted) {
      const challenge = `Bearer realm="${gate.url}/token",service="gate",scope="repository:x:pull"`
      return void response.writeHead(isElsewhere ? 400 : 401, { 'WWW-Authenticate': challenge }).end()
    }
    const place = `${registry.url}${url.replace('/elsewhere', '/v2')}`
    const { authorization: _authorization, ...headers } = incoming.headers
    const passedOn = request(place, { method: incoming.method ?? '', headers })
    passedOn.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 0, answer.headers)
      passOn(answer, response, isBlob).catch(() => response.destroy())
    })
    passedOn.on('error', () => response.destroy())
    passedOn.end()
  })
  const passOn = async (answer: IncomingMessage, response: ServerResponse, isBlob: boolean): Promise<void> => {
    const ends = isBlob ? (gate.cuts.shift() ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY
    let passed = 0
    for await (const piece of answer as AsyncIterable<Buffer>) {
      if (isBlob && passed + piece.length > WAITS_AFTER_BYTES) await gate.wait
      response.write((isBlob ? gate.distort(piece) : piece).subarray(0, ends - passed))
      passed += piece.length
      if (passed >= ends) return void setImmediate(() => response.destroy())
    }
    response.end()
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const gate: Gate = {
    url: `http://127.0.0.1:${port}`,
    calls: [],
    password: undefined,
    isAway: false,
    cuts: [],
    isRedirecting: false,
    distort: (piece) => piece,
    wait: Promise.resolve(),
    stop: () => {
      server.closeAllConnections()
      server.close()
    },
  }
  return gate
}

const until = async (isTrue: () => boolean): Promise<void> => {
  while (!isTrue()) await new Promise((resolve) => setImmediate(resolve))
}

let far: RegistryServer
let near: RegistryServer
let gate: Gate
let clock: ManualClock
let denied: string | undefined
const LAYER = randomBytes(900_000)

beforeEach(async () => {
  far = await startRegistry()
  clock = new ManualClock(DAY_MS)
  denied = undefined
  near = await startRegistry({
    clock,
    imports: 3,
    credentialsOf: async () => ({ username: 'ada', password: 's3cret' }),
    demand: (actions) => {
      if (denied !== undefined && actions.includes(denied)) throw new RegistryFault('DENIED', `no ${denied}`)
    },
  })
  gate = await gateTo(far)
  await far.addRepository('library/web')
  await addRule()
})

afterEach(async () => {
  gate.stop()
  await near.stop()
  await far.stop()
})

const addRule = (given: Partial<PullThroughRuleRecord> = {}): Promise<PullThroughRuleRecord> =>
  near.store.transact((tx) =>
    tx.pullThroughRules.put({
      account: '000000000000',
      region: 'us-east-1',
      prefix: 'hub',
      upstreamUrl: gate.url,
      upstreamPrefix: 'ROOT',
      createdAt: 0,
      updatedAt: 0,
      ...given,
    }),
  )

const push = (tag = 'v1', layers = [LAYER]): Promise<string> => pushImage(far, 'library/web', tag, { layers })
const pullManifest = (reference = 'v1', name = 'hub/library/web'): Promise<Response> =>
  near.send('GET', `${name}/manifests/${reference}`)
const pullLayer = (digest = sha256(LAYER)): Promise<Response> => near.send('GET', `hub/library/web/blobs/${digest}`)
const isKept = (digest: string): Promise<void> =>
  until(() => near.store.tables.images.findSize('byDigest', digest) === 1)
const bytesOf = async (answer: Response): Promise<Buffer> => Buffer.from(await answer.arrayBuffer())

describe('a pull through the cache', () => {
  it('gives what upstream has, and keeps it', async () => {
    const digest = await push()
    const answer = await pullManifest()
    expect(answer.status).toBe(200)
    expect(answer.headers.get('Docker-Content-Digest')).toBe(digest)
    expect((await bytesOf(await pullLayer())).equals(LAYER)).toBe(true)
    await isKept(digest)
    gate.isAway = true
    expect((await pullManifest()).status).toBe(200)
    expect((await pullManifest(digest)).status).toBe(200)
    expect((await bytesOf(await pullLayer())).equals(LAYER)).toBe(true)
  })

  it('gets a layer once for many clients, each as it comes', async () => {
    await push()
    const { promise, resolve } = Promise.withResolvers<void>()
    gate.wait = promise
    await pullManifest()
    const answers = await Promise.all(Array.from({ length: 8 }, () => pullLayer()))
    resolve()
    for (const answer of answers) expect((await bytesOf(answer)).equals(LAYER)).toBe(true)
    expect(gate.calls.filter((call) => call.endsWith(sha256(LAYER)))).toHaveLength(1)
  })

  it('compares a tag with upstream once a day', async () => {
    const first = await push()
    await pullManifest()
    await isKept(first)
    const second = await push('v1', [randomBytes(10)])
    expect((await pullManifest()).headers.get('Docker-Content-Digest')).toBe(first)
    await clock.advance(DAY_MS)
    expect((await pullManifest()).headers.get('Docker-Content-Digest')).toBe(second)
    await isKept(second)
    await clock.advance(DAY_MS)
    gate.isAway = true
    expect((await pullManifest()).headers.get('Docker-Content-Digest')).toBe(second)
  })

  it('goes on where a connection was cut', async () => {
    await push()
    gate.cuts = [100_000, 1]
    await pullManifest()
    expect((await bytesOf(await pullLayer())).equals(LAYER)).toBe(true)
  })

  it('gets tokens for its credentials, and shows them to nobody else', async () => {
    gate.password = 's3cret'
    gate.isRedirecting = true
    await push()
    expect((await pullManifest()).status).toBe(502)
    await addRule({ credentialArn: 'arn' })
    expect((await pullManifest()).status).toBe(200)
    expect((await bytesOf(await pullLayer())).equals(LAYER)).toBe(true)
  })

  it('keeps an index, and of its images those that are pulled', async () => {
    const [one, other] = [await push('one'), await push('other', [randomBytes(10)])]
    const manifests = await Promise.all(
      [one, other].map(async (digest) => {
        const manifest = await (await far.send('GET', `library/web/manifests/${digest}`)).text()
        return { ...descriptor('application/vnd.oci.image.manifest.v1+json', manifest), platform: { os: 'linux' } }
      }),
    )
    const index = JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests })
    await far.send('PUT', 'library/web/manifests/all', index, { 'Content-Type': OCI_INDEX })
    expect(await (await pullManifest('all')).text()).toBe(index)
    expect((await pullManifest(one)).status).toBe(200)
    await isKept(one)
    await isKept(sha256(index))
    expect(near.store.tables.images.findSize('byDigest', other)).toBe(0)
  })

  it('gives nothing that is not what it is said to be', async () => {
    await push()
    gate.distort = (piece) => Buffer.from(piece.map((byte) => byte ^ 1))
    await pullManifest()
    await expect(pullLayer().then(bytesOf)).rejects.toThrow()
    expect(near.store.tables.imageLayers.findSize('byDigest', sha256(LAYER))).toBe(0)
  })

  it('says that upstream does not have it, or cannot be reached', async () => {
    expect((await pullManifest('v2')).status).toBe(404)
    expect((await pullManifest(`sha256:${'a'.repeat(64)}`)).status).toBe(404)
    gate.isAway = true
    expect((await pullManifest('v1')).status).toBe(502)
    expect(near.store.tables.repositories.size).toBe(0)
  })

  it('is for repositories of the prefix alone, of which the longest counts', async () => {
    await push()
    expect((await pullManifest('v1', 'other/library/web')).status).toBe(404)
    await addRule({ prefix: 'hub/library', upstreamPrefix: 'library' })
    expect((await pullManifest('v1', 'hub/library/web')).status).toBe(200)
    await addRule({ prefix: 'ROOT' })
    expect((await pullManifest('v1', 'library/web')).status).toBe(200)
  })

  it.each(['ecr:BatchImportUpstreamImage', 'ecr:CreateRepository', 'ecr:BatchGetImage'])('needs %s', async (action) => {
    await push()
    denied = action
    expect((await pullManifest()).status).toBe(403)
    expect(gate.calls).toEqual([])
  })

  it('of what is here needs nothing but to pull', async () => {
    const digest = await push()
    await pullManifest()
    await isKept(digest)
    denied = 'ecr:BatchImportUpstreamImage'
    await clock.advance(DAY_MS)
    expect((await pullManifest()).status).toBe(200)
    expect((await pullLayer()).status).toBe(200)
  })

  it('tells of a layer what upstream tells, and gets nothing for that', async () => {
    await push()
    gate.wait = new Promise(() => {})
    await pullManifest()
    const head = (digest: string) => near.send('HEAD', `hub/library/web/blobs/${digest}`)
    const other = Buffer.from('of no image here')
    await pushBlob(far, 'library/web', other)
    const { status, headers } = await head(sha256(other))
    expect([status, headers.get('Content-Length')]).toEqual([200, String(other.length)])
    expect((await head(sha256('none'))).status).toBe(404)
    expect(near.store.tables.imageLayers.findSize('byDigest', sha256(other))).toBe(0)
    denied = 'ecr:BatchImportUpstreamImage'
    expect((await head(sha256(other))).status).toBe(403)
  })

  it("does not answer to those whom upstream leads to: its credentials are upstream's", async () => {
    const asked: (string | undefined)[] = []
    const thief: Server = createServer(({ headers, url }, response) => {
      asked.push(headers.authorization)
      const { port } = thief.address() as AddressInfo
      const challenge = `Bearer realm="http://127.0.0.1:${port}/token",service="x"`
      if (url?.startsWith('/token') === true) response.end(JSON.stringify({ token: 'caught' }))
      else response.writeHead(401, { 'WWW-Authenticate': challenge }).end()
    })
    thief.listen(0, '127.0.0.1')
    await once(thief, 'listening')
    const { port } = thief.address() as AddressInfo
    const leading = createServer((_, response) =>
      response.writeHead(307, { location: `http://127.0.0.1:${port}/blob` }).end(),
    )
    leading.listen(0, '127.0.0.1')
    await once(leading, 'listening')
    await addRule({
      credentialArn: 'arn',
      upstreamUrl: `http://127.0.0.1:${(leading.address() as AddressInfo).port}`,
    })
    expect((await pullManifest()).status).toBe(502)
    expect(asked).toEqual([undefined])
    for (const server of [thief, leading]) {
      server.closeAllConnections()
      server.close()
    }
  })

  it('gives what the client accepts', async () => {
    const digest = await push()
    const platform = { os: 'linux', architecture: 'amd64' }
    const { images } = far.store.tables
    const [image] = images.find('byDigest', digest)
    const manifests = [{ mediaType: OCI_MANIFEST, digest, size: image?.manifestBytes, platform }]
    const index = JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests })
    await far.send('PUT', 'library/web/manifests/all', index, { 'Content-Type': OCI_INDEX })
    const pull = async (reference: string, Accept: string) => {
      const answer = await near.send('GET', `hub/library/web/manifests/${reference}`, undefined, { Accept })
      return [answer.status, answer.headers.get('Docker-Content-Digest')]
    }
    expect(await pull('all', 'text/plain')).toEqual([404, null])
    expect(await pull('all', OCI_MANIFEST)).toEqual([200, digest])
    expect(await pull('all', OCI_INDEX)).toEqual([200, sha256(index)])
    expect(await pull(sha256(index), OCI_MANIFEST)).toEqual([404, null])
  })

  it('gets so many images at once, and has clients come again for more', async () => {
    for (const tag of ['a', 'b', 'c', 'd']) await push(tag, [randomBytes(900_000)])
    const { promise, resolve } = Promise.withResolvers<void>()
    gate.wait = promise
    for (const tag of ['a', 'b', 'c']) expect((await pullManifest(tag)).status).toBe(200)
    const refused = await pullManifest('d')
    expect([refused.status, refused.headers.get('Retry-After')]).toEqual([429, '2'])
    resolve()
    await until(() => near.store.tables.images.size === 3)
    expect((await pullManifest('d')).status).toBe(200)
  })

  it('is kept under the key of its repository, and refused without it', async () => {
    const keyId = await near.addEncryptedRepository('hub/library/web')
    const digest = await push()
    expect((await pullManifest()).status).toBe(200)
    await isKept(digest)
    expect(await near.blobs.in(keyId).has(sha256(LAYER))).toBe(true)
    await near.store.transact((tx) => tx.kmsKeys.update(keyId, { state: 'Disabled' }))
    await clock.advance(DAY_MS)
    for (const reference of ['v1', digest, 'v2']) expect((await pullManifest(reference)).status).toBe(403)
    expect((await pullLayer()).status).toBe(403)
  })

  it('ends with the server, and leaves nothing half done', async () => {
    await push()
    gate.wait = new Promise(() => {})
    expect((await pullManifest()).status).toBe(200)
    const layer = near.send('GET', `hub/library/web/blobs/${sha256(LAYER)}`)
    const answer = await layer
    const uploads = (): string[] => readdirSync(path.join(near.directory, 'uploads'))
    expect(uploads()).not.toEqual([])
    await near.endUpstream()
    await expect(answer.arrayBuffer()).rejects.toThrow()
    expect(uploads()).toEqual([])
    expect(near.store.tables.images.size).toBe(0)
    expect(near.store.tables.imageLayers.findSize('byDigest', sha256(LAYER))).toBe(0)
    expect((await pullManifest('v1')).status).toBe(502)
  })

  it('ends where a rule leads back to itself', async () => {
    await addRule({ upstreamUrl: near.url, upstreamPrefix: 'hub' })
    expect((await pullManifest('v1', 'hub/x/web')).status).toBe(404)
  })

  it.each(['http://169.254.169.254', 'http://[fe80::1]', 'http://0.0.0.0'])(
    'asks nobody at %s',
    async (upstreamUrl) => {
      await addRule({ upstreamUrl })
      await expect(pullManifest().then(({ status }) => status)).resolves.toBeGreaterThanOrEqual(500)
    },
  )
})

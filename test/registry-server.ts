/** A container registry on a port of its own, for tests: everything real but who may do what. */
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type Clock, SystemClock } from '../src/kit/clock.ts'
import { SystemIds } from '../src/kit/ids.ts'
import { silentLog } from '../src/kit/log.ts'
import { kmsKeyArn, repositoryArn } from '../src/model/arn.ts'
import { OCI_MANIFEST } from '../src/model/image-manifest.ts'
import type { ChosenEncryption, RepositoryRecord } from '../src/model/image-records.ts'
import type { RegistryCaller } from '../src/registry/exchange.ts'
import { ManifestCache } from '../src/registry/manifest-cache.ts'
import { registryListener } from '../src/registry/registry.ts'
import type { Transfers } from '../src/registry/transfers.ts'
import { type CredentialsOf, PullThrough } from '../src/registry/upstream/pull-through.ts'
import { blobKeys } from '../src/services/ecr/blob-keys.ts'
import { createKmsKey } from '../src/services/kms-keys.ts'
import { BlobStore } from '../src/store/blobs/blob-store.ts'
import { DirectoryBlobHome } from '../src/store/blobs/directory-blob-home.ts'
import { encryptionWith } from '../src/store/images/repository-key.ts'
import type { Store } from '../src/store/store.ts'
import { configureServer } from '../src/wire/listener.ts'
import { aSealer, emptyStore } from './services-deps.ts'

const ACCOUNT = '000000000000'
const REGION = 'us-east-1'

export interface RegistryServer {
  readonly url: string
  readonly store: Store
  readonly blobs: BlobStore
  readonly directory: string
  addRepository(name: string, settings?: Partial<RepositoryRecord>): Promise<RepositoryRecord>
  /** Another one, with a key of its own, which gives the key's id. */
  addEncryptedRepository(name: string, type?: ChosenEncryption['type'], keyId?: string): Promise<string>
  /** The answer to a request; `path` is what comes after `/v2/`. */
  send(method: string, path: string, body?: Buffer | string, headers?: Record<string, string>): Promise<Response>
  /** As the server does when it stops. */
  endUpstream(): Promise<void>
  stop(): Promise<void>
}

export interface RegistryServerOptions {
  /** Throws for what the caller may not do. */
  readonly demand?: RegistryCaller['demand']
  readonly warnings?: readonly string[]
  readonly trace?: RegistryCaller['trace']
  readonly transfers?: Transfers
  /** After how long a socket that nothing comes and goes on is cut. */
  readonly stallMs?: number
  readonly clock?: Clock
  /** Has the rules of pulls through the cache count. */
  readonly credentialsOf?: CredentialsOf
  /** Images that are got from upstream at once. */
  readonly imports?: number
  /** Before a blob comes to its place. */
  readonly beforeAdopt?: () => Promise<void>
}

export const startRegistry = async ({
  demand = () => {},
  warnings = [],
  trace = () => {},
  transfers,
  stallMs,
  clock = new SystemClock(),
  credentialsOf,
  imports,
  beforeAdopt = async () => {},
}: RegistryServerOptions = {}): Promise<RegistryServer> => {
  const directory = mkdtempSync(path.join(tmpdir(), 'longshore-registry-'))
  const [store, ids, sealer] = [await emptyStore(), new SystemIds(), aSealer()]
  const home = { account: ACCOUNT, region: REGION }
  const blobs = new BlobStore({
    home: new WaitingHome(path.join(directory, 'blobs'), beforeAdopt),
    uploadsDirectory: path.join(directory, 'uploads'),
    keys: blobKeys({ store, clock, sealer, ids, ...home }),
  })
  const tools = { store, blobs, clock, ids, log: silentLog }
  const upstream = credentialsOf && new PullThrough({ ...tools, credentialsOf, imports })
  const listener = registryListener({
    ...tools,
    ...(upstream && { upstream }),
    manifests: new ManifestCache(),
    identify: () => ({ account: ACCOUNT, region: REGION, demand, warnings, trace }),
    ...(transfers && { transfers }),
  })
  const server = createServer(listener)
  configureServer(server)
  if (stallMs !== undefined) server.timeout = stallMs
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    store,
    blobs,
    directory,
    addRepository: (name, settings) =>
      store.transact((tx) => tx.repositories.insert({ ...aRepository(name, ids.uuid()), ...settings })),
    addEncryptedRepository: (name, type = 'KMS', known) =>
      store.transact((tx) => {
        const now = clock.now()
        const made = () => createKmsKey({ tx, ids, sealer, ...home, now }, { description: '', tags: [] }).keyId
        const keyId = known ?? made()
        const repository = aRepository(name, ids.uuid())
        const chosen = { type, keyArn: kmsKeyArn(REGION, ACCOUNT, keyId) }
        tx.repositories.insert({ ...repository, encryption: encryptionWith(tx, repository, chosen, { ids, now }) })
        return keyId
      }),
    send: (method, place, body, headers = {}) =>
      fetch(`${url}/v2/${place}`, { method, headers, body: body === undefined ? null : Buffer.from(body) }),
    endUpstream: async () => upstream?.close(),
    stop: async () => {
      await upstream?.close()
      server.closeAllConnections()
      server.close()
      await blobs.close()
      await store.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

class WaitingHome extends DirectoryBlobHome {
  readonly #before: () => Promise<void>

  constructor(root: string, before: () => Promise<void>) {
    super(root)
    this.#before = before
  }

  override async adopt(digest: string, file: string): Promise<void> {
    await this.#before()
    await super.adopt(digest, file)
  }
}

const aRepository = (name: string, repositoryId: string): RepositoryRecord => ({
  arn: repositoryArn(REGION, ACCOUNT, name),
  account: ACCOUNT,
  region: REGION,
  name,
  repositoryId,
  createdAt: 0,
  tagMutability: { mode: 'MUTABLE', exclusions: [] },
  isScannedOnPush: false,
  tags: [],
})

export const sha256 = (content: Buffer | string): string =>
  `sha256:${createHash('sha256').update(content).digest('hex')}`

/** Who can send requests. */
type Pusher = Pick<RegistryServer, 'send'>

/** Pushes a blob in one request. */
export const pushBlob = async ({ send }: Pusher, repository: string, content: Buffer): Promise<string> => {
  const digest = sha256(content)
  const { status } = await send('POST', `${repository}/blobs/uploads/?digest=${digest}`, content)
  if (status !== 201) throw new Error(`a blob was answered with ${status}`)
  return digest
}

/** The manifest of an image whose configuration and layers have that content. */
export const imageManifest = (config: Buffer, layers: readonly Buffer[], more: object = {}): string =>
  JSON.stringify({
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: descriptor('application/vnd.oci.image.config.v1+json', config),
    layers: layers.map((layer) => descriptor('application/vnd.oci.image.layer.v1.tar', layer)),
    ...more,
  })

export const descriptor = (mediaType: string, content: Buffer | string) => ({
  mediaType,
  digest: sha256(content),
  size: Buffer.byteLength(content),
})

/** Pushes a whole image and gives its digest. */
export const pushImage = async (
  server: Pusher,
  repository: string,
  tag: string,
  { layers = [randomBytes(1000)], more = {} }: { readonly layers?: readonly Buffer[]; readonly more?: object } = {},
): Promise<string> => {
  const config = Buffer.from(JSON.stringify({ os: 'linux', made: randomBytes(8).toString('hex') }))
  for (const content of [config, ...layers]) await pushBlob(server, repository, content)
  const manifest = imageManifest(config, layers, more)
  const answer = await server.send('PUT', `${repository}/manifests/${tag}`, manifest, { 'Content-Type': OCI_MANIFEST })
  if (answer.status !== 201) throw new Error(`an image was answered with ${answer.status}: ${await answer.text()}`)
  return sha256(manifest)
}

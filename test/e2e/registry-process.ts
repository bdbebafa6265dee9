/**
 * A container registry as a process that dies where it is told to: its journal, the place of its blobs and its collection are the real ones, only
 * that collection never rests and waits for little. Arguments: data directory, place of blobs in an S3 or nothing for the data directory, port,
 * repositories. Messages in: see `Order`.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { imageCollection } from '../../src/controllers/image-collection/image-collection.ts'
import { SystemClock } from '../../src/kit/clock.ts'
import { SystemIds } from '../../src/kit/ids.ts'
import { silentLog } from '../../src/kit/log.ts'
import { MasterKey } from '../../src/kit/sealing.ts'
import { repositoryArn } from '../../src/model/arn.ts'
import { ManifestCache } from '../../src/registry/manifest-cache.ts'
import { registryListener } from '../../src/registry/registry.ts'
import { blobKeys } from '../../src/services/ecr/blob-keys.ts'
import { createKmsKey } from '../../src/services/kms-keys.ts'
import type { BlobHome } from '../../src/store/blobs/blob-home.ts'
import { BlobStore } from '../../src/store/blobs/blob-store.ts'
import { DirectoryBlobHome } from '../../src/store/blobs/directory-blob-home.ts'
import { S3BlobHome } from '../../src/store/blobs/s3-blob-home.ts'
import { s3Place } from '../../src/store/blobs/s3-place.ts'
import type { Journal, JournalEntry } from '../../src/store/journal/journal.ts'
import { SqliteJournal } from '../../src/store/journal/sqlite.ts'
import { encryptionWith } from '../../src/store/images/repository-key.ts'
import { Store } from '../../src/store/store.ts'
import { configureServer } from '../../src/wire/listener.ts'

/** Before or after a blob comes into its place or leaves it, or the rows of a table are written. */
export type Moment = `${'before' | 'after'} ${'adopt' | 'remove' | `write ${string}`}`
export type Order =
  | { readonly dieAt: Moment }
  /** From now on, layers that no image refers to are forgotten without waiting. */
  | { readonly forgetAtOnce: true }
  /** Everything that nobody refers to goes, and it is told. */
  | { readonly collect: true }
export type Told = { readonly port: number } | { readonly collected: true; readonly uploads: number }

/** Of layers that no image refers to: longer than twice a push takes on a busy machine. */
const LAYER_GRACE_MS = 12_000

let death: Moment | undefined

const reach = (moment: Moment): void => {
  if (death === moment) process.kill(process.pid, 'SIGKILL')
}

const dyingHome = (home: BlobHome): BlobHome => ({
  has: (name) => home.has(name),
  open: (name) => home.open(name),
  list: () => home.list(),
  adopt: async (name, file) => {
    reach('before adopt')
    await home.adopt(name, file)
    reach('after adopt')
  },
  remove: async (name) => {
    reach('before remove')
    await home.remove(name)
    reach('after remove')
  },
})

const homeIn = (dataDir: string, s3Url: string): BlobHome => {
  const place = s3Place(s3Url)
  return place === undefined ? new DirectoryBlobHome(path.join(dataDir, 'blobs')) : new S3BlobHome(place)
}

const dying = (journal: Journal): Journal => ({
  load: (visit) => journal.load(visit),
  append: async (entries: readonly JournalEntry[]) => {
    for (const { table } of entries) reach(`before write ${table}`)
    await journal.append(entries)
    for (const { table } of entries) reach(`after write ${table}`)
  },
  close: () => journal.close(),
})

const [dataDir = '', s3Url = '', port = '0', ...repositories] = process.argv.slice(2)
const [clock, ids, account, region] = [new SystemClock(), new SystemIds(), '000000000000', 'us-east-1']
const store = await Store.open(dying(SqliteJournal.open(path.join(dataDir, 'server'))), (error) => {
  throw error
})
const sealer = new MasterKey({ id: 'm1', key: Buffer.alloc(32, 3) })
const blobs = new BlobStore({
  home: dyingHome(homeIn(dataDir, s3Url)),
  uploadsDirectory: path.join(dataDir, 'uploads'),
  keys: blobKeys({ store, clock, sealer, ids, account, region }),
})

await store.transact((tx) => {
  for (const name of repositories) {
    const arn = repositoryArn(region, account, name)
    if (tx.repositories.has(arn)) continue
    const context = { tx, ids, sealer, account, region, now: clock.now() }
    // Each has a key of its own but the first.
    const isFirst = name === repositories[0]
    const keyArn = isFirst ? '' : createKmsKey(context, { description: '', tags: [] }).arn
    tx.repositories.insert({
      arn,
      ...(!isFirst && { encryption: encryptionWith(tx, { arn, account, region }, { type: 'KMS', keyArn }, context) }),
      account,
      region,
      name,
      repositoryId: ids.uuid(),
      createdAt: clock.now(),
      tagMutability: { mode: 'MUTABLE', exclusions: [] },
      isScannedOnPush: false,
      tags: [],
    })
  }
})

// Nothing, not even a blob that just came, may count on time.
const grace = { uploadMs: 60_000, layerMs: LAYER_GRACE_MS, blobMs: -60_000 }
const none = { uploadMs: -60_000, layerMs: -60_000, blobMs: -60_000 }
const restless = imageCollection({ store, blobs, clock, log: silentLog, grace })
const everything = imageCollection({ store, blobs, clock, log: silentLog, grace: none })

const server = createServer(
  registryListener({
    store,
    blobs,
    clock,
    ids,
    log: silentLog,
    manifests: new ManifestCache(),
    layerGraceMs: LAYER_GRACE_MS,
    identify: () => ({ account, region, demand: () => {}, trace: () => {} }),
  }),
)
configureServer(server)
const tell = (told: Told): void => void process.send?.(told)

server.listen(Number(port), '127.0.0.1', () => tell({ port: (server.address() as AddressInfo).port }))

process.on('message', (order: Order) => {
  if ('dieAt' in order) death = order.dieAt
  else if ('forgetAtOnce' in order) grace.layerMs = none.layerMs
  else void everything.reconcile('all').then(() => tell({ collected: true, uploads: store.tables.layerUploads.size }))
})
// Whoever started it is gone.
process.on('disconnect', () => process.exit(0))

for (;;) {
  await restless.reconcile('all')
  await clock.sleep(5)
}

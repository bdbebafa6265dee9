/** Backfills of replication, step by step: a list is made of the images, then some at a time are taken on and their outcomes noted. */
import { isIndexType } from '../../model/image-manifest.ts'
import { type ImageRecord, inRepository, type RepositoryRecord } from '../../model/image-records.ts'
import {
  BACKFILL_FAILURES,
  BACKFILL_IMAGES_AT_ONCE,
  BACKFILL_KEPT_ROWS,
  BACKFILL_PORTION,
} from '../../model/registry-limits.ts'
import { isSameRegistry, registryKey } from '../../model/registry-rules.ts'
import {
  type BackfilledImageRecord,
  backfilledImageKey,
  type BackfillProgress,
  hasFailed,
  IMAGE_GONE,
  isToForget,
  outcomeOf,
  type ReplicationBackfillRecord,
  resultsOf,
  TERMINAL,
  TOO_MANY_FAILED,
} from '../../model/replication-backfill.ts'
import type { ReadTables, Transaction } from '../tables.ts'
import { repositoryRegionKey } from './image-tables.ts'
import { hasUpstream } from './own-image.ts'
import { destinationsOf, requestBackfill } from './replicate-image.ts'
import { replicationKey } from './replication-key.ts'

type Backfill = ReplicationBackfillRecord

/** Does what can be done now; true if there is more to do at once. */
export const advanceBackfill = (tx: Transaction, backfillId: string, now: number): boolean => {
  const backfill = tx.replicationBackfills.get(backfillId)
  if (backfill === undefined) return false
  if (TERMINAL.has(backfill.status)) return isToForget(backfill, now) && forgetSome(tx, backfill)
  if (backfill.status === 'PREPARING') return listSome(tx, backfill)
  const settled = settle(tx, backfill)
  const isGoingOn = settled.status === 'IN_PROGRESS' && !hasFailed(settled.progress)
  const begun = isGoingOn ? beginSome(tx, settled, now) : settled
  if (begun !== backfill) tx.replicationBackfills.put(begun)
  if (isOnItsWay(tx, begun)) return false
  if (isGoingOn && begun.begun < begun.images) return true
  endBackfill(tx, begun, now)
  return false
}

/** AWS: what is on its way goes on, and ends it. */
export const stopBackfill = (tx: Transaction, backfill: Backfill, now: number): Backfill =>
  isOnItsWay(tx, backfill)
    ? tx.replicationBackfills.put({ ...backfill, status: 'STOPPING' })
    : endBackfill(tx, { ...backfill, status: 'STOPPING' }, now)

const isOnItsWay = (tx: Transaction, { backfillId }: Backfill): boolean =>
  tx.backfilledImages.findSize('onItsWay', backfillId) > 0

const listSome = (tx: Transaction, backfill: Backfill): boolean => {
  let { images, listedUntil, progress } = backfill
  let looked = 0
  for (const { repository, image, key } of imagesAfter(tx, backfill)) {
    if (looked++ === BACKFILL_PORTION) {
      tx.replicationBackfills.update(backfill.backfillId, { images, listedUntil, progress })
      return true
    }
    listedUntil = { repositoryArn: repository.arn, image: key }
    if (image.isArchived === true) continue
    const { tags } = tx.backfilledImages.insert(listed(tx, backfill.backfillId, images++, repository, image))
    progress = { ...progress, total: progress.total + Math.max(1, tags.length) }
  }
  const isPrepared = true
  tx.replicationBackfills.update(backfill.backfillId, { images, progress, isPrepared, status: 'IN_PROGRESS' })
  return true
}

interface Place {
  readonly repository: RepositoryRecord
  readonly image: ImageRecord
  readonly key: string
}

/** Those that a rule brings to the destination, from where the list has come to. */
function* imagesAfter(tables: ReadTables, backfill: Backfill): Generator<Place, void, void> {
  const { region, account, listedUntil } = backfill
  const begun = listedUntil && tables.repositories.get(listedUntil.repositoryArn)
  if (listedUntil && begun) yield* imagesOf(tables, begun, listedUntil.image)
  const after = listedUntil?.repositoryArn ?? ''
  for (const repository of tables.repositories.iterateAfter('inRegion', repositoryRegionKey(region, account), after))
    if (isReplicated(tables, repository, backfill)) yield* imagesOf(tables, repository, '')
}

function* imagesOf(tables: ReadTables, repository: RepositoryRecord, after: string): Generator<Place, void, void> {
  for (const image of tables.images.iterateAfter('byRepository', repository.repositoryId, after))
    yield { repository, image, key: inRepository(repository.repositoryId, image.digest) }
}

const isReplicated = (tables: ReadTables, repository: RepositoryRecord, { destination }: Backfill): boolean =>
  !hasUpstream(tables, repository, repository.name) &&
  destinationsOf(tables, repository).some((each) => isSameRegistry(each, destination))

const listed = (
  tx: Transaction,
  backfillId: string,
  position: number,
  { name }: RepositoryRecord,
  { repositoryId, digest, mediaType }: ImageRecord,
): BackfilledImageRecord => ({
  backfillId,
  position,
  repositoryId,
  repositoryName: name,
  digest,
  tags: tagsOf(tx, repositoryId, digest),
  isIndex: isIndexType(mediaType),
  status: 'WAITING',
})

const tagsOf = (tables: ReadTables, repositoryId: string, digest: string): readonly string[] =>
  tables.imageTags.find('byImage', inRepository(repositoryId, digest)).map(({ tag }) => tag)

/** Notes what has become of the images on their way. */
const settle = (tx: Transaction, backfill: Backfill): Backfill => {
  let { progress } = backfill
  for (const image of tx.backfilledImages.find('onItsWay', backfill.backfillId)) {
    const { repositoryId, digest } = image
    const outcome = outcomeOf(tx.imageReplications.get(replicationKey(repositoryId, digest, backfill.destination)))
    if (outcome === undefined) continue
    const { destination: _there, ...rest } = image
    progress = counted(progress, tx.backfilledImages.put({ ...rest, ...outcome }))
  }
  return progress === backfill.progress ? backfill : { ...backfill, progress }
}

/** Takes the next images on. Those that are gone are over at once. */
const beginSome = (tx: Transaction, backfill: Backfill, now: number): Backfill => {
  let { begun, progress } = backfill
  const { backfillId, images } = backfill
  const end = Math.min(images, begun + BACKFILL_PORTION)
  while (begun < end && tx.backfilledImages.findSize('onItsWay', backfillId) < BACKFILL_IMAGES_AT_ONCE) {
    const image = tx.backfilledImages.get(backfilledImageKey(backfillId, begun++))
    if (image !== undefined) progress = counted(progress, tx.backfilledImages.put(taken(tx, backfill, image, now)))
  }
  return begun === backfill.begun ? backfill : { ...backfill, begun, progress }
}

const taken = (
  tx: Transaction,
  { destination }: Backfill,
  image: BackfilledImageRecord,
  now: number,
): BackfilledImageRecord => {
  const { repositoryId, digest } = image
  const there = tagsOf(tx, repositoryId, digest)
  const tags = image.tags.filter((tag) => there.includes(tag))
  const isGone = !tx.images.has(inRepository(repositoryId, digest)) || (tags.length === 0 && image.tags.length > 0)
  if (isGone) return { ...image, status: 'FAILED', failureCode: IMAGE_GONE }
  requestBackfill(tx, image, destination, { tags, failuresAllowed: BACKFILL_FAILURES, now })
  const goneTags = image.tags.filter((tag) => !there.includes(tag))
  return { ...image, destination, status: 'IN_PROGRESS', ...(goneTags.length > 0 && { goneTags }) }
}

const counted = (progress: BackfillProgress, image: BackfilledImageRecord): BackfillProgress => {
  const results = resultsOf(image)
  const failed = results.filter(({ status }) => status === 'FAILED')
  const codes = failed.flatMap(({ failureCode }) => failureCode ?? [])
  return {
    ...progress,
    completed: progress.completed + results.length - failed.length,
    failed: progress.failed + failed.length,
    failureCodes: [...new Set([...progress.failureCodes, ...codes])],
  }
}

const endBackfill = (tx: Transaction, backfill: Backfill, now: number): Backfill => {
  const ended = tx.replicationBackfills.put({ ...backfill, ...endOf(backfill), endedAt: now })
  expireOthers(tx, ended)
  return ended
}

const endOf = ({ status, progress }: Backfill): Pick<Backfill, 'status' | 'failureCode'> => {
  if (status === 'STOPPING') return { status: 'STOPPED' }
  return hasFailed(progress) ? { status: 'FAILED', failureCode: TOO_MANY_FAILED } : { status: 'COMPLETE' }
}

/** So that no more are kept than may be; never the one that has just ended. */
const expireOthers = (tx: Transaction, ended: Backfill): void => {
  const others = tx.replicationBackfills
    .find('byRegistry', registryKey(ended))
    .filter(
      ({ backfillId, endedAt, isExpired }) => endedAt !== undefined && !isExpired && backfillId !== ended.backfillId,
    )
    .toSorted((one, other) => (other.endedAt ?? 0) - (one.endedAt ?? 0))
  let rows = rowsOf(ended)
  for (const other of others) {
    rows += rowsOf(other)
    if (rows > BACKFILL_KEPT_ROWS) tx.replicationBackfills.update(other.backfillId, { isExpired: true })
  }
}

const rowsOf = ({ images }: Backfill): number => images + 1

/** Its images first, in portions; nobody sees it meanwhile. */
const forgetSome = (tx: Transaction, { backfillId, isExpired }: Backfill): boolean => {
  if (isExpired !== true) tx.replicationBackfills.update(backfillId, { isExpired: true })
  const keys: string[] = []
  for (const { position } of tx.backfilledImages.iterate('byBackfill', backfillId)) {
    if (keys.push(backfilledImageKey(backfillId, position)) === BACKFILL_PORTION) break
  }
  for (const key of keys) tx.backfilledImages.remove(key)
  if (keys.length > 0) return true
  tx.replicationBackfills.remove(backfillId)
  return false
}

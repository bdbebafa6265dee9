/** Images that were there before rules of replication go to a destination too. Source: Amazon ECR user guide, Replication backfill. */
import { DAY_MS } from './limits.ts'
import { BACKFILL_FAILURES, BACKFILL_KEPT_DAYS, BACKFILL_LEAST_JUDGED } from './registry-limits.ts'
import { DESTINATION_UNAVAILABLE, type ImageReplicationRecord, type RegistryId } from './registry-rules.ts'

type BackfillStatus = 'PREPARING' | 'IN_PROGRESS' | 'COMPLETE' | 'FAILED' | 'STOPPING' | 'STOPPED'

/** Counts of replications: one for each tag of an image, and one for an image without tags. */
export interface BackfillProgress {
  readonly total: number
  readonly completed: number
  readonly failed: number
  readonly failureCodes: readonly string[]
}

/** Where the list of images has come to. */
interface ImagePlace {
  readonly repositoryArn: string
  /** Key of the image. */
  readonly image: string
}

export interface ReplicationBackfillRecord extends RegistryId {
  readonly backfillId: string
  readonly destination: RegistryId
  readonly status: BackfillStatus
  readonly failureCode?: string
  readonly startedAt: number
  readonly endedAt?: number
  /** Absent before the first images. */
  readonly listedUntil?: ImagePlace
  /** Images that were listed, and those of them that were taken on, in the order of the list. */
  readonly images: number
  readonly begun: number
  readonly progress: BackfillProgress
  /** The list is complete. */
  readonly isPrepared: boolean
  /** It is told of no more, and about to be removed. */
  readonly isExpired?: boolean
}

/** An image of a backfill. */
export interface BackfilledImageRecord {
  readonly backfillId: string
  /** In the list, from 0. */
  readonly position: number
  readonly repositoryId: string
  readonly repositoryName: string
  readonly digest: string
  /** When the list was made. */
  readonly tags: readonly string[]
  /** Those that the image had no more when its turn came. */
  readonly goneTags?: readonly string[]
  readonly isIndex: boolean
  /** As long as it is on its way: where to. */
  readonly destination?: RegistryId
  readonly status: 'WAITING' | 'IN_PROGRESS' | 'COMPLETE' | 'FAILED'
  readonly failureCode?: string
  readonly subImageFailureCode?: string
}

/** What becomes of one of a backfill's replications. */
interface BackfillResult {
  readonly tag?: string
  readonly status: 'COMPLETE' | 'FAILED'
  readonly failureCode?: string
}

const POSITION_DIGITS = 10

export const backfilledImageKey = (backfillId: string, position: number): string =>
  `${backfillId}/${String(position).padStart(POSITION_DIGITS, '0')}`

/** Of a backfill that is over. */
export const TERMINAL: ReadonlySet<BackfillStatus> = new Set<BackfillStatus>(['COMPLETE', 'FAILED', 'STOPPED'])

/** Whether there is something to do for it without anything having changed. */
export const needsAdvance = (backfill: ReplicationBackfillRecord, now: number): boolean =>
  !TERMINAL.has(backfill.status) || isToForget(backfill, now)

export const isToForget = (
  { endedAt = Infinity, isExpired = false }: ReplicationBackfillRecord,
  now: number,
): boolean => isExpired || endedAt + BACKFILL_KEPT_DAYS * DAY_MS <= now

export const IMAGE_GONE = 'ImageNotFound'
export const TOO_MANY_FAILED = 'FailureThresholdExceeded'

/** Whether so many have failed that the others are not worth trying. AWS: half of them. */
export const hasFailed = ({ completed, failed }: BackfillProgress): boolean =>
  completed + failed >= BACKFILL_LEAST_JUDGED && failed * 2 >= completed + failed

/** Of an image that is over; nothing for one that is not. */
export const resultsOf = (image: BackfilledImageRecord): readonly BackfillResult[] => {
  const { tags, goneTags = [], status, failureCode } = image
  if (status !== 'COMPLETE' && status !== 'FAILED') return []
  const result = { status, ...(failureCode !== undefined && { failureCode }) }
  if (tags.length === 0) return [result]
  return tags.map((tag) =>
    goneTags.includes(tag) ? { tag, status: 'FAILED' as const, failureCode: IMAGE_GONE } : { tag, ...result },
  )
}

/** What has become of an image on its way; undefined while it is. */
export const outcomeOf = (
  replication: ImageReplicationRecord | undefined,
): Pick<BackfilledImageRecord, 'status' | 'failureCode' | 'subImageFailureCode'> | undefined => {
  if (replication === undefined) return { status: 'FAILED', failureCode: IMAGE_GONE }
  const { status, failures, failureCode = DESTINATION_UNAVAILABLE, subImageFailureCode } = replication
  if (status === 'COMPLETE') return { status }
  if (status === 'IN_PROGRESS' && failures < BACKFILL_FAILURES) return undefined
  return { status: 'FAILED', failureCode, ...(subImageFailureCode !== undefined && { subImageFailureCode }) }
}

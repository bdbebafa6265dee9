/**
 * With `ECS_ENABLE_UNTRACKED_IMAGE_CLEANUP`: removes containers that no agent made and that have long stopped, and images that this
 * agent did not pull. Everything that belongs to an agent, this one or another on the same engine, is left alone.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/automated_image_cleanup.html
 */
import type { Clock } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'
import { parseTimestamp } from '../../kit/timestamps.ts'
import type { AgentConfig } from '../config.ts'
import type { DockerRuntime } from '../docker/docker-runtime.ts'
import type { ContainerSummary, ImageSummary } from '../docker/engine-types.ts'
import { LABELS } from '../engine/labels.ts'
import { RuntimeError } from '../runtime.ts'
import type { Gate } from './gate.ts'
import type { ImageRecords } from './image-records.ts'

export interface UntrackedCleanupOptions {
  readonly runtime: Pick<DockerRuntime, 'containers' | 'images' | 'inspect' | 'remove' | 'removeImage'>
  readonly config: Pick<
    AgentConfig,
    | 'taskCleanupWaitMs'
    | 'untrackedContainersDeletedPerCycle'
    | 'untrackedImageMinimumCleanupAgeMs'
    | 'excludedUntrackedImages'
  >
  readonly records: ImageRecords
  readonly gate: Gate
  readonly clock: Clock
  readonly log: Log
}

const STOPPED_STATES = new Set(['created', 'exited', 'dead'])

/** One cycle, for `ImageCleanup`. */
export const untrackedCleanup =
  (options: UntrackedCleanupOptions) =>
  async (remaining: number): Promise<void> => {
    await removeContainers(options)
    if (remaining > 0) await options.gate.alone(() => removeImages(options, remaining))
  }

const removeContainers = async (options: UntrackedCleanupOptions): Promise<void> => {
  const { runtime, config, log } = options
  const foreign = (await runtime.containers()).filter(isForeignAndStopped)
  let removed = 0
  for (const { Id } of foreign) {
    if (removed === config.untrackedContainersDeletedPerCycle) return
    if (!(await isOldEnough(Id, options))) continue
    await runtime.remove(Id)
    log.info('removed untracked container', { containerId: Id })
    removed++
  }
}

const isForeignAndStopped = ({ State, Labels }: ContainerSummary): boolean =>
  STOPPED_STATES.has(State) && Labels?.[LABELS.agent] === undefined && Labels?.[LABELS.taskArn] === undefined

const isOldEnough = async (containerId: string, options: UntrackedCleanupOptions): Promise<boolean> => {
  const state = await options.runtime.inspect(containerId)
  const since = parseTimestamp(state?.finishedAt ?? state?.createdAt ?? '')
  return since !== undefined && options.clock.now() - since >= options.config.taskCleanupWaitMs
}

const removeImages = async (options: UntrackedCleanupOptions, limit: number): Promise<void> => {
  const images = await options.runtime.images()
  let removed = 0
  for (const image of imagesToRemove(images, options)) {
    if (removed === limit) return
    if (await removeImage(image, options)) removed++
  }
}

/** Untracked, not excluded, old enough; the smallest first. */
const imagesToRemove = (
  images: readonly ImageSummary[],
  { config, records, clock }: UntrackedCleanupOptions,
): ImageSummary[] => {
  const tracked = [...records.all()]
  const isKept = (tag: string) =>
    config.excludedUntrackedImages.includes(tag) || tracked.some(({ reference }) => reference === tag)
  return images
    .filter(({ Id, RepoTags }) => !tracked.some(({ imageId }) => imageId === Id) && !(RepoTags ?? []).some(isKept))
    .filter(({ Created }) => clock.now() - Created * 1000 >= config.untrackedImageMinimumCleanupAgeMs)
    .toSorted((a, b) => a.Size - b.Size)
}

const removeImage = async (
  { Id, RepoTags }: ImageSummary,
  { runtime, log }: UntrackedCleanupOptions,
): Promise<boolean> => {
  const names = (RepoTags ?? []).filter((tag) => tag !== '<none>:<none>')
  try {
    for (const name of names.length > 0 ? names : [Id]) await runtime.removeImage(name)
    log.info('deleted untracked image', { imageId: Id, image: names })
    return true
  } catch (error) {
    if (!(error instanceof RuntimeError) || error.kind === 'unreachable') throw error
    log.debug('untracked image stays', { imageId: Id, error: error.message })
    return false
  }
}

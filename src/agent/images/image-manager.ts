/**
 * Makes images present as `ECS_IMAGE_PULL_BEHAVIOR` says. The registry is asked for the digest first; the digest pins the pull, and
 * an image that is here under that digest already is not pulled again. What several tasks want at once is fetched once.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-agent-config.html
 */
import { Backoff, type BackoffPolicy } from '../../kit/backoff.ts'
import type { Clock } from '../../kit/clock.ts'
import type { Ids } from '../../kit/ids.ts'
import type { Log } from '../../kit/log.ts'
import type { AgentConfig } from '../config.ts'
import type { EngineContainer, EngineTask } from '../engine/task.ts'
import type { ImageOutcome, Images, PullErrorName } from '../engine/tools.ts'
import { type ContainerRuntime, type LocalImage, type RegistryCredentials, RuntimeError } from '../runtime.ts'
import type { Gate } from './gate.ts'
import type { ImageRecord, ImageRecords } from './image-records.ts'
import { isWorthRetrying, pullFailure } from './pull-failure.ts'
import { localDigest, parseReference } from '../../model/image-reference.ts'
import type { FindCredentials } from './registry-auth.ts'

interface Retries extends BackoffPolicy {
  readonly tries: number
}

/** How often and at which distance the ECS agent tries. */
const MANIFEST_RETRIES: Retries = {
  tries: 9,
  minMs: 10,
  maxMs: 5_000,
  jitter: 0.2,
  multiplier: 3,
}
const PULL_RETRIES: Retries = {
  tries: 5,
  minMs: 1_100,
  maxMs: 5_000,
  jitter: 0.2,
  multiplier: 2,
}

/** With a local copy to fall back on, a registry out of reach is not worth waiting for: this is for a connection that broke. */
const MANIFEST_RETRIES_WITH_COPY: Retries = { ...MANIFEST_RETRIES, tries: 2 }

export interface ImageManagerOptions {
  readonly runtime: Pick<ContainerRuntime, 'localImage' | 'pull' | 'remoteDigest' | 'tagImage'>
  readonly behavior: AgentConfig['imagePullBehavior']
  readonly credentials: FindCredentials
  readonly records: ImageRecords
  /** Shared with the clean-up. */
  readonly gate: Gate
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
}

/** An image, and with which credentials its registry is asked if not with those that are configured. */
interface Wanted {
  readonly image: string
  readonly credentials: RegistryCredentials | undefined
}

/** What is fetched once for all who want it: who asks in another name may get another answer. */
const keyOf = ({ image, credentials }: Wanted): string =>
  credentials === undefined ? image : JSON.stringify([image, credentials])

/** Digest, image or why there is none. */
type Fetched = { readonly digest: string } | { readonly failure: RuntimeError }

export class ImageManager implements Images {
  readonly #options: ImageManagerOptions
  readonly #manifests = new Map<string, Promise<Fetched>>()
  readonly #pulls = new Map<string, Promise<Fetched>>()

  constructor(options: ImageManagerOptions) {
    this.#options = options
  }

  async ensure(
    _task: EngineTask,
    container: EngineContainer,
    onDigest: (digest: string) => void,
    credentials?: RegistryCredentials,
  ): Promise<ImageOutcome> {
    const { image } = container.definition
    return this.#options.gate.shared(() => this.#ensure({ image, credentials }, onDigest))
  }

  /** Variables that the container's image sets itself; none as long as the image was never made present. */
  environmentOf(container: EngineContainer): readonly string[] {
    return this.#options.records.get(container.definition.image)?.environment ?? []
  }

  async #ensure(wanted: Wanted, onDigest: (digest: string) => void): Promise<ImageOutcome> {
    const { image } = wanted
    const local = await this.#options.runtime.localImage(image)
    if (local !== undefined && this.#isGoodEnough(image)) return this.#ready(image, local, false)
    const manifest = await once(this.#manifests, keyOf(wanted), () => this.#resolve(wanted, local))
    if ('failure' in manifest) return this.#without('CannotPullImageManifestError', manifest.failure, image, local)
    onDigest(manifest.digest)
    if (local !== undefined && localDigest(image, local.repoDigests) === manifest.digest)
      return this.#ready(image, local, true)
    const pulled = await once(this.#pulls, keyOf(wanted), () => this.#pull(wanted, manifest.digest))
    if ('failure' in pulled) return this.#without('CannotPullContainerError', pulled.failure, image, local)
    const fresh = await this.#options.runtime.localImage(image)
    if (fresh !== undefined) return this.#ready(image, fresh, true)
    return pullFailure('CannotPullContainerError', new RuntimeError('not-found', `No such image: ${image}`))
  }

  /** Whether the local copy will do without asking the registry. */
  #isGoodEnough(image: string): boolean {
    const { behavior, records } = this.#options
    if (parseReference(image).digest !== undefined) return true
    if (behavior === 'prefer-cached') return true
    return behavior === 'once' && records.get(image)?.pulledAt !== undefined
  }

  async #resolve(wanted: Wanted, local: LocalImage | undefined): Promise<Fetched> {
    const { runtime, behavior } = this.#options
    const { image } = wanted
    const { digest } = parseReference(image)
    if (digest !== undefined) return { digest }
    const policy = local === undefined || behavior === 'always' ? MANIFEST_RETRIES : MANIFEST_RETRIES_WITH_COPY
    return this.#retry(policy, async () => ({
      digest: await runtime.remoteDigest(image, this.#credentialsFor(wanted)),
    }))
  }

  async #pull(wanted: Wanted, digest: string): Promise<Fetched> {
    const { runtime, log } = this.#options
    const { image } = wanted
    const pinned = `${parseReference(image).repository}@${digest}`
    return this.#retry(PULL_RETRIES, async () => {
      log.info('pulling image', { image, digest })
      await runtime.pull(pinned, this.#credentialsFor(wanted))
      if (parseReference(image).digest === undefined) await runtime.tagImage(pinned, image)
      return { digest }
    })
  }

  #credentialsFor({ image, credentials }: Wanted): RegistryCredentials | undefined {
    return credentials ?? this.#options.credentials(image)
  }

  /** Tries again what may pass. An engine that is gone is not the image's failure and is thrown. */
  async #retry(policy: Retries, attempt: () => Promise<Fetched>): Promise<Fetched> {
    const backoff = new Backoff(policy, this.#options.ids)
    for (;;) {
      try {
        return await attempt()
      } catch (error) {
        if (!(error instanceof RuntimeError) || error.kind === 'unreachable') throw error
        if (!isWorthRetrying(error) || backoff.attempts >= policy.tries) return { failure: error }
        await this.#options.clock.sleep(backoff.next())
      }
    }
  }

  /** AWS: `always` never falls back on the local copy, the others do. */
  #without(name: PullErrorName, error: RuntimeError, image: string, local: LocalImage | undefined): ImageOutcome {
    const { behavior, log } = this.#options
    if (local === undefined || behavior === 'always') return pullFailure(name, error)
    log.debug('using the local image', { image, error: error.message })
    return this.#ready(image, local, false)
  }

  #ready(image: string, local: LocalImage, isFromRegistry: boolean): ImageOutcome {
    const { records, clock } = this.#options
    const now = clock.now()
    const pulledAt = pulledAtOf(records.get(image), local.id, isFromRegistry, now)
    records.put({
      reference: image,
      imageId: local.id,
      environment: local.environment ?? [],
      lastUsedAt: now,
      ...(pulledAt !== undefined && { pulledAt }),
    })
    const digest = localDigest(image, local.repoDigests)
    return { status: 'ready', imageId: local.id, ...(digest !== undefined && { digest }) }
  }
}

/** What the registry only confirmed keeps the time of its pull. */
const pulledAtOf = (known: ImageRecord | undefined, imageId: string, isFromRegistry: boolean, now: number) =>
  isFromRegistry && (known?.pulledAt === undefined || known.imageId !== imageId) ? now : known?.pulledAt

/** Runs the work unless it runs already; then both wait for the same. */
const once = <T>(running: Map<string, Promise<T>>, key: string, work: () => Promise<T>): Promise<T> => {
  const current = running.get(key)
  if (current !== undefined) return current
  const started = work().finally(() => running.delete(key))
  running.set(key, started)
  return started
}

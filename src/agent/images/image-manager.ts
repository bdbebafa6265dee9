/**
 * Makes images present as `ECS_IMAGE_PULL_BEHAVIOR` says, only that this installation's own registry is asked with `prefer-cached`, too: it is near,
 * and knows where tags were moved. The registry is asked for the digest first; the digest pins the pull, and
 * an image that is here under that digest already is not pulled again. What several tasks want at once is fetched once.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-agent-config.html
 */
import { Backoff, type BackoffPolicy } from '../../kit/backoff.ts'
import type { Clock } from '../../kit/clock.ts'
import type { Ids } from '../../kit/ids.ts'
import type { Log } from '../../kit/log.ts'
import type { AgentConfig } from '../config.ts'
import type { EngineContainer, EngineTask } from '../engine/task.ts'
import type { ImageOutcome, Images, PullErrorName, RegistryLogin } from '../engine/tools.ts'
import { type ContainerRuntime, type LocalImage, type RegistryCredentials, RuntimeError } from '../runtime.ts'
import { EcrLoginError } from './ecr-logins.ts'
import type { Gate } from './gate.ts'
import type { ImageRecord, ImageRecords } from './image-records.ts'
import type { OwnRegistry } from './own-registry.ts'
import { type FailedFetch, isWorthRetrying, pullFailure } from './pull-failure.ts'
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
  /** Where the engine reaches this installation's own registry; absent where that goes by the names of its images. */
  readonly ownRegistry?: Pick<OwnRegistry, 'repositoryFor'>
  readonly records: ImageRecords
  /** Shared with the clean-up. */
  readonly gate: Gate
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
}

/** An image, and how its registry is asked for it. */
interface Wanted {
  readonly image: string
  /** The digest that its name has. */
  readonly digest: string | undefined
  /** As the name of the image has it. */
  readonly named: string
  /** What the engine pulls: the named repository, unless that is reached under another name from here. */
  readonly repository: string
  readonly login: RegistryLogin | undefined
  readonly isFargate: boolean
}

/** What is fetched once for all who want it: who asks in another name may get another answer. */
const keyOf = ({ image, login }: Wanted): string => (login === undefined ? image : JSON.stringify([image, login.key]))

/** What the engine calls the image; a name with a digest is one only of what was pulled from there. */
const localName = ({ image, digest, named, repository }: Wanted): string =>
  digest === undefined || repository === named ? image : `${repository}@${digest}`

/** Digest, image or why there is none. */
type Fetched = { readonly digest: string } | FailedFetch

export class ImageManager implements Images {
  readonly #options: ImageManagerOptions
  readonly #manifests = new Map<string, Promise<Fetched>>()
  readonly #pulls = new Map<string, Promise<Fetched>>()

  constructor(options: ImageManagerOptions) {
    this.#options = options
  }

  async ensure(
    task: EngineTask,
    container: EngineContainer,
    onDigest: (digest: string) => void,
    login?: RegistryLogin,
  ): Promise<ImageOutcome> {
    return this.#options.gate.shared(async () => this.#ensure(await this.#wanted(task, container, login), onDigest))
  }

  /** What the engine calls the image of a container, which was made present. */
  nameOf({ definition: { image } }: EngineContainer): string {
    const pulledAs = parseReference(image).digest && this.#options.records.get(image)?.pulledAs
    return pulledAs ?? image
  }

  /** Variables that the container's image sets itself; none as long as the image was never made present. */
  environmentOf(container: EngineContainer): readonly string[] {
    return this.#options.records.get(container.definition.image)?.environment ?? []
  }

  async #wanted(
    { definition: { launchType } }: EngineTask,
    { definition: { image } }: EngineContainer,
    login: RegistryLogin | undefined,
  ): Promise<Wanted> {
    const { repository: named, digest } = parseReference(image)
    const { ownRegistry } = this.#options
    const repository = login?.place && (await ownRegistry?.repositoryFor(named, login.place))
    return { image, digest, named, repository: repository ?? named, login, isFargate: launchType === 'FARGATE' }
  }

  async #ensure(wanted: Wanted, onDigest: (digest: string) => void): Promise<ImageOutcome> {
    const local = await this.#options.runtime.localImage(localName(wanted))
    if (local !== undefined && this.#isGoodEnough(wanted, local)) return this.#ready(wanted, local, false)
    const manifest = await once(this.#manifests, keyOf(wanted), () => this.#resolve(wanted, local))
    if ('failure' in manifest) return this.#without('CannotPullImageManifestError', manifest, wanted, local)
    onDigest(manifest.digest)
    if (local !== undefined && digestOf(wanted, local) === manifest.digest) return this.#ready(wanted, local, true)
    const pulled = await once(this.#pulls, keyOf(wanted), () => this.#pull(wanted, manifest.digest))
    if ('failure' in pulled) return this.#without('CannotPullContainerError', pulled, wanted, local)
    const fresh = await this.#options.runtime.localImage(localName(wanted))
    if (fresh !== undefined) return this.#ready(wanted, fresh, true)
    const failure = new RuntimeError('not-found', `No such image: ${wanted.image}`)
    return pullFailure('CannotPullContainerError', { failure, attempts: 1 }, wanted)
  }

  /** Whether the local copy will do without asking the registry. */
  #isGoodEnough(wanted: Wanted, local: LocalImage): boolean {
    const { behavior, records } = this.#options
    const { image, digest } = wanted
    if (digest !== undefined) return true
    if (behavior === 'prefer-cached') return !isOfOwnRegistry(wanted, local)
    return behavior === 'once' && records.get(image)?.pulledAt !== undefined
  }

  async #resolve(wanted: Wanted, local: LocalImage | undefined): Promise<Fetched> {
    const { runtime, behavior } = this.#options
    const { image, digest, named, repository } = wanted
    if (digest !== undefined) return { digest }
    const policy = local === undefined || behavior === 'always' ? MANIFEST_RETRIES : MANIFEST_RETRIES_WITH_COPY
    const remote = `${repository}${image.slice(named.length)}`
    return this.#retry(policy, wanted, async (credentials) => ({
      digest: await runtime.remoteDigest(remote, credentials),
    }))
  }

  async #pull(wanted: Wanted, digest: string): Promise<Fetched> {
    const { runtime, log } = this.#options
    const { image, repository } = wanted
    const pinned = `${repository}@${digest}`
    return this.#retry(PULL_RETRIES, wanted, async (credentials) => {
      log.info('pulling image', { image, digest })
      await runtime.pull(pinned, credentials)
      if (wanted.digest === undefined) await runtime.tagImage(pinned, image)
      return { digest }
    })
  }

  /** Tries again what may pass. An engine that is gone is not the image's failure and is thrown. */
  async #retry(
    policy: Retries,
    wanted: Wanted,
    attempt: (credentials: RegistryCredentials | undefined) => Promise<Fetched>,
  ): Promise<Fetched> {
    const { ids, clock, credentials: configured } = this.#options
    const { image, login } = wanted
    const backoff = new Backoff(policy, ids)
    for (;;) {
      try {
        return await attempt(login === undefined ? configured(image) : await login.credentials())
      } catch (error) {
        if (!(error instanceof RuntimeError) || error.kind === 'unreachable') throw error
        if (error.kind === 'denied' && login?.refused() === true) continue
        if (!isWorthRetrying(error) || backoff.attempts >= policy.tries)
          return { failure: inWordsOf(wanted, error), attempts: backoff.attempts + 1 }
        await clock.sleep(backoff.next())
      }
    }
  }

  /** AWS: `always` never falls back on the local copy, the others do. */
  #without(name: PullErrorName, failed: FailedFetch, wanted: Wanted, local: LocalImage | undefined): ImageOutcome {
    const { behavior, log } = this.#options
    if (local === undefined || behavior === 'always') return pullFailure(name, failed, wanted)
    log.debug('using the local image', { image: wanted.image, error: failed.failure.message })
    return this.#ready(wanted, local, false)
  }

  #ready(wanted: Wanted, local: LocalImage, isFromRegistry: boolean): ImageOutcome {
    const { records, clock } = this.#options
    const { image, named, repository } = wanted
    const now = clock.now()
    const known = records.get(image)
    const pulledAt = pulledAtOf(known, local.id, isFromRegistry, now)
    const digest = digestOf(wanted, local)
    const pulledAs = repository === named || digest === undefined ? undefined : `${repository}@${digest}`
    records.put({
      reference: image,
      imageId: local.id,
      environment: local.environment ?? [],
      lastUsedAt: now,
      ...(pulledAt !== undefined && { pulledAt }),
      ...(pulledAs !== undefined && { pulledAs }),
    })
    return { status: 'ready', imageId: local.id, ...(digest !== undefined && { digest }) }
  }
}

/** Under which the local copy is in its registry. The relay's port may have been another one when it was pulled. */
const digestOf = ({ named, repository }: Wanted, { repoDigests }: LocalImage): string | undefined => {
  const path = repository === named ? undefined : withoutHost(repository)
  const earlier = repoDigests
    .map((entry) => parseReference(entry).repository)
    .filter((name) => withoutHost(name) === path)
  return localDigest([named, repository, ...earlier], repoDigests)
}

/** A tag there may have been moved; what was built here and never pushed is nobody else's. */
const isOfOwnRegistry = (wanted: Wanted, local: LocalImage): boolean =>
  wanted.login?.place !== undefined && digestOf(wanted, local) !== undefined

const withoutHost = (repository: string): string => repository.slice(repository.indexOf('/'))

/** The engine speaks of the repository that it was given, the user knows it by the name that the task definition has. */
const inWordsOf = ({ named, repository }: Wanted, error: RuntimeError): RuntimeError =>
  repository === named || error instanceof EcrLoginError
    ? error
    : new RuntimeError(error.kind, error.message.replaceAll(repository, named))

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

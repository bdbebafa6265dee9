/**
 * The container runtime over a real Docker Engine: which call of its API each question and each deed is. It keeps no state: what the
 * engine says is what there is.
 */
import type { Clock } from '../../kit/clock.ts'
import type { Ids } from '../../kit/ids.ts'
import {
  type ContainerCreateBody,
  type ContainerRuntime,
  type ContainerState,
  type ContainerStats,
  type ExecRequest,
  type LocalImage,
  type RegistryCredentials,
  type RunningExec,
  RuntimeError,
  type RuntimeEvent,
  type RuntimeInfo,
} from '../runtime.ts'
import { containerStateOf } from './container-state.ts'
import { containerStatsOf } from './container-stats.ts'
import { DOCKER_TIMEOUTS, type DockerTimeouts } from './docker-timeouts.ts'
import { compareVersions, EngineApi, type EngineCall } from './engine-api.ts'
import type { EngineEndpoint } from './engine-endpoint.ts'
import { asRegistryError, timedOut } from './engine-error.ts'
import type {
  ContainerSummary,
  ImageAnswer,
  ImageSummary,
  InfoAnswer,
  InspectAnswer,
  StatsAnswer,
  VersionAnswer,
  VolumeAnswer,
} from './engine-types.ts'
import { EventStream, labelFilter } from './event-stream.ts'
import type { DockerExecs } from './exec/docker-execs.ts'
import { pullImage } from './image-pull.ts'
import { imagePath, registryAuthHeader } from './registry-calls.ts'

export interface DockerRuntimeOptions {
  readonly endpoint: EngineEndpoint
  readonly clock: Clock
  readonly ids: Ids
  /** Those not given are the ECS agent's. */
  readonly timeouts?: Partial<DockerTimeouts>
}

/** The engine's `json-file` and its like are plugins it lists; `none` is not listed and always there. */
const ALWAYS_AVAILABLE_LOGGING_DRIVER = 'none'

const ONE_SHOT_STATS_SINCE = '1.41'

const MIB = 1024 * 1024

const REMOVAL_RECHECK_MS = 1000

const isOfKind = (error: unknown, kind: RuntimeError['kind']): boolean =>
  error instanceof RuntimeError && error.kind === kind

export class DockerRuntime implements ContainerRuntime {
  readonly name = 'docker'
  readonly #api: EngineApi
  readonly #clock: Clock
  readonly #ids: Ids
  readonly #timeouts: DockerTimeouts
  readonly #eventStreams = new Set<EventStream>()
  #loadingExecs: Promise<DockerExecs> | undefined

  constructor(options: DockerRuntimeOptions) {
    this.#api = new EngineApi(options.endpoint, options.clock)
    this.#clock = options.clock
    this.#ids = options.ids
    this.#timeouts = { ...DOCKER_TIMEOUTS, ...options.timeouts }
  }

  async info(): Promise<RuntimeInfo> {
    const timeoutMs = this.#timeouts.infoMs
    const [info, version] = await Promise.all([
      this.#api.call<InfoAnswer>({ method: 'GET', path: '/info', timeoutMs }),
      this.#api.call<VersionAnswer>({ method: 'GET', path: '/version', timeoutMs }),
    ])
    return {
      version: version.Version,
      apiVersion: version.ApiVersion,
      cpus: info.NCPU,
      memoryMiB: Math.floor(info.MemTotal / MIB),
      operatingSystem: info.OperatingSystem,
      architecture: architectureOf(info.Architecture),
      cgroupVersion: info.CgroupVersion === '2' ? '2' : '1',
      cgroupDriver: info.CgroupDriver === 'systemd' ? 'systemd' : 'cgroupfs',
      loggingDrivers: [...new Set([...(info.Plugins?.Log ?? []), ALWAYS_AVAILABLE_LOGGING_DRIVER])],
      volumePlugins: info.Plugins?.Volume ?? [],
    }
  }

  async ping(): Promise<void> {
    await this.#api.call<VersionAnswer>({ method: 'GET', path: '/version', timeoutMs: this.#timeouts.pingMs })
  }

  async remoteDigest(reference: string, credentials?: RegistryCredentials): Promise<string> {
    const timeoutMs = this.#timeouts.manifestMs
    const path = `/distribution/${imagePath(reference)}/json`
    try {
      const call = { method: 'GET', path, headers: registryAuthHeader(credentials), timeoutMs } as const
      const answer = await this.#api.call<{ Descriptor: { digest: string } }>(call)
      return answer.Descriptor.digest
    } catch (error) {
      if (!(error instanceof RuntimeError)) throw error
      throw error.kind === 'timeout' ? timedOut('MANIFEST_PULLED', timeoutMs) : asRegistryError(error)
    }
  }

  pull(reference: string, credentials?: RegistryCredentials): Promise<void> {
    return pullImage(this.#api, this.#clock, this.#timeouts, reference, credentials)
  }

  async localImage(reference: string): Promise<LocalImage | undefined> {
    const path = `/images/${imagePath(reference)}/json`
    const image = await this.#find<ImageAnswer>({ method: 'GET', path, timeoutMs: this.#timeouts.inspectMs })
    return image && { id: image.Id, repoDigests: image.RepoDigests ?? [], environment: image.Config?.Env ?? [] }
  }

  async tagImage(source: string, target: string): Promise<void> {
    const { repository, tag } = splitTag(target)
    const path = `/images/${imagePath(source)}/tag`
    await this.#api.call({ method: 'POST', path, query: { repo: repository, tag }, timeoutMs: this.#timeouts.tagMs })
  }

  async removeImage(reference: string): Promise<void> {
    const path = `/images/${imagePath(reference)}`
    await this.#api.call({ method: 'DELETE', path, timeoutMs: this.#timeouts.removeImageMs })
  }

  /** All images of the engine, whoever brought them. */
  async images(): Promise<readonly ImageSummary[]> {
    return this.#api.call({ method: 'GET', path: '/images/json', timeoutMs: this.#timeouts.listMs })
  }

  /** All containers of the engine in any state, whoever made them. */
  async containers(): Promise<readonly ContainerSummary[]> {
    return this.#api.call({
      method: 'GET',
      path: '/containers/json',
      query: { all: true },
      timeoutMs: this.#timeouts.listMs,
    })
  }

  async createVolume(name: string, options: Parameters<ContainerRuntime['createVolume']>[1]): Promise<void> {
    const body = {
      Name: name,
      Driver: options.driver ?? 'local',
      DriverOpts: options.driverOpts ?? {},
      Labels: options.labels ?? {},
    }
    await this.#api.call({ method: 'POST', path: '/volumes/create', body, timeoutMs: this.#timeouts.volumeMs })
  }

  async inspectVolume(name: string): ReturnType<ContainerRuntime['inspectVolume']> {
    const path = `/volumes/${encodeURIComponent(name)}`
    const volume = await this.#find<VolumeAnswer>({ method: 'GET', path, timeoutMs: this.#timeouts.volumeMs })
    return (
      volume && {
        name: volume.Name,
        driver: volume.Driver,
        mountpoint: volume.Mountpoint,
        driverOpts: volume.Options ?? {},
        labels: volume.Labels ?? {},
      }
    )
  }

  async removeVolume(name: string): Promise<void> {
    const path = `/volumes/${encodeURIComponent(name)}`
    await this.#find({ method: 'DELETE', path, timeoutMs: this.#timeouts.volumeMs })
  }

  async create(name: string, body: ContainerCreateBody): Promise<string> {
    const { Id } = await this.#api.call<{ Id: string }>({
      method: 'POST',
      path: '/containers/create',
      query: { name },
      body,
      timeoutMs: this.#timeouts.createMs,
    })
    return Id
  }

  async start(containerId: string): Promise<void> {
    const path = `${containerPath(containerId)}/start`
    await this.#api.call({ method: 'POST', path, timeoutMs: this.#timeouts.startMs })
  }

  async stop(containerId: string, timeoutSeconds: number): Promise<void> {
    await this.#api.call({
      method: 'POST',
      path: `${containerPath(containerId)}/stop`,
      query: { t: timeoutSeconds },
      timeoutMs: timeoutSeconds * 1000 + this.#timeouts.stopExtraMs,
    })
  }

  async remove(container: string, recheckCount = 0): Promise<void> {
    const path = containerPath(container)
    const timeoutMs = this.#timeouts.removeMs
    try {
      await this.#find({ method: 'DELETE', path, query: { v: true, force: true }, timeoutMs })
    } catch (error) {
      if (!isOfKind(error, 'conflict') || recheckCount * REMOVAL_RECHECK_MS >= timeoutMs) throw error
      await this.#removedByOthers(path)
      await this.remove(container, recheckCount + 1)
    }
  }

  /**
   * Someone else's removal is under way. The wait for its end was seen to go unanswered, perhaps where it begins in the moment of the
   * end: after a while it is better to look again.
   */
  async #removedByOthers(path: string): Promise<void> {
    const query = { condition: 'removed' }
    try {
      await this.#find({ method: 'POST', path: `${path}/wait`, query, timeoutMs: REMOVAL_RECHECK_MS })
    } catch (error) {
      if (!isOfKind(error, 'timeout')) throw error
    }
  }

  async inspect(container: string): Promise<ContainerState | undefined> {
    const path = `${containerPath(container)}/json`
    const answer = await this.#find<InspectAnswer>({ method: 'GET', path, timeoutMs: this.#timeouts.inspectMs })
    return answer && containerStateOf(answer)
  }

  async list(labels: Readonly<Record<string, string>>): ReturnType<ContainerRuntime['list']> {
    const containers = await this.#api.call<readonly ContainerSummary[]>({
      method: 'GET',
      path: '/containers/json',
      query: { all: true, filters: JSON.stringify({ label: labelFilter(labels) }) },
      timeoutMs: this.#timeouts.listMs,
    })
    return containers.map(({ Id, Names, Labels, State }) => ({
      id: Id,
      name: nameOf(Names),
      labels: Labels ?? {},
      status: State as ContainerState['status'],
    }))
  }

  async stats(containerId: string): Promise<ContainerStats> {
    const isOneShot = compareVersions(await this.#api.apiVersion(), ONE_SHOT_STATS_SINCE) >= 0
    const answer = await this.#api.call<StatsAnswer>({
      method: 'GET',
      path: `${containerPath(containerId)}/stats`,
      query: { stream: false, 'one-shot': isOneShot ? true : undefined },
      timeoutMs: this.#timeouts.statsMs,
    })
    return containerStatsOf(answer, this.#clock.now())
  }

  async exec(containerId: string, request: ExecRequest): Promise<RunningExec> {
    return (await this.#execs()).start(containerId, request)
  }

  async endLeftExecs(containerId: string): Promise<number> {
    return (await this.#execs()).endLeft(containerId)
  }

  events(
    labels: Readonly<Record<string, string>>,
    onEvent: (event: RuntimeEvent) => void,
    onConnected: () => void,
  ): { close(): void } {
    const stream = new EventStream({
      api: this.#api,
      clock: this.#clock,
      ids: this.#ids,
      labels,
      onEvent,
      onConnected,
    })
    this.#eventStreams.add(stream)
    return {
      close: () => {
        this.#eventStreams.delete(stream)
        stream.close()
      },
    }
  }

  close(): void {
    for (const stream of this.#eventStreams) stream.close()
    this.#api.close()
  }

  /** Most agents never need it. The same one each time: it knows which it has begun. */
  #execs(): Promise<DockerExecs> {
    this.#loadingExecs ??= import('./exec/docker-execs.ts').then(
      (module) => new module.DockerExecs({ api: this.#api, clock: this.#clock, timeoutMs: this.#timeouts.execMs }),
    )
    return this.#loadingExecs
  }

  /** The call's answer, or undefined where the engine knows no such thing. */
  async #find<T>(call: EngineCall): Promise<T | undefined> {
    try {
      return await this.#api.call<T>(call)
    } catch (error) {
      if (error instanceof RuntimeError && error.kind === 'not-found') return undefined
      throw error
    }
  }
}

const containerPath = (idOrName: string): string => `/containers/${encodeURIComponent(idOrName)}`

/** A linked container has several names; its own is the one without a further slash. */
const nameOf = (names: readonly string[]): string =>
  (names.find((name) => name.lastIndexOf('/') === 0) ?? names[0] ?? '').replace(/^\//, '')

const architectureOf = (text: string): RuntimeInfo['architecture'] =>
  text === 'aarch64' || text === 'arm64' ? 'arm64' : 'x86_64'

const splitTag = (reference: string): { repository: string; tag: string } => {
  const colon = reference.lastIndexOf(':')
  return colon > reference.lastIndexOf('/')
    ? { repository: reference.slice(0, colon), tag: reference.slice(colon + 1) }
    : { repository: reference, tag: 'latest' }
}

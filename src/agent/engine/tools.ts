/**
 * What the engine's steps may touch: the runtime, images, the translation of a container into a create body, and settings. The
 * implementations are `docker/` and `images/`, or `simulated/`.
 */
import type { EcrAuthData } from '../../agentlink/acs-messages.ts'
import type { Log } from '../../kit/log.ts'
import type { ContainerCreateBody, ContainerRuntime, RegistryCredentials } from '../runtime.ts'
import type { EngineContainer, EngineTask } from './task.ts'

/** Names of pull errors, as `<Name>: <detail>` in a container's reason. */
export type PullErrorName =
  | 'CannotPullContainerError'
  | 'CannotPullImageManifestError'
  | 'CannotPullECRContainerError'
  | 'CannotPullContainerAuthError'
  | 'ResourceInitializationError'
  | 'DockerTimeoutError'

export type ImageOutcome =
  | { readonly status: 'ready'; readonly imageId?: string; readonly digest?: string }
  /** The image cannot be had: not from its registry, and no local copy that the pull behaviour allows. */
  | { readonly status: 'failed'; readonly error: PullErrorName; readonly message: string }

/** With what the registry of an image is asked for it. */
export interface RegistryLogin {
  /** Logins of the same key get the same answers. */
  readonly key: string
  /** Where in this installation's own registry the image is; absent for other registries. */
  readonly place?: EcrAuthData
  /** Rejects with `RuntimeError`. */
  credentials(): Promise<RegistryCredentials>
  /** The registry does not take the credentials. Gives whether new ones may do better. */
  refused(): boolean
}

export interface RegistryLogins {
  /** Undefined where the task has none of its own: those that are configured count. */
  loginFor(task: EngineTask, container: EngineContainer): RegistryLogin | undefined
}

/** Makes images present. Follows the pull behaviour; retries what may pass; rejects only with `RuntimeError` of kind `unreachable`. */
export interface Images {
  /**
   * `onDigest` hears the digest as soon as the registry has named it, before the layers are pulled. `login` is the container's own for its
   * registry, if it has any.
   */
  ensure(
    task: EngineTask,
    container: EngineContainer,
    onDigest: (digest: string) => void,
    login?: RegistryLogin,
  ): Promise<ImageOutcome>
}

/** What secrets a container is created with, by the names of variables and of the log driver's options. */
export interface ContainerSecrets {
  readonly environment: Readonly<Record<string, string>>
  readonly logOptions: Readonly<Record<string, string>>
}

/** The values of tasks' secrets. They are in no record. */
export interface Secrets {
  /** Whether everything is there that the container needs before its image is pulled. */
  isReady(task: EngineTask, container: EngineContainer): boolean
  /** Whether something is to be fetched for a container that is not created yet, and can be. */
  mayFetch(task: EngineTask): boolean
  /** Fetches what the task's containers need. Resolves with the reason why that cannot be had, undefined if it is there. */
  fetch(task: EngineTask): Promise<string | undefined>
  /** Of a container that is ready. */
  valuesFor(task: EngineTask, container: EngineContainer): ContainerSecrets
  registryCredentials(task: EngineTask, container: EngineContainer): RegistryCredentials | undefined
  /** A text about the container, without any value that is known. */
  redact(container: EngineContainer, text: string): string
}

/** Builds the body of the create call. Fails with `BodyError` when the container's settings cannot be read. */
export type CreateBody = (
  task: EngineTask,
  container: EngineContainer,
) => ContainerCreateBody | Promise<ContainerCreateBody>

/** Settings of the container that make no sense, e.g. a `hostConfig` that is no JSON. */
export class BodyError extends Error {
  override readonly name = 'BodyError'
}

/** Limits of a task as a whole, enforced over its containers together. */
export interface TaskLimits {
  /**
   * Before the first container is created; doing it again does no harm. A rejection means that the task cannot have its limits.
   * AWS: such a task stops with `CgroupError: Agent could not create task's platform resources`.
   */
  apply(task: EngineTask): Promise<void>
  /** After the last container is removed; what is not there is no error. */
  remove(taskArn: string): Promise<void>
}

/** What a task's log router reads and listens at, on the host. */
export interface LogRouting {
  /**
   * Before the first container is created; doing it again does no harm. A rejection means that there can be no such router, and says why.
   */
  prepare(task: EngineTask): Promise<void>
  /** After the last container is removed; what is not there is no error. */
  remove(taskArn: string): Promise<void>
}

export interface EngineSettings {
  /** Between the stop signal and SIGKILL, for containers without `stopTimeout`. */
  readonly stopTimeoutSeconds: number
  /** Limits of the runtime's calls; here only to word their timeouts. */
  readonly createTimeoutSeconds: number
  readonly startTimeoutSeconds: number
  /** Pull images before the container's dependencies hold. */
  readonly pullDependentContainersUpfront: boolean
  /** A shared volume must agree with its definition in driver, options and labels, not in its name alone. */
  readonly sharedVolumeMatchFullConfig: boolean
  readonly cleanupWaitSeconds: number
  readonly cleanupJitterSeconds: number
  /** How many create, start and stop calls the runtime gets at once. */
  readonly parallelSteps: number
  /** First and last port for `containerPortRange` mappings. */
  readonly dynamicHostPorts: { readonly first: number; readonly last: number }
}

export interface Tools {
  readonly runtime: ContainerRuntime
  readonly images: Images
  readonly secrets: Secrets
  readonly registryLogins: RegistryLogins
  readonly createBody: CreateBody
  /** Absent where this host enforces none. */
  readonly limits?: TaskLimits
  /** Absent where no logs are routed. */
  readonly logRouting?: LogRouting
  readonly settings: EngineSettings
  readonly log: Log
  /** Labels that every container and volume of this agent carries, and no other agent's. */
  readonly ownLabels: Readonly<Record<string, string>>
}

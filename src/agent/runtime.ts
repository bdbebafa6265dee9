/**
 * What the task engine asks of a container runtime. `docker/` does it with a real engine, `simulated/` with containers that only
 * behave, `test/fakes` with ones that fail on demand. Bodies have the shape of the Docker Engine API (v1.41), which all of
 * ECS's container settings are written in: https://docs.docker.com/reference/api/engine/version/v1.41/
 */

/** The runtime's refusal. `kind` decides ECS's reason; `message` is the engine's own text. */
export class RuntimeError extends Error {
  override readonly name = 'RuntimeError'
  readonly kind: RuntimeErrorKind

  constructor(kind: RuntimeErrorKind, message: string) {
    super(message)
    this.kind = kind
  }
}

export type RuntimeErrorKind =
  /** No such container, image or volume. */
  | 'not-found'
  /** The name is taken, or the container is in a state that does not allow the call. */
  | 'conflict'
  /** The engine looked at the request and refused it. */
  | 'refused'
  /** A registry wants other credentials, or has no such image. */
  | 'denied'
  /** The engine does not answer: it is down or restarting. Every other call will fail alike. */
  | 'unreachable'
  /** No answer within the time that the call has. */
  | 'timeout'

export interface RuntimeInfo {
  /** e.g. `20.10.24`. */
  readonly version: string
  readonly apiVersion: string
  readonly cpus: number
  readonly memoryMiB: number
  readonly operatingSystem: string
  readonly architecture: 'x86_64' | 'arm64'
  readonly cgroupVersion: '1' | '2'
  /** Who makes the containers' control groups; absent where there are none. */
  readonly cgroupDriver?: 'cgroupfs' | 'systemd'
  readonly loggingDrivers: readonly string[]
  readonly volumePlugins: readonly string[]
}

export interface LocalImage {
  readonly id: string
  /** `repository@sha256:...`, empty for images built here and never pushed. */
  readonly repoDigests: readonly string[]
  /** `NAME=value` as the image itself sets them. */
  readonly environment?: readonly string[]
}

export interface LocalVolume {
  readonly name: string
  readonly driver: string
  readonly mountpoint: string
  readonly driverOpts?: Readonly<Record<string, string>>
  readonly labels?: Readonly<Record<string, string>>
}

export interface RegistryCredentials {
  readonly username: string
  readonly password: string
  readonly serverAddress?: string
}

/** Body of `POST /containers/create`: `Image`, `Cmd`, `Env`, `Labels`, `HostConfig`, ... */
export type ContainerCreateBody = Readonly<Record<string, unknown>> & {
  readonly Image: string
  readonly Labels: Readonly<Record<string, string>>
}

export interface PortBinding {
  readonly containerPort: number
  readonly protocol: 'tcp' | 'udp'
  readonly hostIp: string
  readonly hostPort: number
}

export interface NetworkAddress {
  readonly name: string
  /** Empty if it has none. */
  readonly ipv4Address: string
  readonly ipv6Address?: string
}

export interface ContainerState {
  readonly id: string
  /** Without the leading slash. */
  readonly name: string
  readonly image: string
  readonly imageId: string
  readonly labels: Readonly<Record<string, string>>
  readonly status: 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead'
  /** Of its first process, in the engine's process namespace; absent if it does not run. */
  readonly processId?: number
  /** Only of a container that finished. */
  readonly exitCode?: number
  readonly oomKilled: boolean
  /** The engine's error, empty if none. */
  readonly error: string
  /** RFC 3339; absent if it never happened. */
  readonly createdAt?: string
  readonly startedAt?: string
  readonly finishedAt?: string
  readonly health?: {
    readonly status: 'starting' | 'healthy' | 'unhealthy' | 'none'
    readonly output: string
    readonly exitCode?: number
    readonly since?: string
  }
  readonly ports: readonly PortBinding[]
  readonly networks: readonly NetworkAddress[]
  readonly mounts: readonly { readonly name?: string; readonly source: string; readonly destination: string }[]
}

export type ListedContainer = Pick<ContainerState, 'id' | 'name' | 'labels' | 'status'>

export interface RuntimeEvent {
  readonly containerId: string
  readonly action: 'create' | 'start' | 'stop' | 'die' | 'restart' | 'oom' | 'health_status' | 'destroy'
  readonly labels: Readonly<Record<string, string>>
}

/** One sample of a container's use. Counters run from the container's start. */
export interface ContainerStats {
  /** Milliseconds since the epoch. */
  readonly readAt: number
  readonly cpuTotalNanoseconds: number
  readonly onlineCpus: number
  readonly memoryBytes: number
  readonly network: Readonly<
    Record<
      'rxBytes' | 'rxPackets' | 'rxErrors' | 'rxDropped' | 'txBytes' | 'txPackets' | 'txErrors' | 'txDropped',
      number
    >
  >
  readonly storageReadBytes: number
  readonly storageWriteBytes: number
  /** All that the engine says, in its own words; absent where there is no engine. */
  readonly document?: Readonly<Record<string, unknown>>
}

export interface TerminalSize {
  readonly columns: number
  readonly rows: number
}

export interface ExecRequest {
  /** The program and its arguments; no shell comes between. */
  readonly command: readonly string[]
  /** The terminal's first size; without it there is no terminal, and what goes to stdout and stderr is told apart. */
  readonly terminal?: TerminalSize
  /** As in `docker exec --user`; the container's own without it. */
  readonly user?: string
  readonly environment?: Readonly<Record<string, string>>
  /** Variables for what the container itself leaves unset. */
  readonly defaultEnvironment?: Readonly<Record<string, string>>
}

export interface ExecOutput {
  /** With a terminal, all is stdout. */
  readonly stream: 'stdout' | 'stderr'
  readonly data: Uint8Array
}

/** A program that runs in a container beside the container's own. */
export interface RunningExec {
  /** Read by one reader, at its own pace: what is not read is not written by the program. Ends with the program's output. */
  readonly output: AsyncIterable<ExecOutput>
  /** Resolves when the program can take more. What comes after the end of the input is dropped. */
  write(data: Uint8Array): Promise<void>
  /** End of the input, as when a pipe is closed. A terminal has none. */
  endInput(): void
  resize(size: TerminalSize): Promise<void>
  /** Ends the program with everything that it started in its session: SIGHUP, and after a moment SIGKILL. The output ends in any case. */
  kill(): Promise<void>
  /** After the output has ended; undefined if the engine does not know. */
  exitCode(): Promise<number | undefined>
}

/** Every method rejects with `RuntimeError`, and with `unreachable` in finite time when the engine is gone. */
export interface ContainerRuntime {
  readonly name: 'docker' | 'simulated'
  info(): Promise<RuntimeInfo>
  /** Rejects if the engine does not answer. */
  ping(): Promise<void>
  /** Digest (`sha256:...`) that the registry has for the reference. */
  remoteDigest(reference: string, credentials?: RegistryCredentials): Promise<string>
  pull(reference: string, credentials?: RegistryCredentials): Promise<void>
  localImage(reference: string): Promise<LocalImage | undefined>
  tagImage(source: string, target: string): Promise<void>
  removeImage(reference: string): Promise<void>
  createVolume(
    name: string,
    options: {
      driver?: string
      driverOpts?: Readonly<Record<string, string>>
      labels?: Readonly<Record<string, string>>
    },
  ): Promise<void>
  inspectVolume(name: string): Promise<LocalVolume | undefined>
  removeVolume(name: string): Promise<void>
  /** Resolves with the container's id. */
  create(name: string, body: ContainerCreateBody): Promise<string>
  start(containerId: string): Promise<void>
  /** Sends the stop signal, then SIGKILL after the timeout. A container that stands still already is no error. */
  stop(containerId: string, timeoutSeconds: number): Promise<void>
  /** Removes the container (its id or name) with its anonymous volumes, running or not. One that is gone is no error. */
  remove(container: string): Promise<void>
  /** By id or name; undefined if there is none. */
  inspect(container: string): Promise<ContainerState | undefined>
  /** Containers in any state that have all the labels; `inspect` gives the details. */
  list(labels: Readonly<Record<string, string>>): Promise<readonly ListedContainer[]>
  stats(containerId: string): Promise<ContainerStats>
  /** Starts a program in a running container. Rejects with `refused` where it cannot be started, e.g. if there is no such program. */
  exec(containerId: string, request: ExecRequest): Promise<RunningExec>
  /** Ends what `exec` of an agent that is no more left running in the container; resolves with how many there were. */
  endLeftExecs(containerId: string): Promise<number>
  /**
   * Calls back for every event of containers with the labels until closed. Reconnects by itself; after each (re)connect `onConnected`
   * is called, because events may have been missed.
   */
  events(
    labels: Readonly<Record<string, string>>,
    onEvent: (event: RuntimeEvent) => void,
    onConnected: () => void,
  ): { close(): void }
  close(): void
}

/**
 * A task as the agent knows it: what the control plane sent, what was decided once and for all (names, volumes, host port ranges)
 * and how far each container has come. Plain immutable data: every change makes a new record (`changes.ts`), the checkpoint stores
 * it, everybody else only reads it. Which change comes next is decided in `settle.ts` and `next-steps.ts`.
 */
import type { PayloadContainer, PayloadTask } from '../../agentlink/acs-messages.ts'
import type { ManagedAgentState } from '../exec/managed-agent.ts'
import type { NetworkAddress, PortBinding } from '../runtime.ts'

export type ContainerStatus = 'NONE' | 'MANIFEST_PULLED' | 'PULLED' | 'CREATED' | 'RUNNING' | 'STOPPED'
export type TaskStatus = 'NONE' | 'MANIFEST_PULLED' | 'CREATED' | 'RUNNING' | 'STOPPED'
type DesiredStatus = 'RUNNING' | 'STOPPED'

/** A payload without its credentials: those live in memory only (`credentials.ts`), the task remembers their ids. */
export type TaskDefinition = Omit<PayloadTask, 'roleCredentials' | 'executionRoleCredentials' | 'desiredStatus'>

/** Host ports that stand for a `containerPortRange`: as many, contiguous, chosen before the container is created. */
export interface HostPortRange {
  /** `first-last`. */
  readonly containerPortRange: string
  readonly hostPortRange: string
  readonly protocol: 'tcp' | 'udp'
}

export interface ContainerHealthState {
  readonly status: 'HEALTHY' | 'UNHEALTHY' | 'UNKNOWN'
  /** Milliseconds since the epoch. */
  readonly since: number
  /** Output of the last probe, cut to 1024 characters. */
  readonly output: string
  readonly exitCode?: number
}

/** Times are milliseconds since the epoch. */
export interface EngineContainer {
  readonly definition: PayloadContainer
  /** `ecs-<family>-<revision>-<container>-<hex>`: unique, durable before the container is created, so that it is found again by it. */
  readonly dockerName: string
  /** The id in `/v4/<id>`, `/v3/<id>` and `/api/<id>`. */
  readonly endpointId: string
  readonly hostPortRanges: readonly HostPortRange[]
  readonly knownStatus: ContainerStatus
  readonly desiredStatus: DesiredStatus
  readonly dockerId?: string
  readonly imageId?: string
  /** `sha256:...` that the registry had for the image. */
  readonly imageDigest?: string
  readonly exitCode?: number
  /** `<Name>: <detail>` of the first error, empty for none. */
  readonly reason: string
  readonly createdAt?: number
  readonly startedAt?: number
  readonly finishedAt?: number
  readonly ports: readonly PortBinding[]
  readonly networks: readonly NetworkAddress[]
  readonly mounts: readonly { readonly name?: string; readonly source: string; readonly destination: string }[]
  /** All that the runtime has for it: the image's, the task definition's and ECS's own. */
  readonly labels?: Readonly<Record<string, string>>
  readonly health?: ContainerHealthState
  readonly restartCount: number
  readonly lastRestartAt?: number
  /** It exited and its restart policy wants it started again in place; meanwhile it counts as RUNNING. */
  readonly restartPending: boolean
  /** A start whose outcome is not known: the container may run although it was last seen standing. */
  readonly startUncertain: boolean
  /** Of ECS Exec, once the container has run with it. */
  readonly managedAgent?: ManagedAgentState
  /** The last status that the control plane has accepted. */
  readonly sentStatus: 'NONE' | 'RUNNING' | 'STOPPED'
  /** Its ports as the control plane has accepted them last. */
  readonly sentPorts?: readonly PortBinding[]
  /** Removed from the runtime by clean-up. */
  readonly removed: boolean
}

export interface EngineVolume {
  /** As mount points refer to it. */
  readonly name: string
  /** `host`: a path of the host. `task`: a volume that lives and dies with the task. `shared`: one that outlives it. */
  readonly scope: 'host' | 'task' | 'shared'
  /** What goes before the colon of a bind: the host path or the name of the Docker volume. */
  readonly source: string
  readonly driver?: string
  readonly driverOpts?: Readonly<Record<string, string>>
  readonly labels?: Readonly<Record<string, string>>
  /** Of a shared volume: make it if it is missing. */
  readonly autoprovision: boolean
  /** Host paths count as created. */
  readonly status: 'NONE' | 'CREATED' | 'REMOVED'
}

/** Times are milliseconds since the epoch. */
export interface EngineTask {
  readonly arn: string
  readonly definition: TaskDefinition
  readonly containers: readonly EngineContainer[]
  readonly volumes: readonly EngineVolume[]
  /** Of the task role, whose credentials containers fetch under this id. */
  readonly credentialsId?: string
  readonly executionCredentialsId?: string
  readonly knownStatus: TaskStatus
  readonly desiredStatus: DesiredStatus
  /** Whether the task has its share of the host: CPU, memory, ports, GPUs. */
  readonly resources: 'WAITING' | 'HELD' | 'RELEASED'
  /** Of the task as a whole, where the host enforces any. */
  readonly limits: 'NONE' | 'APPLIED' | 'REMOVED'
  /** What the task's log router needs on the host, where there is a router. */
  readonly logRouting: 'NONE' | 'PREPARED' | 'REMOVED'
  /** Position in the order of arrival: the queue for resources is served in it. */
  readonly arrival: number
  /** Why the task as a whole failed, empty if only containers have reasons. */
  readonly reason: string
  readonly pullStartedAt?: number
  readonly pullStoppedAt?: number
  /** When the first essential container was seen stopped. */
  readonly executionStoppedAt?: number
  readonly stoppedAt?: number
  /** This task's share, in [0, 1), of delays that are spread at random. */
  readonly jitter: number
  /** Whether it ever was RUNNING, which is reported even when it is over already. */
  readonly hasRun: boolean
  /** The last status that the control plane has accepted. */
  readonly sentStatus: 'NONE' | 'PENDING' | 'RUNNING' | 'STOPPED'
}

const CONTAINER_ORDER: Readonly<Record<ContainerStatus, number>> = {
  NONE: 0,
  MANIFEST_PULLED: 1,
  PULLED: 2,
  CREATED: 3,
  RUNNING: 4,
  STOPPED: 5,
}

/** Whether the container has come as far as `status`, or further. */
export const hasReached = (container: EngineContainer, status: ContainerStatus): boolean =>
  CONTAINER_ORDER[container.knownStatus] >= CONTAINER_ORDER[status]

export const isStopped = (item: { readonly knownStatus: ContainerStatus | TaskStatus }): boolean =>
  item.knownStatus === 'STOPPED'

export const findContainer = (task: EngineTask, name: string): EngineContainer | undefined =>
  task.containers.find((container) => container.definition.name === name)

/** Slowest first. */
const PROGRESS: readonly ContainerStatus[] = ['NONE', 'MANIFEST_PULLED', 'PULLED', 'CREATED', 'RUNNING', 'STOPPED']

const TASK_STATUS: Readonly<Record<ContainerStatus, TaskStatus>> = {
  NONE: 'NONE',
  MANIFEST_PULLED: 'MANIFEST_PULLED',
  PULLED: 'MANIFEST_PULLED',
  CREATED: 'CREATED',
  RUNNING: 'RUNNING',
  STOPPED: 'STOPPED',
}

/** The status that the containers' statuses make up: that of the slowest. A task without containers has nothing left to do. */
export const statusOfContainers = (containers: readonly EngineContainer[]): TaskStatus => {
  const slowest = PROGRESS.find((status) => containers.some((container) => container.knownStatus === status))
  return TASK_STATUS[slowest ?? 'STOPPED']
}

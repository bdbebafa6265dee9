/**
 * Takes in what agents say over TCS: health of containers into tasks, health of the container runtime into the container instance, what
 * tasks use into memory. Writes only where something has changed: most reports say what is known already.
 */
import type { InstanceStatus, TaskHealth, TelemetryRequest } from '../../agentlink/tcs-messages.ts'
import type { TcsHost, TcsParameters, TcsSession } from '../../agentlink/tcs-server.ts'
import type { SessionHandler } from '../../agentlink/session.ts'
import type { Admission, Caller } from '../../agentlink/session-server.ts'
import { CLOSE_NORMAL } from '../../agentlink/socket.ts'
import type { Clock } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'
import { resourceId, taskArn } from '../../model/arn.ts'
import type { ContainerInstanceRecord, HealthStatus, TaskRecord } from '../../model/records.ts'
import { applyHealth, type HealthReport } from '../../model/task-state.ts'
import type { Store } from '../../store/store.ts'
import { hostOf, isStopped, type ReadTables, type Transaction } from '../../store/tables.ts'
import { admitAgent } from '../agent-admission.ts'
import type { Controller } from '../controller.ts'
import { instanceHealth } from './instance-health.ts'
import { capacityOf } from './instance-capacity.ts'
import { taskUsage } from './task-usage.ts'
import type { UsageBook } from './usage-book.ts'

type Metrics = Extract<TelemetryRequest, { readonly type: 'PublishMetricsRequest' }>['message']

export interface AgentTelemetryOptions {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly usage: UsageBook
}

export class AgentTelemetry implements Controller, TcsHost {
  readonly name = 'agent-telemetry'
  readonly everyMs = 60_000
  readonly #options: AgentTelemetryOptions
  readonly #sessions = new Map<string, TcsSession>()

  constructor(options: AgentTelemetryOptions) {
    this.#options = options
  }

  admit({ containerInstance, cluster }: TcsParameters, caller: Caller | undefined): Admission {
    return admitAgent(this.#options.store.tables, { containerInstanceArn: containerInstance, cluster }, caller)
  }

  connected(session: TcsSession): SessionHandler<TelemetryRequest> {
    const { containerInstanceId } = session
    this.#sessions.set(containerInstanceId, session)
    return {
      message: (request) => this.#received(containerInstanceId, request),
      drained: () => {},
      closed: () => {
        if (this.#sessions.get(containerInstanceId) === session) this.#sessions.delete(containerInstanceId)
      },
    }
  }

  watch(wake: (containerInstanceId: string) => void): () => void {
    return this.#options.store.watch(['tasks', 'containerInstances'], ({ changes }) => {
      for (const { table, key, after } of changes) {
        if (table === 'containerInstances') {
          if (after === undefined || (after as ContainerInstanceRecord).status === 'INACTIVE') wake(key)
        } else if (after === undefined || (after as TaskRecord).lastStatus === 'STOPPED') {
          this.#options.usage.remove(key)
        }
      }
    })
  }

  keys(): Iterable<string> {
    return this.#sessions.keys()
  }

  /** Closes the session of an instance that is deregistered. */
  async reconcile(containerInstanceId: string): Promise<void> {
    const instance = this.#options.store.tables.containerInstances.get(containerInstanceId)
    if (instance !== undefined && instance.status !== 'INACTIVE') return
    this.#sessions.get(containerInstanceId)?.close(CLOSE_NORMAL, 'The container instance is deregistered')
  }

  #received(containerInstanceId: string, request: TelemetryRequest): void {
    if (request.type === 'PublishMetricsRequest') {
      this.#keepUsage(containerInstanceId, request.message)
    } else if (request.type === 'PublishHealthRequest') {
      this.#recordHealth(containerInstanceId, request.message.tasks)
    } else this.#recordInstanceStatus(containerInstanceId, request.message.statuses)
  }

  #keepUsage(containerInstanceId: string, { taskMetrics = [], timestamp }: Metrics): void {
    const { store, clock, usage } = this.#options
    const instance = store.tables.containerInstances.get(containerInstanceId)
    if (instance === undefined) return
    const { cpuUnits } = capacityOf(instance)
    const receivedAt = clock.now()
    const reportedAt = typeof timestamp === 'number' ? timestamp * 1000 : receivedAt
    for (const metric of taskMetrics) {
      const task = taskOn(store.tables, containerInstanceId, metric.taskArn)
      if (task === undefined || isStopped(task)) continue
      usage.record({ taskId: task.taskId, usage: taskUsage(metric, cpuUnits), reportedAt, receivedAt })
    }
  }

  #recordHealth(containerInstanceId: string, reports: readonly TaskHealth[]): void {
    const { tables } = this.#options.store
    if (changedTasks(tables, containerInstanceId, reports).length === 0) return
    this.#write((tx) => {
      for (const task of changedTasks(tx, containerInstanceId, reports)) tx.tasks.put(task)
    })
  }

  #recordInstanceStatus(containerInstanceId: string, statuses: readonly InstanceStatus[]): void {
    const now = this.#options.clock.now()
    const instance = this.#options.store.tables.containerInstances.get(containerInstanceId)
    const healthStatus = instance && instanceHealth(instance.healthStatus, statuses, now)
    if (instance === undefined || healthStatus === instance.healthStatus) return
    this.#write((tx) => tx.containerInstances.update(containerInstanceId, { healthStatus }))
  }

  /** Telemetry is repeated: what could not be written now is written with the next report. */
  #write(work: (tx: Transaction) => unknown): void {
    this.#options.store.transact(work).catch((error: unknown) => {
      this.#options.log.error('telemetry could not be recorded', { error })
    })
  }
}

/** The task, if it is one that this instance runs: an agent speaks for no other. */
const taskOn = (tables: ReadTables, containerInstanceId: string, arn: string): TaskRecord | undefined => {
  const task = tables.tasks.get(resourceId(arn))
  if (task === undefined || hostOf(task) !== containerInstanceId) return undefined
  return taskArn(task.clusterArn, task.taskId) === arn ? task : undefined
}

/** The tasks as they are after the reports, those that stay the same left out. */
const changedTasks = (
  tables: ReadTables,
  containerInstanceId: string,
  reports: readonly TaskHealth[],
): readonly TaskRecord[] =>
  reports.flatMap((report) => {
    const task = taskOn(tables, containerInstanceId, report.taskArn)
    const healths = report.containers.filter(isHealthReport)
    if (task === undefined || healths.length === 0) return []
    const after = applyHealth(task, healths, tables.taskDefinitions.get(task.taskDefinitionArn))
    return after === task ? [] : [after]
  })

const HEALTH: ReadonlySet<string> = new Set<HealthStatus>(['HEALTHY', 'UNHEALTHY', 'UNKNOWN'])

const isHealthReport = ({ healthStatus }: HealthReport): boolean => HEALTH.has(healthStatus)

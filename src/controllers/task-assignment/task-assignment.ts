/**
 * Keeps every connected agent told what it must run and what it must stop, and `agentConnected` true to the agents' connections.
 *
 * A durable change of a task goes to its agent at once, from the change feed, without a look at anything else. The period repeats what was
 * not acknowledged, stops until they are reported, and replaces credentials before they end. What agents report comes back as calls of the
 * API, not here.
 */
import type { AgentMessage } from '../../agentlink/acs-messages.ts'
import type { AcsHost, AcsParameters, AcsSession } from '../../agentlink/acs-server.ts'
import type { SessionHandler } from '../../agentlink/session.ts'
import type { Admission, Caller } from '../../agentlink/session-server.ts'
import { CLOSE_INTERNAL_ERROR, CLOSE_NORMAL } from '../../agentlink/socket.ts'
import type { Clock } from '../../kit/clock.ts'
import type { Ids } from '../../kit/ids.ts'
import type { Log } from '../../kit/log.ts'
import type { TargetRecord } from '../../model/load-balancing/records.ts'
import type { ContainerInstanceRecord, TaskRecord } from '../../model/records.ts'
import type { RegistryHome } from '../../model/registry-home.ts'
import { markProvisioned, requestStop, type StopCause } from '../../model/task-state.ts'
import { isDraining } from '../../store/load-balancing/draining-tasks.ts'
import { revisionOfTask } from '../../store/revision-of-task.ts'
import type { ChangeSet, Store } from '../../store/store.ts'
import type { RowChange } from '../../store/table.ts'
import { hostOf } from '../../store/tables.ts'
import { admitAgent } from '../agent-admission.ts'
import type { Controller } from '../controller.ts'
import { ecrAuthOf } from './ecr-auth.ts'
import { InstanceAssignment } from './instance-assignment.ts'
import { logDriverMode } from './log-driver-mode.ts'
import { tasksToStop } from './stop-verification.ts'
import type { TaskCredentials } from './task-credentials.ts'

export interface TaskAssignmentOptions {
  readonly store: Store
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
  readonly credentials: TaskCredentials
  /** The container registry here; without it, none of the images is known to be in it. */
  readonly registry?: RegistryHome | undefined
}

type VerificationMessage = Extract<AgentMessage, { type: 'TaskStopVerificationMessage' }>['message']

export class TaskAssignment implements Controller, AcsHost {
  readonly name = 'task-assignment'
  readonly everyMs = 30_000
  readonly #options: TaskAssignmentOptions
  readonly #store: Store
  readonly #assignments = new Map<string, InstanceAssignment>()

  constructor(options: TaskAssignmentOptions) {
    this.#options = options
    this.#store = options.store
  }

  /**
   * At start, before anyone connects: no agent is connected, and how long one was silent before is not counted, since nobody could have
   * heard it. One that never connected stays so.
   */
  async disconnectAll(): Promise<void> {
    const agentDisconnectedAt = this.#options.clock.now()
    await this.#store.transact((tx) => {
      for (const instance of tx.containerInstances.rows()) {
        const { containerInstanceId, agentConnected, version } = instance
        if (agentConnected) {
          const disconnected = { agentConnected: false, agentDisconnectedAt, version: version + 1 }
          tx.containerInstances.update(containerInstanceId, disconnected)
        } else if (instance.agentDisconnectedAt !== undefined && instance.status !== 'INACTIVE')
          tx.containerInstances.update(containerInstanceId, { agentDisconnectedAt })
      }
    })
  }

  admit({ containerInstanceArn, clusterArn }: AcsParameters, caller: Caller | undefined): Admission {
    return admitAgent(this.#store.tables, { containerInstanceArn, cluster: clusterArn }, caller)
  }

  connected(session: AcsSession): SessionHandler<AgentMessage> {
    const assignment = this.#assignmentOf(session.containerInstanceId)
    assignment?.attach(session)
    if (assignment === undefined) session.close(CLOSE_NORMAL, 'The container instance is gone')
    else this.#inBackground(session, this.#introduce(assignment, session))
    return {
      message: (message) => assignment && this.#received(assignment, session, message),
      drained: () => assignment?.flush(),
      closed: () => assignment && this.#closed(assignment, session),
    }
  }

  watch(wake: (containerInstanceId: string) => void): () => void {
    return this.#store.watch(['tasks', 'containerInstances', 'targets'], (changeSet) => this.#changed(changeSet, wake))
  }

  *keys(): Iterable<string> {
    for (const { containerInstanceId, status } of this.#store.tables.containerInstances.rows()) {
      if (status !== 'INACTIVE') yield containerInstanceId
    }
  }

  async reconcile(containerInstanceId: string): Promise<void> {
    const instance = this.#store.tables.containerInstances.get(containerInstanceId)
    const assignment = this.#assignments.get(containerInstanceId)
    if (instance === undefined || instance.status === 'INACTIVE') {
      this.#dismiss(containerInstanceId)
      return
    }
    await this.#recordConnection(containerInstanceId, assignment?.session)
    if (assignment?.session === undefined || !assignment.isIntroduced) return
    await this.#tellAgain(containerInstanceId, assignment, assignment.session)
  }

  #assignmentOf(containerInstanceId: string): InstanceAssignment | undefined {
    const known = this.#assignments.get(containerInstanceId)
    const { tables } = this.#store
    const instance = tables.containerInstances.get(containerInstanceId)
    if (known !== undefined || instance === undefined) return known
    const made = new InstanceAssignment(instance, {
      ...this.#options,
      getTaskDefinition: (arn) => tables.taskDefinitions.get(arn),
      logDriverMode: (definition) => logDriverMode(tables.accountSettings, definition),
      ecrAuthOf: (image) => ecrAuthOf(tables, image, this.#options.registry),
      imageDigestsOf: (task) => revisionOfTask(tables, task)?.imageDigests,
      loadBalancersOf: (task) => revisionOfTask(tables, task)?.loadBalancers,
      onProvisioned: (taskIds) => this.#recordProvisioned(taskIds),
      onRefusedRole: (taskId, roleArn) => this.#stopUnassumable(taskId, roleArn),
    })
    this.#assignments.set(containerInstanceId, made)
    return made
  }

  /** The order of the protocol: credentials, manifest, then payloads. */
  async #introduce(assignment: InstanceAssignment, session: AcsSession): Promise<void> {
    const recorded = this.#recordConnection(session.containerInstanceId, session)
    const tasks = this.#store.tables.tasks.find('activeByInstance', session.containerInstanceId)
    await recorded
    if (assignment.session !== session) return
    assignment.introduce(tasks.map((task) => this.#asTold(task)))
    this.#observe(assignment, tasks)
  }

  /** Everything of the instance, read afresh. */
  async #tellAgain(containerInstanceId: string, assignment: InstanceAssignment, session: AcsSession): Promise<void> {
    const tasks = this.#store.tables.tasks.find('activeByInstance', containerInstanceId)
    await this.#store.durable()
    if (assignment.session !== session) return
    this.#observe(assignment, tasks)
    for (const task of tasks) if (this.#isCurrent(task)) assignment.refresh(this.#asTold(task))
  }

  /** Rows that were replaced while their durability was awaited are left to the change feed, which has or will have the new ones. */
  #observe(assignment: InstanceAssignment, tasks: readonly TaskRecord[]): void {
    for (const task of tasks) if (this.#isCurrent(task)) assignment.observe(this.#asTold(task))
    assignment.flush()
  }

  #isCurrent(task: TaskRecord): boolean {
    return this.#store.tables.tasks.get(task.taskId) === task
  }

  #changed({ changes }: ChangeSet, wake: (containerInstanceId: string) => void): void {
    const touched = new Set<InstanceAssignment>()
    for (const change of changes) {
      const { table, key, before, after } = change
      if (table === 'tasks') this.#taskChanged(before as TaskRecord, after as TaskRecord, touched)
      else if (table === 'targets') this.#targetChanged(change as RowChange<TargetRecord>, wake)
      else if ((after as ContainerInstanceRecord | undefined)?.status !== 'ACTIVE') wake(key)
    }
    for (const assignment of touched) assignment.flush()
  }

  #taskChanged(before: TaskRecord | undefined, after: TaskRecord | undefined, touched: Set<InstanceAssignment>): void {
    const task = after ?? before
    const assignment = task && this.#assignments.get(hostOf(task) ?? '')
    if (task === undefined || assignment?.session === undefined) return
    if (after === undefined) assignment.forget(task.taskId)
    else assignment.observe(this.#asTold(after))
    touched.add(assignment)
  }

  /** A target is its task's no more: if it was the last, that may have to be told to stop now. */
  #targetChanged({ before, after }: RowChange<TargetRecord>, wake: (containerInstanceId: string) => void): void {
    const taskId = before?.taskId === after?.taskId ? undefined : before?.taskId
    const task = taskId === undefined ? undefined : this.#store.tables.tasks.get(taskId)
    const hostId = task && hostOf(task)
    if (hostId !== undefined) wake(hostId)
  }

  /** A task that balancers still have requests under way with is to run on, whatever is wanted of it. */
  #asTold(task: TaskRecord): TaskRecord {
    return isDraining(this.#store.tables, task) ? { ...task, desiredStatus: 'RUNNING', lastStatus: 'RUNNING' } : task
  }

  #received(assignment: InstanceAssignment, session: AcsSession, message: AgentMessage): void {
    if (message.type === 'TaskStopVerificationMessage') {
      this.#inBackground(session, this.#verifyStops(assignment, session, message.message))
    }
    if (message.type === 'AckRequest') assignment.acked(message.message.messageId)
    if (message.type === 'IAMRoleCredentialsAckRequest') {
      assignment.credentialsAcked(message.message.messageId, message.message.credentialsId)
    }
  }

  async #verifyStops(
    assignment: InstanceAssignment,
    session: AcsSession,
    { messageId, stopCandidates }: VerificationMessage,
  ): Promise<void> {
    const { tasks } = this.#store.tables
    const stops = tasksToStop(stopCandidates, session.containerInstanceId, (taskId) => {
      const task = tasks.get(taskId)
      return task && this.#asTold(task)
    })
    await this.#store.durable()
    if (assignment.session === session) assignment.answerVerification(messageId, stops)
  }

  #closed(assignment: InstanceAssignment, session: AcsSession): void {
    if (assignment.session !== session) return // A newer connection has taken its place.
    assignment.detach()
    this.#inBackground(session, this.#recordConnection(session.containerInstanceId, undefined))
  }

  /** Makes the record say what is the case. Resolves when everything read until now is durable. */
  async #recordConnection(containerInstanceId: string, session: AcsSession | undefined): Promise<void> {
    const agentConnected = session !== undefined
    await this.#store.transact((tx) => {
      const instance = tx.containerInstances.get(containerInstanceId)
      if (instance === undefined || instance.status === 'INACTIVE') return
      const versionInfo = session === undefined ? instance.versionInfo : versionsOf(instance, session.parameters)
      if (instance.agentConnected === agentConnected && sameVersions(instance.versionInfo, versionInfo)) return
      tx.containerInstances.update(containerInstanceId, {
        agentConnected,
        agentDisconnectedAt: agentConnected ? undefined : this.#options.clock.now(),
        versionInfo,
        version: instance.version + 1,
      })
      this.#options.log.info('agent connection changed', {
        containerInstanceId,
        from: instance.agentConnected,
        to: agentConnected,
      })
    })
  }

  /** The agent of a deregistered instance is sent away; when it comes back it hears why. */
  #dismiss(containerInstanceId: string): void {
    const session = this.#assignments.get(containerInstanceId)?.session
    this.#assignments.delete(containerInstanceId)
    session?.close(CLOSE_NORMAL, 'The container instance is deregistered')
  }

  /** Nothing has to be made for a task before its agent gets it; once it has it, the agent is what is awaited. */
  #recordProvisioned(taskIds: readonly string[]): void {
    const now = this.#options.clock.now()
    const recorded = this.#store.transact((tx) => {
      for (const taskId of taskIds) {
        const task = tx.tasks.get(taskId)
        if (task?.lastStatus === 'PROVISIONING') tx.tasks.put(markProvisioned(task, now))
      }
    })
    recorded.catch((error: unknown) => this.#options.log.error('recording tasks as provisioned failed', { error }))
  }

  /** An agent may have heard of the task before the role was refused: it is told to stop it, whether or not it has. */
  #stopUnassumable(taskId: string, roleArn: string): void {
    const { clock, log } = this.#options
    log.info('role of a task cannot be assumed', { taskId, roleArn })
    const stopped = this.#store.transact((tx) => {
      const task = tx.tasks.get(taskId)
      if (task !== undefined) tx.tasks.put(requestStop(task, unassumable(roleArn), clock.now()))
    })
    stopped.catch((error: unknown) => log.error('stopping a task whose role cannot be assumed failed', { error }))
  }

  /** What fails here fails because the store does: the agent comes back when there is one again. */
  #inBackground(session: AcsSession, work: Promise<void>): void {
    work.catch((error: unknown) => {
      const { containerInstanceId } = session
      this.#options.log.error('serving an agent failed', { containerInstanceId, error })
      session.close(CLOSE_INTERNAL_ERROR, 'The control plane cannot serve this connection')
    })
  }
}

/** AWS: the call that started the task succeeds; that its role is of no use shows in why it stopped. */
const unassumable = (roleArn: string): StopCause => ({
  stopCode: 'TaskFailedToStart',
  stoppedReason:
    `ECS was unable to assume the role '${roleArn}' that was provided for this task. Please verify that the role being passed has the ` +
    'proper trust relationship and permissions and that your IAM user has permissions to pass this role.',
})

/** AWS: `dockerVersion` is described as the agent says it, `DockerVersion: ` included. */
const versionsOf = (
  { versionInfo }: ContainerInstanceRecord,
  { agentVersion, agentHash, dockerVersion }: AcsParameters,
): ContainerInstanceRecord['versionInfo'] => ({
  ...versionInfo,
  ...(agentVersion === '' ? {} : { agentVersion }),
  ...(agentHash === '' ? {} : { agentHash }),
  ...(dockerVersion === '' ? {} : { dockerVersion }),
})

const sameVersions = (a: ContainerInstanceRecord['versionInfo'], b: ContainerInstanceRecord['versionInfo']): boolean =>
  a.agentVersion === b.agentVersion && a.agentHash === b.agentHash && a.dockerVersion === b.dockerVersion

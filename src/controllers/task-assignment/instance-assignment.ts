/**
 * What the control plane says to the agent of one container instance: a manifest when it connects, payloads in batches as fast as it takes
 * them, answers to its questions. The controller beside it says when; rows that come here are durable.
 */
import type { ManifestTask, PayloadTask } from '../../agentlink/acs-messages.ts'
import type { AcsSession } from '../../agentlink/acs-server.ts'
import type { Clock } from '../../kit/clock.ts'
import type { Ids } from '../../kit/ids.ts'
import type { Log } from '../../kit/log.ts'
import { containerInstanceArn, taskArn } from '../../model/arn.ts'
import { PAYLOAD_TASKS } from '../../model/limits.ts'
import type { ContainerInstanceRecord, TaskDefinitionRecord, TaskRecord } from '../../model/records.ts'
import { CredentialDeliveries } from './credential-deliveries.ts'
import { Deliveries } from './deliveries.ts'
import { type PayloadAdditions, stopPayload, taskPayload } from './payload.ts'
import { type MintedCredentials, NO_CREDENTIALS, payloadCredentials, type TaskCredentials } from './task-credentials.ts'

export interface InstanceAssignmentOptions {
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
  readonly credentials: TaskCredentials
  readonly getTaskDefinition: (taskDefinitionArn: string) => TaskDefinitionRecord | undefined
  /** Mode of the log drivers of containers whose definition names none. */
  readonly logDriverMode: (definition: TaskDefinitionRecord) => string
  /** Of images of this registry; undefined for others. */
  readonly ecrAuthOf: NonNullable<PayloadAdditions['ecrAuthOf']>
  /** Of a service's task, by container name. */
  readonly imageDigestsOf: (task: TaskRecord) => PayloadAdditions['imageDigests']
  readonly loadBalancersOf: (task: TaskRecord) => PayloadAdditions['loadBalancers']
  /** The agent was told of these tasks, and their records do not say yet that it is the agent that is awaited. */
  readonly onProvisioned: (taskIds: readonly string[]) => void
  /** The task cannot start: ECS may not assume this role of it. */
  readonly onRefusedRole: (taskId: string, roleArn: string) => void
}

export class InstanceAssignment {
  readonly #options: InstanceAssignmentOptions
  readonly #clusterArn: string
  readonly #containerInstanceArn: string
  readonly #deliveries = new Deliveries()
  readonly #credentials = new CredentialDeliveries()
  /** Tasks that the agent must be told of, oldest first. */
  readonly #outbox = new Map<string, TaskRecord>()
  #session: AcsSession | undefined
  #isIntroduced = false
  #lastNumber = 0

  constructor(instance: ContainerInstanceRecord, options: InstanceAssignmentOptions) {
    this.#options = options
    this.#clusterArn = instance.clusterArn
    this.#containerInstanceArn = containerInstanceArn(instance.clusterArn, instance.containerInstanceId)
  }

  get session(): AcsSession | undefined {
    return this.#session
  }

  /** The agent has its manifest and can be sent payloads. */
  get isIntroduced(): boolean {
    return this.#isIntroduced
  }

  attach(session: AcsSession): void {
    this.detach()
    this.#session = session
    this.#deliveries.reconnected(session.parameters.sendCredentials)
    this.#credentials.reconnected(session.parameters.sendCredentials)
  }

  detach(): void {
    this.#session = undefined
    this.#isIntroduced = false
    this.#outbox.clear()
  }

  /** Says what the instance runs, after the credentials that a new agent lacks. Payloads may follow. */
  introduce(tasks: readonly TaskRecord[]): void {
    if (this.#session === undefined) return
    if (this.#session.parameters.sendCredentials) for (const task of tasks) this.#sendCredentials(task, this.#session)
    this.#session.send({
      type: 'TaskManifestMessage',
      message: { ...this.#header(), timeline: this.#nextNumber(), tasks: tasks.map(manifestTask) },
    })
    this.#isIntroduced = true
  }

  /** Takes note of a task as it is now; `flush` tells the agent if it must know. */
  observe(task: TaskRecord): void {
    this.#deliveries.observe(task)
    if (task.lastStatus === 'STOPPED') this.#credentials.forget(task.taskId)
    if (this.#deliveries.isDue(task, this.#options.clock.now())) this.#outbox.set(task.taskId, task)
    else this.#outbox.delete(task.taskId)
  }

  /** The task's row is gone. */
  forget(taskId: string): void {
    this.#deliveries.forget(taskId)
    this.#credentials.forget(taskId)
    this.#outbox.delete(taskId)
  }

  /** Sends what is due, as much as the connection takes. */
  flush(): void {
    while (this.#isIntroduced && this.#session !== undefined && this.#outbox.size > 0) {
      if (this.#session.isCongested) return
      this.#sendBatch(this.#session)
    }
  }

  /** Sends credentials of a task that must be replaced or were not acknowledged, if the connection takes them. */
  refresh(task: TaskRecord): void {
    const isWanted = task.desiredStatus === 'RUNNING' && !this.#outbox.has(task.taskId)
    if (!isWanted || this.#session === undefined || this.#session.isCongested) return
    if (this.#credentials.isDue(task.taskId, this.#options.clock.now())) this.#sendCredentials(task, this.#session)
  }

  acked(messageId: string): void {
    this.#deliveries.acked(messageId)
  }

  credentialsAcked(messageId: string, credentialsId: string): void {
    this.#credentials.acked(messageId, credentialsId)
  }

  answerVerification(messageId: string, stopTasks: readonly ManifestTask[]): void {
    this.#session?.send({
      type: 'TaskStopVerificationAck',
      message: {
        messageId,
        generatedAt: this.#options.clock.now(),
        stopTasks: stopTasks.map((task) => ({ ...task, desiredStatus: 'STOPPED' })),
      },
    })
  }

  #sendBatch(session: AcsSession): void {
    const header = this.#header()
    const payloads: PayloadTask[] = []
    const provisioned: string[] = []
    for (const task of this.#outbox.values()) {
      if (payloads.length === PAYLOAD_TASKS) break
      this.#outbox.delete(task.taskId)
      const payload = this.#payload(task, header.messageId)
      if (payload === undefined) continue
      payloads.push(payload)
      this.#deliveries.sent(task, header.messageId, header.generatedAt)
      if (task.lastStatus === 'PROVISIONING') provisioned.push(task.taskId)
    }
    if (payloads.length === 0) return
    session.send({ type: 'PayloadMessage', message: { ...header, seqNum: this.#nextNumber(), tasks: payloads } })
    if (provisioned.length > 0) this.#options.onProvisioned(provisioned)
  }

  /** Undefined, with a line in the log, if the task cannot be told: others must not wait for it. */
  #payload(task: TaskRecord, messageId: string): PayloadTask | undefined {
    if (task.desiredStatus === 'STOPPED') return stopPayload(task)
    const {
      credentials,
      getTaskDefinition,
      logDriverMode,
      ecrAuthOf,
      imageDigestsOf,
      loadBalancersOf,
      onRefusedRole,
      log,
    } = this.#options
    const definition = getTaskDefinition(task.taskDefinitionArn)
    if (definition === undefined) {
      log.error('task without its definition cannot be assigned', { taskId: task.taskId })
      return undefined
    }
    const minted = credentials.forTask(task)
    if (minted.refusedRoleArn !== undefined) {
      onRefusedRole(task.taskId, minted.refusedRoleArn)
      return undefined
    }
    this.#credentialsSent(task, messageId, minted)
    return taskPayload(task, definition, {
      ...payloadCredentials(minted),
      logDriverMode: logDriverMode(definition),
      ecrAuthOf,
      imageDigests: imageDigestsOf(task),
      loadBalancers: loadBalancersOf(task),
    })
  }

  /** To an agent that has the task: one whose role is refused by now runs on with what it has. */
  #sendCredentials(task: TaskRecord, session: AcsSession): void {
    const { credentials, ids, log } = this.#options
    const minted = credentials.forTask(task)
    if (minted === NO_CREDENTIALS) return
    const [messageId, arn] = [ids.uuid(), taskArn(task.clusterArn, task.taskId)]
    for (const role of minted.roles) {
      const message = { messageId, taskArn: arn, taskClusterArn: task.clusterArn, ...role }
      session.send({ type: 'IAMRoleCredentialsMessage', message })
    }
    if (minted.refusedRoleArn !== undefined) {
      log.warn('role of a task cannot be assumed any more', { taskArn: arn, roleArn: minted.refusedRoleArn })
    }
    this.#credentialsSent(task, messageId, minted)
  }

  #credentialsSent({ taskId }: TaskRecord, messageId: string, minted: MintedCredentials): void {
    if (minted === NO_CREDENTIALS) return
    const { clock, ids } = this.#options
    this.#credentials.sent(taskId, messageId, minted, clock.now(), ids.random())
  }

  /** Whom a message is for, and its name. */
  #header() {
    return {
      clusterArn: this.#clusterArn,
      containerInstanceArn: this.#containerInstanceArn,
      messageId: this.#options.ids.uuid(),
      generatedAt: this.#options.clock.now(),
    }
  }

  /**
   * An agent drops a manifest whose number is not above all that it has seen. Numbers follow the clock, so that they also rise over
   * restarts without being written anywhere.
   */
  #nextNumber(): number {
    this.#lastNumber = Math.max(this.#lastNumber + 1, this.#options.clock.now())
    return this.#lastNumber
  }
}

const manifestTask = ({ clusterArn, taskId, desiredStatus }: TaskRecord): ManifestTask => ({
  taskArn: taskArn(clusterArn, taskId),
  taskClusterArn: clusterArn,
  desiredStatus,
})

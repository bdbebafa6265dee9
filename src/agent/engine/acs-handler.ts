/**
 * What ACS messages do to the engine, and their acknowledgements. A payload is acknowledged when every task in it is durable; one with a
 * task that cannot be read is not acknowledged at all, while its other tasks run.
 */
import type {
  AgentMessage,
  IAMRoleCredentials,
  IAMRoleCredentialsMessage,
  PayloadMessage,
  PayloadTask,
  ServerMessage,
  TaskManifestMessage,
  TaskStopVerificationAck,
  UpdateMessage,
} from '../../agentlink/acs-messages.ts'
import type { ResumeSessionMessage, StartSessionMessage } from '../../agentlink/exec-messages.ts'
import { unreachable } from '../../kit/assert.ts'
import type { Ids } from '../../kit/ids.ts'
import type { Log } from '../../kit/log.ts'
import type { Checkpoint } from '../checkpoint/checkpoint.ts'
import { acceptTask, emptyTask, isTaskArn, TaskError } from './accept.ts'
import type { CredentialsStore } from './credentials.ts'
import type { TaskEngine } from './engine.ts'
import { CANNOT_STOP_UNKNOWN, unrecognized } from './reasons.ts'

export interface AcsHandlerOptions {
  readonly engine: TaskEngine
  readonly credentials: CredentialsStore
  readonly checkpoint: Checkpoint
  readonly ids: Ids
  readonly log: Log
  /** The highest number that was seen before the agent was restarted; -1 if none. */
  readonly manifestSequence: number
  readonly send: (message: AgentMessage) => void
  readonly onHeartbeat: () => void
  /** Sessions of ECS Exec; they acknowledge or refuse what they get. Absent if this agent has none. */
  readonly sessions?: SessionReceiver
}

export interface SessionReceiver {
  start(message: StartSessionMessage): void
  resume(message: ResumeSessionMessage): void
}

/** Members that say which message it is and for whom. */
interface Addressed {
  readonly clusterArn: string
  readonly containerInstanceArn: string
  readonly messageId: string
}

export class AcsHandler {
  readonly #options: AcsHandlerOptions
  #manifestSequence: number
  /** The manifest whose stop candidates the control plane has not confirmed yet. */
  #openManifest: string | undefined

  constructor(options: AcsHandlerOptions) {
    this.#options = options
    this.#manifestSequence = options.manifestSequence
  }

  handle(envelope: ServerMessage): void {
    switch (envelope.type) {
      case 'PayloadMessage':
        return this.#payload(envelope.message)
      case 'TaskManifestMessage':
        return this.#manifest(envelope.message)
      case 'TaskStopVerificationAck':
        return this.#stopVerified(envelope.message)
      case 'IAMRoleCredentialsMessage':
        return this.#refreshedCredentials(envelope.message)
      case 'HeartbeatMessage':
        return this.#options.onHeartbeat()
      case 'StageUpdateMessage':
      case 'PerformUpdateMessage':
        return this.#update(envelope.message)
      case 'StartSessionMessage':
        return this.#options.sessions?.start(envelope.message)
      case 'ResumeSessionMessage':
        return this.#options.sessions?.resume(envelope.message)
      case 'CloseMessage':
        return this.#options.log.info('control plane closes the session', { reason: envelope.message.message })
      default:
        return unreachable(envelope)
    }
  }

  #payload(message: PayloadMessage): void {
    const { log } = this.#options
    if (!message.clusterArn || !message.containerInstanceArn || !message.messageId) {
      return log.warn('payload without its required members dropped', { messageId: message.messageId })
    }
    const tasks = message.tasks ?? []
    // Stops first: they free what the others may be waiting for.
    const ordered = [...tasks.filter(isStop), ...tasks.filter((task) => !isStop(task))]
    const results = ordered.map((task) => this.#task(task))
    this.#raiseSequence(message.seqNum)
    void this.#acknowledge(message, results)
  }

  async #acknowledge(message: PayloadMessage, results: readonly (Promise<void> | 'unreadable')[]): Promise<void> {
    const { checkpoint, log } = this.#options
    try {
      const outcomes = await Promise.all([...results, checkpoint.flush()])
      if (outcomes.includes('unreadable')) return
    } catch (error) {
      log.error('payload not acknowledged: it cannot be made durable', { messageId: message.messageId, error })
      return
    }
    this.#ack(message)
    for (const task of message.tasks ?? []) {
      for (const set of [task.roleCredentials, task.executionRoleCredentials]) {
        if (set !== undefined) this.#ackCredentials(message.messageId, set)
      }
    }
  }

  /** Resolves when what the payload says of the task is durable. */
  #task(payload: PayloadTask): Promise<void> | 'unreadable' {
    const { engine, checkpoint } = this.#options
    this.#keepCredentials(payload)
    if (engine.task(payload.arn) === undefined) return this.#newTask(payload)
    if (isStop(payload)) engine.stopTask(payload.arn)
    else engine.look(payload.arn)
    return checkpoint.flush()
  }

  #newTask(payload: PayloadTask): Promise<void> | 'unreadable' {
    const { engine, ids, log } = this.#options
    const arrival = engine.nextArrival()
    try {
      if (isStop(payload) && isTaskArn(payload.arn)) {
        return engine.add(emptyTask(payload.arn, arrival, CANNOT_STOP_UNKNOWN, ids))
      }
      return engine.add(acceptTask(payload, arrival, ids))
    } catch (error) {
      // Whatever is wrong with it, the others of the payload shall run.
      const detail = error instanceof Error ? error.message : String(error)
      log.error('task cannot be loaded', { taskArn: payload.arn, error: error instanceof TaskError ? detail : error })
      if (isTaskArn(payload.arn)) void this.#addUnreadable(payload.arn, arrival, detail)
      return 'unreadable'
    }
  }

  /** Reported as stopped, so that nobody waits for it. If even that cannot be kept, the payload comes again. */
  async #addUnreadable(arn: string, arrival: number, detail: string): Promise<void> {
    const { engine, ids, log } = this.#options
    try {
      await engine.add(emptyTask(arn, arrival, unrecognized(detail), ids))
    } catch (error) {
      log.error('task cannot be recorded', { taskArn: arn, error })
    }
  }

  #keepCredentials({ arn, roleCredentials, executionRoleCredentials }: PayloadTask): void {
    const { credentials } = this.#options
    if (roleCredentials) credentials.put({ taskArn: arn, roleType: 'TaskApplication', credentials: roleCredentials })
    if (executionRoleCredentials) {
      credentials.put({ taskArn: arn, roleType: 'TaskExecution', credentials: executionRoleCredentials })
    }
  }

  #manifest(message: TaskManifestMessage): void {
    if (!(message.timeline > this.#manifestSequence)) {
      return this.#options.log.debug('manifest older than what is known', { messageId: message.messageId })
    }
    this.#raiseSequence(message.timeline)
    void this.#answerManifest(message)
  }

  async #answerManifest(message: TaskManifestMessage): Promise<void> {
    const { checkpoint, log } = this.#options
    try {
      await checkpoint.flush()
    } catch (error) {
      log.error('manifest not acknowledged: it cannot be made durable', { messageId: message.messageId, error })
      return
    }
    this.#ack(message)
    const running = new Set(
      message.tasks.filter(({ desiredStatus }) => desiredStatus === 'RUNNING').map(({ taskArn }) => taskArn),
    )
    const stopCandidates = [...this.#options.engine.tasks()]
      .filter((task) => task.desiredStatus === 'RUNNING' && !running.has(task.arn))
      .map(({ arn, definition }) => ({
        taskArn: arn,
        taskClusterArn: definition.taskClusterArn ?? message.clusterArn,
        desiredStatus: 'STOPPED' as const,
      }))
    if (stopCandidates.length === 0) return
    this.#openManifest = message.messageId
    this.#options.send({
      type: 'TaskStopVerificationMessage',
      message: { messageId: message.messageId, stopCandidates },
    })
  }

  #stopVerified({ messageId, stopTasks }: TaskStopVerificationAck): void {
    if (messageId !== this.#openManifest) return
    this.#openManifest = undefined
    for (const { taskArn, desiredStatus } of stopTasks) {
      if (desiredStatus === 'STOPPED') this.#options.engine.stopTask(taskArn)
    }
  }

  #refreshedCredentials({ messageId, taskArn, roleType, roleCredentials }: IAMRoleCredentialsMessage): void {
    const { engine, credentials, log } = this.#options
    const isKnownRole = roleType === 'TaskApplication' || roleType === 'TaskExecution'
    if (!messageId || !taskArn || !roleCredentials?.credentialsId || !isKnownRole) {
      return log.warn('credentials without their required members dropped', { messageId, taskArn })
    }
    // Nobody asks for those of a task that is not here: its payload brings them along if it comes.
    if (engine.task(taskArn) === undefined) return
    credentials.put({ taskArn, roleType, credentials: roleCredentials })
    const { credentialsId } = roleCredentials
    const member = roleType === 'TaskApplication' ? 'credentialsId' : 'executionCredentialsId'
    engine.change(taskArn, (task) => (task[member] === credentialsId ? task : { ...task, [member]: credentialsId }))
    // It may have waited for them.
    engine.look(taskArn)
    this.#ackCredentials(messageId, roleCredentials)
  }

  #update({ clusterArn: cluster, containerInstanceArn: containerInstance, messageId }: UpdateMessage): void {
    this.#options.send({
      type: 'NackRequest',
      message: { cluster, containerInstance, messageId, reason: 'Updates are disabled' },
    })
  }

  /** Payloads and manifests count in one sequence. */
  #raiseSequence(number: number): void {
    if (!(number > this.#manifestSequence)) return
    this.#manifestSequence = number
    this.#options.checkpoint.putFact('manifestSequence', String(number))
  }

  #ack({ clusterArn: cluster, containerInstanceArn: containerInstance, messageId }: Addressed): void {
    this.#options.send({ type: 'AckRequest', message: { cluster, containerInstance, messageId } })
  }

  #ackCredentials(messageId: string, { expiration, credentialsId }: IAMRoleCredentials): void {
    this.#options.send({ type: 'IAMRoleCredentialsAckRequest', message: { messageId, expiration, credentialsId } })
  }
}

const isStop = ({ desiredStatus }: PayloadTask): boolean => desiredStatus === 'STOPPED'

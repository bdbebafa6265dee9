/**
 * What one agent was told of its tasks, and what it has acknowledged: decides which tasks it must be told of now. Kept in memory only: after
 * a restart everything that the agent has not reported is told again, which does no harm since agents know tasks by their ARN.
 */
import type { DesiredStatus, TaskRecord } from '../../model/records.ts'

interface Delivery {
  readonly desiredStatus: DesiredStatus
  readonly messageId: string
  readonly sentAt: number
  readonly isAcked: boolean
}

/** After this long without an acknowledgement, or without the task having stopped, the agent is told again. */
const REPEAT_MS = 60_000

export class Deliveries {
  readonly #byTask = new Map<string, Delivery>()

  /** Whether the agent must be told of the task now. `task` is durable. */
  isDue(task: TaskRecord, now: number): boolean {
    const delivery = this.#byTask.get(task.taskId)
    if (isSettled(task)) return false
    if (delivery === undefined) return true
    // A desired status only ever becomes STOPPED: an older row must not call a task back.
    if (delivery.desiredStatus !== task.desiredStatus) return task.desiredStatus === 'STOPPED'
    if (delivery.isAcked && task.desiredStatus === 'RUNNING') return false
    return now - delivery.sentAt >= REPEAT_MS
  }

  sent(task: TaskRecord, messageId: string, now: number): void {
    const { taskId, desiredStatus } = task
    this.#byTask.set(taskId, { desiredStatus, messageId, sentAt: now, isAcked: false })
  }

  /** The agent has the tasks of this message. */
  acked(messageId: string): void {
    for (const [taskId, delivery] of this.#byTask) {
      if (delivery.messageId === messageId) this.#byTask.set(taskId, { ...delivery, isAcked: true })
    }
  }

  /** The task's row has changed: what needs no more delivery is forgotten. */
  observe(task: TaskRecord): void {
    if (isSettled(task)) this.#byTask.delete(task.taskId)
  }

  forget(taskId: string): void {
    this.#byTask.delete(taskId)
  }

  /**
   * The agent has connected anew: what it has not acknowledged is due at once, and so are stops. An agent that was started anew is told
   * everything again that it has not reported, should its memory of it have been lost.
   */
  reconnected(isNewProcess: boolean): void {
    for (const [taskId, { desiredStatus, isAcked }] of this.#byTask) {
      if (isNewProcess || desiredStatus === 'STOPPED' || !isAcked) this.#byTask.delete(taskId)
    }
  }
}

/** The agent's own report shows that it knows: it runs the task as it should, or has ended it. */
const isSettled = ({ lastStatus, desiredStatus }: TaskRecord): boolean =>
  lastStatus === 'STOPPED' || lastStatus === 'DELETED' || (desiredStatus === 'RUNNING' && lastStatus === 'RUNNING')

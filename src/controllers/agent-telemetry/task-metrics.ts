/** The last metrics of each task, in memory and bounded: for what will read utilisation. Metrics of the past are not kept. */
import type { TaskMetric } from '../../agentlink/tcs-messages.ts'
import { TASK_METRICS_KEPT } from '../../model/limits.ts'

export interface ReceivedMetric {
  /** Milliseconds since the epoch. */
  readonly receivedAt: number
  readonly metric: TaskMetric
}

export class TaskMetrics {
  /** By task id, the longest unheard of first. */
  readonly #last = new Map<string, ReceivedMetric>()
  readonly #limit: number

  constructor(limit = TASK_METRICS_KEPT) {
    this.#limit = limit
  }

  put(taskId: string, metric: TaskMetric, receivedAt: number): void {
    this.#last.delete(taskId)
    this.#last.set(taskId, { receivedAt, metric })
    if (this.#last.size <= this.#limit) return
    const [oldest] = this.#last.keys()
    if (oldest !== undefined) this.#last.delete(oldest)
  }

  get(taskId: string): ReceivedMetric | undefined {
    return this.#last.get(taskId)
  }

  remove(taskId: string): void {
    this.#last.delete(taskId)
  }
}

/**
 * Tells the control plane what became of tasks: per task strictly in order, a few tasks at a time, each report repeated until it is
 * accepted. What there is to tell is decided in `report.ts`.
 */
import type { SubmitTaskStateChangeRequest } from '@aws-sdk/client-ecs'
import { ControlApiError } from '../../agentlink/control-api-error.ts'
import type { Clock, Timer } from '../../kit/clock.ts'
import type { Ids } from '../../kit/ids.ts'
import type { Log } from '../../kit/log.ts'
import { WorkQueue } from '../../kit/work-queue.ts'
import type { TaskEngine } from '../engine/engine.ts'
import type { EngineTask } from '../engine/task.ts'
import { hasUnsentContainers, nextReport, type Report, type ReportOptions } from './report.ts'

/** The part of the control API that reports go to. Rejects with `ControlApiError`. */
export interface ReportReceiver {
  submitTaskStateChange(request: SubmitTaskStateChangeRequest, signal?: AbortSignal): Promise<void>
}

export interface StatusReporterOptions extends ReportOptions {
  readonly engine: TaskEngine
  readonly receiver: ReportReceiver
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
  /** Resolves when the last lines of a task's containers are delivered, which is before their end is told. */
  readonly logsDrained?: (taskArn: string) => Promise<void>
}

const SUBMISSIONS_AT_ONCE = 10
const RETRY = { minMs: 1000, maxMs: 30_000, jitter: 0.2, multiplier: 1.3 }
/** How long a container's change waits for one of its task to ride along with: this, plus up to the jitter. */
const BATCH_MS = 10_000
const BATCH_JITTER_MS = 20_000

export class StatusReporter {
  readonly #options: StatusReporterOptions
  readonly #queue: WorkQueue
  readonly #batches = new Map<string, Timer>()
  readonly #dueBatches = new Set<string>()
  readonly #superseded = new Error('a new attempt is made')
  #abort = new AbortController()
  #isStopped = false

  constructor(options: StatusReporterOptions) {
    this.#options = options
    this.#queue = new WorkQueue({
      clock: options.clock,
      ids: options.ids,
      concurrency: SUBMISSIONS_AT_ONCE,
      backoff: RETRY,
      work: (arn) => this.#report(arn),
      onFailure: (taskArn, error, retryInMs) => this.#failed(taskArn, error, retryInMs),
    })
  }

  /** Reports what is unsent, and from now on every change. */
  start(): void {
    const { engine } = this.#options
    engine.listen((after, before) => {
      if (after !== undefined) this.#consider(after)
      else if (before !== undefined) this.#forget(before.arn)
    })
    for (const task of engine.tasks()) this.#consider(task)
  }

  /** The control plane answers again: what waits for its next attempt is sent at once. */
  kick(): void {
    if (this.#isStopped) return
    this.#abort.abort(this.#superseded)
    this.#abort = new AbortController()
    for (const task of this.#options.engine.tasks()) this.#consider(task)
  }

  stop(): void {
    this.#isStopped = true
    this.#queue.stop()
    this.#abort.abort(new Error('the agent is stopping'))
    for (const timer of this.#batches.values()) timer.cancel()
    this.#batches.clear()
  }

  #consider(task: EngineTask): void {
    if (this.#isStopped) return
    if (nextReport(task, this.#dueBatches.has(task.arn), this.#options) !== undefined) this.#queue.add(task.arn)
    else if (hasUnsentContainers(task)) this.#waitForCompany(task.arn)
  }

  #waitForCompany(arn: string): void {
    if (this.#batches.has(arn)) return
    const { clock, ids } = this.#options
    const timer = clock.setTimer(BATCH_MS + BATCH_JITTER_MS * ids.random(), () => {
      this.#batches.delete(arn)
      this.#dueBatches.add(arn)
      this.#queue.add(arn)
    })
    this.#batches.set(arn, timer)
  }

  #forget(arn: string): void {
    this.#batches.get(arn)?.cancel()
    this.#batches.delete(arn)
    this.#dueBatches.delete(arn)
  }

  async #report(arn: string): Promise<void> {
    const { engine, receiver, log, logsDrained } = this.#options
    for (;;) {
      const task = engine.task(arn)
      const report = task && nextReport(task, this.#dueBatches.has(arn), this.#options)
      this.#dueBatches.delete(arn)
      if (report === undefined) return
      if (tellsEnd(report)) await logsDrained?.(arn)
      try {
        await receiver.submitTaskStateChange(report.request, this.#abort.signal)
      } catch (error) {
        if (!isRefusedForGood(error)) throw error
        log.warn('report refused', { taskArn: arn, status: report.request.status, error: error.message })
      }
      engine.change(arn, report.accepted)
    }
  }

  #failed(taskArn: string, error: unknown, retryInMs: number): void {
    if (this.#isStopped || error === this.#superseded) return
    this.#options.log.warn('report not delivered', { taskArn, retryInMs, error: String(error) })
  }
}

const tellsEnd = ({ request }: Report): boolean =>
  request.status === 'STOPPED' || (request.containers ?? []).some(({ status }) => status === 'STOPPED')

/** The control plane does not want to hear it, however often it is told. Anything else is tried again for ever. */
const isRefusedForGood = (error: unknown): error is ControlApiError =>
  error instanceof ControlApiError && error.type === 'InvalidParameterException'

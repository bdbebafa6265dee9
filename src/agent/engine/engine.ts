/**
 * The task engine: holds the tasks, records every change, and runs the steps that `next-steps.ts` finds due. It decides nothing about a
 * task itself. What concerns all tasks together has its own place: the queue for the host (`admission.ts`), the slots for the runtime's
 * calls (`slots.ts`), and whether the runtime answers at all (`runtime-watch.ts`).
 */
import { Backoff, type BackoffPolicy } from '../../kit/backoff.ts'
import type { Clock, Timer } from '../../kit/clock.ts'
import type { Ids } from '../../kit/ids.ts'
import type { Checkpoint } from '../checkpoint/checkpoint.ts'
import { restarted } from '../exec/managed-agent.ts'
import { type ListedContainer, RuntimeError, type RuntimeEvent } from '../runtime.ts'
import type { Situation, StepTools } from '../steps/step.ts'
import { Admission } from './admission.ts'
import { type Change, unchanged } from './changes.ts'
import { isCleanedUp } from './cleanup.ts'
import type { HostTotals } from './host-resources.ts'
import { LABELS } from './labels.ts'
import { nextSteps, nextWakeAt, type PlannedStep } from './next-steps.ts'
import { findOrphans, isNews, needsLook } from './reconcile.ts'
import { RuntimeWatch } from './runtime-watch.ts'
import { settle } from './settle.ts'
import { Slots } from './slots.ts'
import { statusChanges } from './status-log.ts'
import { type EngineTask, findContainer } from './task.ts'
import { TaskWork } from './task-work.ts'
import type { Tools } from './tools.ts'

export interface EngineOptions extends Tools {
  readonly clock: Clock
  readonly ids: Ids
  readonly checkpoint: Checkpoint
  readonly totals: HostTotals
}

/** Hears of every change of a task; `after` is undefined when the engine forgets it. */
export type TaskListener = (after: EngineTask | undefined, before: EngineTask | undefined) => void

/** A step that failed for no reason of the task's is tried again. Policy of the ECS agent for stops, capped higher. */
const STEP_BACKOFF: BackoffPolicy = { minMs: 1000, maxMs: 30_000, jitter: 0.2, multiplier: 1.3 }
/** A stop waits for the process, not for the runtime; after this long it no longer counts as work of the runtime. */
const SLOT_PATIENCE_MS = 2000
/** How long a stopping engine waits for steps in progress. */
const SETTLE_MS = 5000

export class TaskEngine {
  readonly #options: EngineOptions
  readonly #admission: Admission
  readonly #slots: Slots
  readonly #watch: RuntimeWatch
  readonly #tasks = new Map<string, EngineTask>()
  /** What goes on with a task just now; idle tasks have none. */
  readonly #work = new Map<string, TaskWork>()
  readonly #timers = new Map<string, Timer>()
  readonly #awake = new Set<string>()
  readonly #listeners: TaskListener[] = []
  readonly #running = new Set<Promise<void>>()
  #arrivals = 0
  #isEnded = false
  #onFirstSync: () => void = () => {}

  constructor(options: EngineOptions) {
    this.#options = options
    this.#admission = new Admission(options.totals, options.settings.dynamicHostPorts)
    this.#slots = new Slots(options.settings.parallelSteps)
    this.#watch = new RuntimeWatch({
      ...options,
      onEvent: (event) => this.#heard(event),
      onListed: (listed) => this.#compare(listed),
    })
  }

  /** Calls back after every change, in order. */
  listen(listener: TaskListener): void {
    this.#listeners.push(listener)
  }

  tasks(): IterableIterator<EngineTask> {
    return this.#tasks.values()
  }

  task(arn: string): EngineTask | undefined {
    return this.#tasks.get(arn)
  }

  /** Takes over what a checkpoint remembers. Before `start`. */
  restore(tasks: readonly EngineTask[]): void {
    for (const task of tasks.toSorted((a, b) => a.arrival - b.arrival)) {
      this.#tasks.set(task.arn, { ...task, containers: task.containers.map(restarted) })
      this.#arrivals = Math.max(this.#arrivals, task.arrival + 1)
      this.#admission.restore(task)
    }
  }

  /** Starts working. Resolves when everything restored was compared with the runtime: soon, if the runtime answers. */
  start(): Promise<void> {
    const synced = new Promise<void>((resolve) => (this.#onFirstSync = resolve))
    this.#watch.start()
    return synced
  }

  /** Takes no new step, gives those in progress a moment to end, and leaves all containers as they are. */
  async stop(): Promise<void> {
    if (this.#isEnded) return
    this.#watch.pause()
    await new Promise<void>((resolve) => {
      const patience = this.#options.clock.setTimer(SETTLE_MS, resolve)
      void Promise.allSettled(this.#running).then(() => {
        patience.cancel()
        resolve()
      })
    })
    this.end()
  }

  /** Stops at once: whatever is in progress is not heard of any more. */
  end(): void {
    this.#isEnded = true
    this.#watch.close()
    for (const timer of this.#timers.values()) timer.cancel()
    this.#timers.clear()
  }

  /** The position of the next task in the order of arrival. */
  nextArrival(): number {
    return this.#arrivals++
  }

  /**
   * Takes a new task. It is in the engine at once, but nothing is done for it before the returned promise resolves: then its record,
   * with all names in it, is durable. If that fails, the task is gone again and the promise rejects.
   */
  async add(task: EngineTask): Promise<void> {
    const { checkpoint, log } = this.#options
    this.#tasks.set(task.arn, task)
    this.#workOf(task.arn).isUndurable = true
    checkpoint.putTask(task)
    try {
      await checkpoint.flush()
    } catch (error) {
      checkpoint.forgetTask(task.arn)
      this.#tasks.delete(task.arn)
      this.#work.delete(task.arn)
      throw error
    }
    this.#workOf(task.arn).isUndurable = false
    log.info('task accepted', { taskArn: task.arn, desiredStatus: task.desiredStatus })
    this.#admission.enqueue(task.arn)
    this.#wake(task.arn)
  }

  /** Wants the task stopped. That is never taken back. */
  stopTask(arn: string): void {
    this.change(arn, (task) => (task.desiredStatus === 'STOPPED' ? task : { ...task, desiredStatus: 'STOPPED' }))
  }

  /** Changes a task's record, and does what follows from it. */
  change(arn: string, change: Change): void {
    const before = this.#tasks.get(arn)
    if (before === undefined || this.#isEnded) return
    const settled = settle(change(before), (this.#work.get(arn) ?? IDLE).busy, this.#options.clock.now())
    const isReleased = settled.knownStatus === 'STOPPED' && settled.resources !== 'RELEASED'
    const after: EngineTask = isReleased ? { ...settled, resources: 'RELEASED' } : settled
    if (after === before) return
    this.#tasks.set(arn, after)
    this.#options.checkpoint.putTask(after)
    for (const { message, fields } of statusChanges(before, after)) this.#options.log.info(message, fields)
    if (isReleased) this.#admission.release(arn)
    for (const listener of this.#listeners) listener(after, before)
    this.#wake(arn)
  }

  /** Looks at the task again, because something has changed that is not in its record. */
  look(arn: string): void {
    if (this.#tasks.has(arn)) this.#wake(arn)
  }

  /** Looks at the task soon, never within the call that changed it. */
  #wake(arn: string): void {
    if (this.#awake.size === 0) queueMicrotask(() => this.#advanceAwake())
    this.#awake.add(arn)
  }

  #advanceAwake(): void {
    const arns = [...this.#awake]
    this.#awake.clear()
    if (this.#isEnded) return
    this.#admit()
    for (const arn of arns) this.#advance(arn)
  }

  /** Resources come free only by changes, and every change comes by here. */
  #admit(): void {
    for (;;) {
      const admitted = this.#admission.next((arn) => this.#tasks.get(arn))
      if (admitted === undefined) return
      const { task } = admitted
      if (admitted.verdict === 'held') this.change(task.arn, () => ({ ...task, resources: 'HELD' }))
      else this.change(task.arn, failing(admitted.reason))
    }
  }

  #advance(arn: string): void {
    if (this.#work.get(arn)?.isUndurable) return
    // Time alone may have changed something.
    this.change(arn, unchanged)
    const task = this.#tasks.get(arn)
    if (task === undefined) return
    const situation = this.#situation(arn)
    if (isCleanedUp(task, situation)) return this.#forget(task)
    if (this.#watch.isInSync) for (const planned of nextSteps(task, situation)) this.#begin(arn, planned)
    this.#scheduleWake(arn, nextWakeAt(task, situation))
    if (this.#work.get(arn)?.isIdle) this.#work.delete(arn)
  }

  #forget(task: EngineTask): void {
    this.#scheduleWake(task.arn, undefined)
    this.#tasks.delete(task.arn)
    this.#work.delete(task.arn)
    this.#options.checkpoint.forgetTask(task.arn)
    this.#options.log.info('task cleaned up', { taskArn: task.arn })
    for (const listener of this.#listeners) listener(undefined, task)
  }

  #workOf(arn: string): TaskWork {
    const existing = this.#work.get(arn)
    if (existing !== undefined) return existing
    const created = new TaskWork()
    this.#work.set(arn, created)
    return created
  }

  #situation(arn: string): Situation {
    const { settings, clock, limits, logRouting, secrets } = this.#options
    const { busy, stale, heldBack } = this.#work.get(arn) ?? IDLE
    const has = { hasLimits: limits !== undefined, hasLogRouting: logRouting !== undefined }
    return { now: clock.now(), settings, ...has, secrets, busy, stale, heldBack }
  }

  #scheduleWake(arn: string, at: number | undefined): void {
    this.#timers.get(arn)?.cancel()
    this.#timers.delete(arn)
    if (at === undefined) return
    const { clock } = this.#options
    const timer = clock.setTimer(at - clock.now(), () => this.#wake(arn))
    this.#timers.set(arn, timer)
  }

  #begin(arn: string, planned: PlannedStep): void {
    this.#workOf(arn).busy.set(planned.key, planned.name)
    this.#track(this.#run(arn, planned))
  }

  #track(run: Promise<void>): void {
    this.#running.add(run)
    void run.finally(() => this.#running.delete(run))
  }

  async #run(arn: string, planned: PlannedStep): Promise<void> {
    const { name, key, slot } = planned
    const { clock } = this.#options
    const work = this.#workOf(arn)
    const giveBack = slot === undefined ? () => {} : await this.#slots.take(slot)
    const patience = name === 'stop-container' ? clock.setTimer(SLOT_PATIENCE_MS, giveBack) : undefined
    try {
      const change = await this.#perform(arn, planned, work)
      work.succeeded(key, name)
      this.change(arn, change)
    } catch (error) {
      this.#failed(arn, planned, work, error)
    } finally {
      patience?.cancel()
      giveBack()
      this.#wake(arn)
    }
  }

  /** Runs the step, if after all the waiting it is still the right one. */
  async #perform(arn: string, planned: PlannedStep, work: TaskWork): Promise<Change> {
    const task = this.#tasks.get(arn)
    if (task === undefined || !this.#watch.isInSync || !planned.isDue(task, this.#situation(arn))) return unchanged
    if (planned.name === 'inspect-container') work.stale.delete(planned.key)
    this.change(arn, planned.begin(this.#options.clock.now()))
    const tools: StepTools = { ...this.#options, apply: (change) => this.change(arn, change) }
    return planned.run(this.#tasks.get(arn) ?? task, tools)
  }

  #failed(arn: string, { name: step, key }: PlannedStep, work: TaskWork, error: unknown): void {
    const { log, clock, ids } = this.#options
    const task = this.#tasks.get(arn)
    // Whatever became of the call, a look at the container will show it.
    if (task !== undefined && findContainer(task, key) !== undefined) work.stale.add(key)
    if (error instanceof RuntimeError && error.kind === 'unreachable') {
      work.ended(key)
      this.#watch.lost(error)
      return
    }
    const retryInMs = work.failed(key, step, () => new Backoff(STEP_BACKOFF, ids), clock.now())
    log.warn('step failed', { taskArn: arn, step, subject: key, retryInMs, error })
  }

  #heard({ action, labels }: RuntimeEvent): void {
    const task = this.#tasks.get(labels[LABELS.taskArn] ?? '')
    const container = task && findContainer(task, labels[LABELS.containerName] ?? '')
    if (task === undefined || container === undefined || this.#isEnded) return
    const { name } = container.definition
    if (!isNews(action, container, this.#work.get(task.arn)?.busy.get(name))) return
    this.#workOf(task.arn).stale.add(name)
    this.#wake(task.arn)
  }

  #compare(listed: readonly ListedContainer[]): void {
    const byName = new Map(listed.map((container) => [container.name, container]))
    for (const task of this.#tasks.values()) {
      const names = needsLook(task, byName, (this.#work.get(task.arn) ?? IDLE).busy)
      for (const name of names) this.#workOf(task.arn).stale.add(name)
      this.#wake(task.arn)
    }
    for (const orphan of findOrphans(this.#tasks.values(), listed)) this.#track(this.#removeOrphan(orphan))
    this.#onFirstSync()
  }

  /** One that cannot be removed now is found again by the next comparison. */
  async #removeOrphan({ id, name }: ListedContainer): Promise<void> {
    const { runtime, log } = this.#options
    const giveBack = await this.#slots.take('beginning')
    try {
      await runtime.remove(id)
      log.info('removed a container that belongs to no task', { runtimeId: id, name })
    } catch (error) {
      log.warn('cannot remove a container that belongs to no task', { runtimeId: id, name, error })
    } finally {
      giveBack()
    }
  }
}

/** Stands for the work of every idle task; never written to. */
const IDLE = new TaskWork()

const failing = (reason: string): Change => {
  return (task) => ({ ...task, reason: task.reason || reason, desiredStatus: 'STOPPED' })
}

/**
 * Follows the containers of a task, or of all tasks of a service while they come and go. Streams are asked often while lines come, and seldom
 * while none do. A task that has stopped is read until nothing has come for a while: its log driver may deliver late.
 */
import { ServiceNotFoundException, type Task } from '@aws-sdk/client-ecs'
import type { Clock } from '../../kit/clock.ts'
import { shortTaskId } from '../find-tasks.ts'
import type { LogLine, StreamReader } from './stream-reader.ts'

export interface FollowOptions {
  readonly clock: Clock
  /** Those of the service, or the task itself, as they are now. */
  readonly tasks: () => Promise<readonly Task[]>
  readonly readersOf: (task: Task) => Promise<readonly StreamReader[]>
  /** Resolves when there is room for more. */
  readonly print: (lines: readonly LogLine[]) => Promise<void>
  readonly note: (sentence: string) => void
  /** Whether to end when every task has. */
  readonly endsWithTasks: boolean
  readonly signal: AbortSignal
}

interface Followed {
  readonly readers: readonly StreamReader[]
  /** When it was seen that the task had stopped, or was gone. */
  stoppedAt?: number
}

const FAST_MS = 200
const SLOW_MS = 2000
const SLOWER = 1.5
const TASKS_EVERY_MS = 2000
/** How long after its end a task may still have lines. */
const LATE_MS = 6000

export class Follower {
  readonly #options: FollowOptions
  readonly #followed = new Map<string, Followed>()
  #tasksSeenAt = Number.NEGATIVE_INFINITY
  #isAway = false

  constructor(options: FollowOptions) {
    this.#options = options
  }

  /** A task whose lines up to now were shown. */
  add(task: Task, readers: readonly StreamReader[]): void {
    this.#followed.set(task.taskArn ?? '', { readers })
  }

  /** Resolves when there is nothing more to follow, or nobody to follow for. */
  async run(): Promise<void> {
    const { clock, signal, endsWithTasks } = this.#options
    let pauseMs = FAST_MS
    while (!signal.aborted) {
      const count = await this.#patiently(() => this.#turn())
      if (endsWithTasks && this.#followed.size === 0) return
      pauseMs = count > 0 ? FAST_MS : Math.min(pauseMs * SLOWER, SLOW_MS)
      await sleep(clock, pauseMs, signal)
    }
  }

  /** A control plane that is started anew is waited for. */
  async #patiently(turn: () => Promise<number>): Promise<number> {
    try {
      const count = await turn()
      this.#isAway = false
      return count
    } catch (error) {
      if (!isUnreachable(error)) throw error
      if (!this.#isAway) this.#options.note('Longshore does not answer; waiting for it.')
      this.#isAway = true
      return 0
    }
  }

  async #turn(): Promise<number> {
    const { clock, print } = this.#options
    if (clock.monotonic() - this.#tasksSeenAt >= TASKS_EVERY_MS) await this.#lookForTasks()
    const pages = await Promise.all([...this.#followed].map(([arn, one]) => this.#read(arn, one)))
    const lines = pages.flat().toSorted((a, b) => a.timestamp - b.timestamp)
    if (lines.length > 0) await print(lines)
    return lines.length
  }

  async #read(arn: string, { readers, stoppedAt }: Followed): Promise<readonly LogLine[]> {
    const lines = (await Promise.all(readers.map((reader) => reader.next()))).flat()
    const isOver = stoppedAt !== undefined && this.#options.clock.monotonic() - stoppedAt > LATE_MS
    if (isOver && lines.length === 0) this.#followed.delete(arn)
    return lines
  }

  async #lookForTasks(): Promise<void> {
    const { tasks, readersOf, note, clock } = this.#options
    const current = await tasks().catch((error: unknown) => {
      if (error instanceof ServiceNotFoundException) return []
      throw error
    })
    for (const task of current.filter(({ taskArn }) => !this.#followed.has(taskArn ?? ''))) {
      if (task.lastStatus === 'STOPPED') continue
      this.add(task, await readersOf(task))
      note(`Task ${shortTaskId(task.taskArn)} has come.`)
    }
    const running = new Set(current.filter(({ lastStatus }) => lastStatus !== 'STOPPED').map(({ taskArn }) => taskArn))
    for (const [arn, one] of this.#followed) {
      if (running.has(arn) || one.stoppedAt !== undefined) continue
      one.stoppedAt = clock.monotonic()
      note(`Task ${shortTaskId(arn)} ${whyStopped(current.find(({ taskArn }) => taskArn === arn))}`)
    }
    this.#tasksSeenAt = clock.monotonic()
  }
}

const whyStopped = (task: Task | undefined): string =>
  task?.stoppedReason ? `has stopped: ${task.stoppedReason}` : 'goes.'

const isUnreachable = (error: unknown): boolean => {
  const { code, $retryable } = error as { readonly code?: string; readonly $retryable?: object }
  return ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT'].includes(code ?? '') || $retryable !== undefined
}

const sleep = (clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    // What waits here keeps the process alive.
    void clock.sleep(delayMs).then(resolve)
    signal.addEventListener('abort', () => resolve(), { once: true })
  })

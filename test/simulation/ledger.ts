/**
 * What clients were promised: every write that was answered, and those whose answer was lost, which may or may not have been done. A
 * write to a resource is begun only once the one before it was answered or given up, as a careful client does.
 */
import type { Task } from '@aws-sdk/client-ecs'
import type { Definition } from './traffic/definitions.ts'

/** What a client asked a service to be. */
export interface ServiceWish {
  readonly isDeleted: boolean
  readonly isDaemon: boolean
  /** Its task sets are made from outside. */
  readonly isExternal: boolean
  readonly desiredCount: number
  readonly definition: Definition
  /** It is behind load balancers: its definitions have the port. */
  readonly isBalanced: boolean
  /** How many tasks of it there is room for, whatever else goes on. */
  readonly room: Room
}

/** Of a service: anywhere; only on some of the hosts, or in large tasks; one on a host at most. */
export type Room = 'anywhere' | 'some hosts' | 'one per host'

/** A resource as it may be now. The last is what was asked last. */
export class Promised<Wish> {
  #possible: readonly Wish[]
  #isBusy = true
  #isNew = true

  constructor(first: Wish) {
    this.#possible = [first]
  }

  get possible(): readonly Wish[] {
    return this.#possible
  }

  /** No write to it was ever answered: it may not be there at all. */
  get isNew(): boolean {
    return this.#isNew
  }

  get isCertain(): boolean {
    return this.#possible.length === 1 && !this.#isBusy && !this.#isNew
  }

  get isBusy(): boolean {
    return this.#isBusy
  }

  get last(): Wish {
    return this.#possible.at(-1)!
  }

  begin(wish: Wish): void {
    this.#isBusy = true
    this.#possible = [...this.#possible, wish]
  }

  /** It was found to be one of those. */
  conclude(isSo: (wish: Wish) => boolean): void {
    const left = this.#possible.filter(isSo)
    if (left.length > 0) this.#possible = left
  }

  /** What became of the call. */
  settle(outcome: 'answered' | 'refused' | 'unanswered'): void {
    this.#isBusy = false
    if (outcome === 'answered') {
      this.#possible = [this.last]
      this.#isNew = false
    }
    if (outcome === 'refused') this.#possible = this.#possible.slice(0, -1)
  }
}

export interface PromisedTask {
  readonly taskArn: string
  readonly taskDefinitionArn: string
  readonly containerInstanceArn: string | undefined
  isStopPromised: boolean
}

export class Ledger {
  /** By ARN. */
  readonly tasks = new Map<string, PromisedTask>()
  /** How many tasks RunTask said it had started, by `startedBy`, which is the call's client token. */
  readonly startedBy = new Map<string, number>()
  readonly definitions = new Set<string>()
  /** By name. A service whose creation was not answered is here too. */
  readonly services = new Map<string, Promised<ServiceWish>>()
  /** Ids of tasks that were to be protected once, whether or not they still are. */
  readonly protected = new Set<string>()
  /** Status of container instances, by ARN. */
  readonly instances = new Map<string, Promised<'ACTIVE' | 'DRAINING' | 'INACTIVE'>>()

  started(tasks: readonly Task[]): void {
    for (const { taskArn = '', taskDefinitionArn = '', containerInstanceArn } of tasks) {
      if (this.tasks.has(taskArn)) continue
      this.tasks.set(taskArn, { taskArn, taskDefinitionArn, containerInstanceArn, isStopPromised: false })
    }
  }

  stopped(taskArn: string): void {
    const task = this.tasks.get(taskArn)
    if (task !== undefined) task.isStopPromised = true
  }
}

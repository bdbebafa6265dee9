/**
 * The queue for the host's resources. Tasks get their share in the order of their arrival; the first that does not fit holds up the
 * others. Which host ports a task's ranges get is decided at the same moment.
 */
import { HostResources, type HostTotals, resourceNeed } from './host-resources.ts'
import { withHostPortRanges } from './host-ports.ts'
import type { EngineTask } from './task.ts'
import type { EngineSettings } from './tools.ts'

export type Admitted =
  | { readonly verdict: 'held'; readonly task: EngineTask }
  | { readonly verdict: 'impossible'; readonly task: EngineTask; readonly reason: string }

export class Admission {
  readonly #host: HostResources
  readonly #dynamicHostPorts: EngineSettings['dynamicHostPorts']
  readonly #queue = new Set<string>()

  constructor(totals: HostTotals, dynamicHostPorts: EngineSettings['dynamicHostPorts']) {
    this.#host = new HostResources(totals)
    this.#dynamicHostPorts = dynamicHostPorts
  }

  /** Takes over a task as a checkpoint has it. */
  restore(task: EngineTask): void {
    if (task.resources === 'HELD') this.#host.take(task.arn, resourceNeed(task))
    if (task.resources === 'WAITING') this.enqueue(task.arn)
  }

  enqueue(taskArn: string): void {
    this.#queue.add(taskArn)
  }

  /** Gives back what the task holds, or its place in the queue. */
  release(taskArn: string): void {
    this.#host.release(taskArn)
    this.#queue.delete(taskArn)
  }

  /** The next task whose turn it is, if there is one. Tasks that are to be stopped leave the queue unserved. */
  next(taskOf: (arn: string) => EngineTask | undefined): Admitted | undefined {
    for (const arn of this.#queue) {
      const task = taskOf(arn)
      if (task !== undefined && task.desiredStatus === 'RUNNING') return this.#decide(task)
      this.#queue.delete(arn)
    }
    return undefined
  }

  #decide(task: EngineTask): Admitted | undefined {
    const need = resourceNeed(task)
    const unknownGpus = this.#host.unknownGpus(need)
    if (unknownGpus.length > 0) {
      this.#queue.delete(task.arn)
      return { verdict: 'impossible', task, reason: `HostResourceError: unknown GPU ${unknownGpus.join(', ')}` }
    }
    const isTaken = (port: number, protocol: 'tcp' | 'udp'): boolean => this.#host.isPortTaken(port, protocol)
    const ready = this.#host.fits(need) ? withHostPortRanges(task, { ...this.#dynamicHostPorts, isTaken }) : undefined
    if (ready === undefined) return undefined
    this.#queue.delete(task.arn)
    this.#host.take(task.arn, resourceNeed(ready))
    return { verdict: 'held', task: ready }
  }
}

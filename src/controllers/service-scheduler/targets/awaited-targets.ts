/** Targets that keep tasks from counting as healthy, for whoever asks why a service waits: the first of them. */
import { AWAITED_TARGETS_REMEMBERED } from '../../../model/limits.ts'
import { targetKey, targetRowKey } from '../../../model/load-balancing/records.ts'
import type { AwaitedTarget } from '../plan-memory.ts'
import type { JudgedTarget } from './target-health.ts'

export class AwaitedTargets {
  readonly #targets = new Map<string, AwaitedTarget>()

  add(judged: readonly JudgedTarget[]): void {
    for (const one of judged) {
      if (this.#targets.size >= AWAITED_TARGETS_REMEMBERED) return
      if (one.report?.state !== 'healthy') this.#targets.set(targetRowKey(one.target), awaited(one))
    }
  }

  toArray(): readonly AwaitedTarget[] {
    return [...this.#targets.values()]
  }
}

const awaited = ({ target, report }: JudgedTarget): AwaitedTarget => ({
  taskId: target.taskId ?? '',
  targetGroupArn: target.targetGroupArn,
  target: targetKey(target),
  ...(report && { state: report.state }),
  ...(report?.description !== undefined && { description: report.description }),
})

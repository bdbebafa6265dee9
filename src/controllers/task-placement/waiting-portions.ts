/** Tasks that wait for capacity, in portions that can be placed by one request each. Pure. */
import type { TaskRecord } from '../../model/records.ts'

/** Tasks with equal needs that come one after another. */
export interface WaitingPortion {
  /** What the tasks ask of placement, as a text: where one task of a kind fits nowhere, no other does. */
  readonly kind: string
  readonly taskIds: readonly string[]
}

/** In the order of the tasks: nobody is placed before one who has waited longer and has room. */
export const portionsOf = (tasks: Iterable<TaskRecord>, mostTasks: number): readonly WaitingPortion[] => {
  const portions: { readonly kind: string; readonly taskIds: string[] }[] = []
  for (const task of tasks) {
    const kind = kindOf(task)
    const last = portions.at(-1)
    if (last?.kind === kind && last.taskIds.length < mostTasks) last.taskIds.push(task.taskId)
    else portions.push({ kind, taskIds: [task.taskId] })
  }
  return portions
}

export const kindOf = (task: TaskRecord): string =>
  JSON.stringify([
    task.taskDefinitionArn,
    task.capacityProviderName,
    task.group,
    task.reservation,
    task.waiting,
    task.enableExecuteCommand,
    task.overrides,
  ])

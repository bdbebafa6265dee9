/** Carries out the stops of a plan. */
import type { TaskRecord } from '../../model/records.ts'
import { endWithoutAgent, requestStop, type StopCause } from '../../model/task-state.ts'
import { hostOf } from '../../store/tables.ts'
import type { PassContext } from './pass-context.ts'
import type { Stop, StopReason } from './plan/types.ts'
import { illnessOf, sayIllness } from './illness.ts'
import { listTasks, serviceAction } from './service-events.ts'
import { deregisterTargets } from './targets/keep-targets.ts'

const STOP_CODE = 'ServiceSchedulerInitiated'

/** Asks the tasks to stop, and gives the ids of those that were not asked before. */
export const carryOutStops = (context: PassContext, stops: readonly Stop[]): readonly string[] => {
  const stopped = stops.filter((stop) => {
    const isStopped = stopTask(context, stop.taskId, causeOf(context, stop))
    if (isStopped && stop.reason === 'unhealthy') sayIllness(context, stop.taskId)
    return isStopped
  })
  deregisterTargets(
    context,
    stopped.flatMap(({ taskId }) => context.tx.tasks.get(taskId) ?? []),
  )
  sayStopped(context, stopped)
  return stopped.map(({ taskId }) => taskId)
}

const causeOf = (context: PassContext, { taskId, holderId, reason }: Stop): StopCause => {
  const { service } = context
  const holder = service.deploymentController === 'EXTERNAL' ? 'taskSet' : 'deployment'
  return {
    stopCode: STOP_CODE,
    stoppedReason:
      reason === 'unhealthy' ? illnessOf(context, taskId) : `Scaling activity initiated by (${holder} ${holderId})`,
  }
}

/** False if the task has stopped or was asked to before. */
const stopTask = ({ tx, now }: PassContext, taskId: string, cause: StopCause): boolean => {
  const task = tx.tasks.get(taskId)
  if (task === undefined) return false
  const host = tx.containerInstances.get(hostOf(task) ?? '')
  const hasAgent = host !== undefined && host.status !== 'INACTIVE'
  const after = hasAgent ? requestStop(task, cause, now) : endWithoutAgent(task, cause, now)
  if (after === task) return false
  tx.tasks.put(after)
  return true
}

const sayStopped = (context: PassContext, stops: readonly Stop[]): void => {
  for (const [holderId, group] of Map.groupBy(stops, ({ holderId }) => holderId)) {
    const [rebalanced, others] = partition(group, 'rebalanced')
    sayCount(context, holderId, others, 'running tasks')
    for (const [zone, moved] of Map.groupBy(rebalanced, ({ taskId }) => zoneOf(context.tx.tasks.get(taskId))))
      sayCount(context, holderId, moved, `running tasks in ${zone} due to AZ rebalancing`)
  }
}

const sayCount = ({ events }: PassContext, holderId: string, stops: readonly Stop[], what: string): void => {
  if (stops.length === 0) return
  const taskIds = stops.map(({ taskId }) => taskId)
  events.say(
    `has stopped ${stops.length} ${what}: ${listTasks(taskIds)}.`,
    serviceAction('INFO', 'TASKS_STOPPED'),
    holderId,
  )
}

const partition = (stops: readonly Stop[], reason: StopReason): [Stop[], Stop[]] => [
  stops.filter((stop) => stop.reason === reason),
  stops.filter((stop) => stop.reason !== reason),
]

const zoneOf = (task: TaskRecord | undefined): string => task?.availabilityZone ?? 'another Availability Zone'

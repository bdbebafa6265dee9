/**
 * Keeps the tasks of a service registered with its load balancers: those that run are targets, those that are to stop are deregistered,
 * and shown as DEACTIVATING until balancers have let go of them. Who removes rows of deregistered targets, and when, is not decided here.
 *
 * Sources: "Task lifecycle" and "Service event messages" in the ECS developer guide.
 */
import { deregistrationDelayMs } from '../../../model/load-balancing/deregistration-delay.ts'
import { type TargetRecord, targetRowKey } from '../../../model/load-balancing/records.ts'
import type { TaskRecord } from '../../../model/records.ts'
import { revisionOfTask } from '../../../store/revision-of-task.ts'
import { serviceTasksKey } from '../../../store/tables.ts'
import type { PassContext } from '../pass-context.ts'
import { type WantedTarget, wantedTargets } from './wanted-targets.ts'

/** A place that another's target leaves is nobody's news. */
const TAKEN_PLACE_MS = 5000

/** Gives when to look again, if a task has to wait for its place. */
export const keepTargets = (context: PassContext): number | undefined => {
  const { tx, service } = context
  const toStop: TaskRecord[] = []
  const toRun: TaskRecord[] = []
  for (const task of tx.tasks.iterate('activeByService', serviceTasksKey(service.clusterArn, service.serviceName))) {
    if (task.desiredStatus === 'STOPPED') toStop.push(task)
    else if (task.lastStatus === 'RUNNING') toRun.push(task)
  }
  const areWaiting = hasLoadBalancers(context) && registerTargets(context, toRun)
  deregisterTargets(context, toStop)
  for (const task of toStop) noteDeactivated(context, task)
  return areWaiting ? context.now + TAKEN_PLACE_MS : undefined
}

export const hasLoadBalancers = ({ tx, service }: Pick<PassContext, 'tx' | 'service'>): boolean => {
  for (const { loadBalancers } of tx.serviceRevisions.iterate('byService', service.serviceArn))
    if (loadBalancers !== undefined) return true
  return false
}

/** Whether another target stands where one of them is to be. */
const registerTargets = (context: PassContext, tasks: readonly TaskRecord[]): boolean => {
  const registered = new Counts()
  const missing = new Set<string>()
  let areWaiting = false
  for (const task of tasks) {
    const revision = revisionOfTask(context.tx, task)
    if (revision?.loadBalancers === undefined) continue
    const wanted = wantedTargets(context.tx, task, revision)
    for (const target of wanted.targets) {
      if (register(context, task, target)) registered.add(target.targetGroupArn)
      else areWaiting ||= context.tx.targets.get(targetRowKey(target))?.taskId !== task.taskId
    }
    if (wanted.targets.length === revision.loadBalancers.length) leavePlaces(context, task, wanted.targets)
    if (wanted.missingGroups.length === 0) continue
    const known = new Set(context.tx.targets.find('byTask', task.taskId).map(({ targetGroupArn }) => targetGroupArn))
    for (const group of wanted.missingGroups) if (!known.has(group)) missing.add(group)
  }
  for (const [group, count] of registered) context.events.say(`registered ${count} targets in (target-group ${group})`)
  for (const group of missing)
    context.events.sayOnce(
      `failed to register targets in (target-group ${group}) with (error One or more target groups not found)`,
    )
  return areWaiting
}

/** What stood there before has to be gone: balancers must not take the new target for the old one. */
const register = ({ tx, now }: PassContext, { taskId }: TaskRecord, target: WantedTarget): boolean => {
  const existing = tx.targets.get(targetRowKey(target))
  if (existing === undefined) tx.targets.insert({ ...target, registeredAt: now, taskId })
  else if (existing.taskId === undefined && existing.drainingUntil === undefined)
    tx.targets.update(targetRowKey(target), { taskId })
  else return false
  return true
}

/** A task whose container was started again may have other ports, and another address when its host has: it is not where it was. */
const leavePlaces = ({ tx, now }: PassContext, { taskId }: TaskRecord, wanted: readonly WantedTarget[]): void => {
  if (tx.targets.findSize('byTask', taskId) <= wanted.length) return
  const places = new Set(wanted.map(targetRowKey))
  for (const row of tx.targets.find('byTask', taskId))
    if (row.drainingUntil === undefined && !places.has(targetRowKey(row))) beginDraining(tx, row, now)
}

const beginDraining = (tx: PassContext['tx'], row: TargetRecord, now: number): void => {
  const group = tx.targetGroups.get(row.targetGroupArn)
  const delayMs = group === undefined ? 0 : deregistrationDelayMs(group)
  tx.targets.update(targetRowKey(row), { drainingUntil: now + delayMs })
}

/** Of tasks that are to stop, or have. */
export const deregisterTargets = (context: PassContext, tasks: readonly TaskRecord[]): void => {
  const deregistered = new Counts()
  let drainingCount = 0
  for (const task of tasks) {
    const groups = deregister(context, task)
    for (const group of groups) deregistered.add(group)
    if (groups.length > 0) drainingCount++
  }
  if (drainingCount === 0) return
  context.events.say(`has begun draining connections on ${drainingCount} tasks.`)
  for (const [group, count] of deregistered)
    context.events.say(`deregistered ${count} targets in (target-group ${group})`)
}

/** Gives the target groups that lose the task. */
const deregister = ({ tx, now }: PassContext, task: TaskRecord): readonly string[] => {
  const rows = tx.targets.find('byTask', task.taskId).filter(({ drainingUntil }) => drainingUntil === undefined)
  for (const row of rows) beginDraining(tx, row, now)
  if (rows.length > 0 && task.lastStatus === 'RUNNING') {
    const { version = 0 } = tx.tasks.get(task.taskId) ?? {}
    tx.tasks.update(task.taskId, { lastStatus: 'DEACTIVATING', version: version + 1 })
  }
  return rows.map(({ targetGroupArn }) => targetGroupArn)
}

/** Nothing is under way with the task any more: its agent stops it now. */
const noteDeactivated = ({ tx }: PassContext, { taskId }: TaskRecord): void => {
  const task = tx.tasks.get(taskId)
  if (task?.lastStatus !== 'DEACTIVATING' || tx.targets.findSize('byTask', taskId) > 0) return
  tx.tasks.update(taskId, { lastStatus: 'STOPPING', version: task.version + 1 })
}

/** How often each was added, in the order in which they first were. */
class Counts extends Map<string, number> {
  add(name: string): void {
    this.set(name, (this.get(name) ?? 0) + 1)
  }
}

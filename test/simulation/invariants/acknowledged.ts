/** What clients were promised stays true: tasks and definitions are there, what was stopped is to stop, services are as asked last. */
import { resourceId } from '../../../src/model/arn.ts'
import { STOPPED_TASK_RETENTION_MS } from '../../../src/model/limits.ts'
import type { TaskRecord } from '../../../src/model/records.ts'
import type { ServiceRecord } from '../../../src/model/service-records.ts'
import type { Store } from '../../../src/store/store.ts'
import type { Promised, PromisedTask, ServiceWish } from '../ledger.ts'
import type { MakeInvariant } from './invariant.ts'

export const acknowledged: MakeInvariant = ({ world, ledger }, feed) => {
  const ended = new Map<string, number>()
  feed.listen((changes) => {
    for (const { table, key, after } of changes) {
      const stoppedAt = table === 'tasks' ? (after as TaskRecord | undefined)?.stoppedAt : undefined
      if (stoppedAt !== undefined) ended.set(key, stoppedAt)
    }
  })
  const isForgotten = (taskId: string): boolean => {
    const stoppedAt = ended.get(taskId)
    return stoppedAt !== undefined && world.clock.now() >= stoppedAt + STOPPED_TASK_RETENTION_MS
  }
  return {
    name: 'acknowledged',
    *check() {
      if (!world.isRunning) return
      const { store } = world
      for (const [arn, task] of ledger.tasks) {
        if (isForgotten(resourceId(arn))) ledger.tasks.delete(arn)
        else yield* taskBreaches(store, task)
      }
      yield* countBreaches(store, ledger.startedBy)
      for (const arn of ledger.definitions)
        if (!store.tables.taskDefinitions.has(arn)) yield `${arn} was registered and is not there`
      for (const [name, promised] of ledger.services) yield* serviceBreaches(serviceNamed(store, name), name, promised)
      for (const [arn, { possible }] of ledger.instances) {
        const status = store.tables.containerInstances.get(resourceId(arn))?.status ?? 'INACTIVE'
        if (!possible.includes(status)) yield `${arn} is ${status}, and was to be ${possible.join(' or ')}`
      }
    },
  }
}

function* taskBreaches({ tables }: Store, { taskArn, taskDefinitionArn, isStopPromised }: PromisedTask) {
  const task = tables.tasks.get(resourceId(taskArn))
  if (task === undefined) yield `${taskArn} was started and is not there`
  else if (task.taskDefinitionArn !== taskDefinitionArn) yield `${taskArn} is of another definition than it was`
  else if (isStopPromised && task.desiredStatus !== 'STOPPED') yield `${taskArn} was asked to stop and is to run`
}

/** A call that was repeated with its token was done once. */
function* countBreaches({ tables }: Store, startedBy: ReadonlyMap<string, number>) {
  const counts = new Map<string, number>()
  for (const task of tables.tasks.rows()) {
    if (task.startedBy !== undefined) counts.set(task.startedBy, (counts.get(task.startedBy) ?? 0) + 1)
  }
  for (const [token, promised] of startedBy) {
    const count = counts.get(token) ?? 0
    if (count > promised) yield `RunTask ${token} started ${promised} tasks, and there are ${count}`
  }
}

const serviceNamed = ({ tables }: Store, name: string): ServiceRecord | undefined =>
  [...tables.services.rows()].find(({ serviceName }) => serviceName === name)

function* serviceBreaches(
  service: ServiceRecord | undefined,
  name: string,
  { possible, isNew }: Promised<ServiceWish>,
) {
  const mayBeGone = isNew || possible.some(({ isDeleted }) => isDeleted)
  const isGone = service === undefined || service.status !== 'ACTIVE'
  if (isGone && !mayBeGone) yield `service ${name} is not there`
  if (isGone) return
  const suits = ({ isDeleted, isDaemon, desiredCount }: ServiceWish): boolean =>
    !isDeleted && (isDaemon || desiredCount === service.desiredCount)
  if (!possible.some(suits))
    yield `service ${name} wants ${service.desiredCount} tasks, and was asked for ${possible.map(wishText).join(' or ')}`
}

const wishText = ({ isDeleted, desiredCount }: ServiceWish): string =>
  isDeleted ? 'none, for it was deleted' : String(desiredCount)

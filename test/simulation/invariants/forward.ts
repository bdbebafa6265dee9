/** Statuses only move forward, versions only rise, and what is over stays as it is: within one life of the control plane and across them. */
import { isDeepStrictEqual } from 'node:util'
import type { ContainerInstanceRecord, TaskRecord } from '../../../src/model/records.ts'
import { isOver } from '../../../src/model/new-deployment.ts'
import type { ServiceDeploymentRecord, ServiceRecord } from '../../../src/model/service-records.ts'
import type { FeedChange } from '../feed.ts'
import type { MakeInvariant } from './invariant.ts'

const TASK_STATUSES = [
  'PROVISIONING',
  'PENDING',
  'ACTIVATING',
  'RUNNING',
  'DEACTIVATING',
  'STOPPING',
  'DEPROVISIONING',
  'STOPPED',
]
const CONTAINER_STATUSES = ['PENDING', 'RUNNING', 'STOPPED']
const SERVICE_STATUSES = ['ACTIVE', 'DRAINING', 'INACTIVE']

export const forward: MakeInvariant = (_site, feed) => {
  const breaches: string[] = []
  feed.listen((changes) => {
    for (const change of changes) breaches.push(...backwards(change))
  })
  return { name: 'forward', check: () => breaches.splice(0) }
}

const backwards = ({ table, key, before, after }: FeedChange): Iterable<string> => {
  if (before === undefined || after === undefined) return []
  if (table === 'tasks') return taskBackwards(before as TaskRecord, after as TaskRecord)
  if (table === 'containerInstances') {
    return versionBackwards(`instance ${key}`, before as ContainerInstanceRecord, after as ContainerInstanceRecord)
  }
  if (table === 'services') return serviceBackwards(before as ServiceRecord, after as ServiceRecord)
  if (table === 'serviceDeployments') {
    return endedBackwards(before as ServiceDeploymentRecord, after as ServiceDeploymentRecord)
  }
  return []
}

function* taskBackwards(before: TaskRecord, after: TaskRecord): Iterable<string> {
  const name = `task ${after.taskId}`
  yield* versionBackwards(name, before, after)
  if (isBack(TASK_STATUSES, before.lastStatus, after.lastStatus))
    yield `${name} went from ${before.lastStatus} back to ${after.lastStatus}`
  if (before.desiredStatus === 'STOPPED' && after.desiredStatus !== 'STOPPED')
    yield `${name} was to stop and is to be ${after.desiredStatus}`
  if (before.stopCode !== undefined && before.stopCode !== after.stopCode)
    yield `${name} stopped for ${before.stopCode} and then for ${after.stopCode}`
  for (const container of after.containers) {
    const was = before.containers.find(({ name: other }) => other === container.name)?.lastStatus
    if (was !== undefined && isBack(CONTAINER_STATUSES, was, container.lastStatus))
      yield `container ${container.name} of ${name} went from ${was} back to ${container.lastStatus}`
  }
}

function* versionBackwards(name: string, before: { version: number }, after: { version: number }): Iterable<string> {
  if (after.version < before.version) yield `${name} went from version ${before.version} back to ${after.version}`
}

/** A service that is gone may be made again under its name. */
function* serviceBackwards(before: ServiceRecord, after: ServiceRecord): Iterable<string> {
  if (before.createdAt !== after.createdAt) {
    if (before.status !== 'INACTIVE') yield `service ${after.serviceName} was made anew while it was ${before.status}`
  } else if (isBack(SERVICE_STATUSES, before.status, after.status)) {
    yield `service ${after.serviceName} went from ${before.status} back to ${after.status}`
  }
}

/** Not one member: what is over is history. */
function* endedBackwards(before: ServiceDeploymentRecord, after: ServiceDeploymentRecord): Iterable<string> {
  if (isOver(before) && !isDeepStrictEqual(before, after))
    yield `service deployment ${after.serviceDeploymentArn} was ${before.status} and changed: ${JSON.stringify(after)}`
}

const isBack = (order: readonly string[], before: string, after: string): boolean =>
  order.indexOf(after) < order.indexOf(before)

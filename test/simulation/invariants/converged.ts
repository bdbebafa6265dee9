/**
 * Once faults have stopped everything comes to rest: hosts are connected, tasks are where they are to be, the containers that run are those
 * of the tasks, and every service has what it wants. What the engines run is asked of the engines.
 */
import type { Service } from '@aws-sdk/client-ecs'
import type { TaskRecord } from '../../../src/model/records.ts'
import { serviceTasksKey } from '../../../src/store/tables.ts'
import type { ServiceWish } from '../ledger.ts'
import { hostName, type Site } from '../site.ts'
import { placementUnrest } from './placement.ts'
import { CONTAINER_LABEL, TASK_LABEL, taskIdOf } from './invariant.ts'

/** Why the world is not at rest yet; empty once it is. */
export const unrest = async (site: Site): Promise<readonly string[]> => [
  ...hostUnrest(site),
  ...taskUnrest(site),
  ...containerUnrest(site),
  ...(await serviceUnrest(site)),
  ...placementUnrest(site),
  ...failureUnrest(site),
]

function* hostUnrest({ world }: Site): Iterable<string> {
  for (const agent of world.agents) {
    const name = hostName(world, agent)
    if (agent.failure !== undefined) yield `the agent of ${name} gave up: ${agent.failure.message}`
    else if (!agent.isRegistered) yield `${name} is not registered`
    else {
      const instance = world.store.tables.containerInstances.get(agent.containerInstanceId)
      if (instance?.agentConnected !== true) yield `${name} is not connected`
      if (instance?.status !== 'ACTIVE') yield `${name} is ${instance?.status ?? 'unknown'}`
    }
  }
}

function* taskUnrest({ world }: Site): Iterable<string> {
  for (const task of world.store.tables.tasks.rows()) {
    const { taskId, lastStatus, desiredStatus } = task
    if (lastStatus === desiredStatus || isRestless(world, task)) continue
    yield `task ${taskId} is ${lastStatus} and is to be ${desiredStatus}`
  }
}

function* containerUnrest({ world }: Site): Iterable<string> {
  const running = new Set<string>()
  for (const agent of world.agents) {
    for (const container of agent.runtime.containers()) {
      if (container.status !== 'running') continue
      running.add(`${container.labels[CONTAINER_LABEL]} ${taskIdOf(container)}`)
      const task = world.store.tables.tasks.get(taskIdOf(container))
      if (task?.desiredStatus !== 'RUNNING' && !isRestless(world, task))
        yield `${container.name} runs on ${hostName(world, agent)}, and its task is to be ${task?.desiredStatus ?? 'forgotten'} (${container.labels[TASK_LABEL]})`
    }
  }
  for (const task of world.store.tables.tasks.rows()) {
    if (task.lastStatus !== 'RUNNING' || isRestless(world, task)) continue
    for (const { name, lastStatus } of task.containers)
      if (lastStatus === 'RUNNING' && !running.has(`${name} ${task.taskId}`))
        yield `container ${name} of task ${task.taskId} is RUNNING and does not run`
  }
}

/** Of a definition whose containers never come to rest. */
export const isRestless = ({ store }: Site['world'], task: TaskRecord | undefined): boolean => {
  const definition = task && store.tables.taskDefinitions.get(task.taskDefinitionArn)
  return definition !== undefined && RESTLESS.test(definition.family)
}

/** Kinds of `traffic/definitions.ts` that are not good. */
const RESTLESS = /^(short|crashing|no-image|no-start|unhealthy|flapping)-/

async function serviceUnrest({ world, ledger, scenario }: Site): Promise<readonly string[]> {
  const found: string[] = []
  for (const [name, { last, isNew }] of ledger.services) {
    const { services = [] } = await world.call('DescribeServices', { services: [name] })
    const [service] = services
    if (last.isDeleted || isNew) found.push(...remains(service, name))
    else if (service === undefined) found.push(`service ${name} is not there`)
    else if (last.isExternal) found.push(...unsteadySets(service))
    else if (last.definition.kind.isGood) {
      found.push(...unsteady(service, last, scenario.hosts))
      // Its tasks may all run, and the health of some still be unknown.
      if (world.store.tables.services.get(service.serviceArn ?? '')?.steadySince === undefined)
        found.push(`service ${name} does not count as steady yet`)
    }
  }
  return found
}

/** Failed starts are forgotten once a task that was started later goes on running. */
function* failureUnrest({ world }: Site): Iterable<string> {
  const { tables } = world.store
  for (const { deploymentId, serviceArn, startFailures } of tables.deployments.rows()) {
    const service = tables.services.get(serviceArn)
    if (service === undefined || startFailures === undefined) continue
    const tasks = tables.tasks.find('activeByService', serviceTasksKey(service.clusterArn, service.serviceName))
    const isOver = ({ startedBy, startedAt = 0 }: TaskRecord): boolean =>
      startedBy === deploymentId && startedAt > startFailures.lastAt
    if (tasks.some(isOver)) yield `deployment ${deploymentId} still counts ${startFailures.consecutive} failed starts`
  }
}

function* remains(service: Service | undefined, name: string): Iterable<string> {
  if (service !== undefined && service.status !== 'INACTIVE' && service.status !== undefined)
    yield `service ${name} was deleted and is ${service.status} with ${service.runningCount} tasks`
}

function* unsteady(service: Service, { isDaemon, desiredCount }: ServiceWish, hosts: number): Iterable<string> {
  const { serviceName, runningCount, pendingCount, deployments = [], status } = service
  const wanted = isDaemon ? hosts : desiredCount
  if (status !== 'ACTIVE') yield `service ${serviceName} is ${status}`
  if (service.desiredCount !== wanted) yield `service ${serviceName} wants ${service.desiredCount} tasks, not ${wanted}`
  if (runningCount !== wanted || pendingCount !== 0)
    yield `service ${serviceName} wants ${wanted} tasks and has ${runningCount} running, ${pendingCount} pending: ${lastEvent(service)}`
  if (deployments.length !== 1)
    yield `service ${serviceName} has ${deployments.length} deployments: ${lastEvent(service)}`
  const [primary] = deployments
  if (deployments.length === 1 && primary?.rolloutState !== 'COMPLETED')
    yield `the deployment of service ${serviceName} is ${primary?.rolloutState}: ${primary?.rolloutStateReason}`
}

function* unsteadySets({ serviceName, taskSets = [], runningCount = 0 }: Service): Iterable<string> {
  let wanted = 0
  for (const {
    id,
    status,
    stabilityStatus,
    computedDesiredCount = 0,
    runningCount: running,
    pendingCount,
  } of taskSets) {
    wanted += computedDesiredCount
    if (status === 'DRAINING') yield `task set ${id} of service ${serviceName} is DRAINING`
    if (stabilityStatus !== 'STEADY_STATE') yield `task set ${id} of service ${serviceName} is ${stabilityStatus}`
    if (running !== computedDesiredCount || pendingCount !== 0)
      yield `task set ${id} of service ${serviceName} wants ${computedDesiredCount} tasks and has ${running}`
  }
  if (runningCount !== wanted) yield `service ${serviceName} has ${runningCount} tasks, and its task sets ${wanted}`
}

const lastEvent = ({ events }: Service): string => events?.[0]?.message ?? 'no events'

/** The instances that are to run a task of a DAEMON service: those that its constraints admit, whatever they have left. */
import type { TaskRecord } from '../../model/records.ts'
import { serviceArn, serviceNameOfGroup } from '../../model/arn.ts'
import { hostOf, serviceTasksKey } from '../../store/tables.ts'
import { serviceLaunch } from './launch.ts'
import type { Holder, PassContext } from './pass-context.ts'
import type { TaskFacts } from './plan/types.ts'

export const qualifyingInstances = (context: PassContext, holder: Holder): readonly string[] => {
  const launch = serviceLaunch(context, holder, {})
  return launch === undefined ? [] : context.capacity.admitted(launch.requestFor(1))
}

/** Whether the task's host is to run tasks and its agent is away: for a moment, or until the host is given up with all its tasks. */
export const isHostAway = ({ tx }: PassContext, hostId: string | undefined): boolean => {
  const host = tx.containerInstances.get(hostId ?? '')
  return host?.status === 'ACTIVE' && !host.agentConnected
}

/** Instances that have a daemon to run while their agents are away: they count until they are given up. */
export const awayInstances = (context: PassContext): ReadonlySet<string> => {
  const { clusterArn, serviceName } = context.service
  const away = new Set<string>()
  for (const task of context.tx.tasks.iterate('activeByService', serviceTasksKey(clusterArn, serviceName))) {
    const host = hostOf(task)
    if (host !== undefined && task.desiredStatus === 'RUNNING' && isHostAway(context, host)) away.add(host)
  }
  return away
}

/** Of the tasks' hosts those that drain and still have tasks of other services, which may need the daemon. */
export const drainingBusy = (context: PassContext, tasks: readonly TaskFacts[]): ReadonlySet<string> => {
  const draining = tasks.filter(({ hostStatus }) => hostStatus === 'DRAINING')
  const hosts = new Set(draining.flatMap(({ containerInstanceId }) => containerInstanceId ?? []))
  return new Set([...hosts].filter((host) => hasServiceTasks(context, host)))
}

const hasServiceTasks = (context: PassContext, host: string): boolean => {
  for (const task of context.tx.tasks.iterate('activeByInstance', host))
    if (hostOf(task) === host && isOfReplicas(context, task)) return true
  return false
}

const isOfReplicas = ({ tx }: PassContext, { clusterArn, group }: TaskRecord): boolean => {
  const name = serviceNameOfGroup(group)
  return name !== undefined && tx.services.get(serviceArn(clusterArn, name))?.schedulingStrategy === 'REPLICA'
}

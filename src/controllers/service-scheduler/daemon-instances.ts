/** The instances that are to run a task of a DAEMON service: those that its constraints admit, whatever they have left. */
import type { TaskRecord } from '../../model/records.ts'
import { serviceArn, serviceNameOfGroup } from '../../model/arn.ts'
import { hostOf } from '../../store/tables.ts'
import { serviceLaunch } from './launch.ts'
import type { Holder, PassContext } from './pass-context.ts'
import type { TaskFacts } from './plan/types.ts'

export const qualifyingInstances = (context: PassContext, holder: Holder): readonly string[] => {
  const launch = serviceLaunch(context, holder, {})
  return launch === undefined ? [] : context.capacity.admitted(launch.requestFor(1))
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

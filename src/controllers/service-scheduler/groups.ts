/** What the plan of one group of tasks is made from. */
import type { ServiceRevisionRecord } from '../../model/service-records.ts'
import { drainingBusy, isHostAway, qualifyingInstances } from './daemon-instances.ts'
import { serviceLaunch } from './launch.ts'
import type { Observation } from './observe.ts'
import type { Holder, PassContext } from './pass-context.ts'
import type { DaemonGroup, ReplicaGroup, TaskFacts } from './plan/types.ts'
import type { GroupTarget } from './rollout/types.ts'

/** What both strategies are told. */
type CommonMembers = Omit<DaemonGroup, 'instances' | 'drainingBusy'>

const commonMembers = (
  context: PassContext,
  observation: Observation,
  target: GroupTarget,
  holder: Holder,
): CommonMembers => {
  const { service, settlingMs, now } = context
  const { minimumHealthyPercent, maximumPercent } = service.deploymentConfiguration
  const throttledUntil = holder.startFailures?.throttledUntil
  return {
    holderId: holder.holderId,
    minimumHealthyPercent,
    maximumPercent,
    mayStart: target.mayStart,
    ...(throttledUntil === undefined || throttledUntil <= now ? {} : { throttledUntil }),
    tasks: tasksOf(observation, target),
    settlingMs,
  }
}

const tasksOf = (
  { factsByHolder, leftBehind }: Observation,
  { holderId, replacedIds }: GroupTarget,
): readonly TaskFacts[] => [...[holderId, ...replacedIds].flatMap((id) => factsByHolder.get(id) ?? []), ...leftBehind]

export const daemonGroup = (
  context: PassContext,
  observation: Observation,
  target: GroupTarget,
  holder: Holder,
): DaemonGroup => {
  const common = commonMembers(context, observation, target, holder)
  return {
    ...common,
    tasks: common.tasks.filter(({ containerInstanceId }) => !isHostAway(context, containerInstanceId)),
    instances: target.desiredCount === 0 ? [] : qualifyingInstances(context, holder),
    drainingBusy: drainingBusy(context, common.tasks),
  }
}

export const replicaGroup = (
  context: PassContext,
  observation: Observation,
  target: GroupTarget,
  holder: Holder,
  revision: ServiceRevisionRecord,
): ReplicaGroup => ({
  ...commonMembers(context, observation, target, holder),
  desiredCount: target.desiredCount,
  capacityProviderStrategy: revision.capacityProviderStrategy,
  isPlacementBlocked: false,
  ...(revision.loadBalancers !== undefined && { failsOpen: true }),
  balancedZones: balancedZones(context, holder),
})

/** AWS: tasks are moved between Availability Zones only where the service wants it. */
const balancedZones = (context: PassContext, holder: Holder): readonly string[] => {
  if (context.service.availabilityZoneRebalancing !== 'ENABLED') return []
  const launch = serviceLaunch(context, holder, {})
  return launch === undefined ? [] : context.capacity.zones(launch.requestFor(1))
}

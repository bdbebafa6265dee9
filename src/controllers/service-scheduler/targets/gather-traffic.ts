/**
 * A rolling deployment whose revision has two target groups: its tasks replace all others in one of them. A shift of traffic that it cut
 * short left traffic at the other, which has to go back before tasks there do, and as soon as somebody is there to take it.
 */
import { isOver } from '../../../model/new-deployment.ts'
import { targetGroupOf } from '../../../model/load-balancing/revision-groups.ts'
import type { TaskRecord } from '../../../model/records.ts'
import type { RevisionLoadBalancer, ServiceRevisionRecord } from '../../../model/service-records.ts'
import { targetReport } from '../../../store/load-balancing/target-report.ts'
import { revisionOfTask } from '../../../store/revision-of-task.ts'
import type { PassContext } from '../pass-context.ts'
import { isShared } from './rule-traffic.ts'

type TasksOffTraffic = (task: TaskRecord) => boolean

/** Gives the tasks that nobody sends requests to any more, and which count for nothing. */
export const gatherTraffic = (context: PassContext): TasksOffTraffic => {
  const target = rollingTarget(context)
  if (target === undefined) return () => false
  const { tx, traffic } = context
  const loadBalancers = shiftable(target)
  if (loadBalancers.every((loadBalancer) => canTakeTraffic(context, loadBalancer))) {
    const { serviceArn, serviceRevisionArn: targetRevisionArn } = target
    for (const kind of ['production', 'test'] as const)
      if (loadBalancers.some((loadBalancer) => isShared(tx, loadBalancer, kind)))
        traffic.isShifted({ serviceArn, sourceRevisionArn: undefined, targetRevisionArn, kind, percent: 100 })
  }
  return (task) => {
    const revision = revisionOfTask(tx, task)
    return shiftable(revision).some((loadBalancer) => traffic.isOffTraffic(loadBalancer))
  }
}

const shiftable = (revision: ServiceRevisionRecord | undefined): readonly RevisionLoadBalancer[] =>
  (revision?.loadBalancers ?? []).filter(({ advancedConfiguration }) => advancedConfiguration !== undefined)

/** What the service comes to by a rolling deployment, or its roll-back, that is under way. */
const rollingTarget = ({ tx, service }: PassContext): ServiceRevisionRecord | undefined => {
  const current = tx.serviceDeployments.get(service.currentServiceDeploymentArn ?? '')
  if (current === undefined || isOver(current) || current.deploymentConfiguration.strategy !== 'ROLLING')
    return undefined
  const primary = tx.deployments.find('byService', service.serviceArn).find(({ status }) => status === 'PRIMARY')
  const revision = tx.serviceRevisions.get(primary?.serviceRevisionArn ?? '')
  return shiftable(revision).length > 0 ? revision : undefined
}

const canTakeTraffic = ({ tx, targetHealth }: PassContext, loadBalancer: RevisionLoadBalancer): boolean =>
  tx.targets
    .find('byTargetGroup', targetGroupOf(loadBalancer))
    .some((target) => target.drainingUntil === undefined && targetReport(tx, targetHealth, target)?.state === 'healthy')

/**
 * The end of a service that was deleted. All its tasks are asked to stop, protected or not; then it is INACTIVE, and its name is free. An Express
 * service takes along what ECS made for it.
 * AWS: a service is DRAINING until its tasks are STOPPING or STOPPED. Source: DeleteService in the API reference.
 */
import { isOver } from '../../model/new-deployment.ts'
import { isDraining } from '../../store/load-balancing/draining-tasks.ts'
import { serviceTasksKey } from '../../store/tables.ts'
import { removeExpressGateway } from '../../store/express/remove-express-gateway.ts'
import { SERVICE_STOPS_PER_TRANSACTION } from '../../model/limits.ts'
import type { PassOutcome } from './pass.ts'
import type { PassContext } from './pass-context.ts'
import type { Stop } from './plan/types.ts'
import { carryOutStops } from './stops.ts'

/** `isUnfinished` while tasks are left for another transaction. */
export const endService = (context: PassContext): Pick<PassOutcome, 'isUnfinished' | 'stoppedCount'> => {
  const { tx, service } = context
  const stops: Stop[] = []
  let drainingCount = 0
  for (const task of tx.tasks.iterate('activeByService', serviceTasksKey(service.clusterArn, service.serviceName))) {
    if (isDraining(tx, task)) drainingCount++
    if (task.desiredStatus === 'STOPPED') continue
    if (stops.length === SERVICE_STOPS_PER_TRANSACTION) break
    stops.push({ taskId: task.taskId, holderId: task.startedBy ?? '', reason: 'surplus' })
  }
  carryOutStops(context, stops)
  const isUnfinished = stops.length === SERVICE_STOPS_PER_TRANSACTION
  const isLeft = drainingCount > 0 || stops.some(({ taskId }) => tx.targets.findSize('byTask', taskId) > 0)
  if (!isUnfinished && !isLeft) deactivate(context)
  return { isUnfinished, stoppedCount: stops.length }
}

const deactivate = ({ tx, service, now }: PassContext): void => {
  const { serviceArn, currentServiceDeploymentArn, express } = service
  for (const { deploymentId } of tx.deployments.find('byService', serviceArn)) tx.deployments.remove(deploymentId)
  for (const { taskSetId } of tx.taskSets.find('byService', serviceArn)) tx.taskSets.remove(taskSetId)
  const current = tx.serviceDeployments.get(currentServiceDeploymentArn ?? '')
  if (current !== undefined && !isOver(current)) {
    const end = { updatedAt: now, stoppedAt: now, finishedAt: now }
    const statusReason = 'The service was deleted.'
    tx.serviceDeployments.update(current.serviceDeploymentArn, { status: 'STOPPED', statusReason, ...end })
  }
  tx.services.update(serviceArn, { status: 'INACTIVE', endedAt: now, steadySince: undefined })
  if (express !== undefined) removeExpressGateway(tx, express)
}

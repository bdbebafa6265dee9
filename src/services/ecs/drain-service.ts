/** The end of a service begins: it is to have no tasks any more. The service scheduler does the rest. */
import { isOver, stoppedDeployment } from '../../model/new-deployment.ts'
import type { ServiceRecord } from '../../model/service-records.ts'
import type { EcsContext } from './context.ts'

export const drainService = ({ tx, now }: EcsContext, service: ServiceRecord): ServiceRecord => {
  const current = tx.serviceDeployments.get(service.currentServiceDeploymentArn ?? '')
  if (current !== undefined && !isOver(current))
    tx.serviceDeployments.put(stoppedDeployment(current, 'The service was deleted.', now))
  for (const { taskSetId } of tx.taskSets.find('byService', service.serviceArn))
    tx.taskSets.update(taskSetId, { status: 'DRAINING', updatedAt: now })
  return tx.services.update(service.serviceArn, { status: 'DRAINING', desiredCount: 0, steadySince: undefined })
}

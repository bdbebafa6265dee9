/** Begins the passage of a service to a revision: the rows of it, written. The service scheduler does the rest. */
import type { ServiceRecord, ServiceRevisionRecord } from '../../model/service-records.ts'
import { beginDeployment } from '../../model/new-deployment.ts'
import { taskListKey } from '../../store/tables.ts'
import type { EcsContext } from './context.ts'

/** How many tasks of a deployment are to run, whether they do or not. */
export const tasksToRun = ({ tx }: Pick<EcsContext, 'tx'>, clusterArn: string, deploymentId: string): number =>
  tx.tasks.findSize('listedByStartedBy', taskListKey(clusterArn, 'RUNNING', deploymentId))

/** The service as it is afterwards. The revision must be new. */
export const beginServiceDeployment = (
  context: EcsContext,
  service: ServiceRecord,
  revision: ServiceRevisionRecord,
): ServiceRecord => {
  const { tx, ids, now } = context
  const current = tx.deployments.find('byService', service.serviceArn)
  const begun = beginDeployment({
    service,
    revision,
    current: current.map((deployment) => ({
      deployment,
      taskCount: tasksToRun(context, service.clusterArn, deployment.deploymentId),
    })),
    previous: tx.serviceDeployments.get(service.currentServiceDeploymentArn ?? ''),
    serviceDeploymentId: ids.orderedHex32(now),
    now,
  })
  tx.serviceRevisions.insert(revision)
  for (const deployment of [begun.primary, ...begun.demoted]) tx.deployments.put(deployment)
  for (const row of [begun.serviceDeployment, begun.superseded]) if (row !== undefined) tx.serviceDeployments.put(row)
  return tx.services.update(service.serviceArn, {
    currentServiceDeploymentArn: begun.serviceDeployment.serviceDeploymentArn,
    steadySince: undefined,
  })
}

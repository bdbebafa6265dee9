/** Removes a deleted service with all that was kept of it, so that a service of the same name begins with nothing. */
import type { Transaction } from './tables.ts'

export const forgetService = (tx: Transaction, serviceArn: string): void => {
  for (const { deploymentId } of tx.deployments.find('byService', serviceArn)) tx.deployments.remove(deploymentId)
  for (const { taskSetId } of tx.taskSets.find('byService', serviceArn)) tx.taskSets.remove(taskSetId)
  for (const { serviceDeploymentArn } of tx.serviceDeployments.find('byService', serviceArn))
    tx.serviceDeployments.remove(serviceDeploymentArn)
  for (const { serviceRevisionArn } of tx.serviceRevisions.find('byService', serviceArn))
    tx.serviceRevisions.remove(serviceRevisionArn)
  for (const { eventId } of tx.serviceEvents.find('byService', serviceArn)) tx.serviceEvents.remove(eventId)
  tx.services.remove(serviceArn)
}

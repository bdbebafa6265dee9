/** Where a service could go back to: the revision that ran when a service deployment last ended well. */
import type { ServiceDeploymentRecord } from './service-records.ts'

export interface CompletedDeployment {
  readonly deployment: ServiceDeploymentRecord
  readonly serviceRevisionArn: string
}

/** Of all service deployments of one service, whatever their order. */
export const lastCompleted = (deployments: Iterable<ServiceDeploymentRecord>): CompletedDeployment | undefined => {
  let last: CompletedDeployment | undefined
  for (const deployment of deployments) {
    const serviceRevisionArn = completedRevisionArn(deployment)
    if (serviceRevisionArn === undefined || (deployment.finishedAt ?? 0) < (last?.deployment.finishedAt ?? 0)) continue
    last = { deployment, serviceRevisionArn }
  }
  return last
}

const completedRevisionArn = (deployment: ServiceDeploymentRecord): string | undefined => {
  if (deployment.status === 'SUCCESSFUL') return deployment.targetServiceRevision.serviceRevisionArn
  return deployment.status === 'ROLLBACK_SUCCESSFUL' ? deployment.rollback?.serviceRevisionArn : undefined
}

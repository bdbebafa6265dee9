/**
 * StopServiceDeployment: asks for the end of a deployment that is under way, going back to what ran before or staying with what is
 * there. The service scheduler does it. Source: "Stopping Amazon ECS service deployments" in the developer guide.
 */
import type {
  ServiceDeploymentStatus,
  StopServiceDeploymentRequest,
  StopServiceDeploymentResponse,
} from '@aws-sdk/client-ecs'
import { isOver } from '../../../model/new-deployment.ts'
import { onServiceDeployment } from '../access.ts'
import type { EcsOperation } from '../context.ts'
import { ecsEnums, oneOf } from '../enums.ts'
import { conflict } from '../faults.ts'
import { missing } from '../missing-member.ts'
import { requireServiceDeployment } from '../service-deployment-lookups.ts'

/** Those that are ending already, one way or the other, go on as they do. */
const STOPPABLE: ReadonlySet<ServiceDeploymentStatus> = new Set(['PENDING', 'IN_PROGRESS'])

export const stopServiceDeployment: EcsOperation<StopServiceDeploymentRequest, StopServiceDeploymentResponse> = {
  access: onServiceDeployment,
  handle: ({ serviceDeploymentArn: arn, stopType = 'ROLLBACK' }, context) => {
    if (!arn) throw missing('serviceDeploymentArn')
    const type = oneOf('stopType', stopType, ecsEnums.StopServiceDeploymentStopType)
    const deployment = requireServiceDeployment(context, arn)
    if (isOver(deployment))
      throw conflict(`The service deployment cannot be stopped because its status is ${deployment.status}.`)
    if (STOPPABLE.has(deployment.status))
      context.tx.serviceDeployments.update(arn, {
        status: type === 'ABORT' ? 'STOP_REQUESTED' : 'ROLLBACK_REQUESTED',
        updatedAt: context.now,
      })
    return { serviceDeploymentArn: arn }
  },
}

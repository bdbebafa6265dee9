/** "ECS Service Action" and "ECS Deployment State Change": what the service scheduler did or could not do. */
import { dateOf } from '../../../kit/timestamps.ts'
import { clusterArnOfService } from '../../../model/arn.ts'
import type { ServiceAction, ServiceEventRecord } from '../../../model/service-records.ts'
import type { EventContent } from './event.ts'

/** Undefined for a service event that only DescribeServices shows. */
export const serviceEvent = ({ serviceArn, createdAt, action }: ServiceEventRecord): EventContent | undefined =>
  action === undefined
    ? undefined
    : {
        detailType: action.detailType,
        resource: serviceArn,
        at: createdAt,
        detail:
          action.detailType === 'ECS Service Action'
            ? serviceAction(action, serviceArn, createdAt)
            : deploymentStateChange(action, createdAt),
      }

const serviceAction = (
  { detailType: _envelope, deploymentId: _other, ...members }: ServiceAction,
  serviceArn: string,
  at: number,
): object => ({ ...members, clusterArn: clusterArnOfService(serviceArn), createdAt: dateOf(at) })

const deploymentStateChange = ({ eventType, eventName, deploymentId, reason }: ServiceAction, at: number): object => ({
  eventType,
  eventName,
  deploymentId,
  updatedAt: dateOf(at),
  reason,
})

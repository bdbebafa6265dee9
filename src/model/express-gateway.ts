/**
 * Express services: services whose load balancer, certificate and all that stands before their tasks ECS makes and removes itself.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/express-service-work.html
 */
import type { AccessType, ExpressGatewayServiceScalingMetric } from '@aws-sdk/client-ecs'

/** What was made for an Express service. Somebody may have removed some of it since. */
export interface ExpressGateway {
  readonly infrastructureRoleArn: string
  /** Of its endpoint, as Host and server name. */
  readonly hostName: string
  readonly accessType: AccessType
  /** Shared with other Express services. */
  readonly loadBalancerArn: string
  readonly listenerArn: string
  readonly ruleArn: string
  readonly certificateArn: string
  /** The tasks of a service revision are in one of them. */
  readonly targetGroupArns: readonly [string, string]
  /** Of its tasks. */
  readonly securityGroupId: string
  /** Absent with a task definition of the customer's own. */
  readonly logGroupArn?: string
  readonly scalingTarget: ExpressScalingTarget
  readonly updatedAt: number
}

export interface ExpressScalingTarget {
  readonly minTaskCount: number
  readonly maxTaskCount: number
  readonly autoScalingMetric: ExpressGatewayServiceScalingMetric
  readonly autoScalingTargetValue: number
}

/** Express services of one load balancer. */
export const EXPRESS_SERVICES_PER_LOAD_BALANCER = 25

/** The container that requests are for. */
export const EXPRESS_CONTAINER = 'Main'

export const expressEndpoint = ({ hostName }: Pick<ExpressGateway, 'hostName'>): string => `https://${hostName}`

/** What everything has that ECS made. */
export const EXPRESS_TAG = { key: 'AmazonECSManaged', value: 'true' } as const

/**
 * Roles that a service has for itself in an account, which only that service may change or give away.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html
 */
import { policyArn, roleArn } from '../../model/arn.ts'
import { AWS_ACCOUNT } from '../../model/aws-managed-policies/define.ts'
import { awsManagedPolicy } from '../../model/aws-managed-policies/index.ts'

export const SERVICE_LINKED_PATH = '/aws-service-role/'

interface Template {
  readonly roleName: string
  /** Name of the managed policy that the service's role has. */
  readonly policyName: string
  /** An account may have several roles of the service, which differ in a suffix. */
  readonly takesSuffix?: boolean
}

/** By the name of the service, for the services that Longshore has, or that work with them. */
const templates: ReadonlyMap<string, Template> = new Map([
  ['ecs.amazonaws.com', { roleName: 'AWSServiceRoleForECS', policyName: 'AmazonECSServiceRolePolicy' }],
  [
    'ecs-compute.amazonaws.com',
    { roleName: 'AWSServiceRoleForECSCompute', policyName: 'AmazonECSComputeServiceRolePolicy' },
  ],
  [
    'elasticloadbalancing.amazonaws.com',
    { roleName: 'AWSServiceRoleForElasticLoadBalancing', policyName: 'AWSElasticLoadBalancingServiceRolePolicy' },
  ],
  [
    'autoscaling.amazonaws.com',
    { roleName: 'AWSServiceRoleForAutoScaling', policyName: 'AutoScalingServiceRolePolicy', takesSuffix: true },
  ],
  [
    'ecs.application-autoscaling.amazonaws.com',
    {
      roleName: 'AWSServiceRoleForApplicationAutoScaling_ECSService',
      policyName: 'AWSApplicationAutoscalingECSServicePolicy',
    },
  ],
  [
    'replication.ecr.amazonaws.com',
    { roleName: 'AWSServiceRoleForECRReplication', policyName: 'ECRReplicationServiceRolePolicy' },
  ],
  [
    'pullthroughcache.ecr.amazonaws.com',
    {
      roleName: 'AWSServiceRoleForECRPullThroughCache',
      policyName: 'AWSECRPullThroughCache_ServiceRolePolicy',
    },
  ],
])

export const getTemplate = (service: string): Template | undefined => templates.get(service)

export const linkedRoleName = (service: string, suffix: string | undefined): string => {
  const { roleName = '' } = getTemplate(service) ?? {}
  return suffix === undefined ? roleName : `${roleName}_${suffix}`
}

export const linkedRolePath = (service: string): string => `${SERVICE_LINKED_PATH}${service}/`

export const linkedRoleArn = (account: string, service: string, roleName: string): string =>
  roleArn(account, roleName, linkedRolePath(service))

/** The policy that the service's role has, if it is one of those that are here. */
export const linkedRolePolicies = ({ policyName }: Template): readonly string[] => {
  const arn = policyArn(AWS_ACCOUNT, policyName, SERVICE_LINKED_PATH)
  return awsManagedPolicy(arn) === undefined ? [] : [arn]
}

export const linkedTrustPolicy = (service: string): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
  })

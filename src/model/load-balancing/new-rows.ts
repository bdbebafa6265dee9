/**
 * Load balancers and target groups as they begin: what Elastic Load Balancing makes for its callers, and ECS for Express services. Pure:
 * whoever inserts them has checked what they are made of.
 */
import type { Ids } from '../../kit/ids.ts'
import { loadBalancerArn, targetGroupArn } from '../arn.ts'
import type { LoadBalancerRecord, TargetGroupRecord } from './records.ts'

/** Whose they are, and when; a call's context is one. */
export interface ElbHome {
  readonly account: string
  readonly region: string
  readonly ids: Pick<Ids, 'hex32'>
  readonly now: number
}

/** 16 hexadecimal digits: what the ARNs of Elastic Load Balancing end with. */
export const newElbId = (ids: Pick<Ids, 'hex32'>): string => ids.hex32().slice(0, 16)

type NewLoadBalancer = Pick<
  LoadBalancerRecord,
  'name' | 'type' | 'scheme' | 'addresses' | 'vpcId' | 'subnets' | 'securityGroups' | 'tags'
> & {
  /** What names of the installation's load balancers end with. */
  readonly suffix: string
}

export const newLoadBalancer = (
  { account, region, ids, now }: ElbHome,
  { suffix, ...given }: NewLoadBalancer,
): LoadBalancerRecord => {
  const { name, type, scheme } = given
  const loadBalancerId = newElbId(ids)
  const host = type === 'application' && scheme === 'internal' ? `internal-${name}` : name
  return {
    ...given,
    loadBalancerArn: loadBalancerArn(region, account, type, name, loadBalancerId),
    account,
    region,
    loadBalancerId,
    ipAddressType: 'ipv4',
    dnsName: `${host}-${loadBalancerId}.${region}.elb.${suffix}`,
    state: 'provisioning',
    createdAt: now,
    attributes: {},
  }
}

type NewTargetGroup = Pick<
  TargetGroupRecord,
  'name' | 'targetType' | 'protocol' | 'protocolVersion' | 'port' | 'vpcId' | 'healthCheck' | 'tags'
>

/** No load balancer uses it yet. */
export const newTargetGroup = ({ account, region, ids, now }: ElbHome, given: NewTargetGroup): TargetGroupRecord => ({
  ...given,
  targetGroupArn: targetGroupArn(region, account, given.name, newElbId(ids)),
  account,
  region,
  ipAddressType: 'ipv4',
  loadBalancerArns: [],
  createdAt: now,
  attributes: {},
})

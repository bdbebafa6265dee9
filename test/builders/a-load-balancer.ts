/** A load balancer with what belongs to it, as the operations of Elastic Load Balancing leave it. */
import { listenerArn, listenerRuleArn, loadBalancerArn, targetGroupArn } from '../../src/model/arn.ts'
import type {
  ListenerRecord,
  LoadBalancerRecord,
  RuleRecord,
  TargetGroupRecord,
  TargetRecord,
} from '../../src/model/load-balancing/records.ts'
import { BUILT_AT_MS } from './ids.ts'

const [ACCOUNT, REGION] = ['000000000000', 'us-east-1']
const ID = '50dc6c495c0c9188'

/** An Application Load Balancer at 127.66.0.1 in two zones, provisioning. */
export const aLoadBalancer = (given: Partial<LoadBalancerRecord> = {}): LoadBalancerRecord => {
  const { name = 'web', type = 'application', loadBalancerId = ID } = given
  return {
    loadBalancerArn: loadBalancerArn(REGION, ACCOUNT, type, name, loadBalancerId),
    account: ACCOUNT,
    region: REGION,
    name,
    type,
    loadBalancerId,
    scheme: 'internet-facing',
    ipAddressType: 'ipv4',
    dnsName: `${name}-${loadBalancerId}.${REGION}.elb.localhost`,
    addresses: ['127.66.0.1'],
    vpcId: 'vpc-00000000000000001',
    subnets: [
      { subnetId: 'subnet-00000000000000001', zoneName: `${REGION}a` },
      { subnetId: 'subnet-00000000000000002', zoneName: `${REGION}b` },
    ],
    securityGroups: [],
    state: 'provisioning',
    createdAt: BUILT_AT_MS,
    attributes: {},
    tags: [],
    ...given,
  }
}

/** HTTP on port 80 of that load balancer. */
export const aListener = (given: Partial<ListenerRecord> = {}): ListenerRecord => {
  const { loadBalancerArn: of = aLoadBalancer().loadBalancerArn } = given
  return {
    listenerArn: listenerArn(of, 'f2f7dc8efc522ab2'),
    loadBalancerArn: of,
    port: 80,
    protocol: 'HTTP',
    certificateArns: [],
    alpnPolicy: [],
    attributes: {},
    createdAt: BUILT_AT_MS,
    tags: [],
    ...given,
  }
}

/** The default rule of that listener, which forwards to `aTargetGroup()`. */
export const aRule = (given: Partial<RuleRecord> = {}): RuleRecord => {
  const { listenerArn: of = aListener().listenerArn, priority = 'default' } = given
  return {
    ruleArn: listenerRuleArn(of, priority === 'default' ? '9683b2d02a6cabee' : `${priority}`.padStart(16, '0')),
    listenerArn: of,
    loadBalancerArn: aLoadBalancer().loadBalancerArn,
    priority,
    conditions: [],
    actions: [{ Type: 'forward', TargetGroupArn: aTargetGroup().targetGroupArn, Order: 1 }],
    transforms: [],
    createdAt: BUILT_AT_MS,
    tags: [],
    ...given,
  }
}

/** Of IP addresses, HTTP, used by that load balancer. */
export const aTargetGroup = (given: Partial<TargetGroupRecord> = {}): TargetGroupRecord => {
  const { name = 'web' } = given
  return {
    targetGroupArn: targetGroupArn(REGION, ACCOUNT, name, '73e2d6bc24d8a067'),
    account: ACCOUNT,
    region: REGION,
    name,
    targetType: 'ip',
    protocol: 'HTTP',
    protocolVersion: 'HTTP1',
    port: 80,
    vpcId: 'vpc-00000000000000001',
    ipAddressType: 'ipv4',
    healthCheck: {
      isEnabled: true,
      protocol: 'HTTP',
      port: 'traffic-port',
      path: '/',
      matcher: { HttpCode: '200' },
      intervalSeconds: 30,
      timeoutSeconds: 5,
      healthyThreshold: 5,
      unhealthyThreshold: 2,
    },
    loadBalancerArns: [aLoadBalancer().loadBalancerArn],
    createdAt: BUILT_AT_MS,
    attributes: {},
    tags: [],
    ...given,
  }
}

/** 10.0.0.1, port 8080, in that target group. */
export const aTarget = (given: Partial<TargetRecord> = {}): TargetRecord => ({
  targetGroupArn: aTargetGroup().targetGroupArn,
  targetId: '10.0.0.1',
  port: 8080,
  registeredAt: BUILT_AT_MS,
  ...given,
})

import { describe, expect, it } from 'vitest'
import { SeededIds } from '../../kit/ids.ts'
import { newLoadBalancer, newTargetGroup } from './new-rows.ts'

const home = { account: '000000000000', region: 'eu-west-1', ids: new SeededIds(1), now: 7 }
const balancer = {
  name: 'web',
  type: 'application',
  scheme: 'internet-facing',
  suffix: 'example.com',
  addresses: ['127.66.0.1'],
  vpcId: 'vpc-1',
  subnets: [],
  securityGroups: [],
  tags: [],
} as const

describe('a load balancer that begins', () => {
  it('has a name in its region that ends as the installation says, and waits for a balancer', () => {
    const row = newLoadBalancer(home, balancer)
    expect(row.dnsName).toBe(`web-${row.loadBalancerId}.eu-west-1.elb.example.com`)
    expect(row.loadBalancerArn).toMatch(/:loadbalancer\/app\/web\/[0-9a-f]{16}$/)
    expect(row).toMatchObject({ state: 'provisioning', createdAt: 7, addresses: ['127.66.0.1'] })
  })

  it('says in its name that it is internal if it is for applications', () => {
    expect(newLoadBalancer(home, { ...balancer, scheme: 'internal' }).dnsName).toMatch(/^internal-web-/)
    expect(newLoadBalancer(home, { ...balancer, scheme: 'internal', type: 'network' }).dnsName).toMatch(/^web-/)
  })
})

describe('a target group that begins', () => {
  it('is used by no load balancer', () => {
    const healthCheck = {
      isEnabled: true,
      protocol: 'HTTP',
      port: 'traffic-port',
      intervalSeconds: 30,
      timeoutSeconds: 5,
      healthyThreshold: 5,
      unhealthyThreshold: 2,
    } as const
    const kind = { targetType: 'ip', protocol: 'HTTP', protocolVersion: 'HTTP1' } as const
    const row = newTargetGroup(home, { name: 'web', ...kind, port: 80, vpcId: 'vpc-1', healthCheck, tags: [] })
    expect(row.targetGroupArn).toMatch(/:targetgroup\/web\/[0-9a-f]{16}$/)
    expect(row).toMatchObject({ loadBalancerArns: [], ipAddressType: 'ipv4', healthCheck })
  })
})

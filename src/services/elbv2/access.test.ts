import { describe, expect, it } from 'vitest'
import { emptyStore, servicesDeps } from '../../../test/services-deps.ts'
import type { Store } from '../../store/store.ts'
import type { NamedDemand } from '../operations.ts'
import { elbv2Service } from './index.ts'

const ACCOUNT = '123456789012'
const ARN = `arn:aws:elasticloadbalancing:us-east-1:${ACCOUNT}`

/** What a call of somebody in the account asks the guard for. */
const demandsOf = async (operation: string, input: object, store?: Store): Promise<readonly NamedDemand[]> => {
  const asked: NamedDemand[] = []
  const guard = {
    applies: () => true,
    check: (_: unknown, __: unknown, demands: readonly NamedDemand[]) => void asked.push(...demands),
  }
  const { call } = elbv2Service(servicesDeps(store ?? (await emptyStore()), { guard }))
  const principal = { arn: `arn:aws:iam::${ACCOUNT}:user/ada`, account: ACCOUNT, userId: 'A', accessKeyId: 'AKIA' }
  const context = {
    requestId: 'r',
    account: ACCOUNT,
    region: 'us-east-1',
    now: 0,
    principal,
    sourceIp: '',
    userAgent: '',
  }
  await call(operation, input, context).catch(() => undefined)
  return asked
}

describe('callers of Elastic Load Balancing', () => {
  it('must be allowed to make a load balancer where and as the request says, and to tag it', async () => {
    const tags = { 'aws:requesttag/stage': ['test'], 'aws:tagkeys': ['Stage'] }
    const resource = `${ARN}:loadbalancer/net/web/*`
    const demands = await demandsOf('CreateLoadBalancer', {
      Name: 'web',
      Type: 'network',
      Scheme: 'internal',
      SubnetMappings: [{ SubnetId: 'subnet-1' }],
      SecurityGroups: ['sg-1'],
      Tags: [{ Key: 'Stage', Value: 'test' }],
    })

    expect(demands).toEqual([
      {
        action: 'elasticloadbalancing:CreateLoadBalancer',
        resource,
        context: {
          ...tags,
          'elasticloadbalancing:scheme': ['internal'],
          'elasticloadbalancing:subnet': ['subnet-1'],
          'elasticloadbalancing:securitygroup': ['sg-1'],
        },
      },
      {
        action: 'elasticloadbalancing:AddTags',
        resource,
        context: { ...tags, 'elasticloadbalancing:createaction': ['CreateLoadBalancer'] },
      },
    ])
  })

  it('must be allowed to change a resource with the tags that it has', async () => {
    const store = await emptyStore()
    const targetGroupArn = `${ARN}:targetgroup/web/0123456789abcdef`
    await store.transact((tx) => {
      tx.targetGroups.insert({
        targetGroupArn,
        account: ACCOUNT,
        region: 'us-east-1',
        name: 'web',
        targetType: 'ip',
        protocol: 'TCP',
        port: 80,
        vpcId: 'vpc-1',
        ipAddressType: 'ipv4',
        healthCheck: {
          isEnabled: true,
          protocol: 'TCP',
          port: 'traffic-port',
          intervalSeconds: 30,
          timeoutSeconds: 10,
          healthyThreshold: 5,
          unhealthyThreshold: 2,
        },
        loadBalancerArns: [],
        createdAt: 0,
        attributes: {},
        tags: [{ key: 'Stage', value: 'prod' }],
      })
    })
    const Targets = [{ Id: '10.0.0.1' }]

    expect(await demandsOf('RegisterTargets', { TargetGroupArn: targetGroupArn, Targets }, store)).toEqual([
      {
        action: 'elasticloadbalancing:RegisterTargets',
        resource: targetGroupArn,
        context: { 'aws:resourcetag/stage': ['prod'], 'elasticloadbalancing:resourcetag/stage': ['prod'] },
      },
    ])
  })

  it('must be allowed to describe everything', async () => {
    expect(await demandsOf('DescribeLoadBalancers', {})).toEqual([
      { action: 'elasticloadbalancing:DescribeLoadBalancers', resource: '*' },
    ])
  })
})

import { describe, expect, it } from 'vitest'
import { rootCaller } from '../../../test/builders/a-principal.ts'
import { refusalOf } from '../../../test/refusal-of.ts'
import { emptyStore, servicesDeps } from '../../../test/services-deps.ts'
import type { LoadBalancerRecord } from '../../model/load-balancing/records.ts'
import { ensureDefaultVpc } from '../../store/ec2/default-vpc.ts'
import { ec2Service } from './index.ts'

const home = { account: '123456789012', region: 'us-east-1', now: 0 }

/** EC2 over a store in which a load balancer stands in the default VPC. */
const world = async () => {
  const store = await emptyStore()
  const ec2 = ec2Service(servicesDeps(store))
  const vpc = await store.transact((tx) => ensureDefaultVpc(tx, home)!)
  const [used, unused] = store.tables.subnets.find('byVpc', vpc.vpcId)
  const [group] = store.tables.securityGroups.find('byVpc', vpc.vpcId)
  const own = { ...group!, groupId: 'sg-1', groupName: 'lb' }
  await store.transact((tx) => {
    tx.securityGroups.insert(own)
    tx.loadBalancers.insert(aLoadBalancer(vpc.vpcId, used!.subnetId, own.groupId))
  })
  const call = (operation: string, input: object): Promise<object> => ec2.call(operation, input, { ...CALL, ...home })
  return { store, call, vpcId: vpc.vpcId, used: used!.subnetId, unused: unused!.subnetId, groupId: own.groupId }
}

const CALL = {
  requestId: 'r1',
  principal: rootCaller(home.account),
  sourceIp: '127.0.0.1',
  userAgent: '',
}

const aLoadBalancer = (vpcId: string, subnetId: string, groupId: string): LoadBalancerRecord => ({
  loadBalancerArn: 'arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/web/0123456789abcdef',
  account: home.account,
  region: home.region,
  name: 'web',
  loadBalancerId: '0123456789abcdef',
  type: 'application',
  scheme: 'internet-facing',
  ipAddressType: 'ipv4',
  dnsName: 'web.example',
  addresses: [],
  vpcId,
  subnets: [{ subnetId, zoneName: 'us-east-1a' }],
  securityGroups: [groupId],
  state: 'active',
  createdAt: 0,
  attributes: {},
  tags: [],
})

describe('what load balancers use', () => {
  it('cannot be deleted until they are gone', async () => {
    const { store, call, vpcId, used, unused, groupId } = await world()
    const code = async (operation: string, input: object): Promise<string> =>
      (await refusalOf(call(operation, input)))[0]
    expect(await code('DeleteSubnet', { SubnetId: used })).toBe('DependencyViolation')
    expect(await code('DeleteSecurityGroup', { GroupId: groupId })).toBe('DependencyViolation')
    expect(await code('DeleteVpc', { VpcId: vpcId })).toBe('DependencyViolation')
    const [gateway] = store.tables.internetGateways.find('byVpc', vpcId)
    const attachment = { InternetGatewayId: gateway!.internetGatewayId, VpcId: vpcId }
    expect(await code('DetachInternetGateway', attachment)).toBe('DependencyViolation')
    await call('DeleteSubnet', { SubnetId: unused })
    await store.transact((tx) => {
      for (const { loadBalancerArn } of tx.loadBalancers.rows()) tx.loadBalancers.remove(loadBalancerArn)
    })
    await call('DeleteSubnet', { SubnetId: used })
    await call('DeleteSecurityGroup', { GroupId: groupId })
    await call('DetachInternetGateway', attachment)
  })
})

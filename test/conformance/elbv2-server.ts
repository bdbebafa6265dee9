/** Elastic Load Balancing on a real HTTP port, with a default VPC, for tests with the official clients. */
import {
  type CreateLoadBalancerInput,
  type CreateTargetGroupInput,
  ElasticLoadBalancingV2,
  type LoadBalancer,
  type TargetGroup,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { elbv2Service } from '../../src/services/elbv2/index.ts'
import { ensureDefaultVpc } from '../../src/store/ec2/default-vpc.ts'
import { defaultSecurityGroupOf } from '../../src/store/ec2/lookups.ts'
import { ACCOUNT, REGION, type ServiceServer, serviceServer } from './service-server.ts'

export const ARN = `arn:aws:elasticloadbalancing:${REGION}:${ACCOUNT}`
export const UNKNOWN_LOAD_BALANCER = `${ARN}:loadbalancer/app/none/0123456789abcdef`
export const UNKNOWN_TARGET_GROUP = `${ARN}:targetgroup/none/0123456789abcdef`

/** As it is when it is whole. */
export type Made<Shape> = { readonly [Name in keyof Shape]-?: NonNullable<Shape[Name]> }

export class Elbv2Server {
  readonly server: ServiceServer
  readonly elb: ElasticLoadBalancingV2
  readonly vpcId: string
  /** Of the default VPC, one in each zone. */
  readonly subnets: string[]
  readonly defaultGroup: string

  private constructor(server: ServiceServer, network: Pick<Elbv2Server, 'vpcId' | 'subnets' | 'defaultGroup'>) {
    this.server = server
    this.elb = new ElasticLoadBalancingV2(server.client)
    this.vpcId = network.vpcId
    this.subnets = network.subnets
    this.defaultGroup = network.defaultGroup
  }

  static async start(): Promise<Elbv2Server> {
    const server = await serviceServer(elbv2Service)
    const network = await server.deps.store.transact((tx) => {
      const vpcId = ensureDefaultVpc(tx, { account: ACCOUNT, region: REGION, now: 0 })?.vpcId ?? ''
      const rows = tx.subnets.find('byVpc', vpcId).toSorted((one, other) => (one.zoneName < other.zoneName ? -1 : 1))
      const defaultGroup = defaultSecurityGroupOf(tx, vpcId)?.groupId ?? ''
      return { vpcId, subnets: rows.map(({ subnetId }) => subnetId), defaultGroup }
    })
    return new Elbv2Server(server, network)
  }

  get store(): ServiceServer['deps']['store'] {
    return this.server.deps.store
  }

  /** Named `web` and in all subnets, unless told otherwise. */
  async loadBalancer(given: Partial<CreateLoadBalancerInput> = {}): Promise<Made<LoadBalancer>> {
    const { LoadBalancers } = await this.elb.createLoadBalancer({ Name: 'web', Subnets: this.subnets, ...given })
    return LoadBalancers?.[0] as Made<LoadBalancer>
  }

  /** Named `web`, for addresses that speak HTTP at port 80, unless told otherwise. */
  async targetGroup(given: Partial<CreateTargetGroupInput> = {}): Promise<Made<TargetGroup>> {
    const usual = { Name: 'web', Protocol: 'HTTP', Port: 80, VpcId: this.vpcId, TargetType: 'ip' } as const
    const { TargetGroups } = await this.elb.createTargetGroup({ ...usual, ...given })
    return TargetGroups?.[0] as Made<TargetGroup>
  }

  /** As a listener's rule would. */
  async use(targetGroupArn: string, loadBalancerArn: string): Promise<void> {
    await this.store.transact((tx) => {
      tx.targetGroups.update(targetGroupArn, { loadBalancerArns: [loadBalancerArn] })
    })
  }

  async close(): Promise<void> {
    this.elb.destroy()
    await this.server.close()
  }
}

export const faultOf = async (call: Promise<unknown>): Promise<{ readonly name: string; readonly message: string }> =>
  call.then(
    () => ({ name: '', message: 'no fault' }),
    ({ name, message }: Error) => ({ name, message }),
  )

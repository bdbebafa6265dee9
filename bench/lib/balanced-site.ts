/** A real `longshore up` with an engine, and one load balancer whose listeners have a target group each. */
import { EC2 } from '@aws-sdk/client-ec2'
import { ECS } from '@aws-sdk/client-ecs'
import { ElasticLoadBalancingV2, waitUntilLoadBalancerAvailable } from '@aws-sdk/client-elastic-load-balancing-v2'
import { buildBusyboxImage } from '../../test/e2e/busybox-image.ts'
import { type Engine, startEngine } from '../../test/e2e/engine.ts'
import { freePort } from '../../test/e2e/loadbalancer/haproxy-under-test.ts'
import { connectedInstance, type RunningLongshore, startLongshore, until } from '../../test/e2e/longshore.ts'

const SETTINGS = { region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } }

/** The least that there is. */
const CHECK_EVERY_SECONDS = 5

export interface BalancedGroup {
  readonly targetGroupArn: string
  /** Where the load balancer answers for it. */
  readonly url: string
}

export class BalancedSite {
  readonly image: string
  readonly ecs: ECS
  readonly elb: ElasticLoadBalancingV2
  readonly #engine: Engine
  readonly #longshore: RunningLongshore
  #loadBalancerArn = ''
  #vpcId = ''

  private constructor(engine: Engine, longshore: RunningLongshore, image: string) {
    this.image = image
    this.#engine = engine
    this.#longshore = longshore
    this.ecs = new ECS({ ...SETTINGS, endpoint: longshore.endpoint })
    this.elb = new ElasticLoadBalancingV2({ ...SETTINGS, endpoint: longshore.endpoint })
  }

  static async start(): Promise<BalancedSite> {
    const engine = await startEngine({ network: 'host' })
    const image = await buildBusyboxImage(engine.socket)
    const longshore = await startLongshore({
      dockerSocket: engine.socket,
      args: ['--log-level', 'warn', `--balancer-addresses=127.${100 + (process.pid % 100)}.${process.pid % 250}.0/24`],
      env: { ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION: '1s' },
    })
    await connectedInstance(longshore.client)
    const site = new BalancedSite(engine, longshore, image)
    await site.#createLoadBalancer()
    return site
  }

  async #createLoadBalancer(): Promise<void> {
    const ec2 = new EC2({ ...SETTINGS, endpoint: this.#longshore.endpoint })
    const { Subnets = [] } = await ec2.describeSubnets({})
    ec2.destroy()
    this.#vpcId = Subnets[0]?.VpcId ?? ''
    const { LoadBalancers: [made] = [] } = await this.elb.createLoadBalancer({
      Name: 'web',
      Subnets: Subnets.slice(0, 2).map(({ SubnetId = '' }) => SubnetId),
    })
    this.#loadBalancerArn = made?.LoadBalancerArn ?? ''
    await waitUntilLoadBalancerAvailable(
      { client: this.elb, maxWaitTime: 60, minDelay: 1, maxDelay: 1 },
      { LoadBalancerArns: [this.#loadBalancerArn] },
    )
  }

  /** A target group behind a listener of its own. */
  async balance(name: string, targetType: 'instance' | 'ip'): Promise<BalancedGroup> {
    const port = await freePort()
    const { TargetGroups: [group] = [] } = await this.elb.createTargetGroup({
      Name: name,
      Protocol: 'HTTP',
      Port: 80,
      VpcId: this.#vpcId,
      TargetType: targetType,
      HealthCheckIntervalSeconds: CHECK_EVERY_SECONDS,
      HealthCheckTimeoutSeconds: 2,
      HealthyThresholdCount: 2,
    })
    const targetGroupArn = group?.TargetGroupArn ?? ''
    await this.elb.modifyTargetGroupAttributes({
      TargetGroupArn: targetGroupArn,
      Attributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: '5' }],
    })
    await this.elb.createListener({
      LoadBalancerArn: this.#loadBalancerArn,
      Protocol: 'HTTP',
      Port: port,
      DefaultActions: [{ Type: 'forward', TargetGroupArn: targetGroupArn }],
    })
    const url = `http://127.0.0.1:${port}/`
    await until('the listener to answer', async () => (await fetch(url)).status > 0)
    return { targetGroupArn, url }
  }

  async stop(): Promise<void> {
    this.ecs.destroy()
    this.elb.destroy()
    await this.#longshore.stop()
    await this.#engine.stop()
  }
}

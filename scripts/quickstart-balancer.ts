/** The load balancer of the quickstart: made once, found again when the quickstart runs again, and asked as any client would. */
import { request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { DescribeSubnetsCommand, EC2Client } from '@aws-sdk/client-ec2'
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  ElasticLoadBalancingV2Client,
  type ElasticLoadBalancingV2ClientConfig,
  ModifyTargetGroupAttributesCommand,
  waitUntilLoadBalancerAvailable,
} from '@aws-sdk/client-elastic-load-balancing-v2'

const PORT = 8080
const WAITER = { maxWaitTime: 60, minDelay: 1, maxDelay: 1 }
/** Between two requests of a client that goes on while something else happens. */
const PAUSE_MS = 10

export interface QuickstartBalancer {
  readonly targetGroupArn: string
  /** Where it answers. */
  readonly url: string
  /** The body of an answer. */
  get(): Promise<string>
  close(): void
}

/** Everything is made as it is; a second time, each call answers with what there is. */
export const quickstartBalancer = async (
  name: string,
  settings: Pick<ElasticLoadBalancingV2ClientConfig, 'endpoint' | 'region' | 'credentials'>,
): Promise<QuickstartBalancer> => {
  const client = new ElasticLoadBalancingV2Client(settings)
  const { VpcId, subnetIds } = await defaultNetwork(new EC2Client(settings))
  const { TargetGroups: [group] = [] } = await client.send(
    new CreateTargetGroupCommand({
      Name: name,
      Protocol: 'HTTP',
      Port: 80,
      VpcId,
      HealthCheckIntervalSeconds: 5,
      HealthCheckTimeoutSeconds: 2,
      HealthyThresholdCount: 2,
    }),
  )
  const targetGroupArn = group?.TargetGroupArn ?? ''
  const Attributes = [{ Key: 'deregistration_delay.timeout_seconds', Value: '10' }]
  await client.send(new ModifyTargetGroupAttributesCommand({ TargetGroupArn: targetGroupArn, Attributes }))
  const { LoadBalancers: [balancer] = [] } = await client.send(
    new CreateLoadBalancerCommand({ Name: name, Subnets: subnetIds }),
  )
  const { LoadBalancerArn = '', DNSName = '' } = balancer ?? {}
  await client.send(
    new CreateListenerCommand({
      LoadBalancerArn,
      Protocol: 'HTTP',
      Port: PORT,
      DefaultActions: [{ Type: 'forward', TargetGroupArn: targetGroupArn }],
    }),
  )
  await waitUntilLoadBalancerAvailable({ client, ...WAITER }, { LoadBalancerArns: [LoadBalancerArn] })
  return {
    targetGroupArn,
    url: `http://${DNSName}:${PORT}/`,
    get: () => get(`${DNSName}:${PORT}`),
    close: () => client.destroy(),
  }
}

/** Two subnets of the VPC that every region has. */
const defaultNetwork = async (client: EC2Client): Promise<{ VpcId: string; subnetIds: string[] }> => {
  const Filters = [{ Name: 'default-for-az', Values: ['true'] }]
  const { Subnets = [] } = await client.send(new DescribeSubnetsCommand({ Filters }))
  client.destroy()
  const subnetIds = Subnets.slice(0, 2).map(({ SubnetId = '' }) => SubnetId)
  return { VpcId: Subnets[0]?.VpcId ?? '', subnetIds }
}

/** Names below `localhost` mean this machine to browsers and curl; here, not every resolver knows that. */
const get = (host: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port: PORT, headers: { Host: host }, agent: false }, (answer) => {
      let body = ''
      answer.setEncoding('utf8').on('data', (piece: string) => (body += piece))
      answer.once('error', reject)
      answer.once('end', () => {
        if (answer.statusCode === 200) resolve(body.trim())
        else reject(new Error(`the load balancer answered with ${answer.statusCode}`))
      })
    })
    sent.once('error', reject)
    sent.end()
  })

export interface Traffic {
  readonly answered: number
  readonly failures: readonly string[]
}

/** One request after the other until `work` is over. */
export const withTraffic = async (balancer: QuickstartBalancer, work: () => Promise<void>): Promise<Traffic> => {
  let [answered, isOver] = [0, false]
  const failures: string[] = []
  const traffic = async (): Promise<void> => {
    while (!isOver) {
      await balancer.get().then(
        () => (answered += 1),
        (error: unknown) => failures.push((error as Error).message),
      )
      await sleep(PAUSE_MS)
    }
  }
  const going = traffic()
  try {
    await work()
  } finally {
    isOver = true
    await going
  }
  return { answered, failures }
}

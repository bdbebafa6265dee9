/**
 * What runs on the hosts: one load balancer with three services behind it, at host ports that Docker picks: `web`, to which everything happens; `shop`,
 * whose traffic is shifted; `steady`, on the second host, to which nothing happens.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { ACM } from '@aws-sdk/client-acm'
import { EC2 } from '@aws-sdk/client-ec2'
import { ECS, type Service, type Task, type UpdateServiceRequest } from '@aws-sdk/client-ecs'
import { type ActionTypeEnum, ElasticLoadBalancingV2, type Rule } from '@aws-sdk/client-elastic-load-balancing-v2'
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam'
import { processStart } from '../../../src/kit/installation.ts'
import { masterState, type MasterState } from '../../../src/loadbalancer/haproxy/master.ts'
import { socketDirectory } from '../../../src/loadbalancer/haproxy/socket-directory.ts'
import { trustingService } from '../../builders/a-task-role.ts'
import { buildBusyboxImage } from '../busybox-image.ts'
import { freePort } from '../loadbalancer/haproxy-under-test.ts'
import { connectedInstances, type RunningLongshore, until } from '../longshore.ts'
import { NODE_IN_CONTAINER, nodeVolumes } from '../node-volumes.ts'
import { type Hosts, settingsOf, startHosts, ZONES } from './hosts.ts'
import { SHOP, STEADY, Traffic } from './traffic.ts'

export const CONVERGE_TIMEOUT_MS = 180_000
const DOMAIN = 'www.example.com'
const SERVER = path.join(import.meta.dirname, 'target-server.ts')
const NODE_MODULES = path.join(import.meta.dirname, '..', '..', '..', 'node_modules')

export interface SiteOptions {
  /** What `/slow` takes; targets that leave have longer than that. */
  readonly slowMs: number
}

export class Site {
  readonly longshore: RunningLongshore
  readonly ecs: ECS
  readonly elb: ElasticLoadBalancingV2
  readonly #slowMs: number
  readonly #hosts: Hosts
  readonly #others: { destroy(): void }[] = []
  #image = ''
  #groups = new Map<string, string>()
  #listenerArn = ''
  #shopRule = ''
  #origin = ''
  #traffic: Traffic | undefined

  private constructor(slowMs: number, hosts: Hosts) {
    this.#slowMs = slowMs
    this.#hosts = hosts
    this.longshore = hosts.longshore
    const settings = settingsOf(this.longshore)
    this.ecs = new ECS(settings)
    this.elb = new ElasticLoadBalancingV2(settings)
  }

  static async start({ slowMs }: SiteOptions): Promise<Site> {
    const site = new Site(slowMs, await startHosts())
    await site.#furnish()
    return site
  }

  async stop(): Promise<void> {
    for (const client of [this.ecs, this.elb, ...this.#others]) client.destroy()
    await this.#hosts.stop()
  }

  get traffic(): Traffic {
    if (this.#traffic === undefined) throw new Error('the site is furnished')
    return this.#traffic
  }

  /** A new revision of the task definition; its answers name the version. */
  async register(version: string): Promise<string> {
    const { volumes, mountPoints } = nodeVolumes({ '/server.ts': SERVER, '/node_modules': NODE_MODULES })
    const { taskDefinition } = await this.ecs.registerTaskDefinition({
      family: 'server',
      volumes,
      containerDefinitions: [
        {
          name: 'server',
          image: this.#image,
          memory: 128,
          command: [NODE_IN_CONTAINER, '--disable-warning=ExperimentalWarning', '/server.ts'],
          environment: [
            { name: 'VERSION', value: version },
            { name: 'SLOW_MS', value: String(this.#slowMs) },
          ],
          portMappings: [{ containerPort: 8080 }],
          mountPoints,
        },
      ],
    })
    return taskDefinition?.taskDefinitionArn ?? ''
  }

  /** Begins an update of the service to a version. */
  async roll(service: string, version: string): Promise<Service> {
    return this.update(service, { taskDefinition: await this.register(version) })
  }

  /** Begins to shift the shop's traffic to a version. */
  async shift(version: string, bakeTimeInMinutes: number): Promise<Service> {
    const deploymentConfiguration = { strategy: 'BLUE_GREEN' as const, bakeTimeInMinutes }
    return this.update('shop', { taskDefinition: await this.register(version), deploymentConfiguration })
  }

  /** SIGKILL to what runs in a container of either host; resolves when it is gone. */
  async killContainer(runtimeId: string): Promise<void> {
    for (const { host } of this.#hosts.engines) {
      const { status, stdout } = spawnSync('docker', ['-H', host, 'inspect', '-f', '{{.State.Pid}}', runtimeId])
      if (status !== 0) continue
      const processId = Number(stdout.toString())
      process.kill(processId, 'SIGKILL')
      // It takes requests until the kernel has taken its sockets away.
      return void (await until('its end', () => processStart(processId) === undefined))
    }
    throw new Error(`no host has the container ${runtimeId}`)
  }

  async update(service: string, request: Omit<UpdateServiceRequest, 'service'>): Promise<Service> {
    return (await this.ecs.updateService({ service, ...request })).service ?? {}
  }

  async tasks(service: string): Promise<Task[]> {
    const { taskArns = [] } = await this.ecs.listTasks({ serviceName: service })
    if (taskArns.length === 0) return []
    return (await this.ecs.describeTasks({ tasks: taskArns })).tasks ?? []
  }

  /** The task as it is when it has stopped. */
  ended({ taskArn = '' }: Task = {}): Promise<Task> {
    const stopped = async (): Promise<Task | undefined> => {
      const { tasks: [task] = [] } = await this.ecs.describeTasks({ tasks: [taskArn] })
      return task?.lastStatus === 'STOPPED' ? task : undefined
    }
    return until('the end of a task', stopped, CONVERGE_TIMEOUT_MS)
  }

  async describe(service: string): Promise<Service> {
    return (await this.ecs.describeServices({ services: [service] })).services?.[0] ?? {}
  }

  /** By target, e.g. `i-0123:32768 healthy`. */
  async targetHealth(group: string): Promise<string[]> {
    const { TargetHealthDescriptions = [] } = await this.elb.describeTargetHealth({
      TargetGroupArn: this.#groups.get(group) ?? '',
    })
    return TargetHealthDescriptions.map(
      ({ Target, TargetHealth }) => `${Target?.Id}:${Target?.Port} ${TargetHealth?.State}`,
    ).toSorted()
  }

  /** Waits until the service has that many tasks, of one deployment, and as many targets, all healthy. */
  async steady(service: string, count: number, group = service): Promise<void> {
    let seen = ''
    const isSo = async (): Promise<boolean> => {
      const { deployments = [], runningCount } = await this.describe(service)
      const [tasks, health] = [await this.tasks(service), await this.targetHealth(group)]
      const states = deployments.map(({ rolloutState }) => rolloutState).join(', ')
      seen = `${runningCount} running, ${tasks.length} tasks, deployments ${states}, targets ${health.join(', ')}`
      return (
        states === 'COMPLETED' &&
        tasks.length === count &&
        health.length === count &&
        health.every((target) => target.endsWith(' healthy'))
      )
    }
    await until(`${service} to be steady`, isSo, CONVERGE_TIMEOUT_MS).catch((error: unknown) => {
      throw new Error(`${String(error)}: ${seen}`)
    })
  }

  /** The container instance of that zone. */
  async instance(zone: 'first' | 'second'): Promise<string> {
    const name = ZONES[zone === 'first' ? 0 : 1]
    const { containerInstanceArns: [arn = ''] = [] } = await this.ecs.listContainerInstances({
      filter: `attribute:ecs.availability-zone == ${name}`,
    })
    return arn
  }

  /** A rule that takes one path. */
  async createRule(priority: number, requestPath: string, body: string): Promise<Rule> {
    const { Rules: [rule] = [] } = await this.elb.createRule({
      ListenerArn: this.#listenerArn,
      Priority: priority,
      Conditions: [{ Field: 'path-pattern', Values: [requestPath] }],
      Actions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '200', MessageBody: body } }],
    })
    return rule ?? {}
  }

  /** A client's request of its own; rejects if it is not answered. */
  async ask(requestPath: string): Promise<string> {
    const response = await fetch(new URL(requestPath, this.#origin), { headers: { connection: 'close' } })
    return `${response.status} ${await response.text()}`
  }

  /** Waits for an answer: while it is reloaded there is none. */
  haproxy(): Promise<MasterState> {
    const directory = path.join(this.longshore.dataDir, 'balancer', 'haproxy')
    return until('an answer of HAProxy', () => masterState(path.join(socketDirectory(directory), 'master.sock')))
  }

  async #furnish(): Promise<void> {
    const images = this.#hosts.engines.map(({ socket }) => buildBusyboxImage(socket))
    this.#image = (await Promise.all(images))[0] ?? ''
    await connectedInstances(this.longshore.client, ZONES.length)
    await this.#createLoadBalancer()
    await this.#createServices()
  }

  async #createLoadBalancer(): Promise<void> {
    const [ec2, acm] = [new EC2(settingsOf(this.longshore)), new ACM(settingsOf(this.longshore))]
    this.#others.push(ec2, acm)
    const { Subnets = [] } = await ec2.describeSubnets({})
    for (const name of ['web', 'steady', 'blue', 'green'])
      this.#groups.set(name, await this.#createGroup(name, Subnets[0]?.VpcId))
    const { LoadBalancers: [balancer] = [] } = await this.elb.createLoadBalancer({
      Name: 'site',
      Subnets: Subnets.slice(0, 2).map(({ SubnetId = '' }) => SubnetId),
    })
    const { CertificateArn = '' } = await acm.requestCertificate({ DomainName: DOMAIN, ValidationMethod: 'DNS' })
    const ca = await until('the certificate', async () => {
      return (await acm.getCertificate({ CertificateArn })).CertificateChain
    })
    const LoadBalancerArn = balancer?.LoadBalancerArn
    const [port, securePort] = [await freePort(), await freePort()]
    const DefaultActions = [{ Type: 'forward' as const, TargetGroupArn: this.#group('web') }]
    const { Listeners: [listener] = [] } = await this.elb.createListener({
      LoadBalancerArn,
      Protocol: 'HTTP',
      Port: port,
      DefaultActions,
    })
    await this.elb.createListener({
      LoadBalancerArn,
      Protocol: 'HTTPS',
      Port: securePort,
      Certificates: [{ CertificateArn }],
      DefaultActions,
    })
    this.#listenerArn = listener?.ListenerArn ?? ''
    await this.#createForward(10, STEADY, 'steady')
    this.#shopRule = await this.#createForward(20, SHOP, 'blue', 'green')
    const address = await until('its address', () => ownAddress(this.longshore))
    this.#origin = `http://${address}:${port}`
    this.#traffic = new Traffic({
      origin: this.#origin,
      secureOrigin: `https://${address}:${securePort}`,
      trust: { servername: DOMAIN, ca },
      slowMs: this.#slowMs,
    })
  }

  async #createGroup(Name: string, VpcId: string | undefined): Promise<string> {
    const { TargetGroups: [group] = [] } = await this.elb.createTargetGroup({
      Name,
      Protocol: 'HTTP',
      Port: 8080,
      TargetType: 'instance',
      VpcId,
      HealthCheckPath: '/health',
      HealthCheckIntervalSeconds: 5,
      HealthCheckTimeoutSeconds: 4,
      HealthyThresholdCount: 2,
    })
    const TargetGroupArn = group?.TargetGroupArn ?? ''
    const Value = String(Math.ceil((this.#slowMs * 2) / 1000) + 20)
    const Attributes = [{ Key: 'deregistration_delay.timeout_seconds', Value }]
    await this.elb.modifyTargetGroupAttributes({ TargetGroupArn, Attributes })
    return TargetGroupArn
  }

  /** To the first group alone; gives the rule's ARN. */
  async #createForward(Priority: number, prefix: string, ...groups: readonly string[]): Promise<string> {
    const Type: ActionTypeEnum = 'forward'
    const TargetGroups = groups.map((name, index) => {
      return { TargetGroupArn: this.#group(name), Weight: index === 0 ? 1 : 0 }
    })
    const { Rules: [rule] = [] } = await this.elb.createRule({
      ListenerArn: this.#listenerArn,
      Priority,
      Conditions: [{ Field: 'path-pattern', Values: [`${prefix}/*`] }],
      Actions: [{ Type, ForwardConfig: { TargetGroups } }],
    })
    return rule?.RuleArn ?? ''
  }

  #group(name: string): string {
    return this.#groups.get(name) ?? ''
  }

  async #createServices(): Promise<void> {
    const taskDefinition = await this.register('1')
    const port = { containerName: 'server', containerPort: 8080 }
    await this.ecs.createService({
      serviceName: 'web',
      taskDefinition,
      desiredCount: 6,
      // Tasks are replaced by the tests alone.
      availabilityZoneRebalancing: 'DISABLED',
      loadBalancers: [{ targetGroupArn: this.#group('web'), ...port }],
    })
    await this.ecs.createService({
      serviceName: 'steady',
      taskDefinition,
      desiredCount: 1,
      availabilityZoneRebalancing: 'DISABLED',
      loadBalancers: [{ targetGroupArn: this.#group('steady'), ...port }],
      placementConstraints: [{ type: 'memberOf', expression: `attribute:ecs.availability-zone == ${ZONES[1]}` }],
    })
    await this.ecs.createService({
      serviceName: 'shop',
      taskDefinition,
      desiredCount: 2,
      availabilityZoneRebalancing: 'DISABLED',
      deploymentConfiguration: { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 0 },
      loadBalancers: [
        {
          targetGroupArn: this.#group('blue'),
          ...port,
          advancedConfiguration: {
            alternateTargetGroupArn: this.#group('green'),
            productionListenerRule: this.#shopRule,
            roleArn: await this.#createRole(),
          },
        },
      ],
    })
    await this.steady('web', 6)
    await this.steady('steady', 1)
    await this.steady('shop', 2, 'blue')
  }

  async #createRole(): Promise<string> {
    const iam = new IAMClient(settingsOf(this.longshore))
    this.#others.push(iam)
    const AssumeRolePolicyDocument = trustingService('ecs.amazonaws.com')
    const { Role } = await iam.send(new CreateRoleCommand({ RoleName: 'infrastructure', AssumeRolePolicyDocument }))
    return Role?.Arn ?? ''
  }
}

/** The address that the load balancer has got. */
const ownAddress = ({ dataDir }: RunningLongshore): string | undefined => {
  const table = path.join(dataDir, 'balancer', 'routing-table.jsonl')
  return existsSync(table) ? /"addresses":\["([^"]+)"\]/.exec(readFileSync(table, 'utf8'))?.[1] : undefined
}

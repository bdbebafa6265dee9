/** Targets and their health through the AWS SDK for JavaScript, over HTTP. What balancers say is said by the test. */
import {
  type TargetDescription,
  type TargetHealthDescription,
  type TargetHealthReasonEnum,
  type TargetHealthStateEnum,
  waitUntilTargetDeregistered,
  waitUntilTargetInService,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { TargetHealthReport } from '../../src/model/load-balancing/messages.ts'
import { type LoadBalancerRecord, targetRowKey } from '../../src/model/load-balancing/records.ts'
import { aContainerInstance } from '../builders/a-container-instance.ts'
import { aTask } from '../builders/a-task.ts'
import { Elbv2Server, faultOf, UNKNOWN_TARGET_GROUP } from './elbv2-server.ts'
import { ACCOUNT, REGION } from './service-server.ts'

const ID = '10.0.0.1'
const KEY = '10.0.0.1:80'

let site: Elbv2Server
beforeEach(async () => {
  site = await Elbv2Server.start()
})
afterEach(() => site.close())

const register = (TargetGroupArn: string, ...Targets: TargetDescription[]): Promise<unknown> =>
  site.elb.registerTargets({ TargetGroupArn, Targets })

const deregister = (TargetGroupArn: string, ...Targets: TargetDescription[]): Promise<unknown> =>
  site.elb.deregisterTargets({ TargetGroupArn, Targets })

const health = async (TargetGroupArn: string, ...Targets: TargetDescription[]): Promise<TargetHealthDescription[]> => {
  const answer = await site.elb.describeTargetHealth({ TargetGroupArn, ...(Targets.length > 0 && { Targets }) })
  return answer.TargetHealthDescriptions ?? []
}

const statesOf = async (arn: string, ...targets: TargetDescription[]): Promise<unknown[]> =>
  (await health(arn, ...targets)).map(({ TargetHealth }) => [TargetHealth?.State, TargetHealth?.Reason])

const say = (targetGroupArn: string, report: Partial<TargetHealthReport>): void =>
  site.server.deps.targetHealth.record('b1', [{ targetGroupArn, target: KEY, state: 'healthy', ...report }])

/** A target group with one target that a load balancer uses, which a balancer serves. */
const inUse = async (given: Partial<LoadBalancerRecord> = {}): Promise<string> => {
  const { TargetGroupArn } = await site.targetGroup()
  const { LoadBalancerArn } = await site.loadBalancer()
  await site.use(TargetGroupArn, LoadBalancerArn)
  await site.store.transact((tx) => tx.loadBalancers.update(LoadBalancerArn, { state: 'active', ...given }))
  await register(TargetGroupArn, { Id: ID })
  return TargetGroupArn
}

describe('RegisterTargets', () => {
  it('registers addresses, at the port of their group or their own', async () => {
    const { TargetGroupArn } = await site.targetGroup()
    await register(
      TargetGroupArn,
      { Id: ID },
      { Id: ID, Port: 8080 },
      { Id: '127.0.0.1', AvailabilityZone: 'all' },
      { Id: '172.31.16.9' },
    )

    expect((await health(TargetGroupArn)).map(({ Target }) => Target)).toEqual([
      { Id: ID, Port: 80, AvailabilityZone: 'all' },
      { Id: ID, Port: 8080, AvailabilityZone: 'all' },
      { Id: '127.0.0.1', Port: 80, AvailabilityZone: 'all' },
      { Id: '172.31.16.9', Port: 80, AvailabilityZone: `${REGION}b` },
    ])
  })

  it('registers instances that are there', async () => {
    const { TargetGroupArn } = await site.targetGroup({ TargetType: 'instance' })
    const clusterArn = `arn:aws:ecs:${REGION}:${ACCOUNT}:cluster/default`
    const instance = aContainerInstance({ clusterArn, ec2InstanceId: 'i-0123456789abcdef0' })
    await site.store.transact((tx) => tx.containerInstances.insert(instance))
    await register(TargetGroupArn, { Id: 'i-0123456789abcdef0', Port: 32768 })

    expect((await health(TargetGroupArn))[0]).toMatchObject({ Target: { Id: 'i-0123456789abcdef0', Port: 32768 } })
    expect(await faultOf(register(TargetGroupArn, { Id: 'i-00000000000000000' }))).toEqual({
      name: 'InvalidTargetException',
      message: "The following targets are not in a running state and cannot be registered: 'i-00000000000000000'",
    })
    expect(await faultOf(register(TargetGroupArn, { Id: ID }))).toEqual({
      name: 'ValidationError',
      message: `Instance ID '${ID}' is not valid`,
    })
    const zoned = { Id: 'i-0123456789abcdef0', AvailabilityZone: 'all' }
    expect((await faultOf(register(TargetGroupArn, zoned))).name).toBe('ValidationError')
  })

  it('registers one Application Load Balancer that listens', async () => {
    const { TargetGroupArn } = await site.targetGroup({ TargetType: 'alb', Protocol: 'TCP' })
    const { LoadBalancerArn: Id } = await site.loadBalancer()
    const other = await site.loadBalancer({ Name: 'other' })
    expect((await faultOf(register(TargetGroupArn, { Id }))).message).toContain('must have a listener on port 80')
    await site.store.transact((tx) => {
      for (const loadBalancerArn of [Id, other.LoadBalancerArn])
        tx.listeners.insert({
          listenerArn: `${loadBalancerArn}/l`,
          loadBalancerArn,
          port: 80,
          protocol: 'HTTP',
          certificateArns: [],
          alpnPolicy: [],
          attributes: {},
          createdAt: 0,
          tags: [],
        })
    })
    await register(TargetGroupArn, { Id })

    expect((await faultOf(register(TargetGroupArn, { Id: other.LoadBalancerArn }))).name).toBe(
      'TooManyTargetsException',
    )
    expect((await faultOf(register(TargetGroupArn, { Id, Port: 81 }))).name).toBe('InvalidTargetException')
    expect((await faultOf(site.elb.deleteLoadBalancer({ LoadBalancerArn: Id }))).name).toBe('ResourceInUseException')
  })

  it('begins anew with targets that are being drained', async () => {
    const arn = await inUse()
    say(arn, { state: 'unhealthy', reason: 'Target.Timeout' })
    await deregister(arn, { Id: ID })
    expect(await statesOf(arn)).toEqual([['draining', 'Target.DeregistrationInProgress']])
    await register(arn, { Id: ID })

    expect(await statesOf(arn)).toEqual([['initial', 'Elb.RegistrationInProgress']])
  })

  it('lets targets go on standing for tasks that run', async () => {
    const arn = await inUse()
    const tasks = [aTask(), aTask({ desiredStatus: 'STOPPED' })]
    await site.store.transact((tx) => {
      for (const task of tasks) tx.tasks.insert(task)
    })
    const keptBy: (string | undefined)[] = []
    for (const { taskId } of tasks) {
      await site.store.transact((tx) => tx.targets.update(`${arn}/${KEY}`, { taskId }))
      await deregister(arn, { Id: ID })
      await register(arn, { Id: ID })
      keptBy.push(site.store.tables.targets.get(`${arn}/${KEY}`)?.taskId)
    }
    expect(keptBy).toEqual([tasks[0]!.taskId, undefined])
  })

  it('looks zones and subnets up once, however many targets there are', async () => {
    const { TargetGroupArn, VpcId } = await site.targetGroup()
    const [known] = site.store.tables.subnets.find('byVpc', VpcId)
    const clusterArn = `arn:aws:ecs:${REGION}:${ACCOUNT}:cluster/default`
    await site.store.transact((tx) => {
      for (let count = 0; count < 2000; count++) tx.containerInstances.insert(aContainerInstance({ clusterArn }))
      for (let count = 0; count < 150; count++)
        tx.subnets.insert({ ...known!, subnetId: `subnet-${count}`, cidrBlock: `172.31.${count + 64}.0/24` })
    })
    const AvailabilityZone = `${REGION}c`
    const targets = Array.from({ length: 1000 }, (_, port) => ({ Id: ID, Port: port + 1, AvailabilityZone }))
    const before = process.threadCpuUsage()
    await register(TargetGroupArn, ...targets)
    const { user, system } = process.threadCpuUsage(before)
    expect((await health(TargetGroupArn))[0]?.Target).toMatchObject({ AvailabilityZone })
    expect((user + system) / 1000).toBeLessThan(700)
  })

  it('has a quota', async () => {
    const { TargetGroupArn } = await site.targetGroup()
    const targets = (first: number) => Array.from({ length: 1000 }, (_, index) => ({ Id: ID, Port: first + index }))
    await register(TargetGroupArn, ...targets(1))

    expect((await faultOf(register(TargetGroupArn, { Id: ID, Port: 1001 }))).name).toBe('TooManyTargetsException')
    expect((await faultOf(register(TargetGroupArn, ...targets(1), { Id: ID }))).name).toBe('ValidationError')
    expect(site.store.tables.targets.size).toBe(1000)
  })

  it.each<[string, TargetDescription, string]>([
    ['names', { Id: 'web.local' }, 'ValidationError'],
    ['IPv6', { Id: '::1' }, 'ValidationError'],
    ['public addresses', { Id: '8.8.8.8' }, 'InvalidTargetException'],
    ['ports that are none', { Id: ID, Port: 65_536 }, 'ValidationError'],
    ['zones that are none', { Id: ID, AvailabilityZone: 'moon-1a' }, 'ValidationError'],
    ['server ids', { Id: ID, QuicServerId: '0x0123456789abcdef' }, 'InvalidConfigurationRequestException'],
  ])('refuses %s', async (_, target, name) => {
    const { TargetGroupArn } = await site.targetGroup()

    expect((await faultOf(register(TargetGroupArn, target))).name).toBe(name)
  })

  it('needs a target group and targets', async () => {
    const { TargetGroupArn } = await site.targetGroup()

    expect((await faultOf(register(UNKNOWN_TARGET_GROUP, { Id: ID }))).name).toBe('TargetGroupNotFoundException')
    expect((await faultOf(register(TargetGroupArn))).name).toBe('ValidationError')
    expect((await faultOf(deregister(TargetGroupArn))).name).toBe('ValidationError')
  })
})

describe('DeregisterTargets', () => {
  it('lets targets go at once that no load balancer uses', async () => {
    const { TargetGroupArn } = await site.targetGroup()
    await register(TargetGroupArn, { Id: ID }, { Id: ID, Port: 81 })
    await deregister(TargetGroupArn, { Id: ID }, { Id: '10.9.9.9' })

    expect((await health(TargetGroupArn)).map(({ Target }) => Target?.Port)).toEqual([81])
  })

  it('drains others for as long as their group says', async () => {
    const arn = await inUse()
    const Attributes = [{ Key: 'deregistration_delay.timeout_seconds', Value: '7' }]
    await site.elb.modifyTargetGroupAttributes({ TargetGroupArn: arn, Attributes })
    await deregister(arn, { Id: ID })
    const key = targetRowKey({ targetGroupArn: arn, targetId: ID, port: 80 })
    const { drainingUntil } = site.store.tables.targets.get(key) ?? {}

    expect(drainingUntil).toBeGreaterThan(site.server.deps.clock.now() + 1000)
    expect(drainingUntil).toBeLessThanOrEqual(site.server.deps.clock.now() + 7000)
    await deregister(arn, { Id: ID })
    expect(site.store.tables.targets.get(key)?.drainingUntil).toBe(drainingUntil)
  })

  it('ends with the load balancer', async () => {
    const arn = await inUse()
    await deregister(arn, { Id: ID })
    const { LoadBalancers } = await site.elb.describeLoadBalancers({})
    await site.elb.deleteLoadBalancer({ LoadBalancerArn: LoadBalancers?.[0]?.LoadBalancerArn })

    expect(await health(arn)).toEqual([])
  })
})

describe('DescribeTargetHealth', () => {
  it('says that a group without a load balancer is unused', async () => {
    const { TargetGroupArn } = await site.targetGroup()
    await register(TargetGroupArn, { Id: ID })

    expect(await health(TargetGroupArn)).toEqual([
      {
        Target: { Id: ID, Port: 80, AvailabilityZone: 'all' },
        HealthCheckPort: '80',
        TargetHealth: {
          State: 'unused',
          Reason: 'Target.NotInUse',
          Description: 'Target group is not configured to receive traffic from the load balancer',
        },
        AdministrativeOverride: {
          State: 'no_override',
          Reason: 'AdministrativeOverride.NoOverride',
          Description: 'No override is currently active on target',
        },
      },
    ])
  })

  it.each<[TargetHealthStateEnum, TargetHealthReasonEnum | undefined, string | undefined]>([
    ['healthy', undefined, undefined],
    ['initial', 'Elb.InitialHealthChecking', 'Initial health checks in progress'],
    ['unhealthy', 'Target.ResponseCodeMismatch', 'Health checks failed with these codes: [503]'],
    ['unhealthy', 'Target.Timeout', 'Request timed out'],
    ['unhealthy', 'Target.FailedHealthChecks', 'Health checks failed'],
    ['unavailable', 'Elb.InternalError', 'Health checks failed due to an internal error'],
  ])('says what balancers say: %s for %s', async (State, Reason, Description) => {
    const arn = await inUse()
    const described = Reason === 'Target.ResponseCodeMismatch' && Description
    say(arn, { state: State, ...(Reason && { reason: Reason }), ...(described && { description: described }) })

    const [found] = await health(arn)
    expect(found?.TargetHealth).toEqual({ State, ...(Reason && { Reason, Description }) })
  })

  it('has no healthy targets behind a load balancer that nobody serves', async () => {
    const arn = await inUse({ state: 'failed', stateReason: 'Port 80 is in use.' })
    say(arn, {})
    const [found] = await health(arn)
    expect(found?.TargetHealth).toEqual({
      State: 'unavailable',
      Reason: 'Elb.InternalError',
      Description: 'Load balancer web has failed: Port 80 is in use.',
    })
    const [{ loadBalancerArn } = { loadBalancerArn: '' }] = site.store.tables.loadBalancers.rows()
    await site.store.transact((tx) => tx.loadBalancers.update(loadBalancerArn, { state: 'provisioning' }))
    expect(await statesOf(arn)).toEqual([['initial', 'Elb.RegistrationInProgress']])
  })

  it('knows targets that are named and not registered', async () => {
    const arn = await inUse()

    expect(await statesOf(arn, { Id: '10.0.0.2' }, { Id: ID })).toEqual([
      ['unused', 'Target.NotRegistered'],
      ['initial', 'Elb.RegistrationInProgress'],
    ])
    expect((await faultOf(health(arn, { Id: 'x' }))).name).toBe('ValidationError')
    expect((await faultOf(health(UNKNOWN_TARGET_GROUP))).name).toBe('TargetGroupNotFoundException')
  })

  it('knows addresses of load balancers, and instances that are gone', async () => {
    const arn = await inUse()
    const instances = await site.targetGroup({ Name: 'instances', TargetType: 'instance' })
    await site.use(instances.TargetGroupArn, 'lb')
    await register(arn, { Id: '127.66.0.1' })
    await site.store.transact((tx) => {
      const gone = { targetId: 'i-00000000000000000', port: 80, registeredAt: 0 }
      tx.targets.insert({ ...gone, targetGroupArn: instances.TargetGroupArn })
    })

    expect(await statesOf(arn, { Id: '127.66.0.1' })).toEqual([['unused', 'Target.IpUnusable']])
    expect(await statesOf(instances.TargetGroupArn)).toEqual([['unused', 'Target.InvalidState']])
  })

  it('names anomalies if they are asked for', async () => {
    const arn = await inUse()
    const anomaly = async () => {
      const answer = await site.elb.describeTargetHealth({ TargetGroupArn: arn, Include: ['AnomalyDetection'] })
      return answer.TargetHealthDescriptions?.[0]?.AnomalyDetection
    }
    expect(await anomaly()).toEqual({ Result: 'normal', MitigationInEffect: 'no' })
    say(arn, { isAnomalous: true })
    expect(await anomaly()).toEqual({ Result: 'anomalous', MitigationInEffect: 'no' })
    const Attributes = [
      { Key: 'load_balancing.algorithm.type', Value: 'weighted_random' },
      { Key: 'load_balancing.algorithm.anomaly_mitigation', Value: 'on' },
    ]
    await site.elb.modifyTargetGroupAttributes({ TargetGroupArn: arn, Attributes })

    expect(await anomaly()).toEqual({ Result: 'anomalous', MitigationInEffect: 'yes' })
  })

  it('lets clients wait until a target is in service, and until it is gone', async () => {
    const arn = await inUse()
    const wait = { client: site.elb, maxWaitTime: 20, minDelay: 1, maxDelay: 1 }
    const target = { TargetGroupArn: arn, Targets: [{ Id: ID }] }
    say(arn, {})

    expect((await waitUntilTargetInService(wait, target)).state).toBe('SUCCESS')
    await deregister(arn, { Id: ID })
    await site.store.transact((tx) => {
      tx.targets.remove(targetRowKey({ targetGroupArn: arn, targetId: ID, port: 80 }))
    })
    expect((await waitUntilTargetDeregistered(wait, target)).state).toBe('SUCCESS')
  })
})

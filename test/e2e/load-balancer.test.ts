/**
 * Goal: what load balancers serve is served whatever becomes of the control plane and of the balancer, and is the same afterwards.
 *
 * Method: a real `longshore up` with HAProxy, set up through the SDK; two plain servers as targets. A client asks all the time while
 * processes are killed; not one of its requests may fail. It asks at the load balancer's own address and at the shared one, by name.
 */
import { readFileSync } from 'node:fs'
import { createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { spawnSync } from 'node:child_process'
import { DescribeSubnetsCommand, EC2Client } from '@aws-sdk/client-ec2'
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  DeregisterTargetsCommand,
  DescribeLoadBalancersCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  type LoadBalancer,
  ModifyTargetGroupAttributesCommand,
  RegisterTargetsCommand,
  waitUntilLoadBalancerAvailable,
  waitUntilTargetDeregistered,
  waitUntilTargetInService,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { processStart } from '../../src/kit/installation.ts'
import { freePort } from './loadbalancer/haproxy-under-test.ts'
import { bin, type RunningLongshore, startLongshore, until } from './longshore.ts'

const WAIT = { maxWaitTime: 60, minDelay: 1, maxDelay: 1 }
const SHARED_ADDRESS = '127.0.0.1'

let longshore: RunningLongshore
let elb: ElasticLoadBalancingV2Client
let loadBalancer: LoadBalancer
let groupArn = ''
let port = 0
const servers: Server[] = []

const listen = async (server: Server): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

/** A server that answers with its name. */
const target = async (name: string): Promise<{ Id: string; Port: number }> => {
  const server = createServer((_request, response) => response.end(name))
  servers.push(server)
  return { Id: '127.0.0.1', Port: await listen(server) }
}

const connect = (): ElasticLoadBalancingV2Client =>
  new ElasticLoadBalancingV2Client({
    endpoint: longshore.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  })

const up = (dataDir?: string): Promise<RunningLongshore> =>
  // A range of its own: other balancers may run on this machine.
  startLongshore({
    args: ['--no-agent', `--balancer-addresses=127.${100 + (process.pid % 100)}.${process.pid % 250}.0/24`],
    ...(dataDir !== undefined && { dataDir }),
  })

/** The address that the load balancer has got. */
const ownAddress = (): string => {
  const table = readFileSync(path.join(longshore.dataDir, 'balancer', 'routing-table.jsonl'), 'utf8')
  return /"addresses":\["([^"]+)"\]/.exec(table)?.[1] ?? ''
}

const ask = (host: string, headers: Readonly<Record<string, string>> = {}): Promise<string> =>
  new Promise((resolve, reject) => {
    const asked = request({ host, port, headers, timeout: 30_000 }, (response) => {
      let body = ''
      response.on('data', (chunk: Buffer) => (body += chunk.toString()))
      response.on('end', () => resolve(`${response.statusCode} ${body}`))
      response.on('error', reject)
    })
    asked.on('timeout', () => asked.destroy(new Error('no answer')))
    asked.on('error', reject)
    asked.end()
  })

/** Asks all the time until told to stop; gives the answers that were none. */
const constantly = (host: string): (() => Promise<{ asked: number; failed: string[] }>) => {
  const failed: string[] = []
  let [asked, isOver] = [0, false]
  const going = (async () => {
    while (!isOver) {
      const answer = await ask(host).catch(String)
      asked++
      if (!/^200 (one|two|three)$/.test(answer)) failed.push(answer)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  })()
  return async () => {
    isOver = true
    await going
    return { asked, failed }
  }
}

const haproxyId = (): number =>
  Number(readFileSync(path.join(longshore.dataDir, 'balancer', 'haproxy', 'haproxy.pid'), 'utf8'))

const described = async () => {
  const [balancers, health] = [
    await elb.send(new DescribeLoadBalancersCommand({})),
    await elb.send(new DescribeTargetHealthCommand({ TargetGroupArn: groupArn })),
  ]
  return { balancers: balancers.LoadBalancers, health: health.TargetHealthDescriptions }
}

beforeAll(async () => {
  longshore = await up()
  elb = connect()
  const ec2 = new EC2Client({
    endpoint: longshore.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  })
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}))
  port = await freePort()
  const { LoadBalancers: [made] = [] } = await elb.send(
    new CreateLoadBalancerCommand({ Name: 'web', Subnets: Subnets.slice(0, 2).map(({ SubnetId = '' }) => SubnetId) }),
  )
  loadBalancer = made!
  const { TargetGroups: [group] = [] } = await elb.send(
    new CreateTargetGroupCommand({
      Name: 'web',
      Protocol: 'HTTP',
      Port: 80,
      TargetType: 'ip',
      VpcId: Subnets[0]?.VpcId,
      HealthCheckIntervalSeconds: 5,
      HealthCheckTimeoutSeconds: 2,
      HealthyThresholdCount: 2,
    }),
  )
  groupArn = group?.TargetGroupArn ?? ''
  await elb.send(
    new ModifyTargetGroupAttributesCommand({
      TargetGroupArn: groupArn,
      Attributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: '1' }],
    }),
  )
  await elb.send(
    new CreateListenerCommand({
      LoadBalancerArn: loadBalancer.LoadBalancerArn,
      Protocol: 'HTTP',
      Port: port,
      DefaultActions: [{ Type: 'forward', TargetGroupArn: groupArn }],
    }),
  )
  await elb.send(
    new RegisterTargetsCommand({ TargetGroupArn: groupArn, Targets: [await target('one'), await target('two')] }),
  )
})

afterAll(async () => {
  await longshore.stop()
  for (const server of servers) server.close()
})

describe('a load balancer', () => {
  it('is there, and its targets are healthy, for the waiters of the SDK', async () => {
    const named = { LoadBalancerArns: [loadBalancer.LoadBalancerArn ?? ''] }
    await waitUntilLoadBalancerAvailable({ client: elb, ...WAIT }, named)
    await waitUntilTargetInService({ client: elb, ...WAIT }, { TargetGroupArn: groupArn })
    const { balancers, health = [] } = await described()
    expect(balancers).toMatchObject([{ State: { Code: 'active' } }])
    expect(health.map(({ TargetHealth }) => TargetHealth)).toEqual([{ State: 'healthy' }, { State: 'healthy' }])
  })

  it('answers at its own address, and at the shared one by its name', async () => {
    await until('answers of both', async () => {
      const answers = [await ask(ownAddress()), await ask(ownAddress())]
      expect(new Set(answers)).toEqual(new Set(['200 one', '200 two']))
      return true
    })
    const name = loadBalancer.DNSName ?? ''
    expect(await ask(SHARED_ADDRESS, { host: `${name}:${port}` })).toMatch(/^200 (one|two)$/)
  })

  it('serves on while the control plane is killed, and is the same afterwards', async () => {
    const before = await described()
    const stop = constantly(ownAddress())
    const killed = longshore.processId('server')
    longshore.kill('server')
    await until('another server', () => {
      const id = longshore.processId('server')
      return id !== undefined && id !== killed
    })
    await until('the same state', async () => {
      expect(await described()).toEqual(before)
      return true
    })
    const { asked, failed } = await stop()
    expect(failed).toEqual([])
    expect(asked).toBeGreaterThan(50)
  })

  it('serves on while the balancer is killed, by the same HAProxy, and takes targets again', async () => {
    const [haproxy, killed] = [haproxyId(), longshore.processId('balancer')]
    const stop = constantly(ownAddress())
    longshore.kill('balancer')
    await until('another balancer', () => {
      const id = longshore.processId('balancer')
      return id !== undefined && id !== killed
    })
    const three = await target('three')
    await elb.send(new RegisterTargetsCommand({ TargetGroupArn: groupArn, Targets: [three] }))
    await waitUntilTargetInService({ client: elb, ...WAIT }, { TargetGroupArn: groupArn, Targets: [three] })
    await until('requests to the third', async () => (await ask(ownAddress())) === '200 three')

    await elb.send(new DeregisterTargetsCommand({ TargetGroupArn: groupArn, Targets: [three] }))
    await waitUntilTargetDeregistered({ client: elb, ...WAIT }, { TargetGroupArn: groupArn, Targets: [three] })
    expect(haproxyId()).toBe(haproxy)
    expect((await stop()).failed).toEqual([])
  })

  it('serves on after `down`, and is taken over by the next `up`', async () => {
    const [haproxy, before] = [haproxyId(), await described()]
    const stop = constantly(ownAddress())
    const { dataDir } = longshore
    await longshore.stop({ keepData: true })
    expect(await ask(ownAddress())).toMatch(/^200/)
    longshore = await up(dataDir)
    elb = connect()
    await until('the same state', async () => {
      expect(await described()).toEqual(before)
      return true
    })
    expect(haproxyId()).toBe(haproxy)
    expect((await stop()).failed).toEqual([])
  })

  it('is served no more when that is asked for', async () => {
    const [address, haproxy] = [ownAddress(), haproxyId()]
    await longshore.stop({ keepData: true })
    const { status } = spawnSync(bin, ['down', '--load-balancers', `--data-dir=${longshore.dataDir}`])
    expect(status).toBe(0)
    // Connections that the client has kept have ended, too.
    await until('a refusal', () =>
      ask(address)
        .then(String, String)
        .then((answer) => answer.includes('ECONNREFUSED')),
    )
    expect(processStart(haproxy)).toBeUndefined()
  })
})

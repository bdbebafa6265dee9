/**
 * Goal: one call puts an image on the web: an Express service answers at its own HTTPS endpoint, an update changes what it answers without a
 * request that fails, and after its end nothing of it is left.
 *
 * Method: a real `longshore up` with HAProxy on an engine in a network of its own, set up by the SDK. curl asks there, by the name of the
 * endpoint as it stands in the answer, and believes the installation's authority alone.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { Agent } from 'node:http'
import { connect, type Socket } from 'node:net'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ACM } from '@aws-sdk/client-acm'
import { EC2 } from '@aws-sdk/client-ec2'
import {
  CreateExpressGatewayServiceCommand,
  DeleteExpressGatewayServiceCommand,
  DescribeExpressGatewayServiceCommand,
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
  ECSClient,
  type ECSManagedResources,
  type ExpressGatewayContainer,
  ServiceDeploymentStatus,
  UpdateExpressGatewayServiceCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs'
import { ElasticLoadBalancingV2 } from '@aws-sdk/client-elastic-load-balancing-v2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildBusyboxImage } from './busybox-image.ts'
import { type Engine, startEngine } from './engine.ts'
import { connectedInstance, type RunningLongshore, startLongshore, until } from './longshore.ts'

const DEPLOYMENT_TIMEOUT_MS = 120_000
const CLIENTS = 4
const ROLE = 'arn:aws:iam::000000000000:role'
const SERVE = 'mkdir -p /www && echo "$COLOUR" > /www/index.html && exec httpd -f -p 8080 -h /www'

let engine: Engine
let longshore: RunningLongshore
let forwarder: ChildProcess | undefined
let client: Awaited<ReturnType<typeof clientsThere>>
let ecs: ECSClient
let image = ''
let serviceArn = ''
let endpoint = ''

const container = (colour: string): ExpressGatewayContainer => ({
  image,
  containerPort: 8080,
  command: ['sh', '-c', SERVE],
  environment: [{ name: 'COLOUR', value: colour }],
})

interface Ran {
  readonly exitCode: number | null
  readonly output: string
}

/** Runs a program where the engine's containers are reached. */
const there = (...command: readonly string[]): Promise<Ran> => {
  const [program = '', ...args] = [...engine.inNetwork, ...command]
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (exitCode) => resolve({ exitCode, output }))
  })
}

/** For clients of what listens in the engine's network: their connections go over a socket that is seen from here and there. */
const clientsThere = async (directory: string) => {
  const socket = path.join(directory, 'endpoint.sock')
  const { port } = new URL(longshore.endpoint)
  const forward = `const { connect, createServer } = require('node:net')
    createServer((here) => {
      const there = connect(${port}, '127.0.0.1')
      for (const [one, other] of [[here, there], [there, here]]) one.on('error', () => other.destroy())
      here.pipe(there).pipe(here)
    }).listen(${JSON.stringify(socket)})`
  const [program, ...args] = [...engine.inNetwork, process.execPath, '--eval', forward]
  forwarder = spawn(program, args, { stdio: 'ignore' })
  await until('the forwarder', () => existsSync(socket))
  class SocketAgent extends Agent {
    override createConnection(): Socket {
      return connect(socket)
    }
  }
  const httpAgent = new SocketAgent({ keepAlive: true })
  return {
    endpoint: longshore.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    requestHandler: { httpAgent },
  }
}

const ask = (): Promise<Ran> => {
  const authority = path.join(longshore.dataDir, 'server', 'tls', 'ca.crt')
  return there('curl', '--silent', '--show-error', '--fail', '--max-time', '30', '--cacert', authority, `${endpoint}/`)
}

const described = async () => {
  const { service } = await ecs.send(new DescribeExpressGatewayServiceCommand({ serviceArn }))
  return service
}

/** The service deployment under way is over, well. */
const deployed = (): Promise<unknown> =>
  until(
    'the deployment',
    async () => {
      const { currentDeployment = '' } = (await described()) ?? {}
      const { serviceDeployments: [deployment] = [] } = await ecs.send(
        new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [currentDeployment] }),
      )
      return deployment?.status === ServiceDeploymentStatus.SUCCESSFUL
    },
    DEPLOYMENT_TIMEOUT_MS,
  )

const managed = async (): Promise<ECSManagedResources | undefined> => {
  const { activeConfigurations: [first] = [] } = (await described()) ?? {}
  const { serviceRevisions: [revision] = [] } = await ecs.send(
    new DescribeServiceRevisionsCommand({ serviceRevisionArns: [first?.serviceRevisionArn ?? ''] }),
  )
  return revision?.ecsManagedResources
}

/** What there is of load balancers, target groups, certificates, and security groups that ECS made. */
const left = async () => {
  const [elb, acm, ec2] = [new ElasticLoadBalancingV2(client), new ACM(client), new EC2(client)]
  const Filters = [{ Name: 'tag:AmazonECSManaged', Values: ['true'] }]
  return [
    (await elb.describeLoadBalancers({})).LoadBalancers,
    (await elb.describeTargetGroups({})).TargetGroups,
    (await acm.listCertificates({})).CertificateSummaryList,
    (await ec2.describeSecurityGroups({ Filters })).SecurityGroups,
  ]
}

beforeAll(async () => {
  engine = await startEngine()
  image = await buildBusyboxImage(engine.socket)
  longshore = await startLongshore({
    dockerSocket: engine.socket,
    inNetwork: engine.inNetwork,
    // What log drivers need on the host.
    env: {
      ECS_ENABLE_TASK_IAM_ROLE: 'true',
      ECS_ENABLE_TASK_IAM_ROLE_NETWORK_HOST: 'true',
      LONGSHORE_TASK_METADATA_PORT: '51679',
    },
  })
  client = await clientsThere(longshore.dataDir)
  ecs = new ECSClient(client)
  await connectedInstance(ecs)
})

afterAll(async () => {
  ecs?.destroy()
  forwarder?.kill()
  await longshore?.stop()
  await engine?.stop()
})

describe('an Express service', () => {
  it('answers at its endpoint, which is there with one call', { timeout: DEPLOYMENT_TIMEOUT_MS }, async () => {
    const { service } = await ecs.send(
      new CreateExpressGatewayServiceCommand({
        serviceName: 'shop',
        executionRoleArn: `${ROLE}/execution`,
        infrastructureRoleArn: `${ROLE}/infrastructure`,
        healthCheckPath: '/',
        primaryContainer: container('red'),
      }),
    )
    serviceArn = service?.serviceArn ?? ''
    endpoint = service?.activeConfigurations?.[0]?.ingressPaths?.[0]?.endpoint ?? ''
    expect(service?.status?.statusCode).toBe('ACTIVE')
    // What Express Mode sets can be changed at the service itself: nobody is to wait for minutes here.
    const canaryConfiguration = { canaryPercent: 5, canaryBakeTimeInMinutes: 0 }
    const deploymentConfiguration = { strategy: 'CANARY' as const, canaryConfiguration, bakeTimeInMinutes: 0 }
    await ecs.send(new UpdateServiceCommand({ service: 'shop', deploymentConfiguration }))
    await until('an answer', async () => (await ask()).output === 'red\n', DEPLOYMENT_TIMEOUT_MS)
    // A balancer serves before it has said so.
    await until('the state of what was made', async () => {
      const [ingress] = (await managed())?.ingressPaths ?? []
      expect(ingress).toMatchObject({ loadBalancer: { status: 'ACTIVE' }, certificate: { status: 'ACTIVE' } })
      return true
    })
  })

  it('changes what it answers without a request that fails', { timeout: 2 * DEPLOYMENT_TIMEOUT_MS }, async () => {
    await deployed()
    const answers: string[] = []
    let isOver = false
    const askAllTheTime = async (): Promise<void> => {
      while (!isOver) {
        answers.push((await ask()).output.trim())
        await sleep(20)
      }
    }
    const asking = Promise.all(Array.from({ length: CLIENTS }, askAllTheTime))
    await ecs.send(new UpdateExpressGatewayServiceCommand({ serviceArn, primaryContainer: container('blue') }))
    await deployed()
    await until('the end of the former revision', async () => (await described())?.activeConfigurations?.length === 1)
    isOver = true
    await asking
    expect(new Set(answers)).toEqual(new Set(['red', 'blue']))
    expect(answers.at(-1)).toBe('blue')
    expect(answers.length).toBeGreaterThan(20)
  })

  it('leaves nothing behind', { timeout: DEPLOYMENT_TIMEOUT_MS }, async () => {
    await ecs.send(new DeleteExpressGatewayServiceCommand({ serviceArn }))
    await until('its end', async () => (await described())?.status?.statusCode === 'INACTIVE', DEPLOYMENT_TIMEOUT_MS)
    await until('no container', async () => (await engine.runningContainers()).length === 0)
    await until('no answer', async () => (await ask()).exitCode !== 0)
    expect(await left()).toEqual([[], [], [], []])
  })
})

/** An agent that nobody here wrote, against a whole control plane over HTTP and real websockets, with signatures verified. */
import { aSealer } from '../services-deps.ts'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  DeregisterContainerInstanceCommand,
  DescribeContainerInstancesCommand,
  DescribeTasksCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  StopTaskCommand,
  type Task,
  UpdateContainerInstancesStateCommand,
} from '@aws-sdk/client-ecs'
import { afterEach, describe, expect, it } from 'vitest'
import { SystemClock } from '../../src/kit/clock.ts'
import { SystemIds } from '../../src/kit/ids.ts'
import { silentLog } from '../../src/kit/log.ts'
import { bootstrap } from '../../src/roles/bootstrap.ts'
import { ControlPlane } from '../../src/roles/control-plane.ts'
import { MemoryJournal } from '../../src/store/journal/journal.ts'
import { Store } from '../../src/store/store.ts'
import { StockAgent } from '../fakes/stock-agent.ts'
import { passingStores } from '../passing-stores.ts'

const toClose: (() => unknown)[] = []
afterEach(async () => {
  for (const close of toClose.splice(0).toReversed()) await close()
})

const ATTRIBUTES = [
  { name: 'ecs.capability.full-sync' },
  { name: 'ecs.capability.container-ordering' },
  { name: 'com.amazonaws.ecs.capability.docker-remote-api.1.18' },
  { name: 'ecs.os-type', value: 'linux' },
  { name: 'ecs.os-family', value: 'LINUX' },
  { name: 'rack', value: '7' },
]

/** A control plane on a free port, a client of it, and a stock agent that has registered and connected. */
const world = async () => {
  const [clock, ids, region, account] = [new SystemClock(), new SystemIds(), 'us-east-1', '000000000000']
  const store = await Store.open(new MemoryJournal(), () => {})
  const { keys, rootAccessKey } = await bootstrap({
    store,
    clock,
    ids,
    sealer: aSealer(),
    account,
    region,
    cluster: 'default',
  })
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const options = {
    ...passingStores(clock),
    store,
    clock,
    ids,
    log: silentLog,
    account,
    region,
    isDev: false,
    endpoint,
    keys,
    isChecking: true,
  }
  const controlPlane = new ControlPlane(options)
  server.on('request', controlPlane.listener)
  server.on('upgrade', (request, socket, head) => controlPlane.handleUpgrade(request, socket, head))
  await controlPlane.start()
  const credentials = { accessKeyId: rootAccessKey.accessKeyId, secretAccessKey: rootAccessKey.secretAccessKey }
  const ecs = new ECSClient({ endpoint, region, credentials, maxAttempts: 1 })
  const agent = new StockAgent({ endpoint, region, cluster: 'default', ...credentials })
  const forger = new StockAgent({ endpoint, region, cluster: 'default', ...credentials, secretAccessKey: 'guessed' })
  toClose.push(
    () => server.close(),
    () => server.closeAllConnections(),
    () => controlPlane.stop(),
    () => ecs.destroy(),
    () => agent.disconnect(),
  )
  await agent.register(ATTRIBUTES)
  await agent.connect()
  const instance = async () => {
    const described = await ecs.send(
      new DescribeContainerInstancesCommand({
        containerInstances: [agent.containerInstanceArn],
        include: ['CONTAINER_INSTANCE_HEALTH'],
      }),
    )
    return described.containerInstances![0]!
  }
  const describeTask = async ({ taskArn }: Task): Promise<Task> =>
    (await ecs.send(new DescribeTasksCommand({ tasks: [taskArn!] }))).tasks![0]!
  const run = async (count = 1) => {
    await ecs.send(
      new RegisterTaskDefinitionCommand({
        family: 'web',
        containerDefinitions: [
          {
            name: 'app',
            image: 'busybox',
            memory: 64,
            portMappings: [{ containerPort: 80 }],
            command: ['httpd', '-f'],
          },
        ],
      }),
    )
    return ecs.send(new RunTaskCommand({ taskDefinition: 'web', count, launchType: 'EC2' }))
  }
  const reported = (task: Task, status: string) =>
    agent.until(() => agent.tasks.get(task.taskArn!)?.reported === status)
  /** The agent's report is a call like any other: it is in effect when a later one of the agent is answered. */
  const settled = () => agent.call('DiscoverPollEndpoint', { containerInstance: agent.containerInstanceArn })
  return { ecs, agent, forger, instance, describeTask, run, reported, settled, store }
}

describe('an agent that nobody here wrote', () => {
  it('registers, connects, and is described as it is', async () => {
    const { agent, instance } = await world()
    for (const attribute of ATTRIBUTES) expect(agent.attributes).toContainEqual(expect.objectContaining(attribute))
    await agent.until(() => agent.of('TaskManifestMessage').length > 0)
    expect(await instance()).toMatchObject({
      status: 'ACTIVE',
      agentConnected: true,
      versionInfo: { agentVersion: '1.105.1', agentHash: '0123abcd', dockerVersion: 'DockerVersion: 20.10.24' },
    })
  })

  it('is sent tasks, runs them, and is told to stop them', async () => {
    const { ecs, agent, run, reported, describeTask, settled } = await world()
    const { tasks, failures } = await run(3)
    expect(failures).toEqual([])
    for (const task of tasks!) await reported(task, 'RUNNING')
    await settled()
    const [first] = tasks!
    expect(await describeTask(first!)).toMatchObject({
      lastStatus: 'RUNNING',
      containers: [{ name: 'app', lastStatus: 'RUNNING', networkBindings: [{ containerPort: 80, hostPort: 49_153 }] }],
    })
    expect(agent.of('PayloadMessage')[0].tasks[0]).toMatchObject({
      family: 'web',
      version: '1',
      desiredStatus: 'RUNNING',
      networkMode: 'bridge',
      containers: [
        { name: 'app', image: 'busybox', memory: 64, essential: true, overrides: '{}', command: ['httpd', '-f'] },
      ],
    })
    await ecs.send(new StopTaskCommand({ task: first!.taskArn!, reason: 'enough' }))
    await reported(first!, 'STOPPED')
    await settled()
    expect(await describeTask(first!)).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'UserInitiated',
      stoppedReason: 'enough',
      containers: [{ lastStatus: 'STOPPED', exitCode: 137 }],
    })
  })

  it('is resynchronised when it comes back: told what it missed, and what it must not run', async () => {
    const { ecs, agent, run, reported, instance } = await world()
    const [kept, stopped] = (await run(2)).tasks!
    await reported(kept!, 'RUNNING')
    await reported(stopped!, 'RUNNING')
    await agent.disconnect()
    const stray = kept!.taskArn!.replace(/[^/]*$/, 'f'.repeat(32))
    agent.tasks.set(stray, { desiredStatus: 'RUNNING', reported: 'RUNNING', containers: [] })
    await ecs.send(new StopTaskCommand({ task: stopped!.taskArn! }))
    await agent.connect()
    await reported(stopped!, 'STOPPED')
    await agent.until(() => agent.tasks.get(stray)?.reported === 'STOPPED')
    expect(
      agent
        .of('TaskStopVerificationAck')
        .at(-1)
        .stopTasks.map(({ taskArn }: { taskArn: string }) => taskArn),
    ).toContain(stray)
    expect(agent.tasks.get(kept!.taskArn!)?.reported).toBe('RUNNING')
    expect((await instance()).agentConnected).toBe(true)
  })

  it('drains: gets nothing new, keeps what it has', async () => {
    const { ecs, agent, run, reported, describeTask, settled } = await world()
    const [task] = (await run()).tasks!
    await reported(task!, 'RUNNING')
    await ecs.send(
      new UpdateContainerInstancesStateCommand({
        containerInstances: [agent.containerInstanceArn],
        status: 'DRAINING',
      }),
    )
    expect((await run()).failures).toEqual([{ reason: 'No Container Instances were found in your cluster.' }])
    await settled()
    expect((await describeTask(task!)).lastStatus).toBe('RUNNING')
    expect(agent.isConnected).toBe(true)
  })

  it('has its telemetry acknowledged, and its health believed', async () => {
    const { agent, instance, settled } = await world()
    const metadata = { cluster: 'default', containerInstance: agent.containerInstanceArn }
    agent.publish({
      type: 'PublishMetricsRequest',
      message: { metadata: { ...metadata, messageId: 'm', idle: true, fin: true }, timestamp: 1 },
    })
    agent.publish({
      type: 'PublishInstanceStatusRequest',
      message: {
        metadata: { ...metadata, requestId: 'r' },
        statuses: [{ type: 'ContainerRuntime', status: 'OK', lastUpdated: 1, lastStatusChange: 1 }],
        timestamp: 1,
      },
    })
    await agent.until(() => agent.of('AckPublishInstanceStatus').length > 0)
    expect(agent.of('AckPublishMetric')).toHaveLength(1)
    await settled()
    expect((await instance()).healthStatus).toMatchObject({
      overallStatus: 'OK',
      details: [{ type: 'CONTAINER_RUNTIME', status: 'OK' }],
    })
  })

  it('hears of its deregistration, and may not come back', async () => {
    const { ecs, agent, run, reported } = await world()
    const [task] = (await run()).tasks!
    await reported(task!, 'RUNNING')
    await ecs.send(
      new DeregisterContainerInstanceCommand({ containerInstance: agent.containerInstanceArn, force: true }),
    )
    await agent.until(() => !agent.isConnected)
    await agent.connect()
    expect(Object.keys(JSON.parse(agent.refusal.slice(0, agent.refusal.indexOf('}') + 1)))).toEqual([
      'InactiveInstanceException',
    ])
  })

  it('is refused with a key that does not sign as it should', async () => {
    const { agent, forger } = await world()
    await expect(forger.register(ATTRIBUTES)).rejects.toThrow('InvalidSignatureException')
    forger.containerInstanceArn = agent.containerInstanceArn
    await forger.connectTo(...agent.addresses)
    expect(JSON.parse(forger.refusal)).toEqual({ AccessDeniedException: expect.any(String) })
    expect(agent.isConnected).toBe(true)
  })
})

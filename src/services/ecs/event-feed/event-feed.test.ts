import { describe, expect, it } from 'vitest'
import { aContainerInstance } from '../../../../test/builders/a-container-instance.ts'
import { DEFAULT_CLUSTER_ARN } from '../../../../test/builders/a-cluster.ts'
import { aTask, aTaskContainer } from '../../../../test/builders/a-task.ts'
import { aTaskDefinition } from '../../../../test/builders/a-task-definition.ts'
import { BUILT_AT_MS } from '../../../../test/builders/ids.ts'
import { ecsHarness, type EcsHarness } from '../../../../test/ecs-context.ts'
import { silentLog } from '../../../kit/log.ts'
import { serviceArn } from '../../../model/arn.ts'
import type { ServiceAction } from '../../../model/service-records.ts'
import type { EcsEvent } from './event.ts'
import { EventFeed } from './event-feed.ts'

const SERVICE_ARN = serviceArn(DEFAULT_CLUSTER_ARN, 'web')

const listening = async (): Promise<EcsHarness & { events: EcsEvent[]; feed: EventFeed; end: () => void }> => {
  const harness = await ecsHarness()
  const feed = new EventFeed({ ...harness, log: silentLog })
  const events: EcsEvent[] = []
  const end = feed.subscribe((event) => events.push(event))
  return { ...harness, events, feed, end }
}

const anEvent = (action: ServiceAction) => ({
  eventId: 'event-1',
  serviceArn: SERVICE_ARN,
  createdAt: BUILT_AT_MS + 1695,
  message: '(service web) says so.',
  action,
})

describe('the event feed', () => {
  it('tells of a task in the documented shape', async () => {
    const { store, events, clock } = await listening()
    const task = aTask({
      taskId: 'c13b4cb40f1f4fe4a2971f76ae5a47ad',
      lastStatus: 'RUNNING',
      group: 'family:web',
      startedBy: 'ecs-svc/1234567890123456789',
      createdAt: BUILT_AT_MS + 402,
      startedAt: BUILT_AT_MS + 24_000,
      version: 4,
      tags: [{ key: 'team', value: 'blue' }],
      containers: [aTaskContainer({ containerId: 'cf159fd6', lastStatus: 'RUNNING', runtimeId: 'ad64', exitCode: 0 })],
    })
    await store.transact((tx) => {
      tx.taskDefinitions.insert(aTaskDefinition())
      tx.tasks.insert(task)
    })
    const taskArn = 'arn:aws:ecs:us-east-1:000000000000:task/default/c13b4cb40f1f4fe4a2971f76ae5a47ad'
    expect(events).toEqual([
      {
        version: '0',
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        'detail-type': 'ECS Task State Change',
        source: 'aws.ecs',
        account: '000000000000',
        time: '2026-01-01T00:00:00Z',
        region: 'us-east-1',
        resources: [taskArn],
        detail: {
          attachments: [],
          attributes: [],
          clusterArn: DEFAULT_CLUSTER_ARN,
          containers: [
            {
              containerArn: `${taskArn.replace(':task/', ':container/')}/cf159fd6`,
              taskArn,
              name: 'app',
              image: 'longshore/test:latest',
              runtimeId: 'ad64',
              lastStatus: 'RUNNING',
              exitCode: 0,
              networkBindings: [],
              networkInterfaces: [],
              healthStatus: 'UNKNOWN',
              cpu: '128',
              memory: '256',
            },
          ],
          createdAt: '2026-01-01T00:00:00.402Z',
          desiredStatus: 'RUNNING',
          enableExecuteCommand: false,
          group: 'family:web',
          healthStatus: 'UNKNOWN',
          lastStatus: 'RUNNING',
          launchType: 'EC2',
          overrides: { containerOverrides: [{ name: 'app' }], inferenceAcceleratorOverrides: [] },
          startedAt: '2026-01-01T00:00:24.000Z',
          startedBy: 'ecs-svc/1234567890123456789',
          taskArn,
          taskDefinitionArn: 'arn:aws:ecs:us-east-1:000000000000:task-definition/web:1',
          updatedAt: '2026-01-01T00:00:00.000Z',
          version: 4,
        },
      },
    ])
    expect(clock.now()).toBe(BUILT_AT_MS)
  })

  it('tells of each new state of a task once, and of nothing else', async () => {
    const { store, events } = await listening()
    const { taskId } = await store.transact((tx) => tx.tasks.insert(aTask()))
    await store.transact((tx) => tx.tasks.update(taskId, { desiredStatus: 'STOPPED', version: 2 }))
    await store.transact((tx) => tx.tasks.update(taskId, { lastStatus: 'STOPPED', version: 3 }))
    await store.transact((tx) => tx.tasks.update(taskId, { isSettled: true }))
    await store.transact((tx) => tx.tasks.remove(taskId))
    expect(events.map(({ detail }) => [detail['version'], detail['lastStatus'], detail['desiredStatus']])).toEqual([
      [1, 'PENDING', 'RUNNING'],
      [2, 'PENDING', 'STOPPED'],
      [3, 'STOPPED', 'STOPPED'],
    ])
  })

  it('tells of a container instance in the documented shape', async () => {
    const { store, events } = await listening()
    const { containerInstanceId } = await store.transact((tx) =>
      tx.containerInstances.insert(aContainerInstance({ ec2InstanceId: 'i-f3a8506b', version: 7 })),
    )
    const arn = `arn:aws:ecs:us-east-1:000000000000:container-instance/default/${containerInstanceId}`
    const resources = [
      { name: 'CPU', type: 'INTEGER', integerValue: 4096 },
      { name: 'MEMORY', type: 'INTEGER', integerValue: 8192 },
      { name: 'PORTS', type: 'STRINGSET', stringSetValue: ['22', '2375', '2376', '51678', '51679'] },
      { name: 'PORTS_UDP', type: 'STRINGSET', stringSetValue: [] },
    ]
    expect(events).toMatchObject([
      { 'detail-type': 'ECS Container Instance State Change', source: 'aws.ecs', resources: [arn] },
    ])
    expect(events[0]?.detail).toEqual({
      agentConnected: true,
      attributes: expect.arrayContaining([{ name: 'ecs.os-type', value: 'linux' }]),
      clusterArn: DEFAULT_CLUSTER_ARN,
      containerInstanceArn: arn,
      ec2InstanceId: 'i-f3a8506b',
      registeredAt: '2026-01-01T00:00:00.000Z',
      registeredResources: resources,
      remainingResources: resources,
      status: 'ACTIVE',
      version: 7,
      versionInfo: { agentVersion: '1.105.1', agentHash: '0123abcd', dockerVersion: 'DockerVersion: 20.10.24' },
      updatedAt: '2026-01-01T00:00:00.000Z',
    })
  })

  it('tells of an instance whose tasks take resources or give them back, once per transaction', async () => {
    const { store, events } = await listening()
    const instance = aContainerInstance()
    await store.transact((tx) => tx.containerInstances.insert(instance))
    const { containerInstanceId } = instance
    const tasks = [aTask({ containerInstanceId }), aTask({ containerInstanceId })]
    await store.transact((tx) => tasks.forEach((task) => tx.tasks.insert(task)))
    await store.transact((tx) => tx.tasks.update(tasks[0]!.taskId, { lastStatus: 'RUNNING', version: 2 }))
    await store.transact((tx) => tx.tasks.update(tasks[0]!.taskId, { lastStatus: 'STOPPED', version: 3 }))
    const free = events
      .filter((event) => event['detail-type'] === 'ECS Container Instance State Change')
      .map(({ detail }) => (detail['remainingResources'] as { integerValue: number }[])[1]?.integerValue)
    expect(free).toEqual([8192, 7680, 7936])
  })

  it('tells of service actions in the documented shape', async () => {
    const { store, events } = await listening()
    await store.transact((tx) =>
      tx.serviceEvents.insert(
        anEvent({
          detailType: 'ECS Service Action',
          eventType: 'ERROR',
          eventName: 'SERVICE_TASK_PLACEMENT_FAILURE',
          reason: 'RESOURCE:FARGATE',
          capacityProviderArns: ['arn:aws:ecs:us-east-1:000000000000:capacity-provider/FARGATE_SPOT'],
        }),
      ),
    )
    expect(events).toEqual([
      {
        version: '0',
        id: expect.any(String),
        'detail-type': 'ECS Service Action',
        source: 'aws.ecs',
        account: '000000000000',
        time: '2026-01-01T00:00:01Z',
        region: 'us-east-1',
        resources: [SERVICE_ARN],
        detail: {
          eventType: 'ERROR',
          eventName: 'SERVICE_TASK_PLACEMENT_FAILURE',
          clusterArn: DEFAULT_CLUSTER_ARN,
          capacityProviderArns: ['arn:aws:ecs:us-east-1:000000000000:capacity-provider/FARGATE_SPOT'],
          reason: 'RESOURCE:FARGATE',
          createdAt: '2026-01-01T00:00:01.695Z',
        },
      },
    ])
  })

  it('tells of deployments in the documented shape', async () => {
    const { store, events } = await listening()
    await store.transact((tx) =>
      tx.serviceEvents.insert(
        anEvent({
          detailType: 'ECS Deployment State Change',
          eventType: 'INFO',
          eventName: 'SERVICE_DEPLOYMENT_IN_PROGRESS',
          deploymentId: 'ecs-svc/1234567890123456789',
          reason: 'ECS deployment ecs-svc/1234567890123456789 in progress.',
        }),
      ),
    )
    expect(events).toMatchObject([{ 'detail-type': 'ECS Deployment State Change', resources: [SERVICE_ARN] }])
    expect(events[0]?.detail).toEqual({
      eventType: 'INFO',
      eventName: 'SERVICE_DEPLOYMENT_IN_PROGRESS',
      deploymentId: 'ecs-svc/1234567890123456789',
      updatedAt: '2026-01-01T00:00:01.695Z',
      reason: 'ECS deployment ecs-svc/1234567890123456789 in progress.',
    })
  })

  it('says nothing of service events that EventBridge does not get, nor of their removal', async () => {
    const { store, events } = await listening()
    const { action: _none, ...plain } = anEvent({
      detailType: 'ECS Service Action',
      eventType: 'INFO',
      eventName: 'SERVICE_STEADY_STATE',
    })
    await store.transact((tx) => tx.serviceEvents.insert(plain))
    await store.transact((tx) => tx.serviceEvents.remove(plain.eventId))
    expect(events).toEqual([])
  })

  it('hands every event to every subscriber, whatever another does with it, until it leaves', async () => {
    const { store, events, feed, end } = await listening()
    const others: string[] = []
    feed.subscribe(() => {
      throw new Error('out of order')
    })
    feed.subscribe(({ id }) => others.push(id))
    await store.transact((tx) => tx.tasks.insert(aTask()))
    end()
    await store.transact((tx) => tx.tasks.insert(aTask()))
    expect(events.map(({ id }) => id)).toEqual(others.slice(0, 1))
    expect(others).toHaveLength(2)
  })
})

import { describe, expect, it } from 'vitest'
import { aContainerInstance } from '../../../test/builders/a-container-instance.ts'
import { aTask, aTaskContainer } from '../../../test/builders/a-task.ts'
import { aContainerDefinition, aTaskDefinition } from '../../../test/builders/a-task-definition.ts'
import { MemorySocket } from '../../../test/fakes/memory-sockets.ts'
import type { ContainerHealth } from '../../agentlink/tcs-messages.ts'
import { tcsServer } from '../../agentlink/tcs-server.ts'
import { ManualClock, settle } from '../../kit/clock.ts'
import { SeededIds } from '../../kit/ids.ts'
import { silentLog } from '../../kit/log.ts'
import { containerInstanceArn, taskArn } from '../../model/arn.ts'
import type { TaskRecord } from '../../model/records.ts'
import { MemoryJournal } from '../../store/journal/journal.ts'
import { Store } from '../../store/store.ts'
import { ControllerLoop } from '../loop.ts'
import { AgentTelemetry } from './agent-telemetry.ts'
import { REFRESH_MS } from './instance-health.ts'
import { UsageBook } from './usage-book.ts'

const healthCheck = { command: ['CMD', 'true'] }
const metadata = { cluster: 'default', containerInstance: 'i1', messageId: 'm', fin: true }

/** Telemetry of one instance, `i1`, that runs one task: `app` is essential, `side` is not, `plain` has no health check. */
const plane = async () => {
  const clock = new ManualClock()
  const store = await Store.open(new MemoryJournal(), () => {})
  const usage = new UsageBook(clock.now())
  const telemetry = new AgentTelemetry({ store, clock, log: silentLog, usage })
  const server = tcsServer({ clock, ids: new SeededIds(1), log: silentLog, host: telemetry })
  new ControllerLoop([telemetry], { clock, ids: new SeededIds(1), log: silentLog }).start()
  const instance = aContainerInstance({ containerInstanceId: 'i1' })
  const task = aTask({
    containerInstanceId: 'i1',
    lastStatus: 'RUNNING',
    containers: ['app', 'side', 'plain'].map((name) => aTaskContainer({ name, lastStatus: 'RUNNING' })),
  })
  const containerDefinitions = [
    aContainerDefinition({ name: 'app', healthCheck }),
    aContainerDefinition({ name: 'side', essential: false, healthCheck }),
    aContainerDefinition({ name: 'plain' }),
  ]
  await store.transact((tx) => {
    tx.containerInstances.insert(instance)
    tx.taskDefinitions.insert(aTaskDefinition({ containerDefinitions }))
    tx.tasks.insert(task)
  })
  await settle()
  const received: unknown[] = []
  let end: unknown
  const socket = new MemorySocket({
    message: (text) => received.push(JSON.parse(text)),
    drained: () => {},
    ended: (given) => {
      end = given
    },
  })
  const arn = containerInstanceArn(instance.clusterArn, 'i1')
  const refusal = server.connect(new URLSearchParams({ cluster: 'default', containerInstance: arn }), (listener) => {
    const far = new MemorySocket(listener)
    far.connect(socket)
    socket.connect(far)
    return far
  })
  const publish = async (request: object): Promise<void> => {
    socket.send(JSON.stringify(request))
    await settle()
    await settle()
  }
  const health = (containers: readonly ContainerHealth[], of: TaskRecord = task): Promise<void> => {
    const taskHealth = {
      taskArn: taskArn(of.clusterArn, of.taskId),
      taskDefinitionFamily: 'web',
      taskDefinitionVersion: '1',
      containers,
    }
    return publish({ type: 'PublishHealthRequest', message: { metadata, tasks: [taskHealth], timestamp: 1 } })
  }
  const status = (statuses: object[]): Promise<void> =>
    publish({ type: 'PublishInstanceStatusRequest', message: { metadata, statuses, timestamp: 1 } })
  return {
    clock,
    store,
    usage,
    refusal,
    received,
    publish,
    health,
    status,
    task: () => store.tables.tasks.get(task.taskId)!,
    instance: () => store.tables.containerInstances.get('i1')!,
    end: () => end,
  }
}

describe('the health of containers', () => {
  it('goes to the containers and, of the essential ones, to the task', async () => {
    const { health, task } = await plane()
    await health([
      { containerName: 'app', healthStatus: 'HEALTHY' },
      { containerName: 'side', healthStatus: 'UNHEALTHY' },
    ])
    expect(task().containers.map(({ healthStatus }) => healthStatus)).toEqual(['HEALTHY', 'UNHEALTHY', undefined])
    expect(task().healthStatus).toBe('HEALTHY')
    await health([{ containerName: 'app', healthStatus: 'UNHEALTHY' }])
    expect(task().healthStatus).toBe('UNHEALTHY')
  })

  it('is written only when it changed', async () => {
    const { health, store } = await plane()
    await health([{ containerName: 'app', healthStatus: 'HEALTHY' }])
    const { revision } = store
    await health([{ containerName: 'app', healthStatus: 'HEALTHY' }])
    expect(store.revision).toBe(revision)
  })

  it('is not taken from an instance that does not run the task, and not in words that are none', async () => {
    const { health, store } = await plane()
    const foreign = aTask({ containerInstanceId: 'i2' })
    await store.transact((tx) => tx.tasks.insert(foreign))
    const { revision } = store
    await health([{ containerName: 'app', healthStatus: 'UNHEALTHY' }], foreign)
    await health([{ containerName: 'app', healthStatus: 'SPLENDID' as 'HEALTHY' }])
    await health([{ containerName: 'app', healthStatus: 'HEALTHY' }], aTask())
    expect(store.revision).toBe(revision)
  })
})

describe('the health of a container instance', () => {
  it('is that of its container runtime', async () => {
    const { status, instance } = await plane()
    await status([
      { type: 'EBSDaemon', status: 'IMPAIRED' },
      { type: 'ContainerRuntime', status: 'OK', lastUpdated: 1_700_000_001.5, lastStatusChange: 1_700_000_000 },
    ])
    expect(instance().healthStatus).toEqual({
      type: 'CONTAINER_RUNTIME',
      status: 'OK',
      lastUpdated: 1_700_000_001_500,
      lastStatusChange: 1_700_000_000_000,
    })
  })

  it('is written when it changed, and its time now and then', async () => {
    const { status, instance, store } = await plane()
    const at = (second: number, state = 'OK') => [{ type: 'ContainerRuntime', status: state, lastUpdated: second }]
    await status(at(1000))
    const { revision } = store
    await status(at(1060))
    expect(store.revision).toBe(revision)
    await status(at(1000 + REFRESH_MS / 1000))
    expect(instance().healthStatus).toMatchObject({ status: 'OK', lastUpdated: 1_000_000 + REFRESH_MS })
    const changedAt = instance().healthStatus?.lastStatusChange
    await status(at(1000 + REFRESH_MS / 1000 + 1, 'IMPAIRED'))
    expect(instance().healthStatus?.status).toBe('IMPAIRED')
    expect(instance().healthStatus?.lastStatusChange).toBeGreaterThanOrEqual(changedAt ?? 0)
  })

  it('does not change by words that are none', async () => {
    const { status, store } = await plane()
    const { revision } = store
    await status([{ type: 'ContainerRuntime', status: 'SPLENDID' }])
    await status([])
    expect(store.revision).toBe(revision)
  })
})

describe('what tasks use', () => {
  const cpuStatsSet = { min: 10, max: 30, sum: 40, sampleCount: 2 }
  const metricsOf = (task: TaskRecord, timestamp = 1_700_000_000): object => ({
    metadata,
    taskMetrics: [
      {
        taskArn: taskArn(task.clusterArn, task.taskId),
        taskDefinitionFamily: 'web',
        taskDefinitionVersion: '1',
        containerMetrics: [{ containerName: 'app', cpuStatsSet }],
      },
    ],
    timestamp,
  })

  it('is known as it was reported last, in CPU units, until the task stops', async () => {
    const { publish, usage, task, store, clock } = await plane()
    await publish({ type: 'PublishMetricsRequest', message: metricsOf(task()) })
    expect(usage.get(task().taskId)).toEqual({
      taskId: task().taskId,
      usage: { cpuUnits: (20 / 100) * 4096 },
      reportedAt: 1_700_000_000_000,
      receivedAt: clock.now(),
    })
    await store.transact((tx) => tx.tasks.update(task().taskId, { lastStatus: 'STOPPED' }))
    await settle()
    expect(usage.get(task().taskId)).toBeUndefined()
    await publish({ type: 'PublishMetricsRequest', message: metricsOf(task(), 1_700_000_020) })
    expect(usage.get(task().taskId)).toBeUndefined()
  })

  it('is not taken from an instance that does not run the task', async () => {
    const { publish, usage, store } = await plane()
    const foreign = aTask({ containerInstanceId: 'i2', lastStatus: 'RUNNING' })
    await store.transact((tx) => tx.tasks.insert(foreign))
    await publish({ type: 'PublishMetricsRequest', message: metricsOf(foreign) })
    expect(usage.get(foreign.taskId)).toBeUndefined()
  })

  it('is nothing on an idle instance, which is only acknowledged', async () => {
    const { publish, received } = await plane()
    await publish({ type: 'PublishMetricsRequest', message: { metadata: { ...metadata, idle: true }, timestamp: 1 } })
    expect(received).toEqual([{ type: 'AckPublishMetric', message: { message: 'm' } }])
  })
})

describe('the session of telemetry', () => {
  it('ends when the instance is deregistered', async () => {
    const { store, refusal, end } = await plane()
    expect(refusal).toBeUndefined()
    await store.transact((tx) => tx.containerInstances.update('i1', { status: 'INACTIVE' }))
    await settle()
    await settle()
    expect(end()).toMatchObject({ kind: 'closed', code: 1000 })
  })
})

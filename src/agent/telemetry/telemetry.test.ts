import { describe, expect, it } from 'vitest'
import {
  aPayloadContainer,
  aPayloadTask,
  aSimulatedContainer,
  aTaskArn,
} from '../../../test/builders/a-payload-task.ts'
import { agentWorld, type AgentWorld } from '../../../test/scenarios/agent/agent-world.ts'
import { ContainerUsage } from './container-usage.ts'
import { metricsRequests } from './messages.ts'

const metricsOf = ({ control }: AgentWorld) =>
  control.telemetry.flatMap((request) => (request.type === 'PublishMetricsRequest' ? [request.message] : []))
const healthOf = ({ control }: AgentWorld) =>
  control.telemetry.flatMap((request) => (request.type === 'PublishHealthRequest' ? [request.message] : []))
const statusesOf = ({ control }: AgentWorld) =>
  control.telemetry.flatMap((request) =>
    request.type === 'PublishInstanceStatusRequest' ? request.message.statuses.map(({ status }) => status) : [],
  )

describe('telemetry', () => {
  it('says that an instance is idle, at once and every 20 seconds', async () => {
    const world = await agentWorld()
    await world.advance(40_000)
    const messages = metricsOf(world)
    expect(messages).toHaveLength(3)
    expect(messages[0]?.metadata).toMatchObject({ idle: true, fin: true, cluster: 'default' })
  })

  it('shows what containers use as soon as there are two samples', async () => {
    const world = await agentWorld()
    await world.send(
      aPayloadTask({ containers: [aSimulatedContainer({ 'cpu-percent': '50', 'memory-mebibytes': '100' })] }),
    )
    await world.advance(40_000)
    const [metric] = metricsOf(world).at(-1)?.taskMetrics ?? []
    expect(metric).toMatchObject({ taskDefinitionFamily: 'web', taskDefinitionVersion: '1' })
    expect(metric?.containerMetrics[0]).toMatchObject({
      containerName: 'app',
      cpuStatsSet: { min: 50, max: 50, sum: 100, sampleCount: 2 },
      memoryStatsSet: { min: 100, max: 100 },
    })
  })

  it('tells the health of health-checked containers, and nothing where there are none', async () => {
    const world = await agentWorld()
    const checked = { config: JSON.stringify({ Healthcheck: { Test: ['CMD', 'true'], Interval: 1e9 } }) }
    await world.send(aPayloadTask({ arn: aTaskArn(1) }))
    await world.advance(20_000)
    expect(healthOf(world)).toEqual([])
    const container = aPayloadContainer({ healthCheckType: 'docker', dockerConfig: checked })
    await world.send(aPayloadTask({ arn: aTaskArn(2), containers: [container] }))
    await world.advance(20_000)
    expect(healthOf(world).at(-1)?.tasks).toEqual([
      expect.objectContaining({
        taskArn: aTaskArn(2),
        containers: [expect.objectContaining({ containerName: 'app', healthStatus: 'HEALTHY' })],
      }),
    ])
  })

  it('tells at once that a health has changed', async () => {
    const world = await agentWorld()
    const checked = { config: JSON.stringify({ Healthcheck: { Test: ['CMD', 'true'], Interval: 5e9 } }) }
    const container = aPayloadContainer({ healthCheckType: 'docker', dockerConfig: checked })
    await world.advance(20_000)
    await world.send(aPayloadTask({ containers: [container] }))
    await world.advance(4_000)
    expect(healthOf(world)).toEqual([])
    await world.advance(2_000)
    expect(healthOf(world)).toMatchObject([{ tasks: [{ containers: [{ healthStatus: 'HEALTHY' }] }] }])
  })

  it('tells the health of the instance first as initializing, then once per heartbeat', async () => {
    const world = await agentWorld()
    expect(statusesOf(world)).toEqual(['INITIALIZING'])
    world.control.send({ type: 'HeartbeatMessage', message: { messageId: 'h', healthy: true } })
    await world.advance(60_000)
    expect(statusesOf(world)).toEqual(['INITIALIZING', 'OK'])
    world.runtime.goDown()
    world.control.send({ type: 'HeartbeatMessage', message: { messageId: 'h', healthy: true } })
    await world.advance(20_000)
    expect(statusesOf(world)).toEqual(['INITIALIZING', 'OK', 'IMPAIRED'])
  })

  it('sends ten tasks per request, of which only the last is marked as final', () => {
    const sender = { cluster: 'c', containerInstance: 'i', messageId: 'm', timestamp: 1 }
    const metric = { taskArn: 'a', taskDefinitionFamily: 'f', taskDefinitionVersion: '1', containerMetrics: [] }
    const requests = metricsRequests(
      sender,
      Array.from({ length: 21 }, () => metric),
    )
    expect(requests.map(({ message }) => message)).toMatchObject([
      { metadata: { messageId: 'm', fin: false }, taskMetrics: { length: 10 } },
      { metadata: { messageId: 'm', fin: false }, taskMetrics: { length: 10 } },
      { metadata: { messageId: 'm', fin: true }, taskMetrics: { length: 1 } },
    ])
  })
})

describe('what a container uses', () => {
  const network = {
    rxBytes: 0,
    rxPackets: 0,
    rxErrors: 0,
    rxDropped: 0,
    txBytes: 0,
    txPackets: 0,
    txErrors: 0,
    txDropped: 0,
  }
  const stats = (readAt: number, cpuTotalNanoseconds: number) => ({
    readAt,
    cpuTotalNanoseconds,
    onlineCpus: 2,
    memoryBytes: 0,
    network,
    storageReadBytes: 0,
    storageWriteBytes: 0,
  })

  it('is told in percent of the whole host', () => {
    const usage = new ContainerUsage()
    usage.add(stats(0, 0))
    usage.add(stats(1000, 1e9))
    expect(usage.take(true)?.cpuStatsSet).toEqual({ min: 50, max: 50, sum: 50, sampleCount: 1 })
  })

  it('is not told from one sample, nor across a restart of the container', () => {
    const usage = new ContainerUsage()
    usage.add(stats(0, 5e9))
    usage.add(stats(1000, 1e9))
    expect(usage.take(true)).toBeUndefined()
  })

  it("has no network where the container has the host's", () => {
    const usage = new ContainerUsage()
    usage.add(stats(0, 0))
    usage.add(stats(1000, 1e9))
    expect(usage.take(false)).not.toHaveProperty('networkStatsSet')
  })

  it('tells how often a container was restarted since it was told before', () => {
    const usage = new ContainerUsage(3)
    const told = [3, 5, 5].map((restartCount, index) => {
      usage.add(stats(index * 2000, index * 2e9))
      usage.add(stats(index * 2000 + 1000, index * 2e9 + 1e9))
      return usage.take(true, restartCount)?.restartStatsSet
    })
    expect(told).toEqual([{ restartCount: 0 }, { restartCount: 2 }, { restartCount: 0 }])
    usage.add(stats(9000, 9e9))
    expect(usage.take(true)).not.toHaveProperty('restartStatsSet')
  })
})

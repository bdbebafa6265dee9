/** What tasks use, from an agent's samples to metrics of every minute, through the whole control plane. */
import { describe, expect, it } from 'vitest'
import { resourceId } from '../../../src/model/arn.ts'
import { type World, world } from '../../world.ts'
import { aContainer, order, register, run } from './run-task.ts'

const OWNER = { account: '000000000000', region: 'us-east-1' }
const MINUTE_MS = 60_000

/** Statistics of the last whole minute: of each sample's average, and how many samples there were. */
const lastMinute = async (
  w: World,
  metricName: string,
  dimensions: Readonly<Record<string, string>>,
): Promise<{ readonly average: number; readonly samples: number } | undefined> => {
  const namespace = /^[A-Z]{3}|^MemoryUtilization$/.test(metricName) ? 'AWS/ECS' : 'ECS/ContainerInsights'
  const wanted = Object.entries(dimensions).map(([name, value]) => ({ name, value }))
  const listed = await w.metrics.list(OWNER, { namespace, metricName, dimensions: wanted })
  const series = listed.find((one) => one.dimensions.length === wanted.length)
  if (series === undefined) return undefined
  const to = Math.floor(w.clock.now() / MINUTE_MS) * MINUTE_MS
  const [points = []] = await w.metrics.read(OWNER, [series], { from: to - MINUTE_MS, to })
  const statistics = points[0]?.statistics
  return statistics && { average: statistics.sum / statistics.sampleCount, samples: statistics.sampleCount }
}

const busy = aContainer({ cpu: 1024, memory: 200, ...order({ 'cpu-percent': '50', 'memory-mebibytes': '100' }) })

describe('telemetry', () => {
  it('becomes metrics of every task, service, instance and cluster in every minute', async () => {
    const w = await world({ agents: 2 })
    await register(w, busy)
    await w.call('CreateService', { serviceName: 'web', taskDefinition: 'web', desiredCount: 2 })
    await w.advance(4 * MINUTE_MS)
    const { registeredResources = [] } = (
      await w.call('DescribeContainerInstances', { containerInstances: [w.agents[0]!.containerInstanceArn!] })
    ).containerInstances![0]!
    const hostUnits = registeredResources.find(({ name }) => name === 'CPU')!.integerValue!
    const [task] = await w.tasks()
    const ClusterName = 'default'
    const service = { ClusterName, ServiceName: 'web' }
    // The simulated container uses half of its host.
    const percent = (hostUnits / 2 / 1024) * 100
    expect(await lastMinute(w, 'CPUUtilization', service)).toEqual({ average: percent, samples: 2 })
    expect(await lastMinute(w, 'MemoryUtilization', service)).toEqual({ average: 50, samples: 2 })
    expect(await lastMinute(w, 'RunningTaskCount', service)).toEqual({ average: 2, samples: 1 })
    const ofTask = { ...service, TaskId: resourceId(task!.taskArn!) }
    expect(await lastMinute(w, 'CpuUtilized', ofTask)).toEqual({ average: hostUnits / 2, samples: 1 })
    const ContainerInstanceId = resourceId(w.agents[0]!.containerInstanceArn!)
    expect(await lastMinute(w, 'MemoryUtilized', { ClusterName, ContainerInstanceId })).toMatchObject({ average: 100 })
    expect(await lastMinute(w, 'CPUUtilization', { ClusterName })).toEqual({ average: 50, samples: 1 })
  })

  it('ends with the task, and is never zero where nothing is known', async () => {
    const w = await world()
    const task = await run(w, busy)
    await w.advance(3 * MINUTE_MS)
    const family = { ClusterName: 'default', TaskDefinitionFamily: 'web' }
    expect(await lastMinute(w, 'CpuUtilized', family)).toMatchObject({ samples: 1 })
    await w.call('StopTask', { task: task.taskArn })
    await w.advance(2 * MINUTE_MS)
    expect(await lastMinute(w, 'CpuUtilized', family)).toBeUndefined()
    expect(await lastMinute(w, 'TaskCount', { ClusterName: 'default' })).toBeUndefined()
  })

  it('is silent where ECS_DISABLE_METRICS says so; counts of tasks are told all the same', async () => {
    const w = await world({ agents: 0 })
    await w.addAgent({ ECS_DISABLE_METRICS: 'true' })
    await run(w, busy)
    await w.advance(3 * MINUTE_MS)
    expect(await w.metrics.list(OWNER, { metricName: 'CpuUtilized' })).toEqual([])
    expect(await lastMinute(w, 'TaskCount', { ClusterName: 'default' })).toEqual({ average: 1, samples: 1 })
  })

  it('goes on after the control plane was away', async () => {
    const w = await world()
    await run(w, busy)
    await w.advance(2 * MINUTE_MS)
    w.killControlPlane()
    await w.advance(MINUTE_MS)
    await w.startControlPlane()
    await w.advance(4 * MINUTE_MS)
    expect(await lastMinute(w, 'CpuUtilized', { ClusterName: 'default' })).toMatchObject({ samples: 1 })
  })

  it('counts restarts of containers as they happen', async () => {
    const w = await world()
    const restartPolicy = { enabled: true, restartAttemptPeriod: 60 }
    const container = aContainer({ restartPolicy, ...order({ 'exit-after-seconds': '90' }) })
    await run(w, container)
    await w.advance(10 * MINUTE_MS)
    const series = (await w.metrics.list(OWNER, { metricName: 'RestartCount' })).filter(
      ({ dimensions }) => dimensions.length === 1,
    )
    const [points = []] = await w.metrics.read(OWNER, series, { from: 0, to: Infinity })
    const restarts = points.reduce((sum, { statistics }) => sum + statistics.sum, 0)
    expect(restarts).toBeGreaterThanOrEqual(4)
    expect(restarts).toBeLessThanOrEqual(6)
  })
})

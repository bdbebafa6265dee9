import { describe, expect, it } from 'vitest'
import type { ContainerMetric, TaskMetric } from '../../agentlink/tcs-messages.ts'
import { taskUsage } from './task-usage.ts'

const set = (sum: number, sampleCount = 1) => ({ min: 0, max: sum, sum, sampleCount })

const aMetric = (...containers: Partial<ContainerMetric>[]): TaskMetric => ({
  taskArn: 'arn',
  taskDefinitionFamily: 'web',
  taskDefinitionVersion: '1',
  containerMetrics: containers.map((container, index) => ({ containerName: `c${index}`, ...container })),
})

describe('what a task uses', () => {
  it('is what its containers use together, CPU as a part of what the host has', () => {
    const usage = taskUsage(
      aMetric(
        { cpuStatsSet: set(100, 4), memoryStatsSet: set(60, 2) },
        { cpuStatsSet: set(50, 2), memoryStatsSet: set(10) },
      ),
      2048,
    )
    expect(usage).toEqual({ cpuUnits: 1024, memoryMiB: 40 })
  })

  it('has rates of the network, counters of storage as they stand, and restarts', () => {
    const networkStatsSet = { rxBytesPerSecond: set(300, 3), txBytesPerSecond: set(10), rxBytes: set(9999) }
    const storageStatsSet = { readSizeBytes: set(4096), writeSizeBytes: set(8192) }
    const container = { networkStatsSet, storageStatsSet, restartStatsSet: { restartCount: 2 } }
    expect(taskUsage(aMetric(container, container), 1024)).toEqual({
      networkRxBytesPerSecond: 200,
      networkTxBytesPerSecond: 20,
      storageReadBytes: 8192,
      storageWriteBytes: 16_384,
      restartCount: 4,
    })
  })

  it('has nothing that no container reports', () => {
    expect(taskUsage(aMetric({}), 1024)).toEqual({})
    expect(taskUsage(aMetric({ memoryStatsSet: set(7) }, {}), 1024)).toEqual({ memoryMiB: 7 })
  })

  it('has nothing that is no number of something', () => {
    const nonsense = [
      { min: 0, max: 0, sum: 5, sampleCount: 0 },
      { min: 0, max: 0, sum: -5, sampleCount: 1 },
      { sum: 'much', sampleCount: 1 },
      null,
      7,
    ]
    for (const given of nonsense)
      expect(taskUsage(aMetric({ cpuStatsSet: given, memoryStatsSet: given } as object), 1024)).toEqual({})
  })
})

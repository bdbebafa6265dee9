import { describe, expect, it } from 'vitest'
import { planReplica } from './plan-replica.ts'
import type { ReplicaGroup, TaskFacts } from './types.ts'

const NOW = 1_000_000

const aTask = (taskId: string, facts: Partial<TaskFacts> = {}): TaskFacts => ({
  taskId,
  holderId: 'new',
  status: 'running',
  createdAt: 0,
  startedAt: 0,
  containerInstanceId: `host-${taskId}`,
  hostStatus: 'ACTIVE',
  ...facts,
})

const tasks = (count: number, name: string, facts: Partial<TaskFacts> = {}): TaskFacts[] =>
  Array.from({ length: count }, (_, index) => aTask(`${name}${index + 1}`, facts))

const aGroup = (facts: Partial<ReplicaGroup>): ReplicaGroup => ({
  holderId: 'new',
  desiredCount: 2,
  minimumHealthyPercent: 100,
  maximumPercent: 200,
  capacityProviderStrategy: [],
  mayStart: true,
  isPlacementBlocked: false,
  balancedZones: [],
  tasks: [],
  settlingMs: 40_000,
  ...facts,
})

const stopped = (group: Partial<ReplicaGroup>): string[] =>
  planReplica(aGroup(group), NOW).stops.map(({ taskId }) => taskId)

describe('a rolling update', () => {
  it('starts all that the maximum allows and stops none before they are healthy', () => {
    const plan = planReplica(aGroup({ tasks: tasks(2, 'old', { holderId: 'old' }) }), NOW)
    expect(plan).toEqual({ starts: [{ holderId: 'new', count: 2 }], stops: [], hindrances: [] })
  })

  it('stops an old task for each new one that is healthy', () => {
    const old = tasks(2, 'old', { holderId: 'old' })
    expect(stopped({ tasks: [...old, aTask('a'), aTask('b', { status: 'starting' })] })).toHaveLength(1)
  })

  it('makes room down to the minimum where the maximum leaves none', () => {
    const old = tasks(4, 'old', { holderId: 'old' })
    const group = { desiredCount: 4, minimumHealthyPercent: 50, maximumPercent: 100 }
    expect(stopped({ ...group, tasks: old })).toHaveLength(2)
  })
})

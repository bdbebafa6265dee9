import { describe, expect, it } from 'vitest'
import { aReplicaGroup, aTaskFacts, taskFacts } from '../../../../test/builders/a-task-group.ts'
import { planReplica } from './plan-replica.ts'
import type { ReplicaGroup, TaskPlan } from './types.ts'

const NOW = 1_000_000

const plan = (group: Partial<ReplicaGroup>): TaskPlan => planReplica(aReplicaGroup(group), NOW)

/** Which tasks stop, and why. */
const stops = (group: Partial<ReplicaGroup>): Record<string, string> =>
  Object.fromEntries(plan(group).stops.map(({ taskId, reason }) => [taskId, reason]))

const old = (count: number) => taskFacts(count, 'old', { holderId: 'old' })

describe('a group that lacks tasks', () => {
  it('starts them, as far as the maximum goes, those that are stopping included', () => {
    expect(plan({ desiredCount: 4, maximumPercent: 150, tasks: taskFacts(3, 'x', { status: 'stopping' }) })).toEqual({
      starts: [{ holderId: 'new', count: 3 }],
      stops: [],
      hindrances: [{ kind: 'waitingForStopping', count: 3 }],
    })
  })

  it('starts nothing while it is throttled, and says until when', () => {
    expect(plan({ throttledUntil: NOW + 1 })).toEqual({
      starts: [],
      stops: [],
      hindrances: [{ kind: 'throttled', until: NOW + 1 }],
      againAt: NOW + 1,
    })
    expect(plan({ throttledUntil: NOW }).starts).toHaveLength(1)
  })

  it('says how many found no place', () => {
    expect(plan({ isPlacementBlocked: true, tasks: taskFacts(1, 'a') }).hindrances).toEqual([
      { kind: 'placement', missing: 1 },
    ])
  })

  it('splits them between capacity providers so that each comes to its share', () => {
    const capacityProviderStrategy = [
      { capacityProvider: 'steady', base: 1, weight: 1 },
      { capacityProvider: 'spot', weight: 3 },
    ]
    const tasks = taskFacts(2, 'a', { capacityProviderName: 'steady' })
    expect(plan({ desiredCount: 5, capacityProviderStrategy, tasks }).starts).toEqual([
      { holderId: 'new', count: 3, capacityProviderName: 'spot' },
    ])
  })
})

describe('a rolling update', () => {
  it('starts all that the maximum allows and stops none before they are healthy', () => {
    expect(plan({ tasks: old(2) })).toEqual({ starts: [{ holderId: 'new', count: 2 }], stops: [], hindrances: [] })
  })

  it('stops an old task for each new one that is healthy', () => {
    const tasks = [...old(2), aTaskFacts('a'), aTaskFacts('b', { status: 'starting' })]
    expect(stops({ tasks })).toEqual({ old2: 'replaced' })
  })

  it('waits for a new task without a health check to have run for a while, and knows how long', () => {
    const tasks = [...old(2), ...taskFacts(2, 'a', { startedAt: NOW - 30_000 })]
    expect(plan({ tasks })).toEqual({
      starts: [],
      stops: [],
      hindrances: [{ kind: 'waitingForHealthy', count: 2, until: NOW + 10_000 }],
      againAt: NOW + 10_000,
    })
  })

  it('does not wait for tasks to have run for a while where nothing depends on it', () => {
    expect(plan({ tasks: taskFacts(2, 'a', { startedAt: NOW }) })).toEqual({ starts: [], stops: [], hindrances: [] })
    expect(plan({ tasks: taskFacts(2, 'a', { health: 'UNKNOWN' }) }).hindrances).toHaveLength(1)
  })

  it('waits for a new task with a health check to be HEALTHY', () => {
    const tasks = [...old(2), ...taskFacts(2, 'a', { health: 'UNKNOWN' })]
    expect(plan({ tasks }).hindrances).toEqual([{ kind: 'waitingForHealthy', count: 2 }])
  })

  it('makes room down to the minimum where the maximum leaves none', () => {
    const limits = { desiredCount: 4, minimumHealthyPercent: 50, maximumPercent: 100 }
    expect(stops({ ...limits, tasks: old(4) })).toEqual({ old3: 'replaced', old4: 'replaced' })
  })

  it('makes no more room than the new tasks need', () => {
    const tasks = [...old(2), ...taskFacts(9, 'a')]
    expect(stops({ desiredCount: 10, minimumHealthyPercent: 0, maximumPercent: 110, tasks })).toEqual({
      old2: 'replaced',
    })
    const started = aTaskFacts('b', { holderId: 'old', status: 'starting' })
    expect(
      stops({ desiredCount: 3, minimumHealthyPercent: 0, maximumPercent: 100, tasks: [...old(2), started] }),
    ).toEqual({
      b: 'replaced',
      old1: 'replaced',
      old2: 'replaced',
    })
    const few = [...old(2), started, ...taskFacts(1, 'a')]
    expect(stops({ desiredCount: 2, minimumHealthyPercent: 0, maximumPercent: 200, tasks: few })).toEqual({
      b: 'replaced',
      old2: 'replaced',
    })
  })

  it('makes room where no instance has any', () => {
    const group = { desiredCount: 4, minimumHealthyPercent: 50, tasks: old(4) }
    expect(stops(group)).toEqual({})
    expect(stops({ ...group, isPlacementBlocked: true })).toEqual({ old3: 'replaced', old4: 'replaced' })
  })

  it('stops old tasks at once that have not started, or are unhealthy', () => {
    const tasks = [
      aTaskFacts('starting', { holderId: 'old', status: 'starting' }),
      aTaskFacts('unhealthy', { holderId: 'old', health: 'UNHEALTHY' }),
      ...old(1),
    ]
    expect(stops({ tasks })).toEqual({ starting: 'replaced', unhealthy: 'replaced' })
  })

  it('says so where minimum and maximum leave no step', () => {
    expect(plan({ maximumPercent: 100, tasks: old(2) })).toEqual({
      starts: [],
      stops: [],
      hindrances: [{ kind: 'deadlock' }],
    })
  })

  it('neither starts nor replaces anything once its deployment has failed', () => {
    const tasks = [...old(1), aTaskFacts('a', { holderId: 'old', status: 'starting' })]
    expect(plan({ mayStart: false, tasks })).toMatchObject({
      starts: [],
      stops: [],
      hindrances: [{ kind: 'failed' }, {}],
    })
  })

  it('gives up those that serve nobody before those that have just begun to', () => {
    const unknown = aTaskFacts('unknown', { health: 'UNKNOWN' })
    const tasks = [unknown, ...taskFacts(2, 'young', { startedAt: NOW - 1000 })]
    expect(plan({ desiredCount: 2, tasks }).stops).toMatchObject([{ taskId: 'unknown', reason: 'surplus' }])
  })

  it('keeps to the minimum of the whole service after a deployment has failed, whoever holds the tasks that move', () => {
    const draining = taskFacts(3, 'draining', { holderId: 'old', hostStatus: 'DRAINING' })
    const tasks = [...old(3), ...draining, aTaskFacts('new')]
    const { stops } = plan({ mayStart: false, desiredCount: 8, minimumHealthyPercent: 75, tasks })
    expect(stops).toMatchObject([{ reason: 'draining' }])
  })

  it('leaves protected tasks until their protection ends', () => {
    const protectedUntil = NOW + 60_000
    const tasks = [...taskFacts(1, 'old', { holderId: 'old', protectedUntil }), ...taskFacts(2, 'a')]
    expect(plan({ tasks })).toEqual({
      starts: [],
      stops: [],
      hindrances: [{ kind: 'protected', count: 1, until: protectedUntil }],
      againAt: protectedUntil,
    })
  })
})

describe('old tasks that are unhealthy where balancers fail open', () => {
  const ill = taskFacts(2, 'old', { holderId: 'old', health: 'UNHEALTHY' })
  const failsOpen = true

  it('stay until a task is healthy', () => {
    const starting = taskFacts(2, 'new', { status: 'starting' })
    expect(stops({ failsOpen, tasks: [...ill, ...starting] })).toEqual({})
    const healthy = [aTaskFacts('new1', { health: 'HEALTHY' }), aTaskFacts('new2', { status: 'starting' })]
    expect(stops({ failsOpen, tasks: [...ill, ...healthy] })).toEqual({ old1: 'replaced', old2: 'replaced' })
  })

  it('make the room that new ones lack', () => {
    expect(stops({ failsOpen, maximumPercent: 150, minimumHealthyPercent: 50, tasks: ill })).toEqual({
      old1: 'replaced',
    })
    expect(stops({ failsOpen, isPlacementBlocked: true, tasks: ill })).toEqual({ old1: 'replaced', old2: 'replaced' })
  })
})

describe('unhealthy tasks', () => {
  const unhealthy = (count: number) => taskFacts(count, 'ill', { health: 'UNHEALTHY' })

  it('are replaced first and stopped once the replacement is healthy, protected or not', () => {
    expect(plan({ tasks: [...unhealthy(1), ...taskFacts(1, 'a')] })).toMatchObject({
      starts: [{ count: 1 }],
      stops: [],
    })
    const tasks = [...taskFacts(1, 'ill', { health: 'UNHEALTHY', protectedUntil: NOW + 1 }), ...taskFacts(2, 'a')]
    expect(stops({ tasks })).toEqual({ ill1: 'unhealthy' })
  })

  it('are brought back to the desired number where replacements are unhealthy, too', () => {
    expect(Object.values(stops({ tasks: unhealthy(3) }))).toEqual(['unhealthy'])
  })

  it('go one by one where there is no room for replacements', () => {
    const group = { desiredCount: 4, minimumHealthyPercent: 50, maximumPercent: 100 }
    expect(Object.values(stops({ ...group, tasks: [...unhealthy(2), ...taskFacts(2, 'a')] }))).toEqual(['unhealthy'])
    const stopping = taskFacts(1, 'gone', { status: 'stopping' })
    expect(stops({ ...group, tasks: [...unhealthy(1), ...stopping, ...taskFacts(2, 'a')] })).toEqual({})
  })

  it('go below the minimum only when everything else has come to rest', () => {
    const group = { maximumPercent: 100, tasks: [...unhealthy(1), ...taskFacts(1, 'a')] }
    expect(Object.values(stops(group))).toEqual(['unhealthy'])
    const young = taskFacts(1, 'a', { health: 'UNKNOWN' })
    expect(stops({ ...group, tasks: [...unhealthy(1), ...young] })).toEqual({})
  })

  it('make room before healthy old ones do', () => {
    const tasks = [...old(2), ...unhealthy(2)]
    expect(stops({ minimumHealthyPercent: 50, tasks })).toEqual({ ill2: 'unhealthy' })
  })
})

describe('tasks on instances', () => {
  it('that drain serve until their replacements are healthy', () => {
    const draining = taskFacts(2, 'a', { hostStatus: 'DRAINING' })
    expect(plan({ tasks: draining })).toMatchObject({ starts: [{ count: 2 }], stops: [] })
    expect(stops({ tasks: [...draining, ...taskFacts(2, 'b')] })).toEqual({ a1: 'draining', a2: 'draining' })
  })

  it('that drain are stopped at once before they have started', () => {
    expect(stops({ tasks: taskFacts(1, 'a', { hostStatus: 'DRAINING', status: 'starting' }) })).toEqual({
      a1: 'draining',
    })
  })

  it('that drain go down to the minimum where the deployment has failed', () => {
    const tasks = taskFacts(4, 'old', { holderId: 'old', hostStatus: 'DRAINING' })
    const group = { mayStart: false, desiredCount: 4, minimumHealthyPercent: 50, tasks }
    expect(stops(group)).toEqual({ old3: 'draining', old4: 'draining' })
  })

  it('that are gone are given up, and replaced at once', () => {
    const tasks = taskFacts(2, 'a', { hostStatus: 'INACTIVE', protectedUntil: NOW + 1 })
    expect(stops({ tasks })).toEqual({ a1: 'orphaned', a2: 'orphaned' })
    expect(plan({ maximumPercent: 100, tasks }).starts).toEqual([{ holderId: 'new', count: 2 }])
  })
})

describe('a surplus', () => {
  it('goes, the tasks that have not started first', () => {
    const tasks = [...taskFacts(3, 'a'), aTaskFacts('b', { status: 'starting' })]
    expect(stops({ tasks })).toEqual({ b: 'surplus', a3: 'surplus' })
  })

  it('takes none of the last healthy tasks', () => {
    const capacityProviderStrategy = [
      { capacityProvider: 'one', weight: 1 },
      { capacityProvider: 'two', weight: 1 },
    ]
    const healthy = taskFacts(2, 'a', { capacityProviderName: 'one' })
    const young = taskFacts(1, 'b', { capacityProviderName: 'two', startedAt: NOW - 1 })
    expect(plan({ capacityProviderStrategy, tasks: [...healthy, ...young] })).toMatchObject({
      stops: [],
      againAt: NOW + 39_999,
    })
  })

  it('spares protected tasks, and says so if too many are', () => {
    const protectedUntil = NOW + 60_000
    const shielded = taskFacts(2, 'a', { protectedUntil })
    expect(stops({ desiredCount: 1, tasks: [...shielded, ...taskFacts(1, 'b')] })).toEqual({ b1: 'surplus' })
    expect(plan({ desiredCount: 1, tasks: shielded })).toMatchObject({
      stops: [],
      hindrances: [{ kind: 'protected', count: 2, until: protectedUntil }],
      againAt: protectedUntil,
    })
  })

  it('is everything where no tasks are wanted', () => {
    const tasks = [...old(1), ...taskFacts(2, 'a'), aTaskFacts('b', { health: 'UNHEALTHY' })]
    const group = { desiredCount: 0, mayStart: false, tasks }
    expect(stops(group)).toEqual({ a1: 'surplus', a2: 'surplus', b: 'unhealthy', old1: 'replaced' })
  })
})

describe('balance over zones', () => {
  const inZone = (availabilityZone: string, count: number) => taskFacts(count, availabilityZone, { availabilityZone })
  const balancedZones = ['x', 'y']
  const moving = [...inZone('x', 3), aTaskFacts('z', { availabilityZone: 'y', createdAt: 1, startedAt: NOW - 1 })]

  it('starts a task in the emptiest zone, with the capacity provider of one that can go', () => {
    const capacityProviderStrategy = [{ capacityProvider: 'one', weight: 1 }]
    const tasks = taskFacts(2, 'a', { availabilityZone: 'x', capacityProviderName: 'one' })
    expect(plan({ tasks, balancedZones, capacityProviderStrategy }).starts).toEqual([
      { holderId: 'new', count: 1, availabilityZone: 'y', capacityProviderName: 'one' },
    ])
  })

  it('moves a task of the capacity provider that has one in the fullest zone', () => {
    const capacityProviderStrategy = [
      { capacityProvider: 'one', base: 1 },
      { capacityProvider: 'two', weight: 1 },
    ]
    const tasks = [
      aTaskFacts('a', { availabilityZone: 'y', capacityProviderName: 'one' }),
      ...taskFacts(3, 'b', { availabilityZone: 'x', capacityProviderName: 'two' }),
    ]
    expect(plan({ desiredCount: 4, tasks, balancedZones, capacityProviderStrategy }).starts).toMatchObject([
      { availabilityZone: 'y', capacityProviderName: 'two' },
    ])
  })

  it('takes one from the fullest zone when the new task is healthy, not before', () => {
    expect(plan({ desiredCount: 3, balancedZones, tasks: moving })).toMatchObject({ starts: [], stops: [] })
    const later = planReplica(aReplicaGroup({ desiredCount: 3, balancedZones, tasks: moving }), NOW + 40_000)
    expect(later.stops).toEqual([{ taskId: 'x3', holderId: 'new', reason: 'rebalanced' }])
  })

  it('waits until the group stands still otherwise', () => {
    const tasks = inZone('x', 2)
    expect(plan({ tasks, balancedZones }).starts).toHaveLength(1)
    expect(plan({ tasks, balancedZones, isPlacementBlocked: true }).starts).toEqual([])
    expect(plan({ tasks, balancedZones, throttledUntil: NOW + 1 }).starts).toEqual([])
    expect(plan({ tasks, balancedZones, mayStart: false }).starts).toEqual([])
    expect(plan({ tasks, balancedZones, maximumPercent: 100 }).starts).toEqual([])
    const young = taskFacts(2, 'a', { availabilityZone: 'x', startedAt: NOW - 1 })
    expect(plan({ tasks: young, balancedZones })).toMatchObject({ starts: [], againAt: NOW + 39_999 })
  })

  it('moves nothing for the sake of protected tasks', () => {
    const protectedUntil = NOW + 60_000
    const tasks = taskFacts(2, 'a', { availabilityZone: 'x', protectedUntil })
    expect(plan({ tasks, balancedZones })).toMatchObject({ starts: [], againAt: protectedUntil })
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { aDaemonGroup, aTaskFacts, SETTLING_MS, TaskWorld } from '../../../../test/builders/a-task-group.ts'
import { planDaemon } from './plan-daemon.ts'
import type { DaemonGroup, TaskFacts, TaskPlan } from './types.ts'

const NOW = 1_000_000

const plan = (group: Partial<DaemonGroup>): TaskPlan => planDaemon(aDaemonGroup(group), NOW)

const stops = (group: Partial<DaemonGroup>): Record<string, string> =>
  Object.fromEntries(plan(group).stops.map(({ taskId, reason }) => [taskId, reason]))

const startedOn = (group: Partial<DaemonGroup>) =>
  plan(group).starts.map(({ containerInstanceId }) => containerInstanceId)

const on = (containerInstanceId: string, taskId: string, facts: Partial<TaskFacts> = {}): TaskFacts =>
  aTaskFacts(taskId, { containerInstanceId, ...facts })

const old = (containerInstanceId: string, facts: Partial<TaskFacts> = {}): TaskFacts =>
  on(containerInstanceId, `old-${containerInstanceId}`, { holderId: 'old', ...facts })

describe('a daemon', () => {
  it('runs once on every instance that qualifies', () => {
    expect(startedOn({ instances: ['b', 'a', 'c'], tasks: [on('b', 'x')] })).toEqual(['a', 'c'])
  })

  it('is stopped where it runs twice, and the one that does best stays', () => {
    const tasks = [on('a', 'x', { startedAt: NOW }), on('a', 'y'), on('a', 'z', { status: 'starting' })]
    expect(stops({ instances: ['a'], tasks })).toEqual({ x: 'surplus', z: 'surplus' })
  })

  it('leaves instances that do not qualify any more', () => {
    const tasks = [on('a', 'x'), old('b'), on('c', 'z', { hostStatus: 'INACTIVE' })]
    expect(stops({ instances: [], tasks })).toEqual({ x: 'surplus', 'old-b': 'replaced', z: 'orphaned' })
  })

  it('is the last to leave an instance that drains', () => {
    const tasks = [on('a', 'x', { hostStatus: 'DRAINING' })]
    expect(stops({ drainingBusy: new Set(['a']), tasks })).toEqual({})
    expect(stops({ tasks })).toEqual({ x: 'draining' })
    const starting = tasks.map((task): TaskFacts => ({ ...task, status: 'starting' }))
    expect(stops({ drainingBusy: new Set(['a']), tasks: starting })).toEqual({ x: 'draining' })
  })

  it('is not started while it is throttled, nor once its deployment has failed', () => {
    expect(plan({ instances: ['a'], throttledUntil: NOW + 1 })).toMatchObject({ starts: [], againAt: NOW + 1 })
    const tasks = [old('a', { health: 'UNHEALTHY' }), old('b', { status: 'starting' })]
    expect(plan({ instances: ['a', 'b'], mayStart: false, tasks })).toEqual({
      starts: [],
      stops: [],
      hindrances: [{ kind: 'failed' }],
    })
  })
})

describe('an update of a daemon', () => {
  const instances = ['a', 'b', 'c', 'd']
  const tasks = instances.map((instance) => old(instance))

  it('stops the old tasks first, down to the minimum', () => {
    expect(Object.keys(stops({ instances, tasks }))).toHaveLength(4)
    expect(stops({ instances, minimumHealthyPercent: 50, tasks })).toEqual({ 'old-a': 'replaced', 'old-b': 'replaced' })
  })

  it('starts on an instance when the old task has left it', () => {
    const leaving = tasks.map((task): TaskFacts => ({ ...task, status: 'stopping' }))
    expect(startedOn({ instances, tasks: leaving })).toEqual([])
    expect(startedOn({ instances, tasks: leaving.slice(1) })).toEqual(['a'])
  })

  it('starts the new tasks first as far as the maximum goes, and stops an old one when the new one beside it is healthy', () => {
    const group = { instances, minimumHealthyPercent: 100, maximumPercent: 150 }
    expect(startedOn({ ...group, tasks })).toEqual(['a', 'b'])
    expect(stops({ ...group, tasks: [...tasks, on('a', 'x'), on('b', 'y', { startedAt: NOW })] })).toEqual({
      'old-a': 'replaced',
    })
  })

  it('needs one old task on an instance at most', () => {
    const twice = [old('a'), old('b'), on('b', 'x', { holderId: 'older', createdAt: 1 })]
    const group = { instances: ['a', 'b'], minimumHealthyPercent: 100, tasks: twice }
    expect(stops(group)).toEqual({ x: 'replaced' })
  })

  it('starts on instances first that have no task', () => {
    expect(startedOn({ instances: ['a', 'b'], tasks: [old('a')] })).toEqual(['b'])
  })

  it('stops no more than the new tasks need room', () => {
    const group = { instances: ['a', 'b'], maximumPercent: 150 }
    expect(stops({ ...group, tasks: [old('a', { status: 'starting' }), old('b')] })).toEqual({ 'old-a': 'replaced' })
  })

  it('stops old tasks first where the new ones find no room beside them', () => {
    const group = { instances, maximumPercent: 200, tasks }
    expect(stops(group)).toEqual({})
    expect(Object.keys(stops({ ...group, isPlacementBlocked: true }))).toHaveLength(4)
  })

  it('counts every stop against the minimum, but for hosts that a protected task still serves', () => {
    const instances = ['a', 'b', 'c', 'd']
    const protectedTask = old('a', { taskId: 'protected', protectedUntil: NOW + 1 })
    const tasks = [protectedTask, ...instances.map((id) => old(id))]
    const group = { instances, tasks, minimumHealthyPercent: 50, maximumPercent: 100 }
    expect(Object.keys(stops(group)).toSorted()).toEqual(['old-a', 'old-b', 'old-c'])
    expect(Object.keys(stops({ ...group, tasks: tasks.slice(1) })).toSorted()).toEqual(['old-a', 'old-b'])
  })

  it('says so where minimum and maximum leave no step', () => {
    expect(plan({ instances, minimumHealthyPercent: 100, tasks }).hindrances).toEqual([{ kind: 'deadlock' }])
  })

  it('leaves protected tasks until their protection ends', () => {
    const shielded = tasks.map((task): TaskFacts => ({ ...task, protectedUntil: NOW + 60_000 }))
    expect(plan({ instances, tasks: shielded })).toMatchObject({
      stops: [],
      hindrances: [{ kind: 'protected', count: 4, until: NOW + 60_000 }],
      againAt: NOW + 60_000,
    })
  })
})

describe('unhealthy daemons', () => {
  it('are replaced one by one on their instances', () => {
    const tasks = ['a', 'b'].map((instance) => on(instance, `ill-${instance}`, { health: 'UNHEALTHY' }))
    expect(stops({ instances: ['a', 'b'], tasks })).toEqual({ 'ill-a': 'unhealthy' })
    const stopping = on('a', 'x', { status: 'stopping' })
    expect(stops({ instances: ['a', 'b'], tasks: [stopping, ...tasks.slice(1)] })).toEqual({})
  })

  it('go when another is healthy on the same instance', () => {
    const tasks = [on('a', 'ill', { health: 'UNHEALTHY', protectedUntil: NOW + 1 }), on('a', 'x')]
    expect(stops({ instances: ['a'], maximumPercent: 200, tasks })).toEqual({ ill: 'unhealthy' })
  })
})

const HOSTS = ['a', 'b', 'c', 'd', 'e']
const EVENTS = [
  'run',
  'wait',
  'sicken',
  'end',
  'stop',
  'protect',
  'drain',
  'activate',
  'deregister',
  'deploy',
  'fail',
] as const

class DaemonRun {
  holderId = 'new'
  mayStart = true
  readonly settings: Partial<DaemonGroup>
  readonly world: TaskWorld
  readonly found: string[] = []

  constructor(settings: Partial<DaemonGroup>) {
    this.settings = settings
    this.world = new TaskWorld(
      HOSTS.map((containerInstanceId) => ({
        containerInstanceId,
        availabilityZone: 'zone',
        hostStatus: 'ACTIVE' as const,
        places: 9,
      })),
    )
  }

  get group(): DaemonGroup {
    const active = this.world.hosts.filter(({ hostStatus }) => hostStatus === 'ACTIVE')
    const instances = active.map(({ containerInstanceId }) => containerInstanceId)
    const drainingBusy = new Set(['a', 'c'])
    const { holderId, mayStart } = this
    return aDaemonGroup({ ...this.settings, holderId, mayStart, drainingBusy, instances, tasks: this.world.tasks })
  }

  step(): boolean {
    const planned = planDaemon(this.group, this.world.now)
    this.#check(planned)
    this.world.carryOut(planned)
    return planned.starts.length + planned.stops.length > 0
  }

  #check({ starts, stops }: TaskPlan): void {
    const { instances, tasks, minimumHealthyPercent, maximumPercent } = this.group
    const isStopped = new Set(stops.map(({ taskId }) => taskId))
    const healthyHosts = (among: readonly TaskFacts[]): number =>
      instances.filter((host) => among.some((task) => task.containerInstanceId === host && this.isHealthy(task))).length
    const after = healthyHosts(tasks.filter(({ taskId }) => !isStopped.has(taskId)))
    const there = tasks.filter(({ containerInstanceId = '' }) => instances.includes(containerInstanceId))
    if (after < healthyHosts(tasks) && after < (instances.length * minimumHealthyPercent) / 100)
      this.found.push('goes below the minimum')
    if (starts.length > 0 && there.length + starts.length > (instances.length * maximumPercent) / 100)
      this.found.push('goes above the maximum')
    if (starts.some(({ containerInstanceId = '' }) => !instances.includes(containerInstanceId)))
      this.found.push('starts where nothing is to start')
  }

  isHealthy({ status, health, startedAt = 0 }: TaskFacts): boolean {
    return status === 'running' && health !== 'UNHEALTHY' && this.world.now - startedAt >= SETTLING_MS
  }

  isComplete(): boolean {
    const { tasks } = this.world
    const isEverywhere = HOSTS.every((host) => tasks.some((task) => task.containerInstanceId === host))
    const isCurrent = tasks.every((task) => task.holderId === this.holderId && this.isHealthy(task))
    return isEverywhere && isCurrent && tasks.length === HOSTS.length
  }

  rest(): number {
    for (let steps = 0; steps < 100; steps++) {
      const isMoved = this.step()
      if (!isMoved && this.world.tasks.every((task) => this.isHealthy(task))) return steps
      this.world.rest()
    }
    return Number.POSITIVE_INFINITY
  }

  happen(event: (typeof EVENTS)[number], index: number): void {
    const { world } = this
    const task = world.tasks[index % Math.max(1, world.tasks.length)]
    const host = world.hosts[index % world.hosts.length]!
    if (event === 'wait') world.now += 15_000
    if (event === 'drain') host.hostStatus = 'DRAINING'
    if (event === 'activate') host.hostStatus = 'ACTIVE'
    if (event === 'deregister') host.hostStatus = 'INACTIVE'
    if (event === 'deploy') [this.holderId, this.mayStart] = [`${this.holderId}+`, true]
    if (event === 'fail') this.mayStart = false
    if (task === undefined) return
    if (event === 'run') world.run(task)
    if (event === 'end' || (event === 'stop' && task.status === 'stopping')) world.remove(task.taskId)
    if (task.status !== 'running') return
    if (event === 'sicken') world.change(task.taskId, { health: 'UNHEALTHY' })
    if (event === 'protect') world.change(task.taskId, { protectedUntil: world.now + 60_000 })
  }
}

describe('plans of daemons', () => {
  const settings = fc.record({
    minimumHealthyPercent: fc.constantFrom(0, 20, 50, 100),
    maximumPercent: fc.constantFrom(100, 120, 150, 200),
  })
  const happenings = fc.array(
    fc.tuple(fc.constantFrom(...EVENTS, 'run', 'run', 'wait', 'stop'), fc.nat(100), fc.boolean()),
    {
      maxLength: 40,
      size: 'max',
    },
  )

  it('never go below the minimum nor above the maximum, and end with one task on each instance', () => {
    fc.assert(
      fc.property(settings, happenings, (given, steps) => {
        const run = new DaemonRun(given)
        for (const [what, index, isPlanned] of steps) {
          run.happen(what, index)
          if (!isPlanned) continue
          run.step()
          const { starts, stops } = planDaemon(run.group, run.world.now)
          expect({ starts, stops }).toEqual({ starts: [], stops: [] })
        }
        run.mayStart = true
        for (const host of run.world.hosts) host.hostStatus = 'ACTIVE'
        run.world.now += 60_000
        expect(run.rest()).toBeLessThan(60)
        expect(run.found).toEqual([])
        const mayBeStuck = given.minimumHealthyPercent === 100 && given.maximumPercent === 100
        expect(mayBeStuck || run.isComplete()).toBe(true)
      }),
      { numRuns: 1500 },
    )
  })
})

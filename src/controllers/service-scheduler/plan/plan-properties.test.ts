/** Plans of random groups in random runs: what must hold whatever happens, and where it ends when nothing happens any more. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { aReplicaGroup, SETTLING_MS, TaskWorld, type WorldHost } from '../../../../test/builders/a-task-group.ts'
import { providerCounts } from '../../../scheduler/capacity-provider-strategy.ts'
import { planReplica } from './plan-replica.ts'
import type { ReplicaGroup, TaskFacts, TaskPlan } from './types.ts'

const ZONES = ['zone-a', 'zone-b', 'zone-c']
const STRATEGY = [
  { capacityProvider: 'steady', base: 1, weight: 1 },
  { capacityProvider: 'spot', weight: 2 },
]

const hostsOf = (places: number, providers: readonly (string | undefined)[] = [undefined]): WorldHost[] =>
  ZONES.flatMap((availabilityZone) =>
    providers.flatMap((capacityProviderName) =>
      [1, 2].map((index) => ({
        containerInstanceId: `${availabilityZone}-${capacityProviderName ?? 'host'}-${index}`,
        availabilityZone,
        ...(capacityProviderName === undefined ? {} : { capacityProviderName }),
        hostStatus: 'ACTIVE' as const,
        places,
      })),
    ),
  )

type Settings = Omit<ReplicaGroup, 'tasks'>

/** Told apart from the code under test: what counts as healthy. */
const isHealthy = (task: TaskFacts, now: number): boolean =>
  task.status === 'running' &&
  task.hostStatus !== 'INACTIVE' &&
  (task.health === undefined ? now - (task.startedAt ?? 0) >= SETTLING_MS : task.health === 'HEALTHY')

const objections = (group: ReplicaGroup, plan: TaskPlan, now: number): string[] => {
  const found: string[] = []
  const minimum = Math.min(group.desiredCount, Math.ceil((group.desiredCount * group.minimumHealthyPercent) / 100))
  const maximum = Math.floor((group.desiredCount * group.maximumPercent) / 100)
  const startCount = plan.starts.reduce((sum, { count }) => sum + count, 0)
  const isStopped = new Set(plan.stops.map(({ taskId }) => taskId))
  const stopped = group.tasks.filter(({ taskId }) => isStopped.has(taskId))
  const healthy = group.tasks.filter((task) => isHealthy(task, now))
  const healthyAfter = healthy.filter(({ taskId }) => !isStopped.has(taskId))
  if (stopped.length !== plan.stops.length) found.push('stops a task twice or one that is not there')
  if (stopped.some(({ status }) => status === 'stopping')) found.push('stops what is stopping')
  if (healthyAfter.length < healthy.length && healthyAfter.length < minimum) found.push('goes below the minimum')
  const there = group.tasks.filter(({ status, hostStatus }) => status === 'stopping' || hostStatus !== 'INACTIVE')
  if (startCount > 0 && there.length + startCount > maximum) found.push('goes above the maximum')
  if (startCount > 0 && (!group.mayStart || (group.throttledUntil ?? 0) > now)) found.push('starts what must not start')
  const isShielded = ({ health, hostStatus, protectedUntil = 0 }: TaskFacts): boolean =>
    protectedUntil > now && health !== 'UNHEALTHY' && hostStatus !== 'INACTIVE'
  if (stopped.some(isShielded)) found.push('stops a protected task')
  if (isLastToAnswer(group, stopped, now)) found.push('stops all that answers where balancers fail open')
  if (plan.againAt !== undefined && plan.againAt <= now) found.push('wants to look again in the past')
  return found
}

/** Unhealthy tasks are all there is, some are old ones, and nobody needs their room. */
const isLastToAnswer = (group: ReplicaGroup, stopped: readonly TaskFacts[], now: number): boolean => {
  const { tasks, desiredCount, maximumPercent, failsOpen, isPlacementBlocked, mayStart, throttledUntil = 0 } = group
  const running = tasks.filter(({ status, hostStatus }) => status === 'running' && hostStatus !== 'INACTIVE')
  const hasRoom = tasks.length + desiredCount <= Math.floor((desiredCount * maximumPercent) / 100)
  const isFree = mayStart && !isPlacementBlocked && throttledUntil <= now && hasRoom && desiredCount > 0
  if (failsOpen !== true || !isFree || running.some((task) => isHealthy(task, now))) return false
  return running.length > 0 && running.every((task) => task.health === 'UNHEALTHY' && stopped.includes(task))
}

/** A service under way in a world, planned as its controller does it. */
class Run {
  settings: Settings
  readonly world: TaskWorld
  readonly found: string[] = []
  /** Every start of the last step found a host. */
  isPlaced = true
  #isChecked = false

  constructor(settings: Settings, hosts: readonly WorldHost[], isChecked = false) {
    this.settings = settings
    this.world = new TaskWorld(hosts)
    this.#isChecked = isChecked
  }

  get group(): ReplicaGroup {
    return { ...this.settings, tasks: this.world.tasks }
  }

  /** Plans and carries out; true if that changed anything. */
  step(): boolean {
    const plan = this.#plan(false)
    const unplacedCount = this.world.carryOut(plan, this.#isChecked ? { health: 'UNKNOWN' } : {})
    this.isPlaced = unplacedCount === 0
    const startCount = plan.starts.reduce((sum, { count }) => sum + count, 0)
    if (unplacedCount < startCount || startCount === 0) return plan.stops.length + startCount > 0
    const second = this.#plan(true)
    this.world.carryOut({ ...second, starts: [] })
    return plan.stops.length + second.stops.length > 0
  }

  #plan(isPlacementBlocked: boolean): TaskPlan {
    const group = { ...this.group, isPlacementBlocked }
    const plan = planReplica(group, this.world.now)
    this.found.push(...objections(group, plan, this.world.now))
    return plan
  }

  /** Nothing happens but what was begun. Gives the number of steps until nothing is under way; Infinity if that never comes. */
  rest(): number {
    for (let steps = 0; steps < 200; steps++) {
      const isMoved = this.step()
      const isMoving = this.world.tasks.some((task) => task.status !== 'running' || task.health === 'UNKNOWN')
      const isSettling = this.world.tasks.some((task) => task.health === undefined && !isHealthy(task, this.world.now))
      if (!isMoved && !isMoving && !isSettling) return steps
      this.world.rest()
    }
    return Number.POSITIVE_INFINITY
  }

  deploy(): void {
    this.settings = { ...this.settings, holderId: `${this.settings.holderId}+`, mayStart: true }
  }

  happen(event: Event, index: number): void {
    const { world } = this
    const task = world.tasks[index % Math.max(1, world.tasks.length)]
    const host = world.hosts[index % world.hosts.length]!
    const taskId = task?.taskId ?? ''
    const isRunning = task?.status === 'running'
    if (event === 'run' && task !== undefined) world.run(task)
    if (event === 'become healthy' && isRunning && task.health !== undefined)
      world.change(taskId, { health: 'HEALTHY' })
    if (event === 'become unhealthy' && isRunning && task.health !== undefined)
      world.change(taskId, { health: 'UNHEALTHY' })
    if (event === 'end') world.remove(taskId)
    if (event === 'stop' && task?.status === 'stopping') world.remove(taskId)
    if (event === 'wait') world.now += 15_000
    if (event === 'protect' && isRunning) world.change(taskId, { protectedUntil: world.now + 60_000 })
    if (event === 'drain') host.hostStatus = 'DRAINING'
    if (event === 'activate') host.hostStatus = 'ACTIVE'
    if (event === 'deregister') host.hostStatus = 'INACTIVE'
    if (event === 'scale') this.settings = { ...this.settings, desiredCount: index % 9 }
    if (event === 'deploy') this.deploy()
    if (event === 'fail') this.settings = { ...this.settings, mayStart: false }
    if (event === 'throttle') this.settings = { ...this.settings, throttledUntil: world.now + 30_000 }
  }
}

const EVENTS = [
  'run',
  'become healthy',
  'become unhealthy',
  'end',
  'stop',
  'wait',
  'protect',
  'drain',
  'activate',
  'deregister',
  'scale',
  'deploy',
  'fail',
  'throttle',
] as const
type Event = (typeof EVENTS)[number]

const FREQUENT: readonly Event[] = ['run', 'become healthy', 'stop', 'wait']
const event = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...FREQUENT) },
  { weight: 2, arbitrary: fc.constantFrom(...EVENTS) },
)
const happenings = fc.array(fc.tuple(event, fc.nat(1000), fc.boolean()), { maxLength: 40, size: 'max' })

const settings = fc
  .record({
    desiredCount: fc.nat(8),
    minimumHealthyPercent: fc.constantFrom(0, 25, 50, 75, 100),
    maximumPercent: fc.constantFrom(100, 125, 150, 200, 300),
    isBalanced: fc.boolean(),
    hasProviders: fc.boolean(),
    isChecked: fc.boolean(),
    failsOpen: fc.boolean(),
    places: fc.constantFrom(2, 30),
  })
  .map(({ isBalanced, hasProviders, isChecked, places, ...numbers }) => ({
    settings: aReplicaGroup({
      ...numbers,
      balancedZones: isBalanced ? ZONES : [],
      capacityProviderStrategy: hasProviders ? STRATEGY : [],
    }),
    isChecked,
    places: hasProviders ? 30 : places,
    providers: hasProviders ? ['steady', 'spot'] : [undefined],
  }))

type Case = typeof settings extends fc.Arbitrary<infer Value> ? Value : never

const startRun = ({ settings, isChecked, places, providers }: Case): Run =>
  new Run(settings, hostsOf(places, providers), isChecked)

/** Whatever came before, the hosts are well, tasks do well, and nothing is held back any more. */
const getWell = (run: Run): void => {
  for (const host of run.world.hosts) host.hostStatus = 'ACTIVE'
  const { throttledUntil: _, ...settings } = run.settings
  run.settings = { ...settings, mayStart: true }
  run.world.now += 60_000
}

const isComplete = ({ settings, world }: Run): boolean =>
  world.tasks.length === settings.desiredCount &&
  world.tasks.every(({ holderId, health }) => holderId === settings.holderId && health !== 'UNHEALTHY')

const limitsOf = ({ desiredCount, minimumHealthyPercent, maximumPercent }: Settings) => ({
  minimum: Math.ceil((desiredCount * minimumHealthyPercent) / 100),
  maximum: Math.floor((desiredCount * maximumPercent) / 100),
})

const providerCountsIn = ({ settings, world }: Run): Map<string, number> =>
  new Map(
    settings.capacityProviderStrategy.map(({ capacityProvider = '' }) => [
      capacityProvider,
      world.tasks.filter((task) => task.capacityProviderName === capacityProvider).length,
    ]),
  )

const sharesOf = ({ settings: { capacityProviderStrategy, desiredCount } }: Run): ReadonlyMap<string, number> =>
  capacityProviderStrategy.length === 0 ? new Map() : providerCounts(capacityProviderStrategy, desiredCount)

const mayBalance = ({ settings }: Run): boolean =>
  settings.balancedZones.length > 0 && limitsOf(settings).maximum > settings.desiredCount

const isEven = ({ world }: Run): boolean => {
  const counts = ZONES.map((zone) => world.tasks.filter((task) => task.availabilityZone === zone).length)
  return Math.max(...counts) - Math.min(...counts) < 2
}

describe('plans of replicas', () => {
  it('never go below the minimum nor above the maximum, touch nothing protected, and find their way back', () => {
    fc.assert(
      fc.property(settings, happenings, (given, steps) => {
        const run = startRun(given)
        for (const [what, index, isPlanned] of steps) {
          run.happen(what, index)
          if (isPlanned) run.step()
        }
        getWell(run)
        expect(run.rest()).toBeLessThan(100)
        expect(run.found).toEqual([])
        const { minimum, maximum } = limitsOf(run.settings)
        const mayBeStuck = given.places === 2 || (minimum === maximum && maximum === run.settings.desiredCount)
        expect(mayBeStuck || isComplete(run)).toBe(true)
      }),
      { numRuns: 1500 },
    )
  })

  it('are at rest once they are carried out, until something happens', () => {
    fc.assert(
      fc.property(settings, happenings, (given, steps) => {
        const run = startRun({ ...given, places: 30 })
        for (const [what, index, isPlanned] of steps) {
          run.happen(what, index)
          if (!isPlanned) continue
          run.step()
          if (!run.isPlaced) continue
          const { starts, stops } = planReplica(run.group, run.world.now)
          expect({ starts, stops }).toEqual({ starts: [], stops: [] })
        }
      }),
      { numRuns: 500 },
    )
  })

  it('are the same for the same tasks in any order', () => {
    fc.assert(
      fc.property(settings, happenings, fc.array(fc.nat(), { minLength: 40, maxLength: 40 }), (given, steps, keys) => {
        const run = startRun(given)
        for (const [what, index] of steps) {
          run.happen(what, index)
          run.step()
        }
        const shuffled = run.world.tasks
          .map((task, index) => ({ task, key: keys[index % keys.length]! }))
          .toSorted((one, other) => one.key - other.key)
          .map(({ task }) => task)
        const plan = planReplica(run.group, run.world.now)
        expect(planReplica({ ...run.group, tasks: shuffled }, run.world.now)).toEqual(plan)
      }),
      { numRuns: 300 },
    )
  })

  it('end with every capacity provider at its share, and with zones as even as can be', () => {
    fc.assert(
      fc.property(settings, fc.array(fc.nat(8), { maxLength: 5 }), fc.subarray(ZONES), (given, scales, drained) => {
        const run = startRun({ ...given, places: 30 })
        for (const host of run.world.hosts) if (drained.includes(host.availabilityZone)) host.hostStatus = 'DRAINING'
        for (const desiredCount of scales) {
          run.settings = { ...run.settings, desiredCount }
          run.rest()
        }
        getWell(run)
        expect(run.rest()).toBeLessThan(100)
        expect(providerCountsIn(run)).toEqual(sharesOf(run))
        expect(!mayBalance(run) || isEven(run)).toBe(true)
        expect(run.found).toEqual([])
      }),
      { numRuns: 500 },
    )
  })
})

describe('a rolling update', () => {
  const counts = [0, 1, 2, 3, 4, 5, 7, 10]
  const minimums = [0, 25, 50, 75, 99, 100]
  const maximums = [100, 110, 125, 150, 200]

  it.each(counts)(
    'of %i tasks ends with all of them replaced, unless minimum and maximum leave no step',
    (desiredCount) => {
      for (const minimumHealthyPercent of minimums) {
        for (const maximumPercent of maximums) {
          for (const places of [2, 30]) {
            const run = new Run(aReplicaGroup({ desiredCount, minimumHealthyPercent, maximumPercent }), hostsOf(places))
            run.rest()
            run.deploy()
            expect(run.rest()).toBeLessThan(100)
            expect(run.found).toEqual([])
            const { minimum, maximum } = limitsOf(run.settings)
            const isDeadlocked = desiredCount > 0 && minimum === desiredCount && maximum === desiredCount
            expect([minimumHealthyPercent, maximumPercent, isComplete(run)]).toEqual([
              minimumHealthyPercent,
              maximumPercent,
              !isDeadlocked,
            ])
            const { hindrances } = planReplica(run.group, run.world.now)
            expect(hindrances).toEqual(isDeadlocked ? [{ kind: 'deadlock' }] : [])
          }
        }
      }
    },
  )

  it('needs no room beside the old tasks where the minimum lets some of them go first', () => {
    const run = new Run(aReplicaGroup({ desiredCount: 12, minimumHealthyPercent: 50 }), hostsOf(2))
    run.rest()
    run.deploy()
    expect(run.rest()).toBeLessThan(20)
    expect(isComplete(run)).toBe(true)
  })
})

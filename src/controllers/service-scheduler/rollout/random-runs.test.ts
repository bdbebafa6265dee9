/** Whatever happens to a service, in whatever order: what holds after every look, and how it ends once the world behaves. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MINUTE_MS, RolloutWorld, tasks } from '../../../../test/builders/a-rollout.ts'
import { isOver } from '../../../model/new-deployment.ts'
import { bakeTimeMs } from './monitors.ts'
import { stepRollout } from './step.ts'
import type { GroupTarget, RolloutStep, TaskCounts } from './types.ts'

const configuration = fc.record({
  strategy: fc.constantFrom('ROLLING', 'BLUE_GREEN', 'LINEAR', 'CANARY'),
  bakeTimeInMinutes: fc.constantFrom(0, 5),
  deploymentCircuitBreaker: fc.record({ enable: fc.boolean(), rollback: fc.boolean() }),
  alarms: fc.record({ enable: fc.boolean(), rollback: fc.boolean(), alarmNames: fc.constant<string[]>(['errors']) }),
  linearConfiguration: fc.constant({ stepPercent: 50, stepBakeTimeInMinutes: 2 }),
  canaryConfiguration: fc.constant({ canaryPercent: 10, canaryBakeTimeInMinutes: 3 }),
  lifecycleHooks: fc.subarray([
    { targetType: 'PAUSE' as const, lifecycleStages: ['PRE_SCALE_UP' as const, 'POST_SCALE_UP' as const] },
    {
      targetType: 'PAUSE' as const,
      lifecycleStages: ['PRE_PRODUCTION_TRAFFIC_SHIFT' as const],
      timeoutConfiguration: { timeoutInMinutes: 4, action: 'CONTINUE' as const },
    },
  ]),
})

type Happening = (world: RolloutWorld, amount: number) => void

const change = (world: RolloutWorld, amount: number, by: (counts: TaskCounts) => TaskCounts): void => {
  const { deployments } = world
  const chosen = deployments[amount % deployments.length]
  if (chosen !== undefined) world.counts.set(chosen.deploymentId, by(world.countsOf(chosen)))
}

/** What the world does to a service; most of it is unkind. */
const HAPPENINGS: Readonly<Record<string, Happening>> = {
  time: (world, amount) => (world.now += amount * MINUTE_MS),
  work: (world, amount) => work(world, stepRollout(world.state).groups, amount),
  crash: (world, amount) => change(world, amount, ({ running }) => tasks(Math.max(0, running - 1))),
  sicken: (world, amount) => change(world, amount, (counts) => ({ ...counts, healthy: 0 })),
  heal: (world, amount) => change(world, amount, (counts) => ({ ...counts, healthy: counts.running })),
  startFailure: (world, amount) => world.fail(world.primary.failedTasks + amount),
  alarm: (world, amount) => void (amount % 2 === 0 ? world.ringing.add('errors') : world.ringing.clear()),
  traffic: (world, amount) => (world.isTrafficMoving = amount % 2 === 0),
  hooks: (world, amount) => world.answerHooks(amount % 4 === 0 ? 'FAILED' : 'SUCCEEDED'),
  update: (world) => void world.deploy(),
  restrategy: (world, amount) => void world.deploy({ strategy: amount % 2 === 0 ? 'ROLLING' : 'BLUE_GREEN' }),
  scale: (world, amount) => (world.service = { ...world.service, desiredCount: amount }),
  stop: (world, amount) => {
    const { status } = world.serviceDeployment ?? {}
    if (status !== 'PENDING' && status !== 'IN_PROGRESS') return
    world.amend({ status: amount % 3 === 0 ? 'STOP_REQUESTED' : 'ROLLBACK_REQUESTED' })
  },
}

/** A planner that takes few steps at a time: a task starts, runs, stops, is gone. */
const work = (world: RolloutWorld, groups: readonly GroupTarget[], amount: number): void => {
  for (let round = 0; round < amount; round += 1)
    for (const { holderId, desiredCount, replacedIds, mayStart } of groups) {
      const { starting, running, stopping } = world.counts.get(holderId) ?? tasks(0)
      if (starting > 0) world.counts.set(holderId, tasks(running + 1, { starting: starting - 1, stopping }))
      else if (running < desiredCount && mayStart) world.counts.set(holderId, tasks(running, { starting: 1, stopping }))
      else if (running > desiredCount) world.counts.set(holderId, tasks(running - 1, { stopping: stopping + 1 }))
      else if (stopping > 0) world.counts.set(holderId, tasks(running, { stopping: stopping - 1 }))
      for (const id of replacedIds) shrink(world, id)
    }
}

const shrink = (world: RolloutWorld, id: string): void => {
  const { starting, running, stopping } = world.counts.get(id) ?? tasks(0)
  if (stopping > 0) world.counts.set(id, tasks(running, { starting, stopping: stopping - 1 }))
  else if (starting > 0) world.counts.set(id, tasks(running, { starting: starting - 1, stopping: 1 }))
  else if (running > 0) world.counts.set(id, tasks(running - 1, { stopping: 1 }))
}

/** Looks that a quiet time has room for. */
const QUIET_LOOKS = 6

const happening = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('quiet', 'quiet', 'time', 'update') },
  { weight: 3, arbitrary: fc.constantFrom(...Object.keys(HAPPENINGS)) },
)

const run = fc.record({
  configuration,
  desiredCount: fc.integer({ min: 0, max: 6 }),
  /** The first deployment went well: there is something to go back to. */
  isEstablished: fc.boolean(),
  happenings: fc.array(fc.tuple(happening, fc.integer({ min: 0, max: 6 })), {
    minLength: 5,
    maxLength: 40,
    size: 'max',
  }),
})

type Run = typeof run extends fc.Arbitrary<infer Value> ? Value : never

const establish = (world: RolloutWorld): void => {
  for (let round = 0; round < 10; round += 1) {
    world.settle()
    world.answerHooks('SUCCEEDED')
    world.now += MINUTE_MS
  }
  world.deploy()
}

/** Plays the run; `check` is called after every look. */
const play = (
  { configuration: given, desiredCount, isEstablished, happenings }: Run,
  check: (world: RolloutWorld, step: RolloutStep) => void = () => undefined,
): RolloutWorld => {
  const world = new RolloutWorld({ ...given, lifecycleHooks: [...given.lifecycleHooks] }, desiredCount)
  if (isEstablished) establish(world)
  for (const [name, amount] of happenings) {
    HAPPENINGS[name]?.(world, amount)
    const looks = name === 'quiet' ? QUIET_LOOKS : 1
    for (let look = 0; look < looks; look += 1) {
      const step = world.look()
      check(world, step)
      if (name === 'quiet') world.carryOut(step.groups)
    }
  }
  return world
}

const changesNothing = (step: RolloutStep): boolean =>
  step.deployments.length + step.removedDeploymentIds.length + step.events.length === 0 &&
  step.serviceDeployment === undefined &&
  step.begun === undefined

describe('in any run', () => {
  const holds = (check: (world: RolloutWorld, step: RolloutStep) => void): void =>
    fc.assert(fc.property(run, (given) => void play(given, check)))

  it('exactly one deployment is PRIMARY', () => {
    holds((world) => expect(world.deployments.filter(({ status }) => status === 'PRIMARY')).toHaveLength(1))
  })

  it('a second look at the same moment finds nothing to do', () => {
    holds((world, step) => {
      const second = stepRollout(world.state)
      expect(changesNothing(second)).toBe(true)
      expect(second.groups).toEqual(step.groups)
    })
  })

  it('every deployment that has tasks is in one group, and only in one', () => {
    holds((world, { groups }) => {
      const grouped = groups.flatMap(({ holderId, replacedIds }) => [holderId, ...replacedIds]).toSorted()
      expect(grouped).toEqual(world.deployments.map(({ deploymentId }) => deploymentId).toSorted())
    })
  })

  it('a service deployment that is over never changes again', () => {
    let current: RolloutWorld | undefined
    let over = new Map<string, unknown>()
    holds((world, step) => {
      if (world !== current) over = new Map()
      current = world
      const { serviceDeployment } = step
      expect(over.has(serviceDeployment?.serviceDeploymentArn ?? '')).toBe(false)
      if (serviceDeployment && isOver(serviceDeployment)) over.set(serviceDeployment.serviceDeploymentArn, true)
    })
  })

  it('a service deployment is rolled back at most once', () => {
    const begun = new Map<string, number>()
    holds((_world, { serviceDeployment }) => {
      const { serviceDeploymentArn = '', rollback } = serviceDeployment ?? {}
      if (rollback === undefined) return
      expect(begun.get(serviceDeploymentArn) ?? rollback.startedAt).toBe(rollback.startedAt)
      begun.set(serviceDeploymentArn, rollback.startedAt)
    })
  })

  it('blue is asked for all tasks until green has all traffic and was watched', () => {
    holds((world, { groups }) => {
      const { serviceDeployment } = world
      if (serviceDeployment?.status !== 'IN_PROGRESS') return
      if (serviceDeployment.deploymentConfiguration.strategy === 'ROLLING') return
      const completed = world.state.lastCompletedRevision?.serviceRevisionArn
      const blue = world.deployments.find(({ serviceRevisionArn }) => serviceRevisionArn === completed)
      if (blue === undefined) return
      const { productionTrafficPercent, bakingSince = 0, lifecycleStage } = serviceDeployment
      const isBaked = productionTrafficPercent === 100 && world.now >= bakingSince + bakeTimeMs(serviceDeployment)
      const group = groups.find(({ holderId }) => holderId === blue.deploymentId)
      const isFull = group?.desiredCount === world.service.desiredCount && group.mayStart
      expect(isFull || (lifecycleStage === 'CLEAN_UP' && isBaked)).toBe(true)
    })
  })
})

describe('once the world behaves', () => {
  it('every deployment comes to an end, and the service stands still', () => {
    fc.assert(
      fc.property(run, (given) => {
        const world = play(given)
        world.ringing.clear()
        world.isTrafficMoving = true
        for (let round = 0; round < 60; round += 1) {
          for (const { deploymentId } of world.deployments)
            world.counts.set(deploymentId, tasks(world.counts.get(deploymentId)?.running ?? 0))
          world.settle()
          world.answerHooks('SUCCEEDED')
          world.now += MINUTE_MS
        }
        const step = world.settle()
        expect(world.serviceDeployment && isOver(world.serviceDeployment)).toBe(true)
        expect(step.isSteady).toBe(world.primary.rolloutState === 'COMPLETED')
        expect(step.againAt).toBeUndefined()
      }),
    )
  })
})

import { describe, expect, it } from 'vitest'
import { MINUTE_MS, RolloutWorld } from '../../../../test/builders/a-rollout.ts'
import { trafficSteps } from './traffic-steps.ts'

describe('the steps of production traffic', () => {
  it('are one where the strategy is blue/green', () => {
    expect(trafficSteps({ strategy: 'BLUE_GREEN' })).toEqual([100])
  })

  it('are ten equal ones where it is linear, unless others are asked for', () => {
    expect(trafficSteps({ strategy: 'LINEAR' })).toEqual([10, 20, 30, 40, 50, 60, 70, 80, 90, 100])
    expect(trafficSteps({ strategy: 'LINEAR', linearConfiguration: { stepPercent: 33.3 } })).toEqual([
      33.3, 66.6, 99.9, 100,
    ])
    expect(trafficSteps({ strategy: 'LINEAR', linearConfiguration: { stepPercent: 100 } })).toEqual([100])
  })

  it('are a small one and the rest where it is a canary', () => {
    expect(trafficSteps({ strategy: 'CANARY' })).toEqual([5, 100])
    expect(trafficSteps({ strategy: 'CANARY', canaryConfiguration: { canaryPercent: 0.1 } })).toEqual([0.1, 100])
    expect(trafficSteps({ strategy: 'CANARY', canaryConfiguration: { canaryPercent: 100 } })).toEqual([100])
  })
})

const percentsOf = (world: RolloutWorld): readonly number[] =>
  world.shifts.filter(({ kind }) => kind === 'production').map(({ percent }) => percent)

const updated = (configuration: ConstructorParameters<typeof RolloutWorld>[0]) => {
  const world = new RolloutWorld(configuration)
  world.settle()
  world.answerHooks('SUCCEEDED')
  world.settle()
  world.deploy()
  world.shifts.length = 0
  return world
}

describe('a linear deployment', () => {
  it('watches every step but the last', () => {
    const world = updated({ strategy: 'LINEAR', linearConfiguration: { stepPercent: 40, stepBakeTimeInMinutes: 3 } })
    expect(world.settle().againAt).toBe(world.now + 3 * MINUTE_MS)
    expect(percentsOf(world)).toEqual([40])
    world.now += 3 * MINUTE_MS
    world.settle()
    expect(percentsOf(world)).toEqual([40, 80])
    world.now += 3 * MINUTE_MS - 1
    world.settle()
    expect(percentsOf(world)).toEqual([40, 80])
    world.now += 1
    world.settle()
    expect(percentsOf(world)).toEqual([40, 80, 100])
    expect(world.serviceDeployment).toMatchObject({ status: 'SUCCESSFUL' })
  })

  it('passes the hooks before production traffic at every step', () => {
    const world = updated({
      strategy: 'LINEAR',
      linearConfiguration: { stepPercent: 50, stepBakeTimeInMinutes: 0 },
      lifecycleHooks: [{ targetType: 'PAUSE', lifecycleStages: ['PRE_PRODUCTION_TRAFFIC_SHIFT'] }],
    })
    world.settle()
    expect(percentsOf(world)).toEqual([])
    world.answerHooks('SUCCEEDED')
    world.settle()
    expect(percentsOf(world)).toEqual([50])
    world.answerHooks('SUCCEEDED')
    world.settle()
    expect(percentsOf(world)).toEqual([50, 100])
    expect(new Set(world.serviceDeployment?.lifecycleHooks?.map(({ hookId }) => hookId)).size).toBe(2)
  })
})

describe('a canary deployment', () => {
  it('gives a little traffic, watches, and gives the rest', () => {
    const world = updated({ strategy: 'CANARY', bakeTimeInMinutes: 1 })
    world.settle()
    expect(world.serviceDeployment).toMatchObject({
      productionTrafficPercent: 5,
      lifecycleStage: 'PRODUCTION_TRAFFIC_SHIFT',
    })
    world.now += 10 * MINUTE_MS
    world.settle()
    expect(world.serviceDeployment).toMatchObject({ productionTrafficPercent: 100, lifecycleStage: 'BAKE_TIME' })
  })

  it('takes the little back when it fails', () => {
    const world = updated({ strategy: 'CANARY' })
    world.settle()
    world.amend({ status: 'ROLLBACK_REQUESTED' })
    world.settle()
    expect(percentsOf(world)).toEqual([5, 0])
    expect(world.serviceDeployment).toMatchObject({ status: 'ROLLBACK_SUCCESSFUL' })
  })
})

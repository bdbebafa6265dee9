import { describe, expect, it } from 'vitest'
import { MINUTE_MS, RolloutWorld, tasks } from '../../../../test/builders/a-rollout.ts'

const blueGreen = { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 15 } as const

/** A service whose blue deployment is complete and whose green one has just begun. */
const updated = (configuration: ConstructorParameters<typeof RolloutWorld>[0] = {}) => {
  const world = new RolloutWorld({ ...blueGreen, ...configuration })
  world.settle()
  const blue = world.primary.deploymentId
  const green = world.deploy()
  return { world, blue, green }
}

describe('a blue/green deployment', () => {
  it('scales green up beside blue, each as a group of its own', () => {
    const { world, blue, green } = updated()
    const step = world.look()
    expect(world.stage).toBe('SCALE_UP')
    expect(step.groups).toEqual([
      { holderId: blue, desiredCount: 2, replacedIds: [], mayStart: true },
      { holderId: green, desiredCount: 2, replacedIds: [], mayStart: true },
    ])
    expect(
      world.shifts.filter(({ targetRevisionArn }) => targetRevisionArn === world.primary.serviceRevisionArn),
    ).toEqual([])
  })

  it('is watched for its bake time, both running, before blue is taken away', () => {
    const { world, blue, green } = updated()
    const step = world.settle()
    expect(world.serviceDeployment).toMatchObject({
      status: 'IN_PROGRESS',
      lifecycleStage: 'BAKE_TIME',
      lifecycleStageAt: world.now,
      testTrafficPercent: 100,
      productionTrafficPercent: 100,
    })
    expect(step.againAt).toBe(world.now + 15 * MINUTE_MS)
    expect(step.groups.map(({ holderId, desiredCount }) => [holderId, desiredCount])).toEqual([
      [blue, 2],
      [green, 2],
    ])
    world.now += 15 * MINUTE_MS
    expect(world.look().groups).toMatchObject([{ holderId: blue, desiredCount: 0 }, { holderId: green }])
    expect(world.stage).toBe('CLEAN_UP')
    expect(world.settle().isSteady).toBe(true)
    expect(world.serviceDeployment).toMatchObject({ status: 'SUCCESSFUL', finishedAt: world.now })
    expect(world.deployments).toMatchObject([{ deploymentId: green, rolloutState: 'COMPLETED' }])
  })

  it('shifts test traffic, then production traffic, from the one revision to the other', () => {
    const { world } = updated()
    const { sourceServiceRevisions, targetServiceRevision } = world.serviceDeployment ?? {}
    world.shifts.length = 0
    world.settle()
    expect(world.shifts).toMatchObject([
      { kind: 'test', percent: 100, targetRevisionArn: targetServiceRevision?.serviceRevisionArn },
      { kind: 'production', percent: 100, sourceRevisionArn: sourceServiceRevisions?.[0]?.serviceRevisionArn },
    ])
  })

  it('waits for traffic to be shifted', () => {
    const { world } = updated()
    world.isTrafficMoving = false
    world.settle()
    expect(world.stage).toBe('TEST_TRAFFIC_SHIFT')
    expect(world.serviceDeployment).not.toHaveProperty('testTrafficPercent')
    world.isTrafficMoving = true
    world.settle()
    expect(world.stage).toBe('BAKE_TIME')
  })

  it('keeps blue while a task of green is missing, even after the bake time', () => {
    const { world, blue, green } = updated()
    world.settle()
    world.now += 15 * MINUTE_MS
    world.counts.set(green, tasks(1))
    expect(world.look().groups).toMatchObject([{ holderId: blue, desiredCount: 2 }, {}])
  })

  it('keeps blue on record while all of its tasks happen to be gone', () => {
    const { world, blue } = updated()
    world.counts.set(blue, tasks(0))
    expect(world.look().removedDeploymentIds).toEqual([])
  })

  it('has no one to wait for the first time, and goes straight through', () => {
    const world = new RolloutWorld({ ...blueGreen, strategy: 'LINEAR' })
    world.settle()
    expect(world.serviceDeployment).toMatchObject({
      status: 'SUCCESSFUL',
      finishedAt: world.serviceDeployment?.createdAt,
    })
  })

  it('is failed by its circuit breaker', () => {
    const { world, blue } = updated({ deploymentCircuitBreaker: { enable: true, rollback: true } })
    world.look()
    world.fail(3)
    world.settle()
    expect(world.serviceDeployment).toMatchObject({ status: 'ROLLBACK_SUCCESSFUL' })
    expect(world.primary.deploymentId).toBe(blue)
  })
})

describe('the roll-back of a blue/green deployment', () => {
  it('keeps green until blue has all traffic again', () => {
    const { world, blue, green } = updated()
    world.settle()
    world.isTrafficMoving = false
    world.amend({ status: 'ROLLBACK_REQUESTED' })
    expect(world.look().groups).toMatchObject([
      { holderId: blue, desiredCount: 2, mayStart: true },
      { holderId: green, desiredCount: 2, mayStart: false },
    ])
    expect(world.shifts.slice(-2)).toMatchObject([
      { kind: 'production', percent: 0 },
      { kind: 'test', percent: 0 },
    ])
    world.isTrafficMoving = true
    expect(world.look().groups).toMatchObject([{ holderId: blue }, { holderId: green, desiredCount: 0 }])
    expect(world.settle().isSteady).toBe(true)
    expect(world.serviceDeployment).toMatchObject({
      status: 'ROLLBACK_SUCCESSFUL',
      productionTrafficPercent: 0,
      testTrafficPercent: 0,
    })
  })

  it('waits with traffic until blue has a task that can take it', () => {
    const { world, blue, green } = updated()
    world.settle()
    world.now += 15 * MINUTE_MS
    world.look()
    world.counts.set(blue, tasks(0, { stopping: 1 }))
    world.amend({ status: 'ROLLBACK_REQUESTED' })
    world.look()
    expect(world.serviceDeployment).not.toHaveProperty('productionTrafficPercent')
    world.counts.set(blue, tasks(1))
    world.look()
    expect(world.serviceDeployment).toMatchObject({ productionTrafficPercent: 0 })
    expect(world.primary.deploymentId).toBe(blue)
    expect(world.deployments.some(({ deploymentId }) => deploymentId === green)).toBe(true)
  })
})

describe('a blue/green deployment that replaces one under way', () => {
  it('first gives traffic back to blue and takes away what was cut short', () => {
    const { world, blue, green } = updated()
    world.settle()
    const next = world.deploy()
    const step = world.look()
    expect(world.stage).toBe('RECONCILE_SERVICE')
    expect(world.serviceDeployment).toMatchObject({ productionTrafficPercent: 0, testTrafficPercent: 0 })
    expect(step.groups.map(({ holderId, desiredCount }) => [holderId, desiredCount])).toEqual([
      [blue, 2],
      [green, 0],
      [next, 0],
    ])
    world.settle()
    expect(world.stage).toBe('BAKE_TIME')
    expect(world.deployments.map(({ deploymentId }) => deploymentId)).toEqual([blue, next])
  })

  it('keeps what there is as blue, without starting more of it, if nothing ever completed', () => {
    const world = new RolloutWorld({ ...blueGreen })
    const first = world.primary.deploymentId
    world.look()
    world.counts.set(first, tasks(1))
    const second = world.deploy()
    expect(world.look().groups).toEqual([
      { holderId: first, desiredCount: 1, replacedIds: [], mayStart: false },
      { holderId: second, desiredCount: 2, replacedIds: [], mayStart: true },
    ])
    world.settle()
    world.now += 15 * MINUTE_MS
    world.settle()
    expect(world.deployments.map(({ deploymentId }) => deploymentId)).toEqual([second])
  })
})

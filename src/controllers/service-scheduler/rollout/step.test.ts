import { describe, expect, it } from 'vitest'
import { RolloutWorld, tasks } from '../../../../test/builders/a-rollout.ts'
import { stepRollout } from './step.ts'

describe('stepRollout', () => {
  it('takes all tasks of a service that is being deleted, and touches nothing else', () => {
    const world = new RolloutWorld()
    const first = world.primary.deploymentId
    world.settle()
    const second = world.deploy()
    world.counts.set(second, tasks(1))
    world.service = { ...world.service, status: 'DRAINING' }
    expect(stepRollout(world.state)).toEqual({
      groups: [first, second].map((holderId) => ({ holderId, desiredCount: 0, replacedIds: [], mayStart: false })),
      deployments: [],
      removedDeploymentIds: [],
      isSteady: false,
      events: [],
    })
  })

  it('leaves services alone that are deployed by somebody else, or are gone', () => {
    const world = new RolloutWorld()
    const { service } = world
    for (const other of [
      { ...service, deploymentController: 'EXTERNAL' as const },
      { ...service, status: 'INACTIVE' as const },
    ])
      expect(stepRollout({ ...world.state, service: other })).toMatchObject({ groups: [], deployments: [], events: [] })
  })

  it('says the same of the same state', () => {
    const { state } = new RolloutWorld({ strategy: 'BLUE_GREEN', bakeTimeInMinutes: 1 })
    expect(stepRollout(state)).toEqual(stepRollout(state))
  })

  it('is not steady while a task starts, stops, or is not healthy', () => {
    const world = new RolloutWorld()
    world.settle()
    for (const counts of [
      tasks(2, { starting: 1 }),
      tasks(2, { stopping: 1 }),
      tasks(2, { healthy: 1 }),
      tasks(1),
      tasks(3),
    ]) {
      world.counts.set(world.primary.deploymentId, counts)
      expect(world.look().isSteady).toBe(false)
    }
  })
})

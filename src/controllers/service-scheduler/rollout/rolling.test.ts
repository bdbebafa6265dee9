import { describe, expect, it } from 'vitest'
import { MINUTE_MS, RolloutWorld, tasks } from '../../../../test/builders/a-rollout.ts'

/** A service whose first deployment is complete and whose second has just begun. */
const updated = (...given: ConstructorParameters<typeof RolloutWorld>) => {
  const world = new RolloutWorld(...given)
  const first = world.primary.deploymentId
  world.settle()
  const second = world.deploy()
  return { world, first, second }
}

describe('a rolling deployment', () => {
  it('begins with the first look', () => {
    const world = new RolloutWorld()
    const step = world.look()
    expect(step.serviceDeployment).toMatchObject({ status: 'IN_PROGRESS', startedAt: world.now })
    expect(world.eventNames).toEqual(['SERVICE_DEPLOYMENT_IN_PROGRESS'])
    expect(step.isSteady).toBe(false)
  })

  it('has one group in which its tasks replace all others', () => {
    const { world, first, second } = updated()
    expect(world.look().groups).toEqual([{ holderId: second, desiredCount: 2, replacedIds: [first], mayStart: true }])
  })

  it('completes once all of its tasks are healthy and no other task is left', () => {
    const { world, first, second } = updated()
    world.counts.set(second, tasks(2))
    world.counts.set(first, tasks(0, { stopping: 1 }))
    expect(world.look().serviceDeployment).toMatchObject({ status: 'IN_PROGRESS' })
    world.counts.set(first, tasks(0))
    world.now += 1000
    const step = world.look()
    expect(step.deployments).toMatchObject([
      { deploymentId: second, rolloutState: 'COMPLETED', rolloutStateReason: `ECS deployment ${second} completed.` },
    ])
    expect(step.serviceDeployment).toMatchObject({ status: 'SUCCESSFUL', finishedAt: world.now })
    expect(step.removedDeploymentIds).toEqual([first])
    expect(step.isSteady).toBe(true)
    expect(step.events.map(({ message }) => message)).toEqual([
      `(service web) (deployment ${second}) deployment completed.`,
    ])
    expect(step.events[0]?.action).toMatchObject({
      detailType: 'ECS Deployment State Change',
      eventName: 'SERVICE_DEPLOYMENT_COMPLETED',
      deploymentId: second,
    })
  })

  it('waits for tasks that run and are not healthy', () => {
    const world = new RolloutWorld()
    world.counts.set(world.primary.deploymentId, tasks(2, { healthy: 1 }))
    expect(world.look().serviceDeployment).toMatchObject({ status: 'IN_PROGRESS' })
    expect(world.look()).toMatchObject({ deployments: [], events: [] })
  })

  it('does nothing when nothing has changed', () => {
    const { world } = updated()
    world.settle()
    const step = world.look()
    expect(step).toMatchObject({ deployments: [], removedDeploymentIds: [], events: [], isSteady: true })
    expect(step).not.toHaveProperty('serviceDeployment')
    expect(step).not.toHaveProperty('againAt')
  })

  it('replaces any number of deployments that were begun before it', () => {
    const { world, first, second } = updated()
    world.counts.set(second, tasks(1))
    const third = world.deploy()
    expect(world.look().groups).toEqual([
      { holderId: third, desiredCount: 2, replacedIds: [first, second], mayStart: true },
    ])
    world.settle()
    expect(world.deployments.map(({ deploymentId }) => deploymentId)).toEqual([third])
    expect(world.history.map(({ status }) => status)).toEqual(['SUCCESSFUL', 'STOPPED', 'SUCCESSFUL'])
  })

  it('stays complete while the service is scaled, and is not steady meanwhile', () => {
    const world = new RolloutWorld()
    world.settle()
    world.service = { ...world.service, desiredCount: 5 }
    const step = world.look()
    expect(step).toMatchObject({ deployments: [], isSteady: false, groups: [{ desiredCount: 5 }] })
    world.settle()
    expect(world.look().isSteady).toBe(true)
    expect(world.history).toHaveLength(1)
  })

  it('completes at once where no task is wanted', () => {
    const world = new RolloutWorld({}, 0)
    expect(world.look()).toMatchObject({ isSteady: true, serviceDeployment: { status: 'SUCCESSFUL' } })
  })

  it('is watched for its bake time before it completes', () => {
    const world = new RolloutWorld({ bakeTimeInMinutes: 10 })
    const step = world.settle()
    expect(step.againAt).toBe(world.now + 10 * MINUTE_MS)
    expect(world.serviceDeployment).toMatchObject({ status: 'IN_PROGRESS', bakingSince: world.now })
    world.now += 10 * MINUTE_MS
    expect(world.look().serviceDeployment).toMatchObject({ status: 'SUCCESSFUL' })
  })

  it('does not complete after its bake time while a task is missing', () => {
    const world = new RolloutWorld({ bakeTimeInMinutes: 10 })
    world.settle()
    world.counts.set(world.primary.deploymentId, tasks(1, { starting: 1 }))
    world.now += 10 * MINUTE_MS
    world.look()
    expect(world.serviceDeployment).toMatchObject({ status: 'IN_PROGRESS' })
  })
})

describe('early success', () => {
  const criteria = { enable: true, healthyPercent: 60 }

  it('comes with the percentage that was asked for, while old tasks are still there, where their removal is deferred', () => {
    const { world, first, second } = updated(
      { earlySuccessCriteria: { ...criteria, sourceServiceRevisionCleanup: 'DEFERRED' } },
      4,
    )
    world.counts.set(second, tasks(2))
    expect(world.look().serviceDeployment).toMatchObject({ status: 'IN_PROGRESS' })
    world.counts.set(second, tasks(3))
    const step = world.look()
    expect(step).toMatchObject({ serviceDeployment: { status: 'SUCCESSFUL' }, isSteady: false })
    expect(step.groups).toEqual([{ holderId: second, desiredCount: 4, replacedIds: [first], mayStart: true }])
    expect(world.settle().isSteady).toBe(true)
  })

  it('waits for the old tasks to be gone where their removal is blocking', () => {
    const { world, first, second } = updated(
      { earlySuccessCriteria: { ...criteria, sourceServiceRevisionCleanup: 'BLOCKING' } },
      4,
    )
    world.counts.set(second, tasks(3))
    expect(world.look().serviceDeployment).toMatchObject({ status: 'IN_PROGRESS' })
    world.counts.set(first, tasks(0))
    expect(world.look().serviceDeployment).toMatchObject({ status: 'SUCCESSFUL' })
  })
})

import { describe, expect, it } from 'vitest'
import { RolloutWorld, tasks } from '../../../../test/builders/a-rollout.ts'

const breaker = (rollback: boolean) => ({ deploymentCircuitBreaker: { enable: true, rollback } })

/** One task of the old deployment is left, one of the new one runs, and the new one has failed too often. */
const tripped = (rollback: boolean) => {
  const world = new RolloutWorld(breaker(rollback))
  const first = world.primary.deploymentId
  const firstRevision = world.primary.serviceRevisionArn
  world.settle()
  const second = world.deploy()
  world.counts.set(first, tasks(1))
  world.counts.set(second, tasks(1, { starting: 1 }))
  world.look()
  world.fail(3)
  const step = world.look()
  return { world, first, firstRevision, second, step }
}

describe('a deployment that is rolled back', () => {
  it('gives way to the deployment that completed last', () => {
    const { world, first, firstRevision, second, step } = tripped(true)
    expect(world.deployments).toMatchObject([
      {
        deploymentId: first,
        status: 'PRIMARY',
        rolloutState: 'IN_PROGRESS',
        rolloutStateReason: `ECS deployment circuit breaker: rolling back to deploymentId ${first}.`,
        failedTasks: 0,
      },
      { deploymentId: second, status: 'ACTIVE', rolloutState: 'FAILED' },
    ])
    const reason = 'Service deployment rolled back because the circuit breaker threshold was exceeded.'
    expect(world.serviceDeployment).toMatchObject({
      status: 'ROLLBACK_IN_PROGRESS',
      statusReason: reason,
      rollback: { reason, startedAt: world.now, serviceRevisionArn: firstRevision },
    })
    expect(step.groups).toEqual([{ holderId: first, desiredCount: 2, replacedIds: [second], mayStart: true }])
    expect(step.events.map(({ message }) => message)).toEqual([
      `(service web) (deployment ${second}) deployment failed: tasks failed to start.`,
      `(service web) rolling back to deployment ${first}.`,
    ])
    expect(step.events.map(({ action }) => action?.eventName)).toEqual([
      'SERVICE_DEPLOYMENT_FAILED',
      'SERVICE_DEPLOYMENT_IN_PROGRESS',
    ])
  })

  it('has been rolled back once the old one is whole again', () => {
    const { world, first } = tripped(true)
    const step = world.settle()
    expect(world.serviceDeployment).toMatchObject({ status: 'ROLLBACK_SUCCESSFUL', finishedAt: world.now })
    expect(world.deployments).toMatchObject([{ deploymentId: first, status: 'PRIMARY', rolloutState: 'COMPLETED' }])
    expect(step.isSteady).toBe(true)
  })

  it('brings back a deployment that was gone', () => {
    const world = new RolloutWorld(breaker(true))
    const first = world.primary.deploymentId
    world.settle()
    world.deploy()
    world.counts.set(first, tasks(0))
    world.look()
    expect(world.deployments).toHaveLength(1)
    world.fail(3)
    const step = world.look()
    expect(step.begun).toMatchObject({ deploymentId: first, status: 'PRIMARY', rolloutState: 'IN_PROGRESS' })
    world.settle()
    expect(world.serviceDeployment).toMatchObject({ status: 'ROLLBACK_SUCCESSFUL' })
  })

  it('is not rolled back a second time when the roll-back fails', () => {
    const { world, first } = tripped(true)
    world.fail(3)
    world.look()
    expect(world.primary).toMatchObject({ deploymentId: first, rolloutState: 'FAILED' })
    expect(world.serviceDeployment).toMatchObject({ status: 'ROLLBACK_FAILED', finishedAt: world.now })
    expect(world.look()).toMatchObject({ deployments: [], events: [] })
    expect(world.look().groups.every(({ mayStart }) => !mayStart)).toBe(true)
  })

  it('starts nothing any more where nothing ever completed', () => {
    const world = new RolloutWorld(breaker(true))
    const { deploymentId } = world.primary
    world.look()
    world.fail(3)
    const step = world.look()
    expect(step.groups).toEqual([{ holderId: deploymentId, desiredCount: 2, replacedIds: [], mayStart: false }])
    expect(world.serviceDeployment).toMatchObject({
      status: 'ROLLBACK_FAILED',
      statusReason: 'No rollback candidate was found to run the rollback.',
    })
    expect(world.events.at(-1)).toContain('No rollback candidate was found to run the rollback.')
  })

  it('can be replaced by a newer one meanwhile', () => {
    const { world } = tripped(true)
    const third = world.deploy()
    world.settle()
    expect(world.deployments).toMatchObject([{ deploymentId: third, rolloutState: 'COMPLETED' }])
    expect(world.history.map(({ status }) => status)).toEqual(['SUCCESSFUL', 'STOPPED', 'SUCCESSFUL'])
  })
})

describe('a deployment that fails without a roll-back', () => {
  it('keeps what runs and starts nothing', () => {
    const { world, first, second, step } = tripped(false)
    expect(step.groups).toEqual([{ holderId: second, desiredCount: 2, replacedIds: [first], mayStart: false }])
    expect(world.serviceDeployment).toMatchObject({
      status: 'STOPPED',
      statusReason: 'Service deployment failed because the circuit breaker threshold was exceeded.',
      stoppedAt: world.now,
    })
    expect(step.isSteady).toBe(false)
  })

  it('lets the service be scaled in', () => {
    const { world } = tripped(false)
    world.service = { ...world.service, desiredCount: 0 }
    expect(world.look().groups.map(({ desiredCount }) => desiredCount)).toEqual([0])
  })

  it('starts anew with the next update', () => {
    const { world } = tripped(false)
    world.deploy()
    world.settle()
    expect(world.serviceDeployment).toMatchObject({ status: 'SUCCESSFUL' })
  })
})

describe('StopServiceDeployment', () => {
  it('rolls back, whatever the monitors were told to do', () => {
    const world = new RolloutWorld()
    const first = world.primary.deploymentId
    world.settle()
    world.counts.set(world.deploy(), tasks(1))
    world.amend({ status: 'ROLLBACK_REQUESTED' })
    world.look()
    expect(world.serviceDeployment).toMatchObject({
      status: 'ROLLBACK_IN_PROGRESS',
      statusReason: 'Service deployment rolled back because StopServiceDeployment asked for it.',
    })
    expect(world.primary.deploymentId).toBe(first)
  })

  it('has rolled back at once what has not begun', () => {
    const world = new RolloutWorld()
    world.settle()
    world.deploy()
    world.amend({ status: 'ROLLBACK_REQUESTED' })
    expect(world.look()).toMatchObject({ serviceDeployment: { status: 'ROLLBACK_SUCCESSFUL' }, isSteady: true })
  })

  it('stops a deployment where it stands', () => {
    const world = new RolloutWorld()
    const first = world.primary.deploymentId
    world.settle()
    const second = world.deploy()
    world.counts.set(second, tasks(1))
    world.amend({ status: 'STOP_REQUESTED' })
    const step = world.look()
    expect(world.serviceDeployment).toMatchObject({ status: 'STOPPED', stoppedAt: world.now })
    expect(step.groups).toMatchObject([{ holderId: second, replacedIds: [first], desiredCount: 2, mayStart: false }])
  })
})

import type { DeploymentLifecycleHook } from '@aws-sdk/client-ecs'
import { describe, expect, it } from 'vitest'
import { MINUTE_MS, RolloutWorld } from '../../../../test/builders/a-rollout.ts'

const pause = (
  stage: NonNullable<DeploymentLifecycleHook['lifecycleStages']>[number],
  timeoutConfiguration?: DeploymentLifecycleHook['timeoutConfiguration'],
): DeploymentLifecycleHook => ({
  targetType: 'PAUSE',
  lifecycleStages: [stage],
  ...(timeoutConfiguration && { timeoutConfiguration }),
})

const paused = (...lifecycleHooks: DeploymentLifecycleHook[]) => {
  const world = new RolloutWorld({ strategy: 'BLUE_GREEN', bakeTimeInMinutes: 0 })
  world.settle()
  world.deploy({ lifecycleHooks })
  const step = world.settle()
  return { world, step }
}

describe('a PAUSE hook', () => {
  it('keeps the deployment at its stage until it is answered', () => {
    const { world, step } = paused(pause('POST_SCALE_UP', { timeoutInMinutes: 10, action: 'CONTINUE' }))
    expect(world.stage).toBe('POST_SCALE_UP')
    expect(world.serviceDeployment?.lifecycleHooks).toEqual([
      {
        hookId: expect.stringMatching(/^ecs-pause-[\w-]{43}$/) as string,
        stage: 'POST_SCALE_UP',
        targetType: 'PAUSE',
        status: 'AWAITING_ACTION',
        expiresAt: world.now + 10 * MINUTE_MS,
        timeoutAction: 'CONTINUE',
      },
    ])
    expect(step.againAt).toBe(world.now + 10 * MINUTE_MS)
    world.answerHooks('SUCCEEDED')
    world.settle()
    expect(world.serviceDeployment).toMatchObject({ status: 'SUCCESSFUL' })
  })

  it('waits for a day and then rolls back, unless it was told otherwise', () => {
    const { world } = paused(pause('PRE_SCALE_UP'))
    expect(world.stage).toBe('PRE_SCALE_UP')
    world.now += 1440 * MINUTE_MS
    world.settle()
    expect(world.serviceDeployment).toMatchObject({
      status: 'ROLLBACK_SUCCESSFUL',
      statusReason: 'Service deployment rolled back because PRE_SCALE_UP lifecycle hook(s) failed.',
      lifecycleHooks: [{ status: 'TIMED_OUT' }],
    })
  })

  it('lets the deployment go on once its time has run out, where that was asked for', () => {
    const { world } = paused(pause('POST_TEST_TRAFFIC_SHIFT', { timeoutInMinutes: 1, action: 'CONTINUE' }))
    world.now += MINUTE_MS
    world.settle()
    expect(world.serviceDeployment).toMatchObject({ status: 'SUCCESSFUL', lifecycleHooks: [{ status: 'TIMED_OUT' }] })
  })

  it('rolls back where that is the answer', () => {
    const { world } = paused(pause('POST_PRODUCTION_TRAFFIC_SHIFT'))
    world.answerHooks('FAILED')
    world.settle()
    expect(world.serviceDeployment).toMatchObject({ status: 'ROLLBACK_SUCCESSFUL' })
    expect(world.shifts.at(-1)).toMatchObject({ percent: 0 })
  })

  it('starts nothing of the new revision before it was scaled up', () => {
    const { world, step } = paused(pause('PRE_SCALE_UP'))
    expect(step.groups.find(({ holderId }) => holderId === world.primary.deploymentId)).toMatchObject({
      desiredCount: 0,
    })
  })

  it('is one of several at a stage, all of which have to be answered', () => {
    const { world } = paused(pause('POST_SCALE_UP'), pause('POST_SCALE_UP'))
    const ids = world.serviceDeployment?.lifecycleHooks?.map(({ hookId }) => hookId) ?? []
    expect(new Set(ids).size).toBe(2)
    world.amend({
      lifecycleHooks:
        world.serviceDeployment?.lifecycleHooks?.map((hook, index) =>
          index === 0 ? { ...hook, status: 'SUCCEEDED' as const } : hook,
        ) ?? [],
    })
    world.settle()
    expect(world.stage).toBe('POST_SCALE_UP')
  })

  it('holds up the very first deployment, too', () => {
    const world = new RolloutWorld({ strategy: 'BLUE_GREEN', lifecycleHooks: [pause('PRE_SCALE_UP')] })
    world.settle()
    expect(world.stage).toBe('PRE_SCALE_UP')
    world.answerHooks('FAILED')
    world.settle()
    expect(world.serviceDeployment).toMatchObject({ status: 'ROLLBACK_FAILED' })
  })
})

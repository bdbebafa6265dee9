import { describe, expect, it } from 'vitest'
import { RolloutWorld, tasks } from '../../../../test/builders/a-rollout.ts'
import { describeRollout } from './describe.ts'
import { stepRollout } from './step.ts'

const words = ({ state }: RolloutWorld): readonly string[] => describeRollout(stepRollout(state), state)

describe('describeRollout', () => {
  it('says how far a rolling deployment has come, and how near its circuit breaker is', () => {
    const world = new RolloutWorld({ deploymentCircuitBreaker: { enable: true, rollback: true } })
    world.settle()
    const second = world.deploy()
    world.counts.set(second, tasks(1))
    world.look()
    world.fail(2)
    expect(words(world)).toEqual([
      `ECS deployment ${second} in progress.`,
      '1 of 2 wanted tasks run and are healthy.',
      '2 tasks of older deployments are left.',
      '2 tasks failed to start; at 3 the circuit breaker trips.',
    ])
  })

  it('says at which stage a deployment is, and whom it waits for', () => {
    const world = new RolloutWorld({
      strategy: 'BLUE_GREEN',
      lifecycleHooks: [{ targetType: 'PAUSE', lifecycleStages: ['POST_SCALE_UP'] }],
    })
    world.settle()
    expect(words(world)).toEqual([
      `ECS deployment ${world.primary.deploymentId} in progress. It is at the stage POST_SCALE_UP.`,
      '2 of 2 wanted tasks run and are healthy.',
      'Paused at POST_SCALE_UP until ContinueServiceDeployment is called for the hook ' +
        `${world.serviceDeployment?.lifecycleHooks?.[0]?.hookId}; at 2026-01-02T00:00:00Z it is taken for ROLLBACK.`,
    ])
  })

  it('says how much traffic a canary has, and until when it is watched', () => {
    const world = new RolloutWorld({ strategy: 'CANARY' })
    world.settle()
    world.deploy()
    world.settle()
    expect(words(world).slice(-2)).toEqual([
      'It has 5 percent of the production traffic.',
      'It is watched until 2026-01-01T00:10:00Z before it goes on.',
    ])
  })

  it('says why a deployment was given up', () => {
    const world = new RolloutWorld({ deploymentCircuitBreaker: { enable: true, rollback: false } })
    world.look()
    world.fail(3)
    expect(words(world)).toEqual([
      'ECS deployment circuit breaker: tasks failed to start.',
      '0 of 2 wanted tasks run and are healthy.',
      'Service deployment STOPPED: Service deployment failed because the circuit breaker threshold was exceeded.',
    ])
  })
})

import { describe, expect, it } from 'vitest'
import { MINUTE_MS, RolloutWorld, tasks } from '../../../../test/builders/a-rollout.ts'

const breaker = { deploymentCircuitBreaker: { enable: true, rollback: true } }
const alarms = { alarms: { enable: true, rollback: true, alarmNames: ['errors', 'latency'] } }

describe('the circuit breaker', () => {
  it('keeps its count and its threshold up', () => {
    const world = new RolloutWorld(breaker)
    world.fail(2)
    world.service = { ...world.service, desiredCount: 100 }
    world.look()
    expect(world.serviceDeployment?.circuitBreaker).toEqual({ status: 'MONITORING', failureCount: 2, threshold: 50 })
    expect(world.look()).toMatchObject({ deployments: [], events: [] })
  })

  it('trips at its threshold', () => {
    const world = new RolloutWorld(breaker)
    world.fail(3)
    world.look()
    expect(world.primary).toMatchObject({
      rolloutState: 'FAILED',
      rolloutStateReason: 'ECS deployment circuit breaker: tasks failed to start.',
    })
    expect(world.serviceDeployment?.circuitBreaker).toEqual({ status: 'TRIGGERED', failureCount: 3, threshold: 3 })
  })

  it('counts nothing that it was not asked to count', () => {
    const world = new RolloutWorld()
    world.fail(300)
    world.look()
    expect(world.serviceDeployment).toMatchObject({ status: 'IN_PROGRESS', circuitBreaker: { failureCount: 0 } })
  })

  it('has seen a deployment through that succeeds', () => {
    const world = new RolloutWorld(breaker)
    world.settle()
    expect(world.serviceDeployment).toMatchObject({ circuitBreaker: { status: 'MONITORING_COMPLETE' } })
    world.fail(3)
    expect(world.look()).toMatchObject({ deployments: [], events: [], groups: [{ mayStart: true }] })
  })
})

describe('alarms', () => {
  const updated = () => {
    const world = new RolloutWorld(alarms)
    world.settle()
    world.now += 5 * MINUTE_MS
    world.settle()
    const second = world.deploy()
    world.look()
    return { world, second }
  }

  it('are watched for five minutes after all tasks run', () => {
    const { world } = updated()
    expect(world.settle().againAt).toBe(world.now + 5 * MINUTE_MS)
    world.now += 5 * MINUTE_MS
    world.look()
    expect(world.serviceDeployment).toMatchObject({ status: 'SUCCESSFUL', alarms: { status: 'MONITORING_COMPLETE' } })
  })

  it('mean nothing before the first task runs', () => {
    const { world } = updated()
    world.ringing.add('errors')
    world.look()
    expect(world.serviceDeployment).toMatchObject({ status: 'IN_PROGRESS' })
  })

  it('roll the deployment back, even in its bake time', () => {
    const { world, second } = updated()
    world.settle()
    world.ringing.add('errors')
    world.look()
    expect(world.serviceDeployment).toMatchObject({
      status: 'ROLLBACK_IN_PROGRESS',
      alarms: { status: 'TRIGGERED', triggeredAlarmNames: ['errors'] },
      rollback: { reason: 'Service deployment rolled back because of alarms in the ALARM state: errors.' },
    })
    expect(world.events).toContain(`(service web) (deployment ${second}) deployment failed: alarm detected.`)
    world.settle()
    expect(world.serviceDeployment).toMatchObject({ status: 'ROLLBACK_SUCCESSFUL' })
  })

  it('are not looked at in a deployment that begins while one of them is in ALARM', () => {
    const { world } = updated()
    world.settle()
    world.ringing.add('latency')
    world.deploy()
    world.settle()
    expect(world.serviceDeployment).toMatchObject({ status: 'SUCCESSFUL', alarms: { status: 'DISABLED' } })
  })

  it('fail the deployment where no roll-back is wanted', () => {
    const world = new RolloutWorld({ alarms: { ...alarms.alarms, rollback: false } })
    world.look()
    world.counts.set(world.primary.deploymentId, tasks(1))
    world.ringing.add('errors')
    world.look()
    expect(world.serviceDeployment).toMatchObject({ status: 'STOPPED', alarms: { status: 'TRIGGERED' } })
  })
})

/** What balancers say of targets decides what is healthy, what is replaced, and what a deployment waits for. */
import { describe, expect, it } from 'vitest'
import type { TargetRoute } from '../../../src/model/load-balancing/routing.ts'
import { BLUE, IN_BLUE } from '../../balanced-services.ts'
import type { World } from '../../world.ts'
import { create, messages, MINUTE_MS, running, SECOND_MS, seen, wanted } from '../services/services.ts'
import { balancedService, inService, targets, withBalancer } from './services.ts'

const keys = (w: World): string[] => targets(w).map(({ targetId, port }) => `${targetId}:${port}`)

/** Answers at all targets but those that are there now. */
const allBut =
  (ill: readonly string[]) =>
  ({ key }: TargetRoute): boolean =>
    !ill.includes(key)

describe('a deployment behind a load balancer', () => {
  it('waits for the balancer to find its tasks healthy', async () => {
    const { w } = await withBalancer({ healthyAfterMs: 3 * MINUTE_MS })
    await create(w, { loadBalancers: [IN_BLUE], desiredCount: 2 })
    await w.advance(2 * MINUTE_MS)
    expect(await running(w)).toHaveLength(2)
    expect((await seen(w)).deployments).toMatchObject([{ rolloutState: 'IN_PROGRESS', runningCount: 2 }])
    await w.advance(2 * MINUTE_MS)
    expect((await seen(w)).deployments).toMatchObject([{ rolloutState: 'COMPLETED' }])
  })

  it('is under way while no balancer can serve the load balancer, whatever its checks find', async () => {
    const { w, balancer } = await withBalancer({ healthyAfterMs: 5000, problemOf: () => 'Port 80 is in use.' })
    await create(w, { loadBalancers: [IN_BLUE], desiredCount: 2 })
    await w.advance(10 * MINUTE_MS)
    expect(await running(w)).toHaveLength(2)
    expect((await seen(w)).deployments).toMatchObject([{ rolloutState: 'IN_PROGRESS', runningCount: 2 }])
    balancer.surroundings.problemOf = () => undefined
    await w.advance(20 * SECOND_MS)
    expect((await seen(w)).deployments).toMatchObject([{ rolloutState: 'COMPLETED' }])
  })

  it('stops no old task while the load balancer is not served any more', async () => {
    const { w, balancer } = await balancedService(await withBalancer({ healthyAfterMs: 5000 }), { desiredCount: 2 })
    await w.advance(MINUTE_MS)
    const old = keys(w)
    balancer.surroundings.problemOf = () => 'Port 80 is in use.'
    await w.call('UpdateService', { service: 'web', forceNewDeployment: true })
    await w.advance(5 * MINUTE_MS)
    expect(keys(w)).toEqual(expect.arrayContaining(old))
    balancer.surroundings.problemOf = () => undefined
    await w.advance(MINUTE_MS)
    expect((await seen(w)).deployments).toMatchObject([{ rolloutState: 'COMPLETED' }])
  })

  it('stops no old task while the new ones do not answer', async () => {
    const { w, balancer } = await balancedService(await withBalancer({ healthyAfterMs: 10_000 }), { desiredCount: 3 })
    await w.advance(MINUTE_MS)
    const old = keys(w)
    balancer.surroundings.answers = ({ key }) => old.includes(key)
    await w.call('UpdateService', { service: 'web', forceNewDeployment: true })
    for (let minute = 0; minute < 5; minute++) {
      await w.advance(MINUTE_MS)
      expect(await wanted(w)).toHaveLength(6)
      expect(inService(w).map(({ targetId, port }) => `${targetId}:${port}`)).toEqual(old)
    }
  })

  it('is rolled back by its circuit breaker when its tasks keep failing the balancer', async () => {
    const { w, balancer } = await balancedService(await withBalancer({ healthyAfterMs: 5000 }), {
      desiredCount: 2,
      deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
    })
    const old = keys(w)
    balancer.surroundings.answers = ({ key }) => old.includes(key)
    await w.call('UpdateService', { service: 'web', forceNewDeployment: true })
    await w.advance(10 * MINUTE_MS)
    expect((await messages(w)).join('\n')).toContain('rolling back to deployment')
    expect(keys(w)).toEqual(old)
    expect((await seen(w)).deployments).toMatchObject([{ rolloutState: 'COMPLETED', runningCount: 2 }])
  })
})

describe('a task that does not answer its balancer', () => {
  it('is replaced, after another is in service in its place', async () => {
    const { w, balancer } = await balancedService(await withBalancer({ healthyAfterMs: 5000 }), { desiredCount: 2 })
    await w.advance(MINUTE_MS)
    const [ill] = keys(w)
    const [task] = targets(w)
    balancer.surroundings.answers = allBut([ill!])
    await w.advance(3000)
    expect(await wanted(w)).toHaveLength(3)
    expect(inService(w)).toHaveLength(1)
    await w.advance(MINUTE_MS)
    expect(inService(w)).toHaveLength(2)
    const stopped = (await w.tasks()).find(({ taskArn }) => taskArn?.endsWith(task!.taskId!))
    expect(stopped).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'ServiceSchedulerInitiated',
      stoppedReason: `Task failed ELB health checks in (target-group ${BLUE.targetGroupArn})`,
    })
    expect(await messages(w)).toContain(
      `(service web) (instance ${task!.targetId}) (port ${task!.port}) is unhealthy in (target-group ${BLUE.targetGroupArn}) ` +
        'due to (reason Health checks failed)',
    )
  })

  it('may fail for the grace period of its service', async () => {
    const { w } = await balancedService(await withBalancer({ healthyAfterMs: 5000, answers: () => false }), {
      desiredCount: 1,
      healthCheckGracePeriodSeconds: 120,
    })
    await w.advance(80 * SECOND_MS)
    expect((await w.tasks()).length).toBe(1)
    await w.advance(40 * SECOND_MS)
    expect((await w.tasks()).length).toBeGreaterThan(1)
  })

  it('goes on serving when no other does: balancers fail open', async () => {
    const { w, balancer } = await balancedService(await withBalancer({ healthyAfterMs: 5000 }), { desiredCount: 3 })
    await w.advance(MINUTE_MS)
    const old = keys(w)
    balancer.surroundings.answers = () => false
    await w.call('UpdateService', { service: 'web', forceNewDeployment: true })
    await w.advance(3 * SECOND_MS)
    expect(keys(w).filter((key) => old.includes(key))).toHaveLength(3)
    balancer.surroundings.answers = () => true
    await w.advance(MINUTE_MS)
    expect(inService(w)).toHaveLength(3)
    expect((await seen(w)).deployments).toHaveLength(1)
  })
})

describe('a task of which no balancer says anything', () => {
  it('is neither healthy nor unhealthy, and stays', async () => {
    const { w, balancer } = await balancedService(await withBalancer(), { desiredCount: 3 })
    const before = keys(w)
    const said = await messages(w)
    balancer.kill()
    w.killControlPlane()
    await w.startControlPlane()
    await w.advance(5 * MINUTE_MS)
    expect(keys(w)).toEqual(before)
    expect(inService(w)).toEqual([])
    balancer.restart()
    await w.advance(MINUTE_MS)
    expect(inService(w)).toHaveLength(3)
    // It stood still all the time.
    expect(await messages(w)).toEqual(said)
  })
})

describe('a target group that is gone', () => {
  it('is said where a task should be registered in it', async () => {
    const { w } = await balancedService(await withBalancer(), { desiredCount: 1 })
    await w.store.transact((tx) => tx.targetGroups.remove(BLUE.targetGroupArn))
    await w.call('UpdateService', { service: 'web', desiredCount: 2 })
    await w.advance(MINUTE_MS)
    expect((await messages(w)).filter((message) => message.includes('failed to register targets'))).toHaveLength(1)
  })
})

/** Deployments that shift traffic between two target groups: the rules say who has it, and it is never with nobody. */
import type { DeploymentConfiguration } from '@aws-sdk/client-ecs'
import { describe, expect, it } from 'vitest'
import { BALANCER_LOSS_GRACE_MS } from '../../../src/model/load-balancing/balancer-limits.ts'
import { forwardWeight } from '../../../src/model/load-balancing/forwarding.ts'
import type { RuleRecord } from '../../../src/model/load-balancing/records.ts'
import type { RoutingTable } from '../../../src/model/load-balancing/routing.ts'
import { BLUE, GREEN, IN_BLUE, PRODUCTION_RULE, SHIFTING, TEST_RULE } from '../../balanced-services.ts'
import type { World } from '../../world.ts'
import { messages, MINUTE_MS, running, SECOND_MS, seen } from '../services/services.ts'
import { type Balanced, balancedService, inService, withBalancer } from './services.ts'

const loadBalancers = [{ ...IN_BLUE, advancedConfiguration: SHIFTING }]

const weights = (w: World, ruleArn = PRODUCTION_RULE.ruleArn): string => {
  const { actions } = w.store.tables.rules.get(ruleArn)!
  return `${forwardWeight(actions, BLUE.targetGroupArn)}:${forwardWeight(actions, GREEN.targetGroupArn)}`
}

/** A service of two tasks that has come to rest in BLUE, with all of the traffic. */
const shifting = async (deploymentConfiguration: DeploymentConfiguration): Promise<Balanced> => {
  const balanced = await balancedService(await withBalancer({ healthyAfterMs: 5000, drainsAfterMs: 5000 }), {
    desiredCount: 2,
    loadBalancers,
    deploymentConfiguration,
  })
  await balanced.w.advance(5 * MINUTE_MS)
  expect((await seen(balanced.w)).deployments).toMatchObject([{ rolloutState: 'COMPLETED' }])
  expect(weights(balanced.w)).toBe('100:0')
  return balanced
}

const update = (w: World, given = {}) => w.call('UpdateService', { service: 'web', forceNewDeployment: true, ...given })

/** Lets time go by, at every second of which requests find somebody: every group that gets any has a target in service. */
const watch = async (w: World, ms: number, look: () => void = () => {}): Promise<void> => {
  for (let second = 0; second < ms / SECOND_MS; second++) {
    await w.advance(SECOND_MS)
    const [blue, green] = weights(w).split(':').map(Number) as [number, number]
    if (blue > 0) expect(inService(w, BLUE.targetGroupArn)).not.toEqual([])
    if (green > 0) expect(inService(w, GREEN.targetGroupArn)).not.toEqual([])
    look()
  }
}

describe('a blue/green deployment', () => {
  const BLUE_GREEN = { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 2 } as const

  it('gives the other target group all traffic at once, and takes blue away after its bake time', async () => {
    const { w } = await shifting(BLUE_GREEN)
    await update(w)
    const stages = new Set<string>()
    await watch(w, 90 * SECOND_MS, () => stages.add(`${weights(w)} ${inService(w, BLUE.targetGroupArn).length}`))
    expect([...stages]).toEqual(['100:0 2', '0:100 2'])
    expect(weights(w, TEST_RULE.ruleArn)).toBe('0:100')
    await watch(w, 3 * MINUTE_MS)
    expect(inService(w, BLUE.targetGroupArn)).toEqual([])
    expect(inService(w, GREEN.targetGroupArn)).toHaveLength(2)
    expect((await seen(w)).deployments).toMatchObject([{ rolloutState: 'COMPLETED' }])
  })

  it('goes to and fro between the groups, deployment by deployment', async () => {
    const { w } = await shifting(BLUE_GREEN)
    await update(w)
    await watch(w, 4 * MINUTE_MS)
    expect(weights(w)).toBe('0:100')
    await update(w)
    await watch(w, 4 * MINUTE_MS)
    expect(weights(w)).toBe('100:0')
    expect(await running(w)).toHaveLength(2)
  })

  it('is rolled back at once: blue is still there', async () => {
    const { w } = await shifting(BLUE_GREEN)
    const { service } = await update(w)
    await watch(w, MINUTE_MS)
    expect(weights(w)).toBe('0:100')
    await w.call('StopServiceDeployment', {
      serviceDeploymentArn: service!.currentServiceDeployment,
      stopType: 'ROLLBACK',
    })
    expect(weights(w)).toBe('100:0')
    expect(weights(w, TEST_RULE.ruleArn)).toBe('100:0')
    await watch(w, 2 * MINUTE_MS)
    expect(inService(w, GREEN.targetGroupArn)).toEqual([])
    expect((await messages(w)).join('\n')).toContain('rolling back to deployment')
  })

  it('shows the test listener green before anybody else, and waits there for a hook', async () => {
    const lifecycleHooks = [{ targetType: 'PAUSE' as const, lifecycleStages: ['POST_TEST_TRAFFIC_SHIFT' as const] }]
    const { w } = await shifting(BLUE_GREEN)
    await update(w, { deploymentConfiguration: { ...BLUE_GREEN, lifecycleHooks } })
    await watch(w, 2 * MINUTE_MS)
    expect(weights(w, TEST_RULE.ruleArn)).toBe('0:100')
    expect(weights(w)).toBe('100:0')
  })

  it('shifts nothing while green does not answer', async () => {
    const { w, balancer } = await shifting(BLUE_GREEN)
    balancer.surroundings.answers = (_target, { targetGroupArn }) => targetGroupArn === BLUE.targetGroupArn
    await update(w)
    await watch(w, 5 * MINUTE_MS)
    expect(weights(w)).toBe('100:0')
    expect(inService(w, BLUE.targetGroupArn)).toHaveLength(2)
  })

  it('goes on where it was when the control plane is killed', async () => {
    const { w } = await shifting(BLUE_GREEN)
    await update(w)
    for (let kill = 0; kill < 12; kill++) {
      await w.advance(5 * SECOND_MS)
      w.killControlPlane()
      await w.startControlPlane()
      await w.advance(10 * SECOND_MS)
    }
    await watch(w, 4 * MINUTE_MS)
    expect(weights(w)).toBe('0:100')
    expect(inService(w, GREEN.targetGroupArn)).toHaveLength(2)
    expect((await seen(w)).deployments).toMatchObject([{ rolloutState: 'COMPLETED' }])
  })
})

describe('a shift that a balancer has yet to follow', () => {
  const BLUE_GREEN = { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 2 } as const

  const stageOf = async (w: World): Promise<string | undefined> => {
    const { serviceDeployments = [] } = await w.call('ListServiceDeployments', { service: 'web' })
    const arns = serviceDeployments.flatMap(({ serviceDeploymentArn = [] }) => serviceDeploymentArn)
    const { serviceDeployments: found = [] } = await w.call('DescribeServiceDeployments', {
      serviceDeploymentArns: arns.slice(0, 1),
    })
    return found[0]?.status === 'IN_PROGRESS' ? found[0].lifecycleStage : found[0]?.status
  }

  /** Whether a balancer's table gives GREEN nothing of what it is to have. */
  const sendsBlueAlone =
    (rule: RuleRecord) =>
    ({ loadBalancers }: RoutingTable): boolean =>
      [...loadBalancers.values()]
        .flatMap(({ listeners }) => listeners.flatMap(({ rules }) => rules))
        .every(({ ruleArn, actions }) => ruleArn !== rule.ruleArn || forwardWeight(actions, GREEN.targetGroupArn) === 0)

  it('waits for that balancer at each step, and bakes from then on', async () => {
    const { w } = await shifting(BLUE_GREEN)
    const { surroundings } = await w.addBalancer({ drainsAfterMs: 5000 })
    surroundings.applies = sendsBlueAlone(TEST_RULE)
    await update(w)
    await watch(w, 3 * MINUTE_MS)
    expect([await stageOf(w), weights(w, TEST_RULE.ruleArn), weights(w)]).toEqual([
      'TEST_TRAFFIC_SHIFT',
      '0:100',
      '100:0',
    ])
    surroundings.applies = sendsBlueAlone(PRODUCTION_RULE)
    await watch(w, 10 * MINUTE_MS)
    expect([await stageOf(w), weights(w)]).toEqual(['PRODUCTION_TRAFFIC_SHIFT', '0:100'])
    surroundings.applies = () => true
    await watch(w, 110 * SECOND_MS)
    expect(await stageOf(w)).toBe('BAKE_TIME')
    expect(inService(w, BLUE.targetGroupArn)).toHaveLength(2)
    await watch(w, MINUTE_MS)
    expect(await stageOf(w)).toBe('SUCCESSFUL')
    expect(inService(w, BLUE.targetGroupArn)).toEqual([])
  })

  it('does not wait for a balancer that has been away for a while', async () => {
    const { w } = await shifting(BLUE_GREEN)
    const other = await w.addBalancer()
    other.surroundings.applies = sendsBlueAlone(TEST_RULE)
    await update(w)
    await watch(w, MINUTE_MS)
    other.kill()
    await watch(w, BALANCER_LOSS_GRACE_MS - 2 * SECOND_MS)
    expect([await stageOf(w), weights(w)]).toEqual(['TEST_TRAFFIC_SHIFT', '100:0'])
    await watch(w, 10 * SECOND_MS)
    expect([await stageOf(w), weights(w)]).toEqual(['BAKE_TIME', '0:100'])
  })

  it('that goes back leaves the tasks there that the balancer still sends requests to', async () => {
    const { w } = await shifting(BLUE_GREEN)
    const { surroundings } = await w.addBalancer({ drainsAfterMs: 5000 })
    const { service } = await update(w)
    await watch(w, MINUTE_MS)
    expect(weights(w)).toBe('0:100')
    surroundings.applies = () => false
    await w.call('StopServiceDeployment', {
      serviceDeploymentArn: service!.currentServiceDeployment,
      stopType: 'ROLLBACK',
    })
    await watch(w, 3 * MINUTE_MS)
    expect([weights(w), weights(w, TEST_RULE.ruleArn)]).toEqual(['100:0', '100:0'])
    expect(await stageOf(w)).toBe('ROLLBACK_IN_PROGRESS')
    expect(inService(w, GREEN.targetGroupArn)).toHaveLength(2)
    surroundings.applies = () => true
    await watch(w, MINUTE_MS)
    expect(await stageOf(w)).toBe('ROLLBACK_SUCCESSFUL')
    expect(inService(w, GREEN.targetGroupArn)).toEqual([])
  })

  it('waits for those that were there before a start of the control plane', async () => {
    const { w, balancer } = await shifting(BLUE_GREEN)
    const other = await w.addBalancer()
    other.surroundings.applies = sendsBlueAlone(PRODUCTION_RULE)
    await update(w)
    await watch(w, MINUTE_MS)
    expect(weights(w)).toBe('0:100')
    w.killControlPlane()
    other.kill()
    await w.startControlPlane()
    await w.advance(BALANCER_LOSS_GRACE_MS - 2 * SECOND_MS)
    expect([balancer.isConnected, await stageOf(w)]).toEqual([true, 'PRODUCTION_TRAFFIC_SHIFT'])
    await w.advance(10 * SECOND_MS)
    expect(await stageOf(w)).toBe('BAKE_TIME')
  })
})

describe('shifts in steps', () => {
  it('are equal where they are linear', async () => {
    const linearConfiguration = { stepPercent: 33.3, stepBakeTimeInMinutes: 1 }
    const { w } = await shifting({ strategy: 'LINEAR', bakeTimeInMinutes: 0, linearConfiguration })
    await update(w)
    const seenWeights = new Set<string>()
    await watch(w, 5 * MINUTE_MS, () => seenWeights.add(weights(w)))
    expect([...seenWeights]).toEqual(['100:0', '667:333', '334:666', '1:999', '0:100'])
  })

  it('are a little and the rest where it is a canary', async () => {
    const canaryConfiguration = { canaryPercent: 10, canaryBakeTimeInMinutes: 1 }
    const { w } = await shifting({ strategy: 'CANARY', bakeTimeInMinutes: 0, canaryConfiguration })
    await update(w)
    const seenWeights = new Set<string>()
    await watch(w, 4 * MINUTE_MS, () => seenWeights.add(weights(w)))
    expect([...seenWeights]).toEqual(['100:0', '90:10', '0:100'])
  })
})

describe('a rolling update that cuts a shift short', () => {
  it('gathers all traffic where its tasks are', async () => {
    const canaryConfiguration = { canaryPercent: 50, canaryBakeTimeInMinutes: 10 }
    const { w } = await shifting({ strategy: 'CANARY', bakeTimeInMinutes: 0, canaryConfiguration })
    await update(w)
    await watch(w, MINUTE_MS)
    expect(weights(w)).toBe('50:50')
    await update(w, { deploymentConfiguration: { strategy: 'ROLLING' } })
    expect(weights(w)).toBe('100:0')
    await watch(w, 3 * MINUTE_MS, () => expect(inService(w, BLUE.targetGroupArn).length).toBeGreaterThanOrEqual(2))
    expect(weights(w)).toBe('100:0')
    expect(inService(w)).toHaveLength(2)
    expect((await seen(w)).deployments).toMatchObject([{ rolloutState: 'COMPLETED' }])
  })
})

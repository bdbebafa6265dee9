/** Load balancers, their targets and the balancers that serve them. */
import { describe, expect, it } from 'vitest'
import { BALANCER_LOSS_GRACE_MS } from '../../../src/model/load-balancing/balancer-limits.ts'
import { targetKey, targetRowKey, type TargetRecord } from '../../../src/model/load-balancing/records.ts'
import { aListener, aLoadBalancer, aRule, aTarget, aTargetGroup } from '../../builders/a-load-balancer.ts'
import { type World, world } from '../../world.ts'

const [loadBalancer, group] = [aLoadBalancer(), aTargetGroup()]

/** A control plane whose load balancer `web` has these targets. */
const balanced = async (...targets: readonly TargetRecord[]): Promise<World> => {
  const w = await world({ agents: 0 })
  await w.store.transact((tx) => {
    tx.loadBalancers.insert(loadBalancer)
    tx.listeners.insert(aListener())
    tx.rules.insert(aRule())
    tx.targetGroups.insert(group)
    for (const target of targets) tx.targets.insert(target)
  })
  return w
}

const stateOf = (w: World): string | undefined => w.store.tables.loadBalancers.get(loadBalancer.loadBalancerArn)?.state

const healthOf = (w: World, target: TargetRecord): string | undefined =>
  w.targetHealth.get(target.targetGroupArn, targetKey(target))?.state

const deregister = async (w: World, target: TargetRecord, inMs: number): Promise<void> => {
  const drainingUntil = w.clock.now() + inMs
  await w.store.transact((tx) => tx.targets.update(targetRowKey(target), { drainingUntil }))
  await w.rest()
}

const isThere = (w: World, target: TargetRecord): boolean => w.store.tables.targets.has(targetRowKey(target))

describe('a load balancer', () => {
  it('is provisioning until a balancer serves it', async () => {
    const w = await balanced(aTarget())
    await w.advance(1000)
    expect(stateOf(w)).toBe('provisioning')

    const balancer = await w.addBalancer()

    expect(stateOf(w)).toBe('active')
    expect(balancer.table.loadBalancers.get(loadBalancer.loadBalancerArn)).toMatchObject({
      zoneNames: ['us-east-1a', 'us-east-1b'],
      attributes: { 'idle_timeout.timeout_seconds': '60' },
      listeners: [{ port: 80, rules: [{ priority: 'default' }] }],
    })
  })

  it('that comes later is served at once', async () => {
    const w = await world({ agents: 0 })
    const balancer = await w.addBalancer()
    await w.store.transact((tx) => tx.loadBalancers.insert(loadBalancer))
    await w.rest()
    expect(stateOf(w)).toBe('active')
    await w.store.transact((tx) => tx.loadBalancers.remove(loadBalancer.loadBalancerArn))
    await w.rest()
    expect(balancer.table.loadBalancers.size).toBe(0)
  })

  it('has failed while no balancer can serve it, and says why', async () => {
    const w = await balanced()
    const balancer = await w.addBalancer({ problemOf: () => 'Port 80 is in use.' })
    expect(w.store.tables.loadBalancers.get(loadBalancer.loadBalancerArn)).toMatchObject({
      state: 'failed',
      stateReason: 'Port 80 is in use.',
    })
    balancer.surroundings.problemOf = () => undefined
    await w.advance(2000)
    expect(w.store.tables.loadBalancers.get(loadBalancer.loadBalancerArn)).not.toHaveProperty('stateReason')
    expect(stateOf(w)).toBe('active')
  })

  it('is active when one of two balancers serves it, until that has been away for a while', async () => {
    const w = await balanced()
    const other = await w.addBalancer({ problemOf: () => 'Port 80 is in use.' })
    const one = await w.addBalancer()
    expect(stateOf(w)).toBe('active')
    one.kill()
    other.surroundings.problemOf = () => 'Port 80 is in use, too.'
    await w.advance(BALANCER_LOSS_GRACE_MS - 1000)
    expect(stateOf(w)).toBe('active')
    await w.advance(2000)
    expect(stateOf(w)).toBe('failed')
  })
})

describe('what balancers are told', () => {
  it('is what changed, as soon as it is durable', async () => {
    const w = await balanced()
    const balancer = await w.addBalancer()
    const before = balancer.table
    await w.store.transact((tx) => tx.targets.insert(aTarget()))
    await w.rest()
    expect(balancer.table.targetGroups.get(group.targetGroupArn)?.targets).toEqual([
      {
        key: '10.0.0.1:8080',
        address: '10.0.0.1',
        port: 8080,
        isDraining: false,
        registeredAt: aTarget().registeredAt,
      },
    ])
    // Nothing else was said again.
    expect(balancer.table.loadBalancers).toBe(before.loadBalancers)
  })

  it('leaves target groups out that no load balancer uses', async () => {
    const w = await balanced()
    const balancer = await w.addBalancer()
    await w.store.transact((tx) => tx.targetGroups.update(group.targetGroupArn, { loadBalancerArns: [] }))
    await w.rest()
    expect(balancer.table.targetGroups.size).toBe(0)
  })

  it('follows instances to their addresses', async () => {
    const w = await balanced()
    const agent = await w.addAgent()
    const id = agent.containerInstanceId
    const targetId = `i-${id.slice(0, 17)}`
    const balancer = await w.addBalancer()
    await w.store.transact((tx) => {
      tx.targetGroups.update(group.targetGroupArn, { targetType: 'instance' })
      tx.targets.insert(aTarget({ targetId, port: 32_768 }))
    })
    const addresses = (): (string | undefined)[] =>
      balancer.table.targetGroups.get(group.targetGroupArn)!.targets.map(({ address }) => address)
    await w.store.transact((tx) => tx.containerInstances.update(id, { privateIpAddress: '10.1.2.3' }))
    await w.rest()
    expect(addresses()).toEqual(['10.1.2.3'])
    await w.store.transact((tx) => tx.containerInstances.update(id, { status: 'INACTIVE' }))
    await w.rest()
    expect(addresses()).toEqual([undefined])
  })

  it('is the whole table again after the control plane was away', async () => {
    const w = await balanced(aTarget())
    const balancer = await w.addBalancer()
    w.killControlPlane()
    await w.startControlPlane()
    await w.store.transact((tx) => tx.targets.remove(targetRowKey(aTarget())))
    await w.advance(30_000)
    expect(balancer.isConnected).toBe(true)
    expect(balancer.table.targetGroups.get(group.targetGroupArn)?.targets).toEqual([])
    expect(stateOf(w)).toBe('active')
  })
})

describe('health of targets', () => {
  it('is what the balancer found out, as it changes', async () => {
    const w = await balanced(aTarget())
    const balancer = await w.addBalancer({ healthyAfterMs: 5000 })
    expect(healthOf(w, aTarget())).toBe('initial')
    await w.advance(6000)
    expect(healthOf(w, aTarget())).toBe('healthy')
    balancer.surroundings.answers = () => false
    await w.advance(2000)
    expect(healthOf(w, aTarget())).toBe('unhealthy')
  })

  it('is the worst that balancers say, and is not known when none is left', async () => {
    const w = await balanced(aTarget())
    const one = await w.addBalancer()
    const other = await w.addBalancer({ answers: () => false })
    expect(healthOf(w, aTarget())).toBe('unhealthy')
    other.kill()
    await w.advance(BALANCER_LOSS_GRACE_MS + 1000)
    expect(healthOf(w, aTarget())).toBe('healthy')
    one.kill()
    await w.advance(1000)
    // It may be back in a moment.
    expect(healthOf(w, aTarget())).toBe('healthy')
    await w.advance(BALANCER_LOSS_GRACE_MS)
    expect(healthOf(w, aTarget())).toBeUndefined()
  })

  it('begins anew with a target that is registered again', async () => {
    const w = await balanced(aTarget())
    const balancer = await w.addBalancer({ healthyAfterMs: 5000 })
    await w.advance(6000)
    await w.store.transact((tx) => tx.targets.remove(targetRowKey(aTarget())))
    await w.rest()
    expect(healthOf(w, aTarget())).toBeUndefined()
    balancer.kill()
    await w.store.transact((tx) => tx.targets.insert(aTarget()))
    await w.rest()
    expect(healthOf(w, aTarget())).toBeUndefined()
  })
})

describe('a report', () => {
  const report = { targetGroupArn: group.targetGroupArn, target: targetKey(aTarget()), state: 'healthy' } as const

  it('of a target that has made room for another says nothing of that', async () => {
    const w = await balanced(aTarget())
    const balancer = await w.addBalancer({ healthyAfterMs: 5000 })
    await w.advance(6000)
    await w.store.transact((tx) => tx.targets.put(aTarget({ registeredAt: aTarget().registeredAt + 1 })))
    await w.rest()
    expect(healthOf(w, aTarget())).toBe('initial')
    balancer.say({ type: 'targetHealth', reports: [{ ...report, registeredAt: aTarget().registeredAt }] })
    await w.rest()
    expect(healthOf(w, aTarget())).toBe('initial')
  })

  it('has an end', async () => {
    const w = await balanced(aTarget())
    const balancer = await w.addBalancer({ answers: () => false })
    const description = 'x'.repeat(100_000)
    balancer.say({ type: 'targetHealth', reports: [{ ...report, description }] })
    balancer.say({ type: 'loadBalancer', loadBalancerArn: loadBalancer.loadBalancerArn, problem: description })
    await w.rest()
    expect([healthOf(w, aTarget()), stateOf(w)]).toEqual(['unhealthy', 'active'])
  })
})

describe('a target that is deregistered', () => {
  it('goes when nothing is under way with it any more', async () => {
    const w = await balanced(aTarget())
    const balancer = await w.addBalancer({ drainsAfterMs: 10_000 })
    await deregister(w, aTarget(), 300_000)
    expect(healthOf(w, aTarget())).toBe('draining')
    await w.advance(9000)
    expect(isThere(w, aTarget())).toBe(true)
    await w.advance(3000)
    expect(isThere(w, aTarget())).toBe(false)
    expect(healthOf(w, aTarget())).toBeUndefined()
    expect(balancer.table.targetGroups.get(group.targetGroupArn)?.targets).toEqual([])
  })

  it('waits for every balancer', async () => {
    const w = await balanced(aTarget())
    await w.addBalancer()
    await w.addBalancer({ drainsAfterMs: 60_000 })
    await deregister(w, aTarget(), 300_000)
    await w.advance(30_000)
    expect(isThere(w, aTarget())).toBe(true)
    await w.advance(31_000)
    expect(isThere(w, aTarget())).toBe(false)
  })

  it('waits for those, too, that have yet to come back after a start of the control plane', async () => {
    const w = await balanced(aTarget())
    await w.addBalancer()
    const other = await w.addBalancer({ drainsAfterMs: 60_000 })
    await deregister(w, aTarget(), 300_000)
    await w.advance(2000)
    w.killControlPlane()
    other.kill()
    await w.startControlPlane()
    await w.advance(20_000)
    expect(isThere(w, aTarget())).toBe(true)
    other.restart()
    await w.advance(BALANCER_LOSS_GRACE_MS)
    expect(isThere(w, aTarget())).toBe(true)
    await w.advance(35_000)
    expect(isThere(w, aTarget())).toBe(false)
  })

  it('goes after a while when whoever was there before a start of the control plane does not come back', async () => {
    const w = await balanced(aTarget())
    await w.addBalancer()
    const other = await w.addBalancer({ drainsAfterMs: 60_000 })
    await deregister(w, aTarget(), 300_000)
    w.killControlPlane()
    other.kill()
    await w.startControlPlane()
    await w.advance(BALANCER_LOSS_GRACE_MS - 1000)
    expect(isThere(w, aTarget())).toBe(true)
    await w.advance(2000)
    expect(isThere(w, aTarget())).toBe(false)
  })

  it('goes when its time is over, whatever is under way, and without balancers, too', async () => {
    const w = await balanced(aTarget(), aTarget({ targetId: '10.0.0.2' }))
    await w.addBalancer({ drainsAfterMs: 3_600_000 })
    await deregister(w, aTarget(), 60_000)
    await w.advance(59_000)
    expect(isThere(w, aTarget())).toBe(true)
    await w.advance(2000)
    expect(isThere(w, aTarget())).toBe(false)

    w.balancers[0]!.kill()
    await deregister(w, aTarget({ targetId: '10.0.0.2' }), 60_000)
    await w.advance(61_000)
    expect(isThere(w, aTarget({ targetId: '10.0.0.2' }))).toBe(false)
  })

  it('goes when it has drained at those balancers that are left', async () => {
    const w = await balanced(aTarget())
    await w.addBalancer()
    const lost = await w.addBalancer({ drainsAfterMs: 3_600_000 })
    await deregister(w, aTarget(), 3_600_000)
    lost.kill()
    await w.advance(BALANCER_LOSS_GRACE_MS + 1000)
    expect(isThere(w, aTarget())).toBe(false)
  })

  it('goes in the time that there is at most, when the clock is set back', async () => {
    const w = await balanced(aTarget())
    await w.addBalancer({ drainsAfterMs: 100 * 3_600_000 })
    await deregister(w, aTarget(), 24 * 3_600_000)
    await w.advance(3_601_000)
    expect(isThere(w, aTarget())).toBe(false)
  })

  it('goes at once if no load balancer sends it anything', async () => {
    const w = await balanced(aTarget())
    await w.store.transact((tx) => tx.targetGroups.update(group.targetGroupArn, { loadBalancerArns: [] }))
    await deregister(w, aTarget(), 300_000)
    expect(isThere(w, aTarget())).toBe(false)
  })
})

import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../kit/clock.ts'
import type { TargetHealthReport } from '../../model/load-balancing/messages.ts'
import type { RoutingTable, TargetRoute } from '../../model/load-balancing/routing.ts'
import type { RenderedBackend } from '../configuration/settings.ts'
import type { ServerStatistics } from '../runtime-client.ts'
import type { CheckResult } from './check-line.ts'
import { TargetHealth } from './target-health.ts'

interface Given {
  /** By key. */
  readonly targets?: Readonly<Record<string, Partial<TargetRoute>>>
  /** Those of them that have servers. */
  readonly served?: readonly string[]
  readonly isEnabled?: boolean
  /** False: no rule leads to the group. */
  readonly isUsed?: boolean
  readonly protocol?: string
}

const world = () => {
  const clock = new ManualClock()
  const told: TargetHealthReport[] = []
  const orders: string[] = []
  const health = new TargetHealth({
    clock,
    onReports: (reports) => told.push(...reports),
    onHealth: (server, state, cause) => orders.push(`${server} ${state} by ${cause}`),
    onFirstCheck: (server) => orders.push(`${server} first check ends`),
  })
  const declare = ({
    targets = { a: {} },
    served = Object.keys(targets),
    isEnabled = true,
    isUsed = true,
    protocol = 'HTTP',
  }: Given = {}) => {
    const routes = Object.entries(targets).map(([key, given]) => ({
      key,
      address: key,
      port: 80,
      isDraining: false,
      ...given,
    }))
    const group = {
      targetGroupArn: 'web',
      protocol,
      targets: routes,
      attributes: {},
      healthCheck: { isEnabled, intervalSeconds: 10, timeoutSeconds: 5, healthyThreshold: 2, unhealthyThreshold: 3 },
    }
    const servers = served.map((name) => ({ name, target: name, address: name, parameters: '', isDraining: false }))
    const backend = {
      name: 'b',
      targetGroupArn: 'web',
      isChecked: true,
      hasServerCookies: false,
      isCrossZone: true,
      endsUnhealthy: false,
      servers,
    }
    const table = { targetGroups: new Map([['web', group]]) } as unknown as RoutingTable
    health.declare(table, new Map<string, RenderedBackend>(isUsed ? [['b', backend]] : []))
  }
  const state = (key = 'a') => health.reports().find(({ target }) => target === key)
  return { clock, told, orders, health, declare, state }
}

const passed = (server: string, isUp = true): CheckResult => ({
  backend: 'b',
  server,
  isPassed: true,
  isUp,
  reason: 'Layer7 check passed',
  code: 200,
})

const failed = (server: string, isUp = false, code = 503): CheckResult => ({
  backend: 'b',
  server,
  isPassed: false,
  isUp,
  reason: 'Layer7 wrong status',
  code,
})

const statistic = (
  server: string,
  status: string,
  checkStatus: string,
  given: Partial<ServerStatistics> = {},
): ServerStatistics => ({
  backend: 'b',
  server,
  status,
  checkStatus,
  address: server,
  sessions: 0,
  ...given,
})

describe('the health of a target', () => {
  it('begins anew with another registration at the same key, and says of which it speaks', () => {
    const { health, declare, told, state } = world()
    declare({ targets: { a: { registeredAt: 1 } } })
    health.onCheck(passed('a'))
    expect(state()).toMatchObject({ state: 'healthy', registeredAt: 1 })
    declare({ targets: { a: { registeredAt: 2 } } })
    expect(told.at(-1)).toMatchObject({ state: 'initial', registeredAt: 2 })
    expect(health.initial()).toEqual(['b/a'])
  })

  it('waits for its first check as long as it is initial, is to be checked and does not drain', () => {
    const { health, declare } = world()
    const server = { target: '', address: '', parameters: 'check', isDraining: false }
    const backend = {
      name: 'b',
      targetGroupArn: 'web',
      isChecked: true,
      hasServerCookies: false,
      isCrossZone: true,
      endsUnhealthy: false,
    }
    const count = (...names: readonly string[]) =>
      health.countInitial([{ ...backend, servers: names.map((name) => ({ ...server, name })) }])
    declare({ targets: { a: {}, b: {}, c: { isDraining: true } } })
    health.onCheck(passed('a'))
    expect(health.initial()).toEqual(['b/b'])
    expect(count('a', 'b', 'c')).toBe(1)
    expect(count('a', 'b', 'c', 'not declared yet')).toBe(2)
  })

  it('is initial until one check has passed, and it gets requests from then on', () => {
    const { declare, health, state, orders, told } = world()
    declare()
    expect(state()).toMatchObject({ state: 'initial', reason: 'Elb.InitialHealthChecking' })
    health.onCheck(passed('first-check:a', false))
    expect(state()).toEqual({ targetGroupArn: 'web', target: 'a', state: 'healthy' })
    expect(orders).toEqual(['b/a first check ends', 'b/a up by first check'])
    expect(told.map((report) => report.state)).toEqual(['initial', 'healthy'])
  })

  it('stays initial over failures until they would have made it unhealthy', async () => {
    const { declare, health, state, clock, orders } = world()
    declare()
    health.onCheck(failed('first-check:a', true))
    await clock.advance(24_999)
    expect(state()?.state).toBe('initial')
    await clock.advance(1)
    expect(state()).toMatchObject({
      state: 'unhealthy',
      reason: 'Target.ResponseCodeMismatch',
      description: 'Health checks failed with these codes: [503]',
    })
    expect(orders).toEqual(['b/a first check ends'])
  })

  it('becomes unhealthy when HAProxy takes it out, and healthy when it takes it in, not before', () => {
    const { declare, health, state, orders } = world()
    declare()
    health.onCheck(passed('a'))
    health.onCheck(failed('a', true))
    expect(state()?.state).toBe('healthy')
    health.onCheck(failed('a', false))
    expect(state()?.state).toBe('unhealthy')
    health.onCheck(passed('a', false))
    expect(state()?.state).toBe('unhealthy')
    health.onCheck(passed('a', true))
    expect(state()?.state).toBe('healthy')
    expect(orders).toEqual(['b/a up by first check', 'b/a down by check', 'b/a up by check'])
  })

  it('says the newest reason', () => {
    const { declare, health, state } = world()
    declare()
    health.onCheck(passed('a'))
    health.onCheck(failed('a', false, 500))
    health.onCheck({ ...failed('a'), reason: 'Layer4 timeout' })
    expect(state()).toMatchObject({ state: 'unhealthy', reason: 'Target.Timeout' })
  })

  it('is found by looking, too, when lines are missing', () => {
    const { declare, health, state, orders } = world()
    declare({ targets: { a: {}, b: {} } })
    health.onStatistics([statistic('a', 'DOWN', 'INI'), statistic('first-check:a', 'UP', 'L7OK')], health.turn)
    health.onStatistics([statistic('b', 'DOWN 1/2', 'L7OK')], health.turn)
    expect([state('a')?.state, state('b')?.state]).toEqual(['healthy', 'healthy'])
    expect(orders).toEqual(['b/a first check ends', 'b/a up by first check', 'b/b up by first check'])
    health.onStatistics(
      [statistic('a', 'DOWN', 'L7STS', { checkCode: 503 }), statistic('b', 'UP', 'L7OK')],
      health.turn,
    )
    expect(state('a')).toMatchObject({ state: 'unhealthy', reason: 'Target.ResponseCodeMismatch' })
    // It failed and passed once since, and no line of it came.
    health.onStatistics([statistic('b', 'DOWN 1/2', 'L7OK')], health.turn)
    expect(state('b')?.state).toBe('unhealthy')
    health.onStatistics([statistic('a', 'UP', 'L7OK')], health.turn)
    expect(state('a')?.state).toBe('healthy')
  })

  it('is not taken from what was asked before it changed', () => {
    const { declare, health, state } = world()
    declare()
    const { turn } = health
    health.onCheck(passed('first-check:a', false))
    health.onStatistics([statistic('a', 'DOWN', 'L4CON')], turn)
    expect(state()?.state).toBe('healthy')
  })

  it('that a worker from before says is taken over; whoever is down may never have been up, and has the time of a beginning', async () => {
    const { declare, health, state, clock } = world()
    declare({ targets: { a: {}, b: {}, c: {} } })
    health.onAdoption([statistic('a', 'UP', 'INI'), statistic('b', 'DOWN', 'L4TOUT'), statistic('c', 'DOWN', 'INI')])
    expect([state('a')?.state, state('b')?.state, state('c')?.state]).toEqual(['healthy', 'initial', 'initial'])
    expect(health.initial()).toEqual(['b/b', 'b/c'])
    expect([health.isHealthy('b/a'), health.isHealthy('b/b')]).toEqual([true, false])
    await clock.advance(25_000)
    expect(state('b')).toMatchObject({ state: 'unhealthy', reason: 'Target.Timeout' })
    // Another time, what is known already is as it was.
    health.onAdoption([statistic('b', 'DOWN', 'L4CON')])
    expect(state('b')).toMatchObject({ state: 'unhealthy', reason: 'Target.Timeout' })
  })

  it('that changed since a moment is named', () => {
    const { declare, health } = world()
    declare({ targets: { a: {}, b: {}, c: {} } })
    health.onCheck(passed('a'))
    const { turn } = health
    expect(health.changedSince(turn)).toEqual([])
    health.onCheck(passed('b'))
    expect(health.changedSince(turn)).toEqual([['b/b', 'up']])
    expect(health.changedSince(0)).toEqual([
      ['b/a', 'up'],
      ['b/b', 'up'],
    ])
  })

  it('does not say when a target has drained that gets datagrams', () => {
    const { declare, health } = world()
    declare({ targets: { a: { isDraining: true } } })
    expect(health.draining()).toHaveLength(1)
    declare({ targets: { a: { isDraining: true } }, protocol: 'TCP_UDP' })
    expect(health.draining()).toEqual([])
  })

  it('is told when it changes, once', () => {
    const { declare, health, told } = world()
    declare()
    for (let count = 0; count < 3; count++) health.onCheck(passed('a'))
    declare()
    expect(told.map(({ state }) => state)).toEqual(['initial', 'healthy'])
  })

  it('begins anew when the target is registered again while it drains, or comes into use', () => {
    const { declare, health, state } = world()
    declare()
    health.onCheck(passed('a'))
    declare({ targets: { a: { isDraining: true } } })
    expect(state()).toMatchObject({ state: 'draining', reason: 'Target.DeregistrationInProgress', isDrained: false })
    declare()
    expect(state()?.state).toBe('initial')
    health.onCheck(passed('a'))
    declare({ isUsed: false })
    declare()
    expect(state()?.state).toBe('initial')
  })

  it('of a target that is gone is not known, and nothing comes of its checks', async () => {
    const { declare, health, clock, told } = world()
    declare()
    health.onCheck(failed('a', true))
    declare({ targets: {} })
    health.onCheck(passed('a'))
    await clock.advance(100_000)
    expect(health.reports()).toEqual([])
    expect(told.map(({ state }) => state)).toEqual(['initial'])
  })

  it.each([
    ['no rule leads to', { isUsed: false }, 'Target.NotInUse', /not configured to receive traffic/],
    ['of a zone that is not', { served: [] }, 'Target.NotInUse', /Availability Zone/],
    ['without an address', { targets: { a: { address: undefined } }, served: [] }, 'Target.InvalidState', /stopped/],
  ] as const)('is unused for one %s', (_name, given, reason, description) => {
    const { declare, state } = world()
    declare(given as Given)
    expect(state()).toMatchObject({ state: 'unused', reason, description: expect.stringMatching(description) })
  })

  it('is unavailable without checks, and such a target gets everything', () => {
    const { declare, state, health } = world()
    declare({ isEnabled: false })
    expect(state()).toMatchObject({ state: 'unavailable', description: 'Health checks are disabled' })
    expect(health.isServed('web', 'a')).toBe(true)
  })
})

describe('a draining target', () => {
  it('is drained when that is found out, and drained at once where it has no server', () => {
    const { declare, health, state } = world()
    declare({ targets: { a: { isDraining: true }, b: { isDraining: true } }, served: ['a'] })
    expect(health.draining()).toEqual([{ targetGroupArn: 'web', target: 'a' }])
    expect(state('b')).toMatchObject({ state: 'draining', isDrained: true })
    health.onDrained('web', 'a')
    expect(state('a')).toMatchObject({ state: 'draining', isDrained: true })
    expect(health.draining()).toEqual([])
  })

  it('is drained no more when it is registered again', () => {
    const { declare, health, state } = world()
    declare({ targets: { a: { isDraining: true } } })
    health.onDrained('web', 'a')
    declare()
    health.onDrained('web', 'a')
    declare({ targets: { a: { isDraining: true } } })
    expect(state()).toMatchObject({ state: 'draining', isDrained: false })
  })

  it('is not checked', () => {
    const { declare, health, orders } = world()
    declare({ targets: { a: { isDraining: true } } })
    health.onCheck(passed('a'))
    health.onStatistics([statistic('a', 'UP', 'L7OK')], health.turn)
    expect(orders).toEqual([])
    expect(health.initial()).toEqual([])
  })
})

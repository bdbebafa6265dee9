import { describe, expect, it } from 'vitest'
import type { RoutingTable } from '../../model/load-balancing/routing.ts'
import { CheckRounds } from './check-rounds.ts'

const SECOND = 1000

/** One group of checked targets. */
const checking = (intervalSeconds: number, timeoutSeconds = 5, targets = 1): RoutingTable => {
  const group = { healthCheck: { isEnabled: true, intervalSeconds, timeoutSeconds }, targets: Array(targets).fill({}) }
  return { targetGroups: new Map([['web', group]]) } as unknown as RoutingTable
}

const rounds = (table = checking(30)): CheckRounds => {
  const made = new CheckRounds(0)
  made.declare(table)
  return made
}

describe('rounds of checks', () => {
  it('are spread over the interval', () => expect(rounds().begin(0)).toBe(30 * SECOND))

  it('do not matter where nothing is checked', () => {
    expect(new CheckRounds(0).begin(0)).toBeUndefined()
    expect(new CheckRounds(0).waitMs(1_000_000)).toBe(0)
  })

  it('are over when their last check was due and had its time', () => {
    const made = rounds()
    made.begin(0)
    expect(made.begin(35 * SECOND)).toBe(30 * SECOND)
  })

  it('that reloads cut short begin the sooner', () => {
    const made = rounds()
    made.begin(0)
    expect(made.begin(10 * SECOND)).toBe(20 * SECOND)
    expect(made.begin(25 * SECOND)).toBe(5 * SECOND)
    expect(made.begin(29.5 * SECOND)).toBe(SECOND)
    expect(made.begin(50 * SECOND)).toBe(30 * SECOND)
  })

  it('that are awaited begin at once', () => {
    const made = rounds()
    expect(made.begin(0, true)).toBe(SECOND)
    expect(rounds(checking(30, 5, 20_000)).begin(0, true)).toBe(4 * SECOND)
  })

  it('are awaited by many targets, but not while they serve others already', () => {
    const made = rounds()
    expect(made.isToBeAwaited(0, 200)).toBe(false)
    expect(made.isToBeAwaited(0, 201)).toBe(true)
    made.begin(0, true)
    expect(made.isToBeAwaited(5 * SECOND, 1000)).toBe(false)
    expect(made.isToBeAwaited(6 * SECOND, 1000)).toBe(true)
  })

  it('take longer with many targets', () => {
    const made = rounds(checking(30, 5, 20_000))
    made.begin(0)
    expect(made.begin(30 * SECOND)).toBe(4 * SECOND)
  })

  it('are waited for when two intervals have passed without one, and no longer than that takes', () => {
    const made = rounds()
    for (let now = 0; now <= 60 * SECOND; now += SECOND) {
      expect(made.waitMs(now)).toBe(0)
      made.begin(now)
    }
    expect(made.waitMs(60.5 * SECOND)).toBe(5.5 * SECOND)
    expect(made.waitMs(66 * SECOND)).toBe(0)
    made.begin(66 * SECOND)
    expect(made.waitMs(66.5 * SECOND)).toBe(0)
  })

  it('are not waited for longer than eleven seconds, however long checks may take', () => {
    const made = rounds(checking(300, 120))
    for (let now = 0; now <= 601 * SECOND; now += SECOND) made.begin(now)
    expect(made.waitMs(601 * SECOND)).toBe(11 * SECOND)
  })
})

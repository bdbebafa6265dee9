import { describe, expect, it } from 'vitest'
import { aTask } from '../../../../test/builders/a-task.ts'
import type { StartFailures } from '../../../model/service-records.ts'
import { afterFailedStart, isFailedStart, isHealthFailure, isThrottled, LONGEST_DELAY_MS } from './start-failures.ts'

/** Tasks that fail one after the other, each started as soon as it may be. */
const failing = (times: number): StartFailures => {
  let failures = afterFailedStart(undefined, 0)
  for (let time = 1; time < times; time++)
    failures = afterFailedStart(failures, failures.throttledUntil ?? failures.lastAt)
  return failures
}

const delayMs = ({ lastAt, throttledUntil = lastAt }: StartFailures): number => throttledUntil - lastAt

describe('starts that fail', () => {
  it('are followed by another start at once, at first', () => {
    expect([failing(1), failing(2)].map(delayMs)).toEqual([0, 0])
  })

  it('are followed by ever longer delays from the third in a row on, up to 27 minutes', () => {
    const delays = Array.from({ length: 12 }, (_, index) => delayMs(failing(index + 3)))
    expect(delays.slice(0, 4)).toEqual([10_000, 20_000, 40_000, 80_000])
    expect(delays).toEqual(delays.toSorted((one, other) => one - other))
    expect(delays.at(-1)).toBe(LONGEST_DELAY_MS)
    expect(delayMs(failing(1000))).toBe(LONGEST_DELAY_MS)
  })

  it('count once for a batch that fails as one', () => {
    const failures = Array.from({ length: 50 }, (_, index) => index).reduce<StartFailures | undefined>(
      (before, endedAt) => afterFailedStart(before, endedAt),
      undefined,
    )
    expect(failures).toEqual({ consecutive: 3, lastAt: 2, throttledUntil: 10_002 })
  })

  it('keep in mind that they were announced', () => {
    expect(afterFailedStart({ ...failing(3), isAnnounced: true }, 60_000)).toMatchObject({ isAnnounced: true })
  })

  it('throttle until their time is over', () => {
    const failures = failing(3)
    expect([0, 9999, 10_000].map((now) => isThrottled(failures, now))).toEqual([true, true, false])
    expect(isThrottled(undefined, 0)).toBe(false)
  })
})

describe('a task that has ended', () => {
  it('failed to start if it ended of itself before it was RUNNING', () => {
    const ended = aTask({ lastStatus: 'STOPPED', stopCode: 'TaskFailedToStart' })
    expect(isFailedStart(ended)).toBe(true)
    expect(isFailedStart({ ...ended, stopCode: 'EssentialContainerExited' })).toBe(true)
    expect(isFailedStart({ ...ended, startedAt: 1 })).toBe(false)
    expect(isFailedStart({ ...ended, stopCode: 'UserInitiated' })).toBe(false)
    expect(isFailedStart({ ...ended, stopCode: 'ServiceSchedulerInitiated' })).toBe(false)
    expect(isFailedStart({ ...ended, lastStatus: 'PENDING' })).toBe(false)
  })

  it('failed its health checks if the scheduler says so', () => {
    const ended = aTask({ lastStatus: 'STOPPED', stopCode: 'ServiceSchedulerInitiated' })
    expect(isHealthFailure({ ...ended, stoppedReason: 'Task failed container health checks' })).toBe(true)
    expect(isHealthFailure({ ...ended, stoppedReason: 'Task failed ELB health checks in (target-group x)' })).toBe(true)
    expect(isHealthFailure({ ...ended, stoppedReason: 'Scaling activity initiated by (deployment x)' })).toBe(false)
  })
})

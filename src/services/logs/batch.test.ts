import { describe, expect, it } from 'vitest'
import { DAY_MS } from '../../model/limits.ts'
import type { LogGroupRecord } from '../../model/log-records.ts'
import { acceptedEvents, checkedEvents } from './batch.ts'

const NOW = Date.UTC(2026, 0, 20)
const aGroup = (given: Partial<LogGroupRecord> = {}): LogGroupRecord => ({
  arn: 'arn:aws:logs:us-east-1:123456789012:log-group:g',
  account: '123456789012',
  region: 'us-east-1',
  name: 'g',
  groupId: 'g1',
  createdAt: 0,
  logGroupClass: 'STANDARD',
  isProtected: false,
  tags: [],
  ...given,
})
const at = (...times: number[]) => times.map((timestamp) => ({ timestamp, message: 'm' }))

describe('a batch', () => {
  it('may be as large as can be, in bytes of UTF-8 and 26 for each event', () => {
    const full = [{ timestamp: 1, message: 'ü'.repeat((1_048_576 - 26) / 2) }]
    expect(checkedEvents(full)).toEqual(full)
    expect(() => checkedEvents([...full, ...at(1)])).toThrow('Upload too large: 1048603 bytes exceeds limit of 1048576')
  })

  it('may span a day, and not more', () => {
    expect(checkedEvents(at(NOW, NOW + DAY_MS))).toHaveLength(2)
    expect(() => checkedEvents(at(NOW, NOW + DAY_MS + 1))).toThrow('cannot span more than 24 hours')
  })

  it('has events of one time in any order, and others in theirs', () => {
    expect(checkedEvents(at(5, 5, 6))).toHaveLength(3)
    expect(() => checkedEvents(at(6, 5))).toThrow('must be in chronological order')
  })

  it('is not taken for a message without characters or a time before the epoch', () => {
    expect(() => checkedEvents([...at(1), { timestamp: 2, message: '' }])).toThrow("'logEvents.2.member.message'")
    expect(() => checkedEvents(at(-1))).toThrow("'logEvents.1.member.timestamp'")
  })
})

describe('events', () => {
  const outcome = (times: number[], group = aGroup()) => {
    const { accepted, rejectedLogEventsInfo } = acceptedEvents(at(...times), group, NOW)
    return [accepted.map(({ timestamp }) => timestamp), rejectedLogEventsInfo]
  }
  const [OLDEST, NEWEST] = [NOW - 14 * DAY_MS, NOW + 2 * 3_600_000]

  it('are taken from 14 days ago to two hours ahead', () => {
    expect(outcome([OLDEST, NOW, NEWEST])).toEqual([[OLDEST, NOW, NEWEST], undefined])
    expect(outcome([OLDEST - 1, OLDEST])).toEqual([[OLDEST], { tooOldLogEventEndIndex: 1 }])
    expect(outcome([NEWEST, NEWEST + 1])).toEqual([[NEWEST], { tooNewLogEventStartIndex: 1 }])
  })

  it('are not taken if the group would not keep them', () => {
    const group = aGroup({ retentionDays: 1 })
    expect(outcome([NOW - DAY_MS - 1, NOW - DAY_MS], group)).toEqual([[NOW - DAY_MS], { expiredLogEventEndIndex: 1 }])
    expect(outcome([OLDEST - 1], group)).toEqual([[], { tooOldLogEventEndIndex: 1, expiredLogEventEndIndex: 1 }])
  })
})

import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { anAuditEvent } from '../../../test/builders/an-audit-event.ts'
import { ManualClock } from '../../kit/clock.ts'
import { silentLog } from '../../kit/log.ts'
import { isoText } from '../../kit/timestamps.ts'
import type { AuditEvent } from '../../model/audit-event.ts'
import { AuditLog } from './audit-log.ts'
import { type AuditPosition, FileAuditReader } from './audit-reader.ts'

const DAY_MS = 86_400_000

let directory: string
let clock: ManualClock
let trail: AuditLog
let reader: FileAuditReader

const openTrail = (): void => {
  trail = new AuditLog({ directory, days: 3, clock, log: silentLog })
}

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'longshore-audit-'))
  clock = new ManualClock()
  openTrail()
  reader = new FileAuditReader(directory)
})

afterEach(() => {
  trail.close()
  rmSync(directory, { recursive: true })
})

const append = (number: number, given: Partial<AuditEvent> = {}): void =>
  trail.append(anAuditEvent({ eventID: `event-${number}`, eventTime: isoText(clock.now()), ...given }))

const found = async (query: Partial<Parameters<FileAuditReader['find']>[0]> = {}): Promise<string[]> => {
  const { events } = await reader.find({ matches: () => true, from: 0, count: 1000, ...query })
  return events.map(({ eventID }) => eventID)
}

describe('the audit trail', () => {
  it('is found from its end, over days and starts', async () => {
    append(1)
    await clock.advance(DAY_MS)
    append(2)
    trail.close()
    openTrail()
    append(3)
    expect(await found()).toEqual(['event-3', 'event-2', 'event-1'])
    expect(readdirSync(directory)).toHaveLength(3)
  })

  it('is kept for its days', async () => {
    for (let day = 0; day < 5; day++) {
      append(day)
      await clock.advance(DAY_MS)
    }
    append(5)
    expect(await found()).toEqual(['event-5', 'event-4', 'event-3'])
  })

  it('is for its owner alone', () => {
    append(1)
    expect(statSync(path.join(directory, readdirSync(directory)[0] ?? '')).mode & 0o777).toBe(0o600)
  })

  it('is read past a line that a crash has torn', async () => {
    append(1)
    const [file = ''] = readdirSync(directory)
    appendFileSync(path.join(directory, file), '{"eventID":"torn')
    await clock.advance(1000)
    trail.close()
    openTrail()
    append(2)
    expect(await found()).toEqual(['event-2', 'event-1'])
    expect(readFileSync(path.join(directory, file), 'utf8')).toContain('torn')
  })
})

describe('a search', () => {
  it('goes on where the page before has ended, whatever was added meanwhile', async () => {
    for (let number = 0; number < 25; number++) append(number, { userAgent: 'x'.repeat(50_000) })
    const pages: string[][] = []
    let position: AuditPosition | undefined
    do {
      const page = await reader.find({ matches: () => true, from: 0, count: 10, ...(position && { position }) })
      pages.push(page.events.map(({ eventID }) => eventID))
      position = page.next
      append(100 + pages.length)
    } while (position !== undefined)
    expect(pages.flat()).toEqual(Array.from({ length: 25 }, (_, number) => `event-${24 - number}`))
  })

  it('leaves out what does not match, and what is too old', async () => {
    append(1, { eventName: 'RunTask' })
    await clock.advance(10_000)
    append(2, { eventName: 'StopTask' })
    append(3, { eventName: 'RunTask' })
    const isRun = ({ eventName }: AuditEvent): boolean => eventName === 'RunTask'
    expect(await found({ matches: isRun, contains: 'RunTask' })).toEqual(['event-3', 'event-1'])
    expect(await found({ matches: isRun, from: clock.now() })).toEqual(['event-3'])
  })
})

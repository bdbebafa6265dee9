/** Stretches of time, `5m` or `1mo`, and where in time they begin. */
import { dateOf, monthStart } from './calendar.ts'

export interface Period {
  readonly count: number
  readonly unit: Unit
}

type Unit = 'ms' | 's' | 'm' | 'h' | 'd' | 'w' | 'mo' | 'q' | 'y'

const NAMES: Readonly<Record<Unit, string>> = {
  ms: 'ms msec msecs millisecond milliseconds',
  s: 's sec secs second seconds',
  m: 'm min mins minute minutes',
  h: 'h hr hrs hour hours',
  d: 'd day days',
  w: 'w week weeks',
  mo: 'mo mos mon mons month months',
  q: 'q qtr qtrs quarter quarters',
  y: 'y yr yrs year years',
}
const UNITS: ReadonlyMap<string, Unit> = new Map(
  (Object.entries(NAMES) as [Unit, string][]).flatMap(([unit, names]) =>
    names.split(' ').map((name) => [name, unit] as const),
  ),
)
/** AWS: larger counts are taken for these. */
const LARGEST: Readonly<Partial<Record<Unit, number>>> = { ms: 1000, s: 60, m: 60, h: 24 }
const DAY_MS = 86_400_000
const UNIT_MS: Readonly<Partial<Record<Unit, number>>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: DAY_MS,
  w: 7 * DAY_MS,
}
const UNIT_MONTHS: Readonly<Partial<Record<Unit, number>>> = { mo: 1, q: 3, y: 12 }
/** The epoch was a Thursday; weeks begin on Mondays. */
const FIRST_MONDAY_MS = 4 * DAY_MS

export const periodOf = (count: number, unitName: string): Period | undefined => {
  const unit = UNITS.get(unitName.toLowerCase())
  if (unit === undefined || count < 1) return undefined
  return { count: Math.min(count, LARGEST[unit] ?? count), unit }
}

/** The last time a period began. */
export const floorTo = (ms: number, { count, unit }: Period): number => {
  const unitMs = UNIT_MS[unit]
  if (unitMs === undefined) return monthFloor(ms, count * UNIT_MONTHS[unit]!)
  const offset = unit === 'w' ? FIRST_MONDAY_MS : 0
  return Math.floor((ms - offset) / (count * unitMs)) * count * unitMs + offset
}

/** The next time a period begins, or now if one does. */
export const ceilTo = (ms: number, period: Period): number => {
  const floor = floorTo(ms, period)
  if (floor === ms) return ms
  const unitMs = UNIT_MS[period.unit]
  if (unitMs !== undefined) return floor + period.count * unitMs
  return monthStart(monthsOf(floor) + period.count * UNIT_MONTHS[period.unit]!)
}

const monthFloor = (ms: number, months: number): number => monthStart(Math.floor(monthsOf(ms) / months) * months)

const monthsOf = (ms: number): number => {
  const date = dateOf(ms)
  return (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth()
}

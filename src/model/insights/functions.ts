/** Functions of queries, by their names in lower case. Those of time and of addresses have their own files. */
import { addressFunctions } from './functions-address.ts'
import { textFunctions } from './functions-text.ts'
import { ceilTo, floorTo, type Period } from './period.ts'
import { jsonOf } from './row.ts'
import { areEqual, isTrue, jsonText, numberOf, Structure, textOf, Timestamp, type Value, valueOfJson } from './value.ts'

/** When a query runs, and the time that it asks about, in milliseconds. */
export interface QueryTimes {
  readonly now: number
  readonly start: number
  readonly end: number
}

export interface QueryFunction {
  readonly least: number
  readonly most: number
  /** Whether the last argument is a stretch of time, which is handed over apart. */
  readonly takesPeriod?: true
  readonly call: (given: readonly Value[], times: QueryTimes, period: Period) => Value
}

const ofNumber = (call: (number: number) => number): QueryFunction => ({
  least: 1,
  most: 1,
  call: ([value]) => finite(call(numberOf(value))),
})

const ofNumbers = (call: (...numbers: number[]) => number): QueryFunction => ({
  least: 1,
  most: Infinity,
  call: (given) => finite(call(...given.map(numberOf))),
})

const ofTime = (call: (ms: number, period: Period) => number): QueryFunction => ({
  least: 2,
  most: 2,
  takesPeriod: true,
  call: ([value], _times, period) => {
    const ms = numberOf(value)
    return Number.isNaN(ms) ? undefined : new Timestamp(call(ms, period))
  },
})

const finite = (number: number): number | undefined => (Number.isFinite(number) ? number : undefined)

const isEmpty = (value: Value): boolean => value === undefined || value === ''

/** AWS: ten branches and what else. */
const MOST_CASES = 21

const FUNCTIONS: Readonly<Record<string, QueryFunction>> = {
  abs: ofNumber(Math.abs),
  ceil: ofNumber(Math.ceil),
  floor: ofNumber(Math.floor),
  log: ofNumber(Math.log),
  sqrt: ofNumber(Math.sqrt),
  greatest: ofNumbers(Math.max),
  least: ofNumbers(Math.min),
  round: {
    least: 1,
    most: 2,
    call: ([value, decimals]) => {
      const scale = 10 ** Math.trunc(numberOf(decimals ?? 0))
      return finite(Math.round(numberOf(value) * scale) / scale)
    },
  },
  tonumber: ofNumber((number) => number),
  todouble: ofNumber((number) => number),
  tolong: ofNumber(Math.trunc),
  toint: ofNumber((number) => (Math.abs(number) < 2 ** 31 ? Math.trunc(number) : NaN)),
  isnumeric: { least: 1, most: 1, call: ([value]) => !Number.isNaN(numberOf(value)) },
  ispresent: { least: 1, most: 1, call: ([value]) => value !== undefined },
  isempty: { least: 1, most: 1, call: ([value]) => isEmpty(value) },
  isblank: { least: 1, most: 1, call: ([value]) => isEmpty(value) || textOf(value)?.trim() === '' },
  coalesce: { least: 1, most: Infinity, call: (given) => given.find((value) => value !== undefined) },
  if: { least: 3, most: 3, call: ([condition, one, other]) => (isTrue(condition) ? one : other) },
  case: { least: 2, most: MOST_CASES, call: (given) => given[caseOf(given)] },
  datefloor: ofTime(floorTo),
  dateceil: ofTime(ceilTo),
  frommillis: {
    least: 1,
    most: 1,
    call: ([value]) => (Number.isNaN(numberOf(value)) ? undefined : new Timestamp(numberOf(value))),
  },
  tomillis: { least: 1, most: 1, call: ([value]) => (value instanceof Timestamp ? value.ms : undefined) },
  now: { least: 0, most: 0, call: (_, { now }) => Math.floor(now / 1000) },
  querystarttime: { least: 0, most: 0, call: (_, { start }) => start },
  queryendtime: { least: 0, most: 0, call: (_, { end }) => end },
  querytimerange: { least: 0, most: 0, call: (_, { start, end }) => end - start },
  messagesize: {
    least: 1,
    most: 1,
    call: ([value]) => (textOf(value) === undefined ? undefined : Buffer.byteLength(textOf(value)!)),
  },
  jsonparse: { least: 1, most: 1, call: ([value]) => parsed(textOf(value) ?? '') },
  jsonstringify: { least: 1, most: 1, call: ([value]) => (value instanceof Structure ? jsonText(value) : undefined) },
  jsonarraysize: { least: 1, most: 1, call: ([value]) => listOf(value)?.length },
  jsonarraycontains: {
    least: 2,
    most: 2,
    call: ([list, value]) => listOf(list)?.some((item) => areEqual(valueOfJson(item, 0), value)) ?? false,
  },
  ...textFunctions,
  ...addressFunctions,
}

export const getFunction = (name: string): QueryFunction | undefined =>
  Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined

/** The place of the first value whose condition holds, or of the last, which may be there for none. */
const caseOf = (given: readonly Value[]): number => {
  for (let index = 0; index + 1 < given.length; index += 2) if (isTrue(given[index])) return index + 1
  return given.length % 2 === 1 ? given.length - 1 : -1
}

const parsed = (text: string): Value => valueOfJson(jsonOf(text), text.length)

const listOf = (value: Value): readonly unknown[] | undefined => {
  const json = value instanceof Structure ? value.json : jsonOf(textOf(value) ?? '')
  return Array.isArray(json) ? (json as unknown[]) : undefined
}

/** What queries look at: log events, and rows that earlier commands have made of them. */
import { INSIGHTS_DISCOVERED_FIELDS } from '../limits.ts'
import { Structure, Timestamp, type Value, valueOfJson, weightOf } from './value.ts'

export interface LogEvent {
  readonly timestamp: number
  readonly ingestionTime: number
  readonly message: string
  readonly logStream: string
  /** `account:log-group`. */
  readonly log: string
  /** What GetLogRecord finds the event by. */
  readonly ptr: string
}

export class Row {
  readonly event: LogEvent | undefined
  readonly #made: ReadonlyMap<string, Value>
  #discovered: ReadonlyMap<string, Value> | undefined

  constructor(event: LogEvent | undefined, made: ReadonlyMap<string, Value>) {
    this.event = event
    this.#made = made
  }

  get(name: string): Value {
    if (this.#made.has(name)) return this.#made.get(name)
    if (this.event === undefined) return undefined
    const system = SYSTEM_FIELDS.get(name)
    if (system !== undefined) return system(this.event)
    this.#discovered ??= discoveredFields(this.event.message)
    return this.#discovered.get(name)
  }

  /** The field at the end of a path, in lists and maps that functions have made, too. */
  at(path: readonly string[]): Value {
    const direct = this.get(path.join('.'))
    if (direct !== undefined || path.length === 1) return direct
    for (let length = path.length - 1; length > 0; length--) {
      const base = this.get(path.slice(0, length).join('.'))
      if (base instanceof Structure) return walk(base, path.slice(length))
    }
    return undefined
  }

  /** Characters that the row keeps in memory, about: fields are mostly pieces of the event's message. */
  get weight(): number {
    let made = 0
    for (const value of this.#made.values()) made += weightOf(value)
    return Math.max(this.event?.message.length ?? 0, made)
  }

  with(fields: Iterable<readonly [string, Value]>): Row {
    const row = new Row(this.event, new Map([...this.#made, ...fields]))
    row.#discovered = this.#discovered
    return row
  }

  /** Forgets what can be found again, since the row is to be kept for long. */
  settle(): this {
    this.#discovered = undefined
    return this
  }
}

const SYSTEM_FIELDS: ReadonlyMap<string, (event: LogEvent) => Value> = new Map<string, (event: LogEvent) => Value>([
  ['@timestamp', (event) => new Timestamp(event.timestamp)],
  ['@ingestionTime', (event) => new Timestamp(event.ingestionTime)],
  ['@message', (event) => event.message],
  ['@logStream', (event) => event.logStream],
  ['@log', (event) => event.log],
  ['@ptr', (event) => event.ptr],
])

export const SYSTEM_FIELD_NAMES: readonly string[] = [...SYSTEM_FIELDS.keys()]

export const isSystemField = (name: string): boolean => SYSTEM_FIELDS.has(name)

const walk = ({ json, length }: Structure, path: readonly string[]): Value => {
  let value: unknown = json
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
    value = (value as Record<string, unknown>)[step]
  }
  return valueOfJson(value, length)
}

/** Objects in objects that fields are looked for in. */
const DEEPEST_FIELD = 100

/** Fields of a message that is JSON: `user.name`, `items.0.id`. */
export const discoveredFields = (message: string): ReadonlyMap<string, Value> => {
  const fields = new Map<string, Value>()
  const json = jsonOf(message)
  if (json !== undefined) discover(json, '', fields, 0)
  return fields
}

const discover = (json: object, prefix: string, fields: Map<string, Value>, depth: number): void => {
  for (const [key, value] of Object.entries(json) as [string, unknown][]) {
    if (fields.size >= INSIGHTS_DISCOVERED_FIELDS || depth > DEEPEST_FIELD) return
    // AWS: names that look like the service's own get another @.
    const name = prefix + (prefix === '' && key.startsWith('@') ? `@${key}` : key)
    if (typeof value === 'object' && value !== null) discover(value, `${name}.`, fields, depth + 1)
    else fields.set(name, valueOfJson(value, 0))
  }
}

/** The list or map that a text is. */
export const jsonOf = (text: string): object | undefined => {
  if (!/^\s*[{[]/.test(text)) return undefined
  try {
    return JSON.parse(text) as object
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

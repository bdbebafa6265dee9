/**
 * Queries of CloudWatch Logs Insights: a text becomes a query, which takes log events one after another and keeps no more of them
 * than its results need.
 * Source: "CloudWatch Logs Insights language query syntax", CloudWatch Logs User Guide.
 */
import { INSIGHTS_RESULTS } from '../limits.ts'
import { DedupStage, LimitStage, type Order, orderOf } from './collect.ts'
import { checkNames, type Column, columnsOf } from './columns.ts'
import type { QueryTimes } from './functions.ts'
import { MalformedQuery } from './malformed-query.ts'
import { parseQuery } from './parse-query.ts'
import { literalsOfQuery } from './query-literals.ts'
import { type LogEvent, Row } from './row.ts'
import { fieldsStage, filterStage, parseStage, sortStage, type Stage, StatsStage, unnestStage } from './stage.ts'
import type { Command } from './syntax.ts'
import { shown, type Value } from './value.ts'

export interface QueryOptions extends QueryTimes {
  /** Rows at most, as StartQuery says it. */
  readonly limit?: number
}

/** As in `ResultField`. */
export interface ResultField {
  readonly field: string
  readonly value: string
}

/** As in `QueryStatistics`. */
export interface QueryStatistics {
  readonly recordsMatched: number
  readonly recordsScanned: number
  readonly bytesScanned: number
}

export interface QueryResult {
  readonly rows: readonly (readonly ResultField[])[]
  readonly statistics: QueryStatistics
}

export interface QueryRun {
  /** Takes an event, which counts if it is of the query's time; throws `QueryTooLarge`. */
  push(event: LogEvent): void
  /** Of what was pushed so far. */
  readonly statistics: QueryStatistics
  /** The results, when all events were pushed. */
  finish(): QueryResult
}

export interface Query {
  readonly text: string
  /** Bytes of which the message of an event that is found, as UTF-8, contains one of each group. */
  readonly literals: readonly (readonly Buffer[])[]
  start(options: QueryOptions): QueryRun
  run(events: Iterable<LogEvent>, options: QueryOptions): QueryResult
}

/** AWS: two at most. */
const MOST_STATS = 2

/** Throws `MalformedQuery`. */
export const compileQuery = (text: string): Query => {
  const commands = parseQuery(text)
  checkOrder(commands)
  checkNames(commands)
  const start = (options: QueryOptions) => new Run(commands, options)
  // Functions and their arguments are looked up when a run begins.
  start({ now: 0, start: 0, end: 0 })
  return { text, literals: bytesOf(commands), start, run: (events, options) => runOver(events, start(options)) }
}

const runOver = (events: Iterable<LogEvent>, run: Run): QueryResult => {
  for (const event of events) run.push(event)
  return run.finish()
}

const bytesOf = (commands: readonly Command[]): readonly (readonly Buffer[])[] =>
  literalsOfQuery(commands)
    .filter((group) => group.every((literal) => literal.isWellFormed()))
    .map((group) => group.map((literal) => Buffer.from(literal)))

/** AWS: commands that have to stand behind others, or before. */
const checkOrder = (commands: readonly Command[]): void => {
  const stats = commands.filter(({ type }) => type === 'stats')
  const [, second, third] = stats
  if (third !== undefined)
    throw new MalformedQuery(`A query has ${MOST_STATS} stats commands at most.`, third.start, third.end)
  for (const [index, command] of commands.entries()) {
    const isEarly = second !== undefined && index < commands.indexOf(second)
    if (isEarly && ['sort', 'limit', 'dedup'].includes(command.type))
      throw new MalformedQuery(
        `The command ${command.type} must be behind the second stats.`,
        command.start,
        command.end,
      )
    if (commands[index - 1]?.type === 'dedup' && command.type !== 'limit')
      throw new MalformedQuery('Only the command limit can be behind dedup.', command.start, command.end)
  }
}

/** What orders rows before any `sort`: the latest event first, groups as they were found. */
const LATEST_FIRST: Order = orderOf([true])
const AS_FOUND: Order = orderOf([])

class Run implements QueryRun {
  readonly #commands: readonly Command[]
  readonly #options: QueryOptions
  readonly #columns: readonly Column[]
  readonly #limit: number
  readonly #first: Stage
  readonly #rows: ResultField[][] = []
  readonly #statistics = { recordsMatched: 0, recordsScanned: 0, bytesScanned: 0 }
  /** Whether the event that was pushed last was found. */
  #isMatch = false

  constructor(commands: readonly Command[], options: QueryOptions) {
    this.#commands = commands
    this.#options = options
    this.#columns = columnsOf(commands)
    this.#limit = Math.min(options.limit ?? INSIGHTS_RESULTS, INSIGHTS_RESULTS)
    this.#first = this.#chain()
  }

  get statistics(): QueryStatistics {
    return this.#statistics
  }

  push(event: LogEvent): void {
    if (event.timestamp < this.#options.start || event.timestamp > this.#options.end) return
    this.#isMatch = false
    this.#first.push(new Row(event, NO_FIELDS), [event.timestamp])
    this.#statistics.recordsScanned++
    this.#statistics.bytesScanned += Buffer.byteLength(event.message)
    if (this.#isMatch) this.#statistics.recordsMatched++
  }

  finish(): QueryResult {
    this.#first.end()
    return { rows: this.#rows, statistics: this.#statistics }
  }

  /** The first of the stages, each of which knows the next. */
  #chain(): Stage {
    const isBlocking = ({ type }: Command) => ['stats', 'limit', 'dedup'].includes(type)
    const firstBlocking = this.#commands.findIndex(isBlocking)
    const orders = this.#orders()
    const show: Stage = { push: (row) => this.#rows.push(this.#shown(row)), end: () => undefined }
    let next: Stage = new LimitStage(this.#limit, orders.at(-1)!, show)
    if (firstBlocking === -1) next = this.#counting(next)
    for (const [index, command] of [...this.#commands.entries()].toReversed()) {
      next = this.#stage(command, orders[index]!, next)
      if (index === firstBlocking) next = this.#counting(next)
    }
    return next
  }

  #counting(next: Stage): Stage {
    return {
      push: (row, keys) => {
        this.#isMatch = true
        next.push(row, keys)
      },
      end: () => next.end(),
    }
  }

  /** The order in which rows come to each command, and at last to the results. */
  #orders(): readonly Order[] {
    const orders = [LATEST_FIRST]
    for (const command of this.#commands) {
      if (command.type === 'sort') orders.push(orderOf(command.keys.map(({ isDescending }) => isDescending)))
      else orders.push(command.type === 'stats' ? AS_FOUND : orders.at(-1)!)
    }
    return orders
  }

  #stage(command: Command, order: Order, next: Stage): Stage {
    switch (command.type) {
      case 'fields':
      case 'display':
        return fieldsStage(command, this.#options, next)
      case 'filter':
        return filterStage(command, this.#options, next)
      case 'parse':
        return parseStage(command, this.#options, next)
      case 'unnest':
        return unnestStage(command, this.#options, next)
      case 'sort':
        return sortStage(command, next)
      case 'stats':
        return new StatsStage(command, this.#options, next)
      case 'limit':
        return new LimitStage(command.count, order, next)
      case 'dedup':
        return new DedupStage(command.paths, this.#limitBehind(command), order, next)
    }
  }

  /** How many rows a command needs to hand on, since no more of them come to the results. */
  #limitBehind(command: Command): number {
    const next = this.#commands[this.#commands.indexOf(command) + 1]
    return Math.min(this.#limit, next?.type === 'limit' ? next.count : this.#limit)
  }

  #shown(row: Row): ResultField[] {
    const fields = this.#columns.flatMap(({ name, path }) => fieldOf(name, row.at(path)))
    // AWS: of each event, also what GetLogRecord finds it by.
    return row.event === undefined
      ? fields
      : [...fields.filter(({ field }) => field !== '@ptr'), { field: '@ptr', value: row.event.ptr }]
  }
}

const NO_FIELDS: ReadonlyMap<string, Value> = new Map()

const fieldOf = (field: string, value: Value): ResultField[] => {
  const text = shown(value)
  return text === undefined ? [] : [{ field, value: text }]
}

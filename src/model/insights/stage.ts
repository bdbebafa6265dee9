/** Commands at work: rows go in one after another, and what a command makes of them goes on to the next. */
import { INSIGHTS_GROUPS, INSIGHTS_ROWS_PER_EVENT } from '../limits.ts'
import { AGGREGATES, type Aggregate } from './aggregates.ts'
import { type Evaluate, evaluatorOf, keyOf } from './evaluate.ts'
import type { QueryTimes } from './functions.ts'
import { Holdings } from './holdings.ts'
import { MalformedQuery, QueryTooLarge } from './malformed-query.ts'
import { Row } from './row.ts'
import { type Command, type Expression, type Named, partsOf } from './syntax.ts'
import { parseText } from './parse-text.ts'
import { isTrue, Structure, textOf, type Value, valueOfJson } from './value.ts'

export interface Stage {
  /** Keys are those of the last `sort`, by which rows that are too many are left out. */
  push(row: Row, keys: readonly Value[]): void
  /** There are no more rows. */
  end(): void
}

type Of<T extends Command['type']> = Command & { readonly type: T }

const onEach = (next: Stage, push: Stage['push']): Stage => ({ push, end: () => next.end() })

export const filterStage = ({ condition }: Of<'filter'>, times: QueryTimes, next: Stage): Stage => {
  const holds = evaluatorOf(condition, times)
  return onEach(next, (row, keys) => {
    if (isTrue(holds(row))) next.push(row, keys)
  })
}

export const fieldsStage = ({ items }: Of<'fields' | 'display'>, times: QueryTimes, next: Stage): Stage => {
  const made = items
    .filter(({ name, expression }) => expression.type !== 'field' || expression.path.join('.') !== name)
    .map(({ name, expression }) => ({ name, evaluate: evaluatorOf(expression, times) }))
  if (made.length === 0) return next
  return onEach(next, (row, keys) =>
    next.push(row.with(made.map(({ name, evaluate }) => [name, evaluate(row)] as const)), keys),
  )
}

export const parseStage = ({ from, pattern, names }: Of<'parse'>, times: QueryTimes, next: Stage): Stage => {
  const source = evaluatorOf(from, times)
  return onEach(next, (row, keys) => {
    const values = parseText(textOf(source(row)) ?? '', pattern)
    const fields = names.flatMap((name, index): [string, Value][] =>
      name === undefined ? [] : [[name, values?.[index]]],
    )
    next.push(row.with(fields), keys)
  })
}

/** Several of these commands multiply the rows of one event, which is taken at once. */
export const unnestStage = ({ from, into }: Of<'unnest'>, times: QueryTimes, next: Stage): Stage => {
  const source = evaluatorOf(from, times)
  let event: Row['event']
  let made = 0
  return onEach(next, (row, keys) => {
    const items = itemsOf(source(row))
    if (row.event !== event) made = 0
    event = row.event
    made += items.length
    if (made > INSIGHTS_ROWS_PER_EVENT)
      throw new QueryTooLarge(`The command unnest makes more than ${INSIGHTS_ROWS_PER_EVENT} rows of one event.`)
    for (const item of items) next.push(row.with([[into, item]]), keys)
  })
}

const itemsOf = (value: Value): readonly Value[] =>
  value instanceof Structure && Array.isArray(value.json)
    ? value.json.map((item) => valueOfJson(item, value.length))
    : [value]

export const sortStage = ({ keys }: Of<'sort'>, next: Stage): Stage =>
  onEach(next, (row) =>
    next.push(
      row,
      keys.map(({ path }) => row.at(path)),
    ),
  )

/** A call of an aggregation, with what it is called with. */
interface Call {
  readonly create: () => Aggregate
  readonly given: readonly Evaluate[]
}

interface Group {
  readonly by: readonly Value[]
  readonly aggregates: readonly Aggregate[]
}

export class StatsStage implements Stage {
  readonly #next: Stage
  readonly #command: Of<'stats'>
  readonly #by: readonly Evaluate[]
  readonly #calls = new Map<Expression, Call>()
  readonly #items: readonly { readonly name: string; readonly evaluate: Evaluate }[]
  readonly #groups = new Map<string, Group>()
  readonly #held = new Holdings()
  /** Whose values the items are worked out of. */
  #group: Group | undefined

  constructor(command: Of<'stats'>, times: QueryTimes, next: Stage) {
    this.#command = command
    this.#next = next
    this.#by = command.by.map(({ expression }) => evaluatorOf(expression, times))
    for (const { expression } of command.items) this.#collectCalls(expression, times)
    const places = new Map([...this.#calls.keys()].map((call, index) => [call, index]))
    const aggregated = (expression: Expression): Evaluate | undefined => {
      const place = places.get(expression)
      return place === undefined ? undefined : () => this.#group?.aggregates[place]!.value
    }
    this.#items = command.items.map((item) => ({
      name: item.name,
      evaluate: evaluatorOf(checked(item), times, aggregated),
    }))
  }

  push(row: Row): void {
    const by = this.#by.map((evaluate) => evaluate(row))
    const group = this.#groupOf(keyOf(by), by)
    let index = 0
    for (const { given } of this.#calls.values()) {
      const aggregate = group.aggregates[index++]!
      const before = aggregate.weight
      aggregate.add(
        given.map((evaluate) => evaluate(row)),
        row.event?.timestamp ?? 0,
      )
      this.#held.add(aggregate.weight - before)
    }
  }

  end(): void {
    for (const group of this.#groups.values()) {
      this.#group = group
      const fields = new Map(this.#command.by.map(({ name }, index) => [name, group.by[index]]))
      const row = new Row(undefined, fields)
      const values = this.#items.map(({ name, evaluate }) => [name, evaluate(row)] as const)
      this.#next.push(row.with(values), [])
    }
    this.#groups.clear()
    this.#next.end()
  }

  #groupOf(key: string, by: readonly Value[]): Group {
    const known = this.#groups.get(key)
    if (known !== undefined) return known
    if (this.#groups.size >= INSIGHTS_GROUPS)
      throw new QueryTooLarge(`The command stats makes more than ${INSIGHTS_GROUPS} groups.`)
    const group = { by, aggregates: Array.from(this.#calls.values(), ({ create }) => create()) }
    this.#held.add(group.aggregates.reduce((sum, { weight }) => sum + weight, key.length))
    this.#groups.set(key, group)
    return group
  }

  #collectCalls(expression: Expression, times: QueryTimes): void {
    for (const part of partsOf(expression)) {
      const kind = part.type === 'call' ? AGGREGATES.get(part.name.toLowerCase()) : undefined
      if (part.type !== 'call' || kind === undefined) continue
      const given = part.arguments.filter(({ type }) => type !== 'star')
      if (given.length < kind.least || given.length > kind.most)
        throw new MalformedQuery(`The function ${part.name} has the wrong number of arguments.`, part.start, part.end)
      this.#calls.set(part, { create: kind.create, given: given.map((one) => evaluatorOf(one, times)) })
    }
  }
}

/** An item of `stats`, which must be made of aggregations. */
const checked = ({ expression }: Named): Expression => {
  const isAggregated = partsOf(expression).some(
    (part) => part.type === 'call' && AGGREGATES.has(part.name.toLowerCase()),
  )
  if (isAggregated) return expression
  throw new MalformedQuery('The command stats takes aggregations, such as count(*).', expression.start, expression.end)
}

/** Reads the commands of a query, which stand in a row with pipes between. */
import { INSIGHTS_QUERY_LENGTH, INSIGHTS_RESULTS } from '../limits.ts'
import { MalformedQuery } from './malformed-query.ts'
import { readExpression } from './parse-expression.ts'
import { QueryReader } from './query-reader.ts'
import type { Command, Expression, Named, SortKey, Span, TextPattern } from './syntax.ts'

type Unplaced<C> = C extends unknown ? Omit<C, keyof Span> : never

const READERS: Readonly<Record<string, (reader: QueryReader) => Unplaced<Command>>> = {
  fields: (reader) => ({ type: 'fields', items: reader.list(() => readNamed(reader)) }),
  display: (reader) => ({ type: 'display', items: reader.list(() => readNamed(reader)) }),
  filter: (reader) => ({ type: 'filter', condition: readExpression(reader) }),
  parse: (reader) => readParse(reader),
  unnest: (reader) => {
    const from = readField(reader)
    reader.expectWord('into')
    return { type: 'unnest', from, into: readName(reader) }
  },
  stats: (reader) => {
    const items = reader.list(() => readNamed(reader))
    return { type: 'stats', items, by: reader.takeWord('by') === undefined ? [] : reader.list(() => readNamed(reader)) }
  },
  sort: (reader) => ({ type: 'sort', keys: reader.list(() => readSortKey(reader)) }),
  limit: (reader) => ({ type: 'limit', count: readCount(reader) }),
  dedup: (reader) => ({ type: 'dedup', paths: reader.list(() => reader.expectPath()) }),
}

/** AWS has more commands, which look for patterns, compare, or join groups. */
const UNSUPPORTED = new Set(['anomaly', 'diff', 'filterindex', 'join', 'lookup', 'pattern', 'source', 'unmask'])

/** Throws `MalformedQuery`. */
export const parseQuery = (text: string): readonly Command[] => {
  if (text.length > INSIGHTS_QUERY_LENGTH)
    throw new MalformedQuery(`A query has ${INSIGHTS_QUERY_LENGTH} characters at most.`, 0, text.length)
  const reader = new QueryReader(text)
  const commands = [readCommand(reader)]
  while (reader.take('|') !== undefined) commands.push(readCommand(reader))
  if (!reader.isAtEnd) throw reader.unexpected()
  return commands
}

const readCommand = (reader: QueryReader): Command => {
  const start = reader.at
  const { word = '' } = reader
  if (UNSUPPORTED.has(word))
    throw reader.malformed(`the command ${word} is not supported, found`, start, start + word.length)
  const read = Object.hasOwn(READERS, word) ? READERS[word] : undefined
  if (read === undefined) throw reader.unexpected()
  reader.expectWord(word)
  return { ...read(reader), start, end: reader.at }
}

/** An expression with the name that its values get. */
const readNamed = (reader: QueryReader): Named => {
  const start = reader.at
  const expression = readExpression(reader)
  const text = expression.type === 'field' ? expression.path.join('.') : reader.textFrom(start)
  return { name: reader.takeWord('as') === undefined ? text : readName(reader), expression }
}

const readName = (reader: QueryReader): string => reader.expectPath().join('.')

const readField = (reader: QueryReader): Expression => {
  const start = reader.at
  return { type: 'field', path: reader.expectPath(), start, end: reader.at }
}

const readSortKey = (reader: QueryReader): SortKey => ({
  path: reader.expectPath(),
  isDescending: reader.takeWord('asc', 'desc') === 'desc',
})

const readCount = (reader: QueryReader): number => {
  const start = reader.at
  const count = reader.number()
  if (count === undefined) throw reader.unexpected()
  if (!Number.isInteger(count) || count < 1 || count > INSIGHTS_RESULTS)
    throw reader.malformed(`a limit is between 1 and ${INSIGHTS_RESULTS}, found ${count}`, start, reader.at)
  return count
}

const readParse = (reader: QueryReader): Unplaced<Command> => {
  const start = reader.at
  const message: Expression = { type: 'field', path: ['@message'], start, end: start }
  const from = '"\'/'.includes(reader.next) ? message : readField(reader)
  const placed = reader.at
  const pattern = reader.pattern()
  if (pattern === undefined) throw reader.unexpected()
  const named = reader.takeWord('as') === undefined ? [] : reader.list(() => readName(reader))
  return { type: 'parse', from, pattern, names: namesOf(reader, pattern, named, placed) }
}

/** One name for each star or group; groups may have their own. */
const namesOf = (
  reader: QueryReader,
  pattern: TextPattern,
  named: readonly string[],
  at: number,
): readonly (string | undefined)[] => {
  const own = typeof pattern === 'string' ? [] : pattern.groupNames
  if (named.length === 0 && own.some((name) => name !== undefined)) return own
  const expected = typeof pattern === 'string' ? pattern.split('*').length - 1 : own.length
  if (expected === 0 || named.length !== expected)
    throw reader.malformed(`the pattern has ${expected} fields and ${named.length} names, found`, at)
  return named
}

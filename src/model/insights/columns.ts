/** What the results of a query show, and what its commands may speak of. */
import { MalformedQuery } from './malformed-query.ts'
import { type Command, type Expression, type Named, partsOf } from './syntax.ts'

export interface Column {
  readonly name: string
  readonly path: readonly string[]
}

/** AWS: a query that names no fields shows these. */
const DEFAULT: readonly Column[] = ['@timestamp', '@message'].map((name) => ({ name, path: [name] }))

export const columnsOf = (commands: readonly Command[]): readonly Column[] => {
  const lastStats = commands.findLastIndex(({ type }) => type === 'stats')
  const rest = commands.slice(Math.max(lastStats, 0))
  const display = rest.findLast(
    (command): command is Command & { readonly type: 'display' } => command.type === 'display',
  )
  if (display !== undefined) return different(display.items.map(columnOf))
  const isDefault = lastStats === -1 && !rest.some(({ type }) => type === 'fields')
  return different([...(isDefault ? DEFAULT : []), ...rest.flatMap(addedBy)])
}

/** The names that a command adds, in the order in which results show them. */
const addedBy = (command: Command): readonly Column[] => {
  switch (command.type) {
    case 'fields':
      return command.items.map(columnOf)
    case 'stats':
      return [...command.by, ...command.items].map(({ name }) => ({ name, path: [name] }))
    case 'parse':
      return command.names.flatMap((name) => (name === undefined ? [] : [{ name, path: [name] }]))
    case 'unnest':
      return [{ name: command.into, path: [command.into] }]
    default:
      return []
  }
}

const columnOf = ({ name, expression }: Named): Column => ({
  name,
  path: expression.type === 'field' && expression.path.join('.') === name ? expression.path : [name],
})

const different = (columns: readonly Column[]): readonly Column[] => [
  ...new Map(columns.map((column) => [column.name, column])).values(),
]

/** Names that a command makes, which events need not have. */
export const madeBy = (command: Command): readonly string[] => {
  const shows = command.type === 'display' ? command.items.map(columnOf) : addedBy(command)
  return shows.map(({ name }) => name)
}

/** AWS: what no `stats` has passed on is gone, and what follows cannot speak of it. */
export const checkNames = (commands: readonly Command[]): void => {
  let known: Set<string> | undefined
  for (const command of commands) {
    const unknown = pathsOf(command).find((path) => known !== undefined && !isKnown(path, known))
    if (unknown !== undefined)
      throw new MalformedQuery(
        `Unknown symbols found in or after stats: ${unknown.join('.')}`,
        command.start,
        command.end,
      )
    if (command.type === 'stats') known = new Set(madeBy(command))
    else for (const name of madeBy(command)) known?.add(name)
  }
}

const isKnown = (path: readonly string[], known: ReadonlySet<string>): boolean =>
  path.some((_, index) => known.has(path.slice(0, index + 1).join('.')))

const pathsOf = (command: Command): readonly (readonly string[])[] => {
  if (command.type === 'sort') return command.keys.map(({ path }) => path)
  if (command.type === 'dedup') return command.paths
  return expressionsOf(command).flatMap(partsOf).flatMap(fieldOf)
}

const fieldOf = (expression: Expression): readonly (readonly string[])[] => {
  if (expression.type === 'field') return [expression.path]
  return expression.type === 'call' && expression.name.toLowerCase() === 'bin' ? [['@timestamp']] : []
}

const expressionsOf = (command: Command): readonly Expression[] => {
  switch (command.type) {
    case 'filter':
      return [command.condition]
    case 'parse':
    case 'unnest':
      return [command.from]
    case 'stats':
      return [...command.items, ...command.by].map(({ expression }) => expression)
    case 'fields':
    case 'display':
      return command.items.map(({ expression }) => expression)
    default:
      return []
  }
}

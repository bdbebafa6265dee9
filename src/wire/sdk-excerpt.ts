/**
 * Of a client package's schemas, only what some operations need. A package is as large as its API: all of EC2's schemas take 43 MB of memory,
 * an excerpt for fifty operations 17.
 *
 * The schemas are a list of statements at the top level of a file, each of which names one value; schemas refer to each other by name.
 */

/** Its first line, and those that are indented or close it. */
const STATEMENT = /^(?:export )?(?:var|const) ([\w$]+) =.*\n(?:[ \]].*\n)*/gm
const IDENTIFIER = /[A-Za-z_$][\w$]*/g
/** An operation's schema is an array that begins with 9. */
const OPERATION = /^export var ([\w$]+)\$ = \[9,/
/** How an operation refers to its input and its output. */
const REFERENCE = /\(\) => [\w$]+/g

/** The other operations stay, by their names, without input and output. */
export const excerptOf = (source: string, operations: ReadonlySet<string>): string => {
  const statements = statementsOf(source, operations)
  const left = [...statements].flatMap(([name, text]) => (OPERATION.test(text) ? [name] : []))
  const needed = new Set<string>()
  for (let name = left.pop(); name !== undefined; name = left.pop()) {
    const text = statements.get(name)
    if (text === undefined || needed.has(name)) continue
    needed.add(name)
    left.push(...(text.match(IDENTIFIER) ?? []))
  }
  return [...statements].flatMap(([name, text]) => (needed.has(name) ? [text] : [])).join('')
}

/** The text of each statement, by the name that it gives. */
const statementsOf = (source: string, operations: ReadonlySet<string>): ReadonlyMap<string, string> =>
  new Map(
    [...source.matchAll(STATEMENT)].map(([text, name = '']) => {
      const operation = OPERATION.exec(text)?.[1]
      const isLeftOut = operation !== undefined && !operations.has(operation)
      return [name, isLeftOut ? text.replaceAll(REFERENCE, '"unit"') : text] as const
    }),
  )

/** The lines of several streams as one, ordered by time: of each stream no more than a page is held. */
import type { LogLine, StreamReader } from './stream-reader.ts'

interface Open {
  readonly reader: StreamReader
  lines: readonly LogLine[]
  at: number
  isDone: boolean
}

/** Everything that there is now. A stream's own order is kept. */
export async function* mergedLines(readers: readonly StreamReader[]): AsyncIterable<LogLine> {
  const open: Open[] = readers.map((reader) => ({ reader, lines: [], at: 0, isDone: false }))
  for (;;) {
    await Promise.all(open.filter(isEmpty).map(fill))
    const first = earliest(open)
    if (first === undefined) return
    yield first.lines[first.at++] as LogLine
  }
}

const isEmpty = ({ lines, at, isDone }: Open): boolean => !isDone && at === lines.length

const fill = async (one: Open): Promise<void> => {
  one.lines = await one.reader.next()
  one.at = 0
  one.isDone = one.lines.length === 0
}

const earliest = (open: readonly Open[]): Open | undefined => {
  let first: Open | undefined
  for (const one of open) {
    const time = one.lines[one.at]?.timestamp
    if (time !== undefined && (first === undefined || time < (first.lines[first.at]?.timestamp ?? 0))) first = one
  }
  return first
}

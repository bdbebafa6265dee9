/** Reads a stream of JSON values, one per line, as the engine's progress and event streams are. */
import type { Readable } from 'node:stream'

/** A line longer than this is no progress message and no event. */
const LONGEST_LINE = 1024 * 1024

export async function* jsonLines<T>(stream: Readable): AsyncGenerator<T> {
  stream.setEncoding('utf8')
  let pending = ''
  for await (const chunk of stream as AsyncIterable<string>) {
    const lines = (pending + chunk).split('\n')
    pending = lines.pop() ?? ''
    if (pending.length > LONGEST_LINE) throw new SyntaxError(`a line of more than ${LONGEST_LINE} characters`)
    for (const line of lines) if (line.trim() !== '') yield JSON.parse(line) as T
  }
  if (pending.trim() !== '') yield JSON.parse(pending) as T
}

/** Reads the audit trail from its end: the latest events first, as far as a caller's patience goes. */
import { type FileHandle, open } from 'node:fs/promises'
import path from 'node:path'
import { parseTimestamp } from '../../kit/timestamps.ts'
import type { AuditEvent } from '../../model/audit-event.ts'
import { AUDIT_LOOKUP_BYTES } from '../../model/audit-limits.ts'
import { auditFiles } from './audit-log.ts'

export interface AuditQuery {
  readonly matches: (event: AuditEvent) => boolean
  /** Lines without this text match nothing; it spares parsing them. */
  readonly contains?: string
  /** Events before this are of no interest, in milliseconds since the epoch. */
  readonly from: number
  readonly count: number
  /** Where an earlier answer has ended. */
  readonly position?: AuditPosition
}

/** Everything before this byte of the file, and the files before it, is still to be read. */
export interface AuditPosition {
  readonly file: string
  readonly offset: number
}

export interface AuditPage {
  readonly events: readonly AuditEvent[]
  /** Absent if there is no more. A page may be short, or empty, and still have a next one. */
  readonly next?: AuditPosition
}

export interface AuditReader {
  find(query: AuditQuery): Promise<AuditPage>
}

/** For who keeps no trail. */
export const noAuditTrail: AuditReader = { find: async () => ({ events: [] }) }

const CHUNK_BYTES = 256 * 1024
const NEWLINE = 10

export class FileAuditReader implements AuditReader {
  readonly #directory: string

  constructor(directory: string) {
    this.#directory = directory
  }

  async find(query: AuditQuery): Promise<AuditPage> {
    const { position, count, from } = query
    const files = auditFiles(this.#directory).filter((name) => position === undefined || name <= position.file)
    const events: AuditEvent[] = []
    let bytes = 0
    for (const file of files.toReversed()) {
      const end = file === position?.file ? position.offset : undefined
      for await (const { line, offset } of linesBackwards(path.join(this.#directory, file), end)) {
        bytes += line.length
        const event = eventOf(line, query)
        if (event !== undefined && (parseTimestamp(event.eventTime) ?? 0) < from) return { events }
        if (event !== undefined && query.matches(event)) events.push(event)
        if (events.length === count || bytes > AUDIT_LOOKUP_BYTES) return { events, next: { file, offset } }
      }
    }
    return { events }
  }
}

/** Undefined for a line that cannot match, and for one that a crash has torn. */
const eventOf = (line: Buffer, { contains }: AuditQuery): AuditEvent | undefined => {
  if (contains !== undefined && !line.includes(contains)) return undefined
  try {
    return JSON.parse(line.toString()) as AuditEvent
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

interface Line {
  readonly line: Buffer
  /** Where the line begins. */
  readonly offset: number
}

async function* linesBackwards(file: string, end: number | undefined): AsyncGenerator<Line> {
  const handle = await open(file, 'r')
  try {
    let position = end ?? (await handle.stat()).size
    let rest: Buffer = Buffer.alloc(0)
    while (position > 0) {
      const length = Math.min(CHUNK_BYTES, position)
      position -= length
      const chunk = Buffer.concat([await readAt(handle, position, length), rest])
      let lineEnd = chunk.length
      for (let at = lineBefore(chunk, lineEnd); at !== -1; at = lineBefore(chunk, lineEnd)) {
        yield { line: chunk.subarray(at + 1, lineEnd), offset: position + at + 1 }
        lineEnd = at + 1
      }
      rest = chunk.subarray(0, lineEnd)
    }
    if (rest.length > 0) yield { line: rest, offset: 0 }
  } finally {
    await handle.close()
  }
}

/** Where the line break before the line that ends at `end` is; -1 if the line begins before the chunk. */
const lineBefore = (chunk: Buffer, end: number): number => (end < 2 ? -1 : chunk.lastIndexOf(NEWLINE, end - 2))

const readAt = async (handle: FileHandle, position: number, length: number): Promise<Buffer> => {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position)
  return buffer.subarray(0, bytesRead)
}

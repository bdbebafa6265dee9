/** Log events as queries of Insights see them. What was deleted or has expired is not among them, from that moment on. */
import type { LogEvent as QueriedEvent } from '../../model/insights/row.ts'
import type { LogGroupRecord } from '../../model/log-records.ts'
import type { LogEvent, LogPosition } from '../../store/logs/log-store.ts'
import type { ReadTables } from '../../store/tables.ts'
import type { PageTokens } from '../../wire/page-tokens.ts'
import { expiryOf } from './lookups.ts'
import { pointersOf } from './record-pointers.ts'

export class InsightsEvents {
  readonly #tables: ReadTables
  readonly #group: LogGroupRecord
  readonly #log: string
  readonly #pointerTo: (position: LogPosition) => string

  constructor(tables: ReadTables, pageTokens: PageTokens, group: LogGroupRecord) {
    this.#tables = tables
    this.#group = group
    this.#log = `${group.account}:${group.name}`
    this.#pointerTo = pointersOf(pageTokens, group, group.groupId)
  }

  /** Those that are there at this moment. */
  of(events: readonly LogEvent[], now: number): readonly QueriedEvent[] {
    const group = this.#tables.logGroups.get(this.#group.arn)
    if (group?.groupId !== this.#group.groupId) return []
    const expiry = expiryOf(group, now)
    const names = new Map<string, string | undefined>()
    return events.flatMap((event) => {
      if (!names.has(event.streamId)) names.set(event.streamId, this.#nameOf(event.streamId))
      const logStream = names.get(event.streamId)
      return logStream === undefined || event.timestamp < expiry
        ? []
        : [new InsightsEvent(event, logStream, this.#log, this.#pointerTo)]
    })
  }

  #nameOf(streamId: string): string | undefined {
    return this.#tables.logStreams.find('byId', streamId)[0]?.name
  }
}

class InsightsEvent implements QueriedEvent {
  readonly timestamp: number
  readonly ingestionTime: number
  readonly message: string
  readonly logStream: string
  readonly log: string
  readonly #sequence: number
  readonly #pointerTo: (position: LogPosition) => string

  constructor(
    { timestamp, sequence, ingestedAt, message }: LogEvent,
    logStream: string,
    log: string,
    pointerTo: (position: LogPosition) => string,
  ) {
    this.timestamp = timestamp
    this.ingestionTime = ingestedAt
    this.message = message
    this.logStream = logStream
    this.log = log
    this.#sequence = sequence
    this.#pointerTo = pointerTo
  }

  /** Few of many events are shown. */
  get ptr(): string {
    return this.#pointerTo({ timestamp: this.timestamp, sequence: this.#sequence })
  }
}

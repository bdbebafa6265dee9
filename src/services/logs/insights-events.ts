/** Log events as queries of Insights see them. What was deleted or has expired is not among them, from that moment on. */
import type { LogEvent as InsightsEvent } from '../../model/insights/row.ts'
import type { LogGroupRecord } from '../../model/log-records.ts'
import type { LogEvent } from '../../store/logs/log-store.ts'
import type { ReadTables } from '../../store/tables.ts'
import type { PageTokens } from '../../wire/page-tokens.ts'
import { expiryOf } from './lookups.ts'
import { sealPointer } from './record-pointers.ts'

export class InsightsEvents {
  readonly #tables: ReadTables
  readonly #pageTokens: PageTokens
  readonly #group: LogGroupRecord
  readonly #log: string

  constructor(tables: ReadTables, pageTokens: PageTokens, group: LogGroupRecord) {
    this.#tables = tables
    this.#pageTokens = pageTokens
    this.#group = group
    this.#log = `${group.account}:${group.name}`
  }

  /** Those that are there at this moment. */
  of(events: readonly LogEvent[], now: number): readonly InsightsEvent[] {
    const group = this.#tables.logGroups.get(this.#group.arn)
    if (group?.groupId !== this.#group.groupId) return []
    const expiry = expiryOf(group, now)
    const names = new Map<string, string | undefined>()
    return events.flatMap((event) => {
      if (!names.has(event.streamId)) names.set(event.streamId, this.#nameOf(event.streamId))
      const logStream = names.get(event.streamId)
      return logStream === undefined || event.timestamp < expiry ? [] : [this.#eventOf(event, logStream)]
    })
  }

  #nameOf(streamId: string): string | undefined {
    return this.#tables.logStreams.find('byId', streamId)[0]?.name
  }

  #eventOf({ timestamp, sequence, ingestedAt, message }: LogEvent, logStream: string): InsightsEvent {
    const pointer = { groupId: this.#group.groupId, timestamp, sequence }
    const seal = (): string => sealPointer(this.#pageTokens, this.#group, pointer)
    return {
      timestamp,
      ingestionTime: ingestedAt,
      message,
      logStream,
      log: this.#log,
      // Few of many events are shown.
      get ptr() {
        return seal()
      },
    }
  }
}

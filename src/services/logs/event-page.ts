/** As many events as one answer takes. */
import { LOG_PAGE_BYTES } from '../../model/log-limits.ts'
import { EVENT_OVERHEAD_BYTES, type LogEvent, type LogQuery, type LogStore } from '../../store/logs/log-store.ts'

/** In the order of time, whatever the direction of the query. */
export const readPage = async (logs: LogStore, query: LogQuery, limit: number): Promise<readonly LogEvent[]> => {
  const page: LogEvent[] = []
  let bytes = 0
  for await (const events of logs.read(query)) {
    for (const event of events) {
      bytes += Buffer.byteLength(event.message) + EVENT_OVERHEAD_BYTES
      if (page.length === limit || (bytes > LOG_PAGE_BYTES && page.length > 0)) return inOrderOfTime(page, query)
      page.push(event)
    }
    if (page.length === limit) break
  }
  return inOrderOfTime(page, query)
}

const inOrderOfTime = (page: LogEvent[], { direction }: LogQuery): readonly LogEvent[] =>
  direction === 'forward' ? page : page.toReversed()

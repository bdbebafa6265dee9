/** One query of Insights: it waits, runs between everything else that the process does, and has its results when it has ended. */
import type { QueryStatus } from '@aws-sdk/client-cloudwatch-logs'
import type { Clock } from '../../kit/clock.ts'
import { Turn } from '../../kit/turn.ts'
import type { Query, QueryRun, ResultField } from '../../model/insights/query.ts'
import { INSIGHTS_QUERY_TIMEOUT_MS, INSIGHTS_RESULTS_KEPT_LENGTH, LOG_TURN_MS } from '../../model/log-limits.ts'
import type { LogGroupRecord } from '../../model/log-records.ts'
import { QueryTooLarge } from '../../model/insights/malformed-query.ts'
import type { LogStore } from '../../store/logs/log-store.ts'
import type { ReadTables } from '../../store/tables.ts'
import type { PageTokens } from '../../wire/page-tokens.ts'
import { InsightsEvents } from './insights-events.ts'
import { expiryOf } from './lookups.ts'

export interface QueryOrder {
  readonly account: string
  readonly region: string
  readonly query: Query
  readonly groups: readonly LogGroupRecord[]
  /** Milliseconds since the epoch, both included. */
  readonly start: number
  readonly end: number
  readonly limit: number | undefined
  /** ARN of who asks. */
  readonly userIdentity: string
}

export interface QueryDeps {
  readonly clock: Clock
  readonly logs: LogStore
  readonly tables: ReadTables
  readonly pageTokens: PageTokens
}

export type Rows = readonly (readonly ResultField[])[]

export class InsightsQuery {
  readonly queryId: string
  readonly order: QueryOrder
  readonly createdAt: number
  readonly #deps: QueryDeps
  #status: QueryStatus = 'Scheduled'
  #run: QueryRun | undefined
  #rows: Rows = []
  #length = 0
  #bytesScanned = 0
  #recordsScanned = 0
  #groupsScanned = 0
  #startedAt: number | undefined
  #endedAt: number | undefined
  readonly #turn: Turn

  constructor(queryId: string, order: QueryOrder, deps: QueryDeps) {
    this.queryId = queryId
    this.order = order
    this.createdAt = deps.clock.now()
    this.#deps = deps
    this.#turn = new Turn(deps.clock, LOG_TURN_MS)
  }

  get status(): QueryStatus {
    return this.#status
  }

  get isEnded(): boolean {
    return this.#status !== 'Scheduled' && this.#status !== 'Running'
  }

  get endedAt(): number | undefined {
    return this.#endedAt
  }

  /** None before the query has ended. */
  get rows(): Rows {
    return this.#rows
  }

  /** Characters of the rows. */
  get length(): number {
    return this.#length
  }

  get statistics() {
    return {
      recordsMatched: this.#run?.statistics.recordsMatched ?? 0,
      recordsScanned: this.#recordsScanned,
      bytesScanned: this.#bytesScanned,
      estimatedRecordsSkipped: 0,
      estimatedBytesSkipped: 0,
      logGroupsScanned: this.#groupsScanned,
      resultCount: this.#rows.length,
    }
  }

  /** How long it has run, in milliseconds. */
  get durationMs(): number {
    if (this.#startedAt === undefined) return 0
    return (this.#endedAt ?? this.#deps.clock.now()) - this.#startedAt
  }

  /** False if it has ended. */
  cancel(): boolean {
    if (this.isEnded) return false
    this.#end('Cancelled')
    return true
  }

  /** Resolves when it has ended; rejects with what made it fail. */
  async run(): Promise<void> {
    const { query, start, end, limit } = this.order
    this.#status = 'Running'
    this.#startedAt = this.#deps.clock.now()
    try {
      this.#run = query.start({ now: this.createdAt, start, end, ...(limit !== undefined && { limit }) })
      for (const group of this.order.groups) await this.#scan(group, this.#run)
      this.#finish(this.#run)
    } catch (error) {
      if (!this.isEnded) this.#end('Failed')
      throw error
    }
  }

  async #scan(group: LogGroupRecord, run: QueryRun): Promise<void> {
    const { clock, logs, tables, pageTokens } = this.#deps
    const { query, start, end } = this.order
    const known = new InsightsEvents(tables, pageTokens, group)
    const from = Math.max(start, expiryOf(group, clock.now()))
    const search = {
      groupId: group.groupId,
      from,
      to: end + 1,
      direction: 'backward',
      containing: query.literals,
    } as const
    if (this.isEnded) return
    this.#groupsScanned++
    for await (const { events, bytes, records } of logs.search(search)) {
      this.#bytesScanned += bytes
      this.#recordsScanned += records
      for (const event of known.of(events, clock.now())) {
        run.push(event)
        if (this.#turn.isOver) await this.#giveWay()
      }
      if (this.#turn.isOver) await this.#giveWay()
      if (this.isEnded) return
    }
  }

  async #giveWay(): Promise<void> {
    await this.#turn.giveWay()
    if (!this.isEnded && this.durationMs > INSIGHTS_QUERY_TIMEOUT_MS) this.#end('Timeout')
  }

  /** AWS: a query that was stopped has what it has found. */
  #finish(run: QueryRun): void {
    const { rows } = run.finish()
    this.#length = rows.flat().reduce((sum, { field, value }) => sum + field.length + value.length, 0)
    if (this.#length > INSIGHTS_RESULTS_KEPT_LENGTH) {
      this.#length = 0
      throw new QueryTooLarge(`The results have more than ${INSIGHTS_RESULTS_KEPT_LENGTH} characters.`)
    }
    this.#rows = rows
    if (!this.isEnded) this.#end('Complete')
  }

  #end(status: QueryStatus): void {
    this.#status = status
    this.#endedAt = this.#deps.clock.now()
  }
}

/** The queries of Insights that wait, run, or have run lately. They are in memory: a server that starts knows of none. */
import type { Ids } from '../../kit/ids.ts'
import type { Log } from '../../kit/log.ts'
import { QueryTooLarge } from '../../model/insights/malformed-query.ts'
import {
  INSIGHTS_QUERIES,
  INSIGHTS_QUERIES_AT_ONCE,
  INSIGHTS_QUERIES_KEPT,
  INSIGHTS_RESULTS_KEPT_LENGTH,
  INSIGHTS_RESULTS_KEPT_MS,
} from '../../model/log-limits.ts'
import { LogKeyUnusable } from '../../store/logs/log-store.ts'
import { InsightsQuery, type QueryDeps, type QueryOrder } from './insights-query.ts'

export interface InsightsQueriesDeps extends QueryDeps {
  readonly ids: Ids
  readonly log: Log
}

export class InsightsQueries {
  readonly #deps: InsightsQueriesDeps
  /** In the order in which they came. */
  readonly #queries = new Map<string, InsightsQuery>()
  #running = 0

  constructor(deps: InsightsQueriesDeps) {
    this.#deps = deps
  }

  /** No other query can be taken until one of those that wait or run has ended. */
  get isFull(): boolean {
    return this.#active().length >= INSIGHTS_QUERIES
  }

  start(order: QueryOrder): InsightsQuery {
    this.#forget()
    const query = new InsightsQuery(this.#deps.ids.uuid(), order, this.#deps)
    this.#queries.set(query.queryId, query)
    this.#runNext()
    return query
  }

  /** Undefined for queries of others, too. */
  get({ account, region }: Pick<QueryOrder, 'account' | 'region'>, queryId: string): InsightsQuery | undefined {
    this.#forget()
    const query = this.#queries.get(queryId)
    return query?.order.account === account && query.order.region === region ? query : undefined
  }

  /** The latest first. */
  find({ account, region }: Pick<QueryOrder, 'account' | 'region'>): readonly InsightsQuery[] {
    this.#forget()
    return [...this.#queries.values()]
      .filter(({ order }) => order.account === account && order.region === region)
      .toReversed()
  }

  #active(): readonly InsightsQuery[] {
    return [...this.#queries.values()].filter(({ isEnded }) => !isEnded)
  }

  #runNext(): void {
    if (this.#running >= INSIGHTS_QUERIES_AT_ONCE) return
    const next = this.#active().find(({ status }) => status === 'Scheduled')
    if (next === undefined) return
    this.#running++
    void this.#run(next)
  }

  async #run(query: InsightsQuery): Promise<void> {
    try {
      await query.run()
    } catch (error) {
      const { queryId } = query
      const isExpected = error instanceof QueryTooLarge || error instanceof LogKeyUnusable
      if (isExpected) this.#deps.log.info('a query cannot be answered', { queryId, reason: error.message })
      else this.#deps.log.error('a query failed', { queryId, error })
    }
    this.#running--
    this.#forget()
    this.#runNext()
  }

  /** Of those that have ended, the oldest go first when their time is over or there are too many. */
  #forget(): void {
    const ended = [...this.#queries.values()].filter(({ isEnded }) => isEnded)
    let count = ended.length
    let length = ended.reduce((sum, query) => sum + query.length, 0)
    const oldest = this.#deps.clock.now() - INSIGHTS_RESULTS_KEPT_MS
    for (const query of ended) {
      const isTooMuch = count > INSIGHTS_QUERIES_KEPT || length > INSIGHTS_RESULTS_KEPT_LENGTH
      if (!isTooMuch && (query.endedAt ?? oldest) >= oldest) continue
      this.#queries.delete(query.queryId)
      count--
      length -= query.length
    }
  }
}

/**
 * A URL as the destination of a subscription: it gets the documents that AWS delivers, each with events of one stream, compressed.
 * Source: "Subscription filters with Kinesis Data Streams", CloudWatch Logs User Guide.
 */
import type { Clock } from '../../kit/clock.ts'
import { eventIdOf } from '../../model/log-event-id.ts'
import type { SubscriptionFilterRecord } from '../../model/log-filter-records.ts'
import { LOG_DELIVERIES_AT_ONCE } from '../../model/log-limits.ts'
import type { Destination } from './destination.ts'
import type { StreamEvents } from './portion.ts'
import type { Poster } from './poster.ts'

export class UrlDestination implements Destination {
  readonly #poster: Poster
  readonly #clock: Clock
  readonly #filter: SubscriptionFilterRecord
  readonly #url: string

  constructor(poster: Poster, clock: Clock, filter: SubscriptionFilterRecord, url: string) {
    this.#poster = poster
    this.#clock = clock
    this.#filter = filter
    this.#url = url
  }

  /** AWS: from itself, about no group. */
  async announce(): Promise<void> {
    await this.#post({
      messageType: 'CONTROL_MESSAGE',
      owner: 'CloudwatchLogs',
      logGroup: '',
      logStream: '',
      subscriptionFilters: [],
      logEvents: [
        { id: '', timestamp: this.#clock.now(), message: 'CWL CONTROL MESSAGE: Checking health of destination.' },
      ],
    })
  }

  /** Some at a time: each stream has one message at the most, so that its events come in order. */
  async send(messages: readonly StreamEvents[]): Promise<void> {
    for (let from = 0; from < messages.length; from += LOG_DELIVERIES_AT_ONCE) {
      const some = messages.slice(from, from + LOG_DELIVERIES_AT_ONCE)
      await Promise.all(some.map((message) => this.#post(this.#documentOf(message))))
    }
  }

  #documentOf({ logStreamName, events }: StreamEvents): object {
    const { account, groupName, name } = this.#filter
    return {
      messageType: 'DATA_MESSAGE',
      owner: account,
      logGroup: groupName,
      logStream: logStreamName,
      subscriptionFilters: [name],
      logEvents: events.map((event) => ({
        id: eventIdOf(event),
        timestamp: event.timestamp,
        message: event.message,
      })),
    }
  }

  #post(document: object): Promise<void> {
    return this.#poster.post(new URL(this.#url), document)
  }
}

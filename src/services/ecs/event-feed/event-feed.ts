/**
 * The events that ECS sends to EventBridge, made from durable changes and handed to whoever subscribes, in the order of the changes.
 * Delivery is the subscribers' business; without any the feed does nothing at all.
 */
import type { Clock } from '../../../kit/clock.ts'
import type { Ids } from '../../../kit/ids.ts'
import type { Log } from '../../../kit/log.ts'
import type { ChangeSet, Store } from '../../../store/store.ts'
import { type EcsEvent, envelop } from './event.ts'
import { EVENTFUL_TABLES, eventsOf } from './events-of.ts'

export type EventListener = (event: EcsEvent) => void

export interface EventFeedOptions {
  readonly store: Store
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
}

export class EventFeed {
  readonly #options: EventFeedOptions
  readonly #listeners = new Set<{ readonly listener: EventListener }>()
  #endWatch: (() => void) | undefined

  constructor(options: EventFeedOptions) {
    this.#options = options
  }

  /** Every event from now on. Returns a function that ends it. A listener that throws harms nobody else. */
  subscribe(listener: EventListener): () => void {
    const subscription = { listener }
    this.#listeners.add(subscription)
    this.#endWatch ??= this.#options.store.watch(EVENTFUL_TABLES, (changeSet) => this.#tell(changeSet))
    return () => this.#end(subscription)
  }

  #end(subscription: { readonly listener: EventListener }): void {
    this.#listeners.delete(subscription)
    if (this.#listeners.size > 0) return
    this.#endWatch?.()
    this.#endWatch = undefined
  }

  #tell({ changes }: ChangeSet): void {
    const { store, clock, ids } = this.#options
    for (const content of eventsOf(changes, store.tables, clock.now())) {
      const event = envelop(content, ids.uuid())
      for (const { listener } of this.#listeners) this.#hand(event, listener)
    }
  }

  #hand(event: EcsEvent, listener: EventListener): void {
    try {
      listener(event)
    } catch (error) {
      this.#options.log.error('a subscriber of the event feed failed', {
        detailType: event['detail-type'],
        error: error instanceof Error ? error.message : String(error),
      })
    }
  }
}

/**
 * Delivers what subscriptions have not delivered yet, a portion at a time. How far each has come is written down after each portion that
 * was taken, so that a crash repeats one portion at the most. A portion that is not taken is tried again, for a day.
 */
import type { Clock } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'
import type { LogDeliveryRecord, SubscriptionFilterRecord } from '../../model/log-filter-records.ts'
import { LOG_DELIVERY_AGE_MS, LOG_DELIVERY_KEPT_EVERY_MS } from '../../model/log-limits.ts'
import type { LogGroupRecord } from '../../model/log-records.ts'
import { Destinations, type DestinationsOptions } from './destinations.ts'
import { PortionReader, type Portion } from './portion.ts'

export interface DeliveryOptions extends DestinationsOptions {
  readonly clock: Clock
  readonly log: Log
}

interface Progress {
  /** As far as the table has it. A row that somebody else has put makes this worthless. */
  kept: LogDeliveryRecord
  keptAt: number
  /** Perhaps further, by portions that had nothing to deliver. */
  now: LogDeliveryRecord
}

interface Subscription {
  readonly filter: SubscriptionFilterRecord
  readonly group: LogGroupRecord
  readonly progress: Progress
}

/** Portions after which others have their turn. */
const PORTIONS_AT_ONCE = 20
const SOON_MS = 1

export class Delivery {
  readonly #options: DeliveryOptions
  readonly #reader: PortionReader
  readonly #destinations: Destinations
  /** By the key of the filter. */
  readonly #progress = new Map<string, Progress>()
  #isStopped = false

  constructor(options: DeliveryOptions) {
    this.#options = options
    this.#reader = new PortionReader(options)
    this.#destinations = new Destinations(options)
  }

  /** Resolves when there is nothing more, or says when to go on. Rejects with what keeps it from going on. */
  async deliver(key: string): Promise<{ readonly againInMs: number } | void> {
    let failure: Error | undefined
    for (let portions = 0; portions < PORTIONS_AT_ONCE; portions++) {
      const subscription = this.#subscriptionOf(key)
      if (this.#isStopped || subscription === undefined) return
      const portion = await this.#reader.read(subscription.filter, subscription.group, subscription.progress.now)
      failure ??= await this.#failureOf(subscription, portion)
      if (failure !== undefined) this.#dropOrThrow(subscription, portion, failure)
      if (await this.#goOn(subscription, portion)) return
    }
    return { againInMs: SOON_MS }
  }

  stop(): void {
    this.#isStopped = true
    this.#destinations.stop()
  }

  #subscriptionOf(key: string): Subscription | undefined {
    const { tables } = this.#options.store
    const filter = tables.subscriptionFilters.get(key)
    const kept = tables.logDeliveries.get(key)
    const [group] = filter === undefined ? [] : tables.logGroups.find('byId', filter.groupId)
    if (filter === undefined || kept === undefined || group === undefined) {
      this.#progress.delete(key)
      return undefined
    }
    const known = this.#progress.get(key)
    const progress = known?.kept === kept ? known : { kept, keptAt: this.#options.clock.now(), now: kept }
    this.#progress.set(key, progress)
    return { filter, group, progress }
  }

  /** Undefined if the portion was taken. */
  async #failureOf({ filter, group, progress }: Subscription, { messages }: Portion): Promise<Error | undefined> {
    const isNew = progress.now.announcedTo !== filter.destinationArn
    if (messages.length === 0 && !(isNew && this.#isFresh(filter.createdAt))) return undefined
    try {
      const destination = this.#destinations.of(filter, group)
      if (isNew) await destination.announce()
      progress.now = { ...progress.now, announcedTo: filter.destinationArn }
      await destination.send(messages)
      return undefined
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error))
    }
  }

  #isFresh(at: number): boolean {
    return at > this.#options.clock.now() - LOG_DELIVERY_AGE_MS
  }

  /** AWS: what a destination has not taken for a day is dropped. Throws if it is too early for that. */
  #dropOrThrow({ filter }: Subscription, { messages, lastIngestedAt }: Portion, failure: Error): void {
    if (this.#isStopped || messages.length === 0 || this.#isFresh(lastIngestedAt)) throw failure
    this.#options.log.warn('log events could not be delivered for a day and are dropped', {
      logGroupName: filter.groupName,
      filterName: filter.name,
      events: messages.reduce((sum, { events }) => sum + events.length, 0),
      error: failure.message,
    })
  }

  /** True if there is nothing more. */
  async #goOn({ filter, progress }: Subscription, { messages, next }: Portion): Promise<boolean> {
    const { after: before, upTo, position: _before, ...rest } = progress.now
    const last = this.#options.logs.lastSequence(filter.groupId)
    progress.now =
      next === undefined
        ? { ...rest, after: upTo, upTo: Math.max(last, upTo) }
        : { ...rest, after: before, upTo, position: next }
    const isDone = next === undefined && progress.now.upTo === upTo
    if (messages.length > 0 || this.#isWorthKeeping(progress)) await this.#keep(progress)
    return isDone
  }

  /** What had nothing to deliver is written down now and then, so that it is not all looked through again after a start. */
  #isWorthKeeping({ kept, keptAt, now }: Progress): boolean {
    if (now.announcedTo !== kept.announcedTo) return true
    const isFurther = now.after !== kept.after || now.position !== kept.position
    return isFurther && this.#options.clock.now() - keptAt >= LOG_DELIVERY_KEPT_EVERY_MS
  }

  async #keep(progress: Progress): Promise<void> {
    const { store, clock } = this.#options
    const { kept, now } = progress
    const written = await store.transact(({ logDeliveries }) =>
      logDeliveries.get(now.key) === kept ? logDeliveries.put(now) : undefined,
    )
    if (written === undefined) return
    progress.kept = written
    progress.now = written
    progress.keptAt = clock.now()
  }
}

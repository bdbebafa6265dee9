/** Another log group as the destination of a subscription: events go to its streams of the same names, with the same times. */
import type { Clock } from '../../kit/clock.ts'
import type { Ids } from '../../kit/ids.ts'
import { logStreamKey } from '../../model/log-records.ts'
import type { LogStore } from '../../store/logs/log-store.ts'
import type { Store } from '../../store/store.ts'
import { type Destination, Undeliverable } from './destination.ts'
import type { StreamEvents } from './portion.ts'

export interface GroupDestinationOptions {
  readonly store: Store
  readonly logs: LogStore
  readonly clock: Clock
  readonly ids: Ids
}

export class GroupDestination implements Destination {
  readonly #options: GroupDestinationOptions
  /** With or without `:*`. */
  readonly #arn: string

  constructor(options: GroupDestinationOptions, arn: string) {
    this.#options = options
    this.#arn = arn
  }

  async announce(): Promise<void> {}

  async send(messages: readonly StreamEvents[]): Promise<void> {
    const { logs, clock } = this.#options
    for (const { logStreamName, events } of messages) {
      const { groupId, streamId } = await this.#streamFor(logStreamName)
      await logs.append({
        groupId,
        streamId,
        events: events.map(({ timestamp, message }) => ({ timestamp, message })),
        ingestedAt: clock.now(),
      })
    }
  }

  /** The stream of that name, which is made if there is none. */
  #streamFor(name: string): Promise<{ readonly groupId: string; readonly streamId: string }> {
    const { store, ids, clock } = this.#options
    return store.transact(({ logGroups, logStreams }) => {
      const group = logGroups.get(this.#arn.replace(/:\*$/, ''))
      if (group === undefined) throw new Undeliverable(`There is no log group ${this.#arn}.`)
      const { groupId } = group
      const known = logStreams.get(logStreamKey(groupId, name))
      return known ?? logStreams.insert({ groupId, name, streamId: ids.uuid(), createdAt: clock.now() })
    })
  }
}

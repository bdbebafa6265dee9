/** Where subscriptions deliver to, by what their filters say. */
import { isLogDestinationArn, parseArn, resourceId } from '../../model/arn.ts'
import { iamKey } from '../../model/iam-records.ts'
import type { LogDestinationRecord, SubscriptionFilterRecord } from '../../model/log-filter-records.ts'
import type { LogGroupRecord } from '../../model/log-records.ts'
import { RoleTrust } from '../../model/role-trust.ts'
import type { Clock } from '../../kit/clock.ts'
import type { Ids } from '../../kit/ids.ts'
import type { LogStore } from '../../store/logs/log-store.ts'
import type { Store } from '../../store/store.ts'
import { type Destination, Undeliverable } from './destination.ts'
import { GroupDestination } from './group-destination.ts'
import { Poster } from './poster.ts'
import { UrlDestination } from './url-destination.ts'

export interface DestinationsOptions {
  readonly store: Store
  readonly logs: LogStore
  readonly clock: Clock
  readonly ids: Ids
  readonly endpoint: string
  readonly takesRolesForGranted: boolean
}

export class Destinations {
  readonly #options: DestinationsOptions
  readonly #poster: Poster
  readonly #trust = new RoleTrust()

  constructor(options: DestinationsOptions) {
    this.#options = options
    this.#poster = new Poster(options)
  }

  /** Throws `Undeliverable` if it is not there, or may not be used. */
  of(filter: SubscriptionFilterRecord, group: LogGroupRecord): Destination {
    if (!isLogDestinationArn(filter.destinationArn)) return new GroupDestination(this.#options, filter.destinationArn)
    const destination = this.#options.store.tables.logDestinations.get(filter.destinationArn)
    if (destination === undefined) throw new Undeliverable(`There is no destination ${filter.destinationArn}.`)
    this.#checkRole(destination, group)
    return new UrlDestination(this.#poster, this.#options.clock, filter, destination.target)
  }

  stop(): void {
    this.#poster.stop()
  }

  /** Who takes the role away, or its trust in the service, ends the delivery. */
  #checkRole({ roleArn }: LogDestinationRecord, group: LogGroupRecord): void {
    const { store, takesRolesForGranted } = this.#options
    const role = store.tables.roles.get(iamKey(parseArn(roleArn)?.account ?? '', resourceId(roleArn)))
    if (role === undefined && takesRolesForGranted) return
    const use = { service: 'logs.amazonaws.com', sourceArn: `${group.arn}:*` }
    if (role?.arn !== roleArn || !this.#trust.allows(role, use))
      throw new Undeliverable(`The role ${roleArn} is not there, or does not trust logs.amazonaws.com.`)
  }
}

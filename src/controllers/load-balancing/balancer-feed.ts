/**
 * What one balancer is told: the whole table first, then what changes. Between two messages it is only remembered which items are to be
 * said; they are made when the balancer takes them, so that a slow one hears the last word on each and costs no more than a quick one.
 */
import type { BalancerSession } from '../../agentlink/balancer-server.ts'
import { CLOSE_INTERNAL_ERROR } from '../../agentlink/socket.ts'
import { settle } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'
import { type Sealer, Unsealable } from '../../kit/sealing.ts'
import type { ControlMessage } from '../../model/load-balancing/messages.ts'
import type { Store } from '../../store/store.ts'
import { routingItem } from './routing-items.ts'
import { allItems, type ItemName } from './routing-names.ts'

export interface BalancerFeedOptions {
  readonly store: Store
  readonly sealer: Sealer
  readonly log: Log
}

export class BalancerFeed {
  readonly #options: BalancerFeedOptions
  readonly #session: BalancerSession
  /** To be said, by name. */
  readonly #touched = new Map<string, ItemName>()
  /** Made, and to be sent when the balancer takes it. */
  #outbox: ControlMessage[] = []
  #isMaking = false
  /** Names of items that the balancer has. */
  readonly #said = new Set<string>()
  /** Load balancers that were said and not confirmed, with the revisions that have them. */
  readonly #unconfirmed = new Map<string, readonly number[]>()
  /** Load balancers that are served there, or would be if nothing hindered it. */
  readonly #confirmed = new Set<string>()
  readonly #problems = new Map<string, string>()

  constructor(options: BalancerFeedOptions, session: BalancerSession) {
    this.#options = options
    this.#session = session
    this.touch(allItems(options.store.tables))
    // An empty table is one, too.
    this.#goOn()
  }

  touch(names: Iterable<ItemName>): void {
    for (const name of names) this.#touched.set(`${name.kind} ${name.key}`, name)
    if (this.#touched.size > 0) this.#goOn()
  }

  /** The balancer takes more. */
  drained(): void {
    this.#send()
    if (this.#touched.size > 0) this.#goOn()
  }

  /** The table of that revision is served. Gives the load balancers for which that is news, with the last revisions that have them. */
  applied(revision: number): ReadonlyMap<string, number> {
    const news = new Map<string, number>()
    for (const [arn, said] of this.#unconfirmed) {
      const last = said.findLast((each) => each <= revision)
      if (last === undefined) continue
      news.set(arn, last)
      this.#confirmed.add(arn)
      const left = said.filter((each) => each > revision)
      if (left.length > 0) this.#unconfirmed.set(arn, left)
      else this.#unconfirmed.delete(arn)
    }
    return news
  }

  noteProblem(loadBalancerArn: string, problem: string | undefined): void {
    if (problem === undefined) this.#problems.delete(loadBalancerArn)
    else this.#problems.set(loadBalancerArn, problem)
  }

  problemOf(loadBalancerArn: string): string | undefined {
    return this.#problems.get(loadBalancerArn)
  }

  serves(loadBalancerArn: string): boolean {
    return this.#confirmed.has(loadBalancerArn) && !this.#problems.has(loadBalancerArn)
  }

  #goOn(): void {
    if (this.#isMaking || this.#outbox.length > 0) return
    this.#isMaking = true
    this.#make().catch((error: unknown) => {
      this.#options.log.error('a balancer cannot be told what to do', { balancerId: this.#session.balancerId, error })
      this.#session.close(CLOSE_INTERNAL_ERROR, 'The control plane made a mistake')
    })
  }

  /** Everything touched, as one consistent table of one moment, when that is durable. */
  async #make(): Promise<void> {
    // Several changes of one moment are said together.
    await settle()
    const { store } = this.#options
    const messages: ControlMessage[] = []
    // What is durable was announced, and is among what was touched; of anything newer, that is not certain.
    const { durableRevision: revision } = store
    for (const name of this.#touched.values()) messages.push(...this.#messages(name, revision))
    this.#touched.clear()
    messages.push({ type: 'ready', revision })
    await store.durable()
    this.#outbox = messages
    this.#isMaking = false
    this.#send()
    if (this.#touched.size > 0) this.#goOn()
  }

  /** None if the item is not there, as far as the balancer knows, too. */
  #messages(name: ItemName, revision: number): readonly ControlMessage[] {
    const item = this.#item(name)
    const text = `${name.kind} ${name.key}`
    if (name.kind === 'loadBalancer') this.#noteSaid(name.key, item === undefined ? undefined : revision)
    if (item === undefined) return this.#said.delete(text) ? [{ type: 'remove', ...name }] : []
    this.#said.add(text)
    return [{ type: 'set', item }]
  }

  #noteSaid(loadBalancerArn: string, revision: number | undefined): void {
    if (revision !== undefined)
      this.#unconfirmed.set(loadBalancerArn, [...(this.#unconfirmed.get(loadBalancerArn) ?? []), revision])
    else {
      this.#unconfirmed.delete(loadBalancerArn)
      this.#confirmed.delete(loadBalancerArn)
      this.#problems.delete(loadBalancerArn)
    }
  }

  /** One secret that cannot be opened does not keep everything else from being served. */
  #item(name: ItemName): ReturnType<typeof routingItem> {
    const { store, sealer, log } = this.#options
    try {
      return routingItem(store.tables, sealer, name)
    } catch (error) {
      if (!(error instanceof Unsealable)) throw error
      log.error('a secret of a load balancer cannot be opened', { ...name, error })
      return undefined
    }
  }

  #send(): void {
    let sent = 0
    while (sent < this.#outbox.length && !this.#session.isCongested) this.#session.send(this.#outbox[sent++]!)
    this.#outbox = this.#outbox.slice(sent)
  }
}

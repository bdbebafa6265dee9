/** The rules of a routing table that authenticate users: found by their names in HAProxy's configuration, and by their realms. */
import type { AuthenticateOidcActionConfig } from '@aws-sdk/client-elastic-load-balancing-v2'
import type { RoutingTable } from '../../model/load-balancing/routing.ts'
import { namedRules } from '../configuration/listeners.ts'
import { listenerName } from '../configuration/names.ts'
import { oidcConfigOf } from '../configuration/oidc.ts'
import { type Realm, realmOf } from './realm.ts'

export interface OidcRule {
  readonly loadBalancerArn: string
  readonly config: AuthenticateOidcActionConfig
  readonly realm: Realm
}

export class OidcRules {
  readonly #byName = new Map<string, OidcRule>()
  /** By the realm's id. Rules of one realm differ in nothing that counts when users come back. */
  readonly #byRealm = new Map<string, OidcRule>()
  /** By the listener's name: the load balancer's ARN. */
  readonly #owners = new Map<string, string>()

  constructor({ loadBalancers }: Pick<RoutingTable, 'loadBalancers'>, cookieKey: string) {
    for (const { loadBalancerArn, listeners } of loadBalancers.values())
      for (const listener of listeners) {
        this.#owners.set(listenerName(listener.listenerArn), loadBalancerArn)
        for (const { name, rule } of namedRules(listener)) {
          const config = oidcConfigOf(rule)
          if (config === undefined) continue
          const realm = realmOf(cookieKey, loadBalancerArn, config)
          this.#byName.set(name, { loadBalancerArn, config, realm })
          this.#byRealm.set(realm.realmId, { loadBalancerArn, config, realm })
        }
      }
  }

  get issuers(): ReadonlySet<string> {
    return new Set(Array.from(this.#byName.values(), ({ config }) => config.Issuer ?? ''))
  }

  getByName(name: string): OidcRule | undefined {
    return this.#byName.get(name)
  }

  /** Of the load balancer that the listener belongs to; those of others are unknown there. */
  getByRealm(realmId: string, listener: string): OidcRule | undefined {
    const rule = this.#byRealm.get(realmId)
    return rule !== undefined && rule.loadBalancerArn === this.#owners.get(listener) ? rule : undefined
  }
}

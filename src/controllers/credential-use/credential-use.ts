/**
 * When access keys and roles were last used. Calls only leave a note in memory; what was noted is written every few minutes, so a use just
 * before a crash can be missing.
 */
import { LAST_USED_INTERVAL_MS, LAST_USES_KEPT } from '../../model/limits.ts'
import { parseArn, resourceId } from '../../model/arn.ts'
import { iamKey } from '../../model/iam-records.ts'
import type { Principal } from '../../model/principal.ts'
import type { Store } from '../../store/store.ts'
import type { Transaction } from '../../store/tables.ts'
import type { Controller } from '../controller.ts'

export interface Use {
  readonly principal: Principal
  readonly region: string
  /** E.g. `ecs`. */
  readonly service: string
  readonly at: number
}

type LastUse = Omit<Use, 'principal'>

export class CredentialUse implements Controller {
  readonly name = 'credential-use'
  readonly everyMs = LAST_USED_INTERVAL_MS
  readonly #store: Store
  #keys = new Map<string, LastUse>()
  #roles = new Map<string, LastUse>()

  constructor(store: Store) {
    this.#store = store
  }

  note({ principal: { accessKeyId, account, session }, ...use }: Use): void {
    if (session === undefined) remember(this.#keys, accessKeyId, use)
    else if (isRole(session.issuerArn)) remember(this.#roles, iamKey(account, resourceId(session.issuerArn)), use)
  }

  watch(): () => void {
    return () => {}
  }

  keys(): Iterable<string> {
    return [this.name]
  }

  async reconcile(): Promise<void> {
    const [keys, roles] = [this.#keys, this.#roles]
    if (keys.size + roles.size === 0) return
    this.#keys = new Map()
    this.#roles = new Map()
    await this.#store.transact((tx) => {
      for (const [key, use] of keys) keyWasUsed(tx, key, use)
      for (const [key, use] of roles) roleWasUsed(tx, key, use)
    })
  }
}

const isRole = (arn: string): boolean => parseArn(arn)?.resource.startsWith('role/') === true

const remember = (uses: Map<string, LastUse>, key: string, use: LastUse): void => {
  if (uses.size < LAST_USES_KEPT || uses.has(key)) uses.set(key, use)
}

const keyWasUsed = (tx: Transaction, accessKeyId: string, { at, region, service }: LastUse): void => {
  if (tx.accessKeys.has(accessKeyId)) tx.accessKeys.update(accessKeyId, { lastUsed: { at, region, service } })
}

const roleWasUsed = (tx: Transaction, key: string, { at, region }: LastUse): void => {
  if (tx.roles.has(key)) tx.roles.update(key, { lastUsed: { at, region } })
}

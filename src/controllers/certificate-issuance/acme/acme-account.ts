/** The installation's account at an ACME server: its key is made and kept before the server hears of it, so that it is never lost. */
import type { Sealer } from '../../../kit/sealing.ts'
import { createKey } from '../../../kit/x509.ts'
import { acmeAccountKeyPurpose, type AcmeAccountRecord } from '../../../model/certificate-records.ts'
import type { Store } from '../../../store/store.ts'
import { AcmeClient } from './acme-client.ts'
import { type AcmeHttp, acmeHttp } from './acme-http.ts'

export interface AcmeAccountOptions {
  readonly store: Store
  readonly sealer: Sealer
  readonly directoryUrl: string
  readonly contact?: string | undefined
  readonly trusted?: string | undefined
  /** For tests. */
  readonly http?: AcmeHttp | undefined
}

export class AcmeAccount {
  readonly #options: AcmeAccountOptions
  #client: Promise<AcmeClient> | undefined

  constructor(options: AcmeAccountOptions) {
    this.#options = options
  }

  /** A client whose account the server knows. */
  client(): Promise<AcmeClient> {
    this.#client ??= this.#open().catch((error: unknown) => {
      this.#client = undefined
      throw error
    })
    return this.#client
  }

  /** The server does not know it any more: it is registered again, with the same key. */
  async forget(): Promise<void> {
    this.#client = undefined
    await this.#keepUrl(undefined)
  }

  async #open(): Promise<AcmeClient> {
    const { sealer, directoryUrl, contact, trusted, http = acmeHttp(trusted) } = this.#options
    const { sealedKey, accountUrl } = await this.#row()
    const accountKey = sealer.open(sealedKey, acmeAccountKeyPurpose({ directoryUrl })).toString()
    const client = new AcmeClient({ http, directoryUrl, accountKey, accountUrl })
    if (accountUrl === undefined) await this.#keepUrl(await client.register(contact))
    return client
  }

  async #row(): Promise<AcmeAccountRecord> {
    const { store, sealer, directoryUrl } = this.#options
    const known = store.tables.acmeAccounts.get(directoryUrl)
    if (known !== undefined) return known
    const key = Buffer.from(await createKey('EC_prime256v1'))
    const sealedKey = sealer.seal(key, acmeAccountKeyPurpose({ directoryUrl }))
    return store.transact(
      ({ acmeAccounts }) => acmeAccounts.get(directoryUrl) ?? acmeAccounts.insert({ directoryUrl, sealedKey }),
    )
  }

  async #keepUrl(accountUrl: string | undefined): Promise<void> {
    const { store, directoryUrl } = this.#options
    await store.transact(({ acmeAccounts }) => acmeAccounts.update(directoryUrl, { accountUrl }))
  }
}

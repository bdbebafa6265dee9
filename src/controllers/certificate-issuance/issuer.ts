/** The work of having certificates issued; loaded with the first that there is something to do for. */
import { defined } from '../../kit/assert.ts'
import type { Clock } from '../../kit/clock.ts'
import type { Ids } from '../../kit/ids.ts'
import type { Log } from '../../kit/log.ts'
import type { Sealer } from '../../kit/sealing.ts'
import { createKey, loadX509, type NewKeyAlgorithm } from '../../kit/x509.ts'
import { certificateFacts } from '../../model/certificate-facts.ts'
import {
  certificateOrderKeyPurpose,
  type CertificateOrderRecord,
  type CertificateRecord,
} from '../../model/certificate-records.ts'
import type { Store } from '../../store/store.ts'
import type { Transaction } from '../../store/tables.ts'
import { type Advance, type CertificateAuthority, IssuanceFailure } from './certificate-authority.ts'
import { beginOrder, install, keepFailure, keepProgress, timeOut } from './order-transactions.ts'

export interface IssuerOptions {
  readonly store: Store
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
  readonly sealer: Sealer
}

/** When there is to be looked again; undefined: at once, as the change of a row does. */
type Again = { readonly againInMs: number } | void

export class Issuer {
  readonly #options: IssuerOptions
  readonly #authority: CertificateAuthority

  constructor(options: IssuerOptions, authority: CertificateAuthority) {
    this.#options = options
    this.#authority = authority
  }

  async begin({ certificateArn, keyAlgorithm }: CertificateRecord, isRenewal: boolean): Promise<void> {
    const privateKey = await createKey(keyAlgorithm as NewKeyAlgorithm)
    await this.#transact((tx, now) =>
      beginOrder(tx, this.#options.sealer, { certificateArn, isRenewal, privateKey }, now),
    )
  }

  async advance(row: CertificateRecord, order: CertificateOrderRecord): Promise<Again> {
    const privateKey = this.#options.sealer.open(order.sealedPrivateKey, certificateOrderKeyPurpose(order)).toString()
    try {
      const advance = await this.#authority.advance({ row, order, privateKey })
      if (advance.kind === 'issued') return await this.#install(order, privateKey, advance)
      await this.#transact((tx, now) => keepProgress(tx, order, advance, now))
      return { againInMs: advance.againInMs }
    } catch (error) {
      if (!(error instanceof IssuanceFailure)) throw error
      const { certificateArn, failedAttempts } = order
      const problem = error.message
      this.#options.log.warn('a certificate was not issued', { certificateArn, failedAttempts, problem })
      return this.#transact((tx, now) => keepFailure(tx, order, error, now))
    }
  }

  async timeOut({ certificateArn }: CertificateRecord): Promise<void> {
    await this.#transact((tx) => timeOut(tx, certificateArn))
  }

  async revoke(row: CertificateRecord): Promise<void> {
    await this.#authority.revoke(row)
    await this.#transact(({ certificates }) => {
      if (certificates.has(row.certificateArn)) certificates.update(row.certificateArn, { isRevocationDue: undefined })
    })
  }

  async #install(
    order: CertificateOrderRecord,
    privateKey: string,
    { certificate, chain, directoryUrl }: Extract<Advance, { kind: 'issued' }>,
  ): Promise<void> {
    const { keyAlgorithm, ...facts } = certificateFacts(await loadX509(), certificate)
    const known = { ...facts, keyAlgorithm: defined(keyAlgorithm, 'the algorithm of a key that was made here') }
    const issued = { certificate, ...(chain !== undefined && { chain }), facts: known }
    await this.#transact((tx, now) =>
      install(tx, this.#options.sealer, order, { issued, privateKey, directoryUrl }, now),
    )
    const { certificateArn, isRenewal } = order
    this.#options.log.info('a certificate was issued', { certificateArn, isRenewal })
  }

  #transact(work: (tx: Transaction, now: number) => void): Promise<void> {
    const { store, clock } = this.#options
    return store.transact((tx) => work(tx, clock.now()))
  }
}

/**
 * Certificates that were requested are issued, and renewed in time while they are in use. How far each is stands in the row of its order, so
 * that it goes on after a restart; what failed is tried again, less and less often. https://docs.aws.amazon.com/acm/latest/userguide/managed-renewal.html
 */
import type { CertificateOrderRecord, CertificateRecord } from '../../model/certificate-records.ts'
import { listenersUsing } from '../../store/certificates/certificate-material.ts'
import type { RowChange } from '../../store/table.ts'
import type { Controller } from '../controller.ts'
import type { CertificateAuthority, CertificateAuthorityChoice } from './certificate-authority.ts'
import type { Issuer, IssuerOptions } from './issuer.ts'
import { nextStep, type Step } from './next-step.ts'

export interface CertificateIssuanceOptions extends IssuerOptions {
  /** Absent: an authority that lasts as long as the process. */
  readonly certificateAuthority?: CertificateAuthorityChoice | CertificateAuthority | undefined
}

const EVERY_MS = 600_000

export class CertificateIssuance implements Controller {
  readonly name = 'certificate-issuance'
  readonly everyMs = EVERY_MS
  readonly #options: CertificateIssuanceOptions
  #issuer: Promise<Issuer> | undefined

  constructor(options: CertificateIssuanceOptions) {
    this.#options = options
  }

  /** Of an order, only its beginning and end: what comes between waits as long as it says. */
  watch(wake: (key: string) => void): () => void {
    return this.#options.store.watch(['certificates', 'certificateOrders'], ({ changes }) => {
      for (const { table, key, before, after } of changes as readonly RowChange[])
        if (table === 'certificates' || before === undefined || after === undefined) wake(key)
    })
  }

  *keys(): Generator<string, void, void> {
    for (const row of this.#options.store.tables.certificates.rows())
      if (this.#step(row).kind !== 'nothing') yield row.certificateArn
  }

  async reconcile(key: string): Promise<{ readonly againInMs: number } | void> {
    const row = this.#options.store.tables.certificates.get(key)
    if (row === undefined) return
    const step = this.#step(row)
    if (step.kind === 'nothing') return
    if (step.kind === 'wait') return { againInMs: step.forMs }
    return take(step, row, await this.#loadedIssuer())
  }

  #step(row: CertificateRecord): Step {
    const { store, clock } = this.#options
    const { certificateArn } = row
    const order: CertificateOrderRecord | undefined = store.tables.certificateOrders.get(certificateArn)
    const isInUse = row.type === 'AMAZON_ISSUED' && listenersUsing(store.tables, certificateArn).length > 0
    return nextStep(row, order, isInUse, clock.now())
  }

  #loadedIssuer(): Promise<Issuer> {
    this.#issuer ??= import('./load-issuer.ts').then(({ loadIssuer }) => loadIssuer(this.#options))
    return this.#issuer
  }
}

const take = async (
  step: Exclude<Step, { kind: 'nothing' | 'wait' }>,
  row: CertificateRecord,
  issuer: Issuer,
): Promise<{ readonly againInMs: number } | void> => {
  if (step.kind === 'begin') return issuer.begin(row, step.isRenewal)
  if (step.kind === 'advance') return issuer.advance(row, step.order)
  return step.kind === 'timeOut' ? issuer.timeOut(row) : issuer.revoke(row)
}

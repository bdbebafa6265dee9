/** An ACME server for what it can know; names below `localhost`, which are every machine's own, are signed by the own authority. */
import type { CertificateRecord } from '../../model/certificate-records.ts'
import type { Advance, CertificateAuthority, IssuanceRequest } from './certificate-authority.ts'

export class LocalNamesApart implements CertificateAuthority {
  readonly #local: CertificateAuthority
  readonly #others: CertificateAuthority

  constructor(local: CertificateAuthority, others: CertificateAuthority) {
    this.#local = local
    this.#others = others
  }

  advance(request: IssuanceRequest): Promise<Advance> {
    return this.#authorityOf(request.row).advance(request)
  }

  revoke(row: CertificateRecord): Promise<void> {
    return this.#authorityOf(row).revoke(row)
  }

  #authorityOf({ subjectAlternativeNames: names }: CertificateRecord): CertificateAuthority {
    return names.every((name) => name.endsWith('.localhost')) ? this.#local : this.#others
  }
}

/** Certificates that the installation's own authority signs: at once, and for any name. */
import type { Clock } from '../../kit/clock.ts'
import type { Ids } from '../../kit/ids.ts'
import { type CertificatePair, type NewKeyAlgorithm, signCertificate } from '../../kit/x509.ts'
import { CERTIFICATE_DAYS } from '../../model/certificate-limits.ts'
import type { Advance, CertificateAuthority, IssuanceRequest } from './certificate-authority.ts'

export interface LocalIssuerOptions {
  readonly authority: () => Promise<CertificatePair>
  readonly clock: Clock
  readonly ids: Ids
}

export class LocalIssuer implements CertificateAuthority {
  readonly #options: LocalIssuerOptions
  #authority: Promise<CertificatePair> | undefined

  constructor(options: LocalIssuerOptions) {
    this.#options = options
  }

  async advance({ row, privateKey: key }: IssuanceRequest): Promise<Advance> {
    const authority = await this.#theAuthority()
    const certificate = await signCertificate(
      authority,
      { key, algorithm: row.keyAlgorithm as NewKeyAlgorithm },
      { subject: `CN=${row.domainName}`, names: row.subjectAlternativeNames, days: CERTIFICATE_DAYS },
      this.#options,
    )
    return { kind: 'issued', certificate, chain: authority.cert }
  }

  /** Nobody asks the own authority what it has revoked. */
  revoke(): Promise<void> {
    return Promise.resolve()
  }

  /** Asked for once: two that ask at the same time must not make two. */
  #theAuthority(): Promise<CertificatePair> {
    this.#authority ??= this.#options.authority().catch((error: unknown) => {
      this.#authority = undefined
      throw error
    })
    return this.#authority
  }
}

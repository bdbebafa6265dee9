/** Who issues certificates: the installation's own authority, or an ACME server. */
import type { FailureReason } from '@aws-sdk/client-acm'
import type { CertificatePair } from '../../kit/x509.ts'
import type {
  CertificateOrderRecord,
  CertificateRecord,
  DomainValidationRecord,
} from '../../model/certificate-records.ts'

/** What the operator chose. */
export type CertificateAuthorityChoice =
  | { readonly kind: 'local'; readonly authority: () => Promise<CertificatePair> }
  | {
      readonly kind: 'acme'
      readonly directoryUrl: string
      /** Whom the ACME server may write to: an e-mail address. */
      readonly contact?: string | undefined
      /** What vouches for the ACME server, PEM; absent: what everyone trusts. */
      readonly trusted?: string | undefined
      /** A program that publishes records for DNS-01. */
      readonly dnsHook?: string | undefined
      /** The installation's own authority, for names that no ACME server knows. */
      readonly authority: () => Promise<CertificatePair>
    }

export interface CertificateAuthority {
  /**
   * Takes an order a step further, and does no harm if the step was taken before. Rejects with `IssuanceFailure` if this attempt has
   * failed; with anything else if it could not be tried.
   */
  advance(request: IssuanceRequest): Promise<Advance>
  /** The certificate is to be believed no more. */
  revoke(row: CertificateRecord): Promise<void>
}

export interface IssuanceRequest {
  readonly row: CertificateRecord
  readonly order: CertificateOrderRecord
  /** Of the certificate to be: PKCS #8, PEM. */
  readonly privateKey: string
}

export type Advance =
  | {
      readonly kind: 'issued'
      readonly certificate: string
      /** Absent where nobody vouches for it. */
      readonly chain?: string
      readonly directoryUrl?: string
    }
  | {
      readonly kind: 'waiting'
      readonly patch: Partial<Pick<CertificateOrderRecord, 'orderUrl' | 'challenges'>>
      readonly validations?: readonly Pick<DomainValidationRecord, 'domainName' | 'status'>[]
      readonly againInMs: number
    }

export class IssuanceFailure extends Error {
  override readonly name = 'IssuanceFailure'
  readonly reason: FailureReason
  /** Another attempt would fail in the same way. */
  readonly isFinal: boolean
  readonly retryInMs: number | undefined
  /** The name that is at fault, if it is one. */
  readonly domainName: string | undefined

  constructor(
    message: string,
    given: {
      readonly reason?: FailureReason
      readonly isFinal?: boolean
      readonly retryInMs?: number | undefined
      readonly domainName?: string | undefined
    } = {},
  ) {
    super(message)
    this.reason = given.reason ?? 'OTHER'
    this.isFinal = given.isFinal ?? false
    this.retryInMs = given.retryInMs
    this.domainName = given.domainName
  }
}

/**
 * What the store holds of certificates: those of Certificate Manager, what is under way to get them issued, and the server certificates of
 * IAM. Private keys are sealed. Times are milliseconds since the epoch.
 *
 * Shapes: CertificateDetail in the ACM API reference, version 2015-12-08; ServerCertificate in IAM's, version 2010-05-08.
 */
import type {
  CertificateExport,
  CertificateTransparencyLoggingPreference,
  DistinguishedName,
  DomainStatus,
  ExtendedKeyUsage,
  FailureReason,
  GeneralName,
  KeyAlgorithm,
  KeyUsageName,
  RenewalStatus,
  RevocationReason,
} from '@aws-sdk/client-acm'
import type { Sealed } from '../kit/sealing.ts'
import type { Tag } from './records.ts'

/** What listeners show: a certificate that is there. */
export interface IssuedCertificate {
  /** PEM, one certificate. */
  readonly certificate: string
  /** PEM, the certificates that vouch for it, the nearest first. Absent: it stands for itself. */
  readonly chain?: string
  readonly facts: CertificateFacts
}

/** What a certificate says, read when it came. */
export interface CertificateFacts {
  /** Pairs of hexadecimal digits with colons. */
  readonly serial: string
  readonly subject: string
  readonly issuer: string
  readonly subjectName: DistinguishedName
  readonly issuerName: DistinguishedName
  /** Names that it holds for, as the certificate has them. */
  readonly domainNames: readonly string[]
  /** All of its subject alternative names. */
  readonly alternativeNames: readonly GeneralName[]
  readonly notBefore: number
  readonly notAfter: number
  readonly keyAlgorithm: KeyAlgorithm
  /** e.g. `SHA256WITHRSA`. */
  readonly signatureAlgorithm: string
  readonly keyUsages: readonly KeyUsageName[]
  readonly extendedKeyUsages: readonly ExtendedKeyUsage[]
}

export interface CertificateRecord {
  readonly certificateArn: string
  readonly account: string
  readonly region: string
  readonly type: 'IMPORTED' | 'AMAZON_ISSUED'
  /** `EXPIRED` is not stored: `certificateStatus()` says it. */
  readonly status: 'PENDING_VALIDATION' | 'ISSUED' | 'FAILED' | 'VALIDATION_TIMED_OUT' | 'REVOKED'
  readonly domainName: string
  /** `domainName` among them. */
  readonly subjectAlternativeNames: readonly string[]
  readonly keyAlgorithm: KeyAlgorithm
  readonly exportOption: CertificateExport
  /** What there is now was exported. */
  readonly isExported: boolean
  readonly transparencyLogging: CertificateTransparencyLoggingPreference
  /** The idempotency token that it was requested with. */
  readonly requestToken?: string
  readonly createdAt: number
  readonly importedAt?: number
  /** Of the first issue and of each renewal. */
  readonly issuedAt?: number
  readonly revokedAt?: number
  readonly revocationReason?: RevocationReason
  readonly failureReason?: FailureReason
  /** Of the names of one that was requested. */
  readonly validations: readonly DomainValidationRecord[]
  /** Of the last renewal, from its beginning. */
  readonly renewal?: RenewalRecord
  /** What there is now: absent until it is issued for the first time. Has a key if, and only if, `sealedPrivateKey` is there. */
  readonly issued?: IssuedCertificate
  /** PKCS #8, PEM. */
  readonly sealedPrivateKey?: Sealed
  /** The ACME server that issued what there is now; absent: the installation's own authority. */
  readonly directoryUrl?: string
  /** It was revoked, and the ACME server that issued it has not heard of it. */
  readonly isRevocationDue?: boolean
  readonly tags: readonly Tag[]
}

export interface DomainValidationRecord {
  readonly domainName: string
  readonly status: DomainStatus
  /** The CNAME that proves to whom the domain belongs. */
  readonly recordName: string
  readonly recordValue: string
}

export interface RenewalRecord {
  readonly status: RenewalStatus
  readonly reason?: FailureReason
  readonly updatedAt: number
  readonly validations: readonly DomainValidationRecord[]
}

/** A certificate that is being issued or renewed: from the decision to do so until it is there, or given up. */
export interface CertificateOrderRecord {
  readonly certificateArn: string
  readonly isRenewal: boolean
  readonly beganAt: number
  /** Of the certificate to be: PKCS #8, PEM. */
  readonly sealedPrivateKey: Sealed
  /** The order at the ACME server. */
  readonly orderUrl?: string
  /** What the ACME server looks for under `http://<domain name>/.well-known/acme-challenge/<token>`, while it is an HTTP-01 challenge. */
  readonly challenges: readonly AcmeChallengeRecord[]
  /** Attempts that failed, and when there is another. */
  readonly failedAttempts: number
  readonly retryAt?: number
  /** Why the last attempt failed, for people. */
  readonly problem?: string
}

export interface AcmeChallengeRecord {
  readonly type: 'http-01' | 'dns-01'
  /** Without `*.`. */
  readonly domainName: string
  readonly url: string
  readonly token: string
  /** The answer to HTTP-01, as it is; of DNS-01 its digest. */
  readonly keyAuthorization: string
  readonly publishedAt: number
}

/** The installation's account at an ACME server. */
export interface AcmeAccountRecord {
  readonly directoryUrl: string
  /** PKCS #8, PEM. */
  readonly sealedKey: Sealed
  /** Once it is known to the server. */
  readonly accountUrl?: string
}

/** A server certificate of IAM: uploaded, without a region. */
export interface ServerCertificateRecord {
  /** `iamKey()` of its name. */
  readonly key: string
  readonly arn: string
  readonly account: string
  readonly path: string
  readonly serverCertificateName: string
  /** `ASCA…` */
  readonly serverCertificateId: string
  readonly uploadedAt: number
  readonly issued: IssuedCertificate
  /** PKCS #8, PEM. */
  readonly sealedPrivateKey: Sealed
  readonly tags: readonly Tag[]
}

/** The status as AWS says it: one that ended has expired, whether or not anyone looked. */
export const certificateStatus = (
  { status, issued }: Pick<CertificateRecord, 'status' | 'issued'>,
  now: number,
): CertificateRecord['status'] | 'EXPIRED' =>
  status === 'ISSUED' && issued !== undefined && issued.facts.notAfter < now ? 'EXPIRED' : status

/** What private keys are sealed for. */
export const certificateKeyPurpose = ({ certificateArn }: Pick<CertificateRecord, 'certificateArn'>): string =>
  `certificate/${certificateArn}`

export const certificateOrderKeyPurpose = ({
  certificateArn,
}: Pick<CertificateOrderRecord, 'certificateArn'>): string => `certificateOrder/${certificateArn}`

export const acmeAccountKeyPurpose = ({ directoryUrl }: Pick<AcmeAccountRecord, 'directoryUrl'>): string =>
  `acmeAccount/${directoryUrl}`

/** By its id, which stays when it is renamed. */
export const serverCertificateKeyPurpose = ({
  serverCertificateId,
}: Pick<ServerCertificateRecord, 'serverCertificateId'>): string => `serverCertificate/${serverCertificateId}`

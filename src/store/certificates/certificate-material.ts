/** Certificates as listeners need them: found by their ARN, be they of Certificate Manager or of IAM, and with their private key. */
import type { Sealer } from '../../kit/sealing.ts'
import {
  certificateKeyPurpose,
  type CertificateRecord,
  type IssuedCertificate,
  serverCertificateKeyPurpose,
  type ServerCertificateRecord,
} from '../../model/certificate-records.ts'
import type { CertificateMaterial } from '../../model/load-balancing/routing.ts'
import type { ReadTables } from '../tables.ts'

type CertificateTables = Pick<ReadTables, 'certificates' | 'serverCertificates'>

/** The certificate that an ARN of ACM or of IAM names. */
export const getCertificateByArn = (
  tables: CertificateTables,
  arn: string,
): CertificateRecord | ServerCertificateRecord | undefined => {
  const certificate = tables.certificates.get(arn)
  if (certificate !== undefined) return certificate
  return tables.serverCertificates.find('byArn', arn)[0]
}

/** What listeners show of it. Undefined: it was never issued. Whether it has expired is not asked, as AWS does not ask. */
export const certificateMaterial = (
  row: CertificateRecord | ServerCertificateRecord,
  sealer: Sealer,
): CertificateMaterial | undefined => {
  const { issued, sealedPrivateKey } = row
  if (issued === undefined || sealedPrivateKey === undefined) return undefined
  const [certificateArn, purpose] =
    'certificateArn' in row
      ? [row.certificateArn, certificateKeyPurpose(row)]
      : [row.arn, serverCertificateKeyPurpose(row)]
  return {
    certificateArn,
    domainNames: issued.facts.domainNames,
    chain: wholeChain(issued),
    privateKey: sealer.open(sealedPrivateKey, purpose).toString(),
  }
}

const wholeChain = ({ certificate, chain = '' }: IssuedCertificate): string => `${certificate}${chain}`

/** The listeners that use it, the default certificate or not. */
export const listenersUsing = (tables: Pick<ReadTables, 'listeners'>, certificateArn: string) =>
  [...tables.listeners.rows()].filter(({ certificateArns }) => certificateArns.includes(certificateArn))

/** The tables of certificates. */
import type {
  AcmeAccountRecord,
  CertificateOrderRecord,
  CertificateRecord,
  ServerCertificateRecord,
} from '../../model/certificate-records.ts'
import { defineTable } from '../table.ts'

/** The index value of an account's certificates in a region. */
export const certificateHomeKey = ({
  account,
  region,
}: {
  readonly account: string
  readonly region: string
}): string => `${account}/${region}`

export const certificateTables = {
  certificates: defineTable<CertificateRecord>()({
    name: 'certificates',
    key: (row) => row.certificateArn,
    indexes: { byHome: certificateHomeKey },
  }),
  certificateOrders: defineTable<CertificateOrderRecord>()({
    name: 'certificateOrders',
    key: (row) => row.certificateArn,
  }),
  acmeAccounts: defineTable<AcmeAccountRecord>()({ name: 'acmeAccounts', key: (row) => row.directoryUrl }),
  serverCertificates: defineTable<ServerCertificateRecord>()({
    name: 'serverCertificates',
    key: (row) => row.key,
    indexes: { byArn: (row) => row.arn },
  }),
} as const

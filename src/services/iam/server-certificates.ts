/** What the operations on server certificates share. Certificates themselves are checked as Certificate Manager checks them. */
import type { ServerCertificateMetadata } from '@aws-sdk/client-iam'
import { serverCertificateArn } from '../../model/arn.ts'
import { dateOf } from '../../kit/timestamps.ts'
import type { ServerCertificateRecord } from '../../model/certificate-records.ts'
import { iamKey } from '../../model/iam-records.ts'
import { type Extra, type IamAccess, on } from './access.ts'
import type { IamContext } from './context.ts'
import { noSuchEntity } from './faults.ts'

const getServerCertificate = ({ tx, account }: IamContext, name: string): ServerCertificateRecord | undefined =>
  tx.serverCertificates.get(iamKey(account, name))

export const requireServerCertificate = (context: IamContext, name: string | undefined): ServerCertificateRecord => {
  const row = getServerCertificate(context, name ?? '')
  if (row === undefined) throw noSuchEntity(`The Server Certificate with name ${name} cannot be found.`)
  return row
}

export const findServerCertificates = ({ tx, account }: IamContext): ServerCertificateRecord[] =>
  [...tx.serverCertificates.rows()].filter((row) => row.account === account)

interface NamesServerCertificate {
  readonly ServerCertificateName?: string | undefined
}

export const onServerCertificate = <Input extends NamesServerCertificate>(
  ...extras: Extra<NoInfer<Input>>[]
): IamAccess<Input> =>
  on(
    ({ ServerCertificateName: name = '' }, context) =>
      getServerCertificate(context, name) ?? { arn: serverCertificateArn(context.account, name) },
    extras,
  )

export const describeServerCertificate = (row: ServerCertificateRecord): ServerCertificateMetadata => ({
  Path: row.path,
  ServerCertificateName: row.serverCertificateName,
  ServerCertificateId: row.serverCertificateId,
  Arn: row.arn,
  UploadDate: dateOf(row.uploadedAt),
  Expiration: dateOf(row.issued.facts.notAfter),
})

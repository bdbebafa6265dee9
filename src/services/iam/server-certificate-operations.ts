/** The operations on server certificates. */
import type { IamOperationTable } from './context.ts'
import { deleteServerCertificate } from './operations/delete-server-certificate.ts'
import { getServerCertificate } from './operations/get-server-certificate.ts'
import { listServerCertificateTags } from './operations/list-server-certificate-tags.ts'
import { listServerCertificates } from './operations/list-server-certificates.ts'
import { tagServerCertificate } from './operations/tag-server-certificate.ts'
import { untagServerCertificate } from './operations/untag-server-certificate.ts'
import { updateServerCertificate } from './operations/update-server-certificate.ts'
import { uploadServerCertificate } from './operations/upload-server-certificate.ts'

export const serverCertificateOperations: IamOperationTable = {
  UploadServerCertificate: uploadServerCertificate,
  GetServerCertificate: getServerCertificate,
  ListServerCertificates: listServerCertificates,
  UpdateServerCertificate: updateServerCertificate,
  DeleteServerCertificate: deleteServerCertificate,
  TagServerCertificate: tagServerCertificate,
  UntagServerCertificate: untagServerCertificate,
  ListServerCertificateTags: listServerCertificateTags,
}

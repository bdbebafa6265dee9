/** Certificates that have been issued, for operations that want one. */
import type { CertificateRecord, IssuedCertificate } from '../../model/certificate-records.ts'
import { validation } from '../constraints.ts'
import { requestInProgress } from './faults.ts'

/** Throws `RequestInProgressException` while it is not there yet. */
export const requireIssued = ({ certificateArn, status, issued }: CertificateRecord): IssuedCertificate => {
  if (issued !== undefined) return issued
  if (status === 'PENDING_VALIDATION') throw requestInProgress(`The certificate ${certificateArn} is not issued yet.`)
  throw validation(`The certificate ${certificateArn} was not issued: its status is ${status}.`)
}

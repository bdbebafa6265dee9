/** AWS Certificate Manager: certificates that were imported, and those that it is asked for, which controllers/certificate-issuance has issued. */
import { sdkModel } from '../../wire/sdk-model.ts'
import type { ServiceDefinition } from '../../wire/service.ts'
import { ACM } from '../addresses.ts'
import type { ServicesDeps } from '../deps.ts'
import { performer } from '../operations.ts'
import type { AcmOperationTable } from './context.ts'
import { addTagsToCertificate } from './operations/add-tags-to-certificate.ts'
import { deleteCertificate } from './operations/delete-certificate.ts'
import { describeCertificate } from './operations/describe-certificate.ts'
import { exportCertificate } from './operations/export-certificate.ts'
import { getAccountConfiguration } from './operations/get-account-configuration.ts'
import { getCertificate } from './operations/get-certificate.ts'
import { importCertificate } from './operations/import-certificate.ts'
import { listCertificateDomainValidations } from './operations/list-certificate-domain-validations.ts'
import { listCertificates } from './operations/list-certificates.ts'
import { listTagsForCertificate } from './operations/list-tags-for-certificate.ts'
import { putAccountConfiguration } from './operations/put-account-configuration.ts'
import { removeTagsFromCertificate } from './operations/remove-tags-from-certificate.ts'
import { renewCertificate } from './operations/renew-certificate.ts'
import { requestCertificate } from './operations/request-certificate.ts'
import { resendValidationEmail } from './operations/resend-validation-email.ts'
import { revokeCertificate } from './operations/revoke-certificate.ts'
import { searchCertificates } from './operations/search-certificates.ts'
import { updateCertificateOptions } from './operations/update-certificate-options.ts'

const operations: AcmOperationTable = {
  AddTagsToCertificate: addTagsToCertificate,
  DeleteCertificate: deleteCertificate,
  DescribeCertificate: describeCertificate,
  ExportCertificate: exportCertificate,
  GetAccountConfiguration: getAccountConfiguration,
  GetCertificate: getCertificate,
  ImportCertificate: importCertificate,
  ListCertificateDomainValidations: listCertificateDomainValidations,
  ListCertificates: listCertificates,
  ListTagsForCertificate: listTagsForCertificate,
  PutAccountConfiguration: putAccountConfiguration,
  RemoveTagsFromCertificate: removeTagsFromCertificate,
  RenewCertificate: renewCertificate,
  RequestCertificate: requestCertificate,
  ResendValidationEmail: resendValidationEmail,
  RevokeCertificate: revokeCertificate,
  SearchCertificates: searchCertificates,
  UpdateCertificateOptions: updateCertificateOptions,
}

export const acmService = ({ store, guard, ids, pageTokens, sealer }: ServicesDeps): ServiceDefinition => ({
  ...ACM,
  model: () => sdkModel('@aws-sdk/client-acm'),
  faults: { invalidInput: 'ValidationException' },
  numbers: {},
  operations: new Set(Object.keys(operations)),
  call: performer({
    store,
    service: ACM.name,
    table: operations,
    deps: { ids, pageTokens, sealer },
    guard,
    isOpenToRoot: true,
  }),
})

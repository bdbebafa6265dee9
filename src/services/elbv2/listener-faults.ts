/** The modelled faults of listeners, rules and trust stores, and how what is wrong with a rule becomes one. */
import { InvalidRule } from '../../model/load-balancing/invalid-rule.ts'
import { Fault } from '../../wire/fault.ts'

const modelled =
  (code: string) =>
  (message: string): Fault =>
    new Fault({ code, message })

export const duplicateListener = modelled('DuplicateListenerException')
export const tooManyListeners = modelled('TooManyListenersException')
export const incompatibleProtocols = modelled('IncompatibleProtocolsException')
export const alpnPolicyNotSupported = modelled('ALPNPolicyNotSupportedException')
export const sslPolicyNotFound = modelled('SSLPolicyNotFoundException')

export const certificateNotFound = modelled('CertificateNotFoundException')
export const tooManyCertificates = modelled('TooManyCertificatesException')
/** AWS: not in the model, and answered all the same. */
export const unsupportedCertificate = modelled('UnsupportedCertificate')

export const priorityInUse = modelled('PriorityInUseException')
export const tooManyRules = modelled('TooManyRulesException')
export const tooManyUniqueTargetGroups = modelled('TooManyUniqueTargetGroupsPerLoadBalancerException')

export const duplicateTrustStoreName = modelled('DuplicateTrustStoreNameException')
export const tooManyTrustStores = modelled('TooManyTrustStoresException')
export const trustStoreInUse = modelled('TrustStoreInUseException')
export const caCertificatesBundleNotFound = modelled('CaCertificatesBundleNotFoundException')
export const invalidCaCertificatesBundle = modelled('InvalidCaCertificatesBundleException')
export const revocationContentNotFound = modelled('RevocationContentNotFoundException')
export const invalidRevocationContent = modelled('InvalidRevocationContentException')
export const revocationIdNotFound = modelled('RevocationIdNotFoundException')
export const tooManyRevocationEntries = modelled('TooManyTrustStoreRevocationEntriesException')
export const trustStoreAssociationNotFound = modelled('TrustStoreAssociationNotFoundException')
export const deleteAssociationSameAccount = modelled('DeleteAssociationSameAccountException')

/** What the model's checks of rules refuse is refused as the API has it. */
export const checkedRule = <T>(check: () => T): T => {
  try {
    return check()
  } catch (error) {
    if (error instanceof InvalidRule) throw new Fault({ code: error.code, message: error.message })
    throw error
  }
}

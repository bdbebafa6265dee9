/** The operations on listeners, rules, certificates of listeners, trust stores and security policies. */
import type { Elbv2OperationTable } from './context.ts'
import { createListener } from './operations/create-listener.ts'
import { createRule } from './operations/create-rule.ts'
import { createTrustStore } from './operations/create-trust-store.ts'
import { deleteListener } from './operations/delete-listener.ts'
import { deleteRule } from './operations/delete-rule.ts'
import { deleteTrustStore } from './operations/delete-trust-store.ts'
import { describeListeners } from './operations/describe-listeners.ts'
import { describeRules } from './operations/describe-rules.ts'
import { describeSslPolicies } from './operations/describe-ssl-policies.ts'
import { describeTrustStores } from './operations/describe-trust-stores.ts'
import { describeListenerAttributes, modifyListenerAttributes } from './operations/listener-attributes.ts'
import {
  addListenerCertificates,
  describeListenerCertificates,
  removeListenerCertificates,
} from './operations/listener-certificates.ts'
import { modifyListener } from './operations/modify-listener.ts'
import { modifyRule } from './operations/modify-rule.ts'
import { modifyTrustStore } from './operations/modify-trust-store.ts'
import { setRulePriorities } from './operations/set-rule-priorities.ts'
import {
  deleteSharedTrustStoreAssociation,
  describeTrustStoreAssociations,
} from './operations/trust-store-associations.ts'
import { getTrustStoreCaCertificatesBundle, getTrustStoreRevocationContent } from './operations/trust-store-contents.ts'
import {
  addTrustStoreRevocations,
  describeTrustStoreRevocations,
  removeTrustStoreRevocations,
} from './operations/trust-store-revocations.ts'

export const listenerOperations: Elbv2OperationTable = {
  AddListenerCertificates: addListenerCertificates,
  AddTrustStoreRevocations: addTrustStoreRevocations,
  CreateListener: createListener,
  CreateRule: createRule,
  CreateTrustStore: createTrustStore,
  DeleteListener: deleteListener,
  DeleteRule: deleteRule,
  DeleteSharedTrustStoreAssociation: deleteSharedTrustStoreAssociation,
  DeleteTrustStore: deleteTrustStore,
  DescribeListenerAttributes: describeListenerAttributes,
  DescribeListenerCertificates: describeListenerCertificates,
  DescribeListeners: describeListeners,
  DescribeRules: describeRules,
  DescribeSSLPolicies: describeSslPolicies,
  DescribeTrustStoreAssociations: describeTrustStoreAssociations,
  DescribeTrustStoreRevocations: describeTrustStoreRevocations,
  DescribeTrustStores: describeTrustStores,
  GetTrustStoreCaCertificatesBundle: getTrustStoreCaCertificatesBundle,
  GetTrustStoreRevocationContent: getTrustStoreRevocationContent,
  ModifyListener: modifyListener,
  ModifyListenerAttributes: modifyListenerAttributes,
  ModifyRule: modifyRule,
  ModifyTrustStore: modifyTrustStore,
  RemoveListenerCertificates: removeListenerCertificates,
  RemoveTrustStoreRevocations: removeTrustStoreRevocations,
  SetRulePriorities: setRulePriorities,
}

/** The operations on listeners, rules, certificates of listeners, trust stores and security policies. */
import type { Elbv2OperationTable } from './context.ts'
import { createListener } from './operations/create-listener.ts'
import { createRule } from './operations/create-rule.ts'
import { deleteListener } from './operations/delete-listener.ts'
import { deleteRule } from './operations/delete-rule.ts'
import { describeListeners } from './operations/describe-listeners.ts'
import { describeRules } from './operations/describe-rules.ts'
import { describeSslPolicies } from './operations/describe-ssl-policies.ts'
import { describeListenerAttributes, modifyListenerAttributes } from './operations/listener-attributes.ts'
import {
  addListenerCertificates,
  describeListenerCertificates,
  removeListenerCertificates,
} from './operations/listener-certificates.ts'
import { modifyListener } from './operations/modify-listener.ts'
import { modifyRule } from './operations/modify-rule.ts'
import { setRulePriorities } from './operations/set-rule-priorities.ts'

export const listenerOperations: Elbv2OperationTable = {
  AddListenerCertificates: addListenerCertificates,
  CreateListener: createListener,
  CreateRule: createRule,
  DeleteListener: deleteListener,
  DeleteRule: deleteRule,
  DescribeListenerAttributes: describeListenerAttributes,
  DescribeListenerCertificates: describeListenerCertificates,
  DescribeListeners: describeListeners,
  DescribeRules: describeRules,
  DescribeSSLPolicies: describeSslPolicies,
  ModifyListener: modifyListener,
  ModifyListenerAttributes: modifyListenerAttributes,
  ModifyRule: modifyRule,
  RemoveListenerCertificates: removeListenerCertificates,
  SetRulePriorities: setRulePriorities,
}

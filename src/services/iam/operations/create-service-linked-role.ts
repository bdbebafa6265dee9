/** CreateServiceLinkedRole: the role that a service has for itself in the account. */
import type { CreateServiceLinkedRoleRequest, CreateServiceLinkedRoleResponse } from '@aws-sdk/client-iam'
import { newRoleId } from '../../../model/iam-ids.ts'
import { iamKey, type RoleRecord } from '../../../model/iam-records.ts'
import { ROLE_SESSION_SECONDS } from '../../../model/limits.ts'
import { linkedService, onArn } from '../access.ts'
import type { IamContext, IamOperation } from '../context.ts'
import { describeRole } from '../describe.ts'
import { accessDenied, invalidInput } from '../faults.ts'
import { checkRoomForRole } from '../roles.ts'
import { check, ROLE_DESCRIPTION, SERVICE_NAME, SUFFIX } from '../rules.ts'
import {
  getTemplate,
  linkedRoleArn,
  linkedRoleName,
  linkedRolePath,
  linkedRolePolicies,
  linkedTrustPolicy,
} from '../service-linked-roles.ts'

export const createServiceLinkedRole: IamOperation<CreateServiceLinkedRoleRequest, CreateServiceLinkedRoleResponse> = {
  access: onArn(
    ({ AWSServiceName: service = '', CustomSuffix }, { account }) =>
      linkedRoleArn(account, service, linkedRoleName(service, CustomSuffix)),
    linkedService,
  ),
  handle: (input, context) => {
    check(input, { AWSServiceName: SERVICE_NAME, Description: ROLE_DESCRIPTION, CustomSuffix: SUFFIX })
    return { Role: describeRole(context.tx.roles.insert(roleOf(input, context))) }
  },
}

const roleOf = (input: CreateServiceLinkedRoleRequest, context: IamContext): RoleRecord => {
  const { AWSServiceName: service = '', CustomSuffix: suffix, Description: description } = input
  const { tx, account, ids, now } = context
  const template = getTemplate(service)
  if (template === undefined) throw accessDenied(`Cannot find Service Linked Role template for ${service}`)
  if (suffix !== undefined && template.takesSuffix !== true)
    throw invalidInput(`Custom suffix is not allowed for ${service}`)
  const roleName = linkedRoleName(service, suffix)
  const key = iamKey(account, roleName)
  if (tx.roles.has(key))
    throw invalidInput(`Service role name ${roleName} has been taken in this account, please try a different suffix.`)
  checkRoomForRole(context, roleName)
  return {
    key,
    arn: linkedRoleArn(account, service, roleName),
    account,
    path: linkedRolePath(service),
    roleName,
    roleId: newRoleId(ids),
    createdAt: now,
    assumeRolePolicyDocument: linkedTrustPolicy(service),
    maxSessionDurationSeconds: ROLE_SESSION_SECONDS.min,
    ...(description !== undefined && { description }),
    linkedService: service,
    attachedPolicyArns: linkedRolePolicies(template),
    inlinePolicies: {},
    tags: [],
  }
}

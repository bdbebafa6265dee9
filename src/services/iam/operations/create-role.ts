/** CreateRole: a role that those may assume whom its trust policy names. */
import type { CreateRoleRequest, CreateRoleResponse } from '@aws-sdk/client-iam'
import { roleArn } from '../../../model/arn.ts'
import { newRoleId } from '../../../model/iam-ids.ts'
import { iamKey } from '../../../model/iam-records.ts'
import { ROLE_SESSION_SECONDS } from '../../../model/limits.ts'
import { onArn, requestedBoundary, requestTags } from '../access.ts'
import type { IamOperation } from '../context.ts'
import { describeRole } from '../describe.ts'
import { invalidInput } from '../faults.ts'
import { checkedBoundary } from '../permissions-boundary.ts'
import { checkedTrustPolicy, checkRoomForRole } from '../roles.ts'
import { ARN, check, PATH, POLICY_DOCUMENT, ROLE_DESCRIPTION, ROLE_NAME, SESSION_SECONDS } from '../rules.ts'
import { SERVICE_LINKED_PATH } from '../service-linked-roles.ts'
import { checkedTags } from '../tags.ts'

export const createRole: IamOperation<CreateRoleRequest, CreateRoleResponse> = {
  access: onArn(
    ({ RoleName = '', Path }, { account }) => roleArn(account, RoleName, Path),
    requestTags,
    requestedBoundary,
  ),
  handle: (input, context) => {
    checkMembers(input)
    const { RoleName: roleName = '', Path: path = '/', Description: description } = input
    const { tx, account, ids, now } = context
    const tags = checkedTags(input.Tags, 'insensitive')
    const assumeRolePolicyDocument = checkedTrustPolicy(context, input.AssumeRolePolicyDocument ?? '')
    const boundary = checkedBoundary(context, input.PermissionsBoundary)
    checkRoomForRole(context, roleName)
    const role = tx.roles.insert({
      key: iamKey(account, roleName),
      arn: roleArn(account, roleName, path),
      account,
      path,
      roleName,
      roleId: newRoleId(ids),
      createdAt: now,
      assumeRolePolicyDocument,
      maxSessionDurationSeconds: input.MaxSessionDuration ?? ROLE_SESSION_SECONDS.min,
      ...(description !== undefined && { description }),
      attachedPolicyArns: [],
      inlinePolicies: {},
      ...boundary,
      tags,
    })
    return { Role: describeRole(role) }
  },
}

const checkMembers = (input: CreateRoleRequest): void => {
  check(input, {
    RoleName: ROLE_NAME,
    Path: PATH,
    AssumeRolePolicyDocument: POLICY_DOCUMENT,
    Description: ROLE_DESCRIPTION,
    MaxSessionDuration: SESSION_SECONDS,
    PermissionsBoundary: ARN,
  })
  if (input.Path?.startsWith(SERVICE_LINKED_PATH))
    throw invalidInput(`Roles can not be created with path prefix ${SERVICE_LINKED_PATH}`)
}

/**
 * AssumeRole: credentials of a role, for whom the role's trust policy and the caller's own policies let have them. Tags and a source
 * identity need permissions of their own.
 */
import type { AssumeRoleRequest, AssumeRoleResponse } from '@aws-sdk/client-sts'
import type { RoleRecord } from '../../../model/iam-records.ts'
import type { ContextValues } from '../../../model/policy/types.ts'
import type { Demand } from '../../operations.ts'
import { isSessionOfRole, refuseFederatedUser, refuseMultiFactor, refuseRootUser } from '../callers.ts'
import type { StsContext, StsOperation } from '../context.ts'
import { mayNot, validationError } from '../faults.ts'
import { issue } from '../issue.ts'
import { describeAssumedRole, getRole, roleContext, roleSession, roleSessionSeconds } from '../role-session.ts'
import {
  check,
  EXTERNAL_ID,
  MINIMUM_TOKEN_SIZE,
  POLICY,
  POLICY_ARNS,
  ROLE_ARN,
  ROLE_SESSION_DURATION,
  ROLE_SESSION_NAME,
  SOURCE_IDENTITY,
  TAGS,
} from '../rules.ts'
import { sessionPolicies } from '../session-policies.ts'
import { type SessionTags, sessionTagContext, sessionTags, taggedSession } from '../session-tags.ts'

export const assumeRole: StsOperation<AssumeRoleRequest, AssumeRoleResponse> = {
  access: (input, context) => {
    refuseRootUser(context.principal)
    return demands(read(input, context))
  },
  handle: (input, context) => {
    const request = read(input, context)
    const { role, roleArn, sessionName, sourceIdentity } = request
    if (role === undefined) throw mayNot(context.principal.arn, 'sts:AssumeRole', roleArn)
    const principal = roleSession(role, {
      sessionName,
      now: context.now,
      durationSeconds: roleSessionSeconds(role, input.DurationSeconds, isSessionOfRole(context.principal)),
      session: {
        ...sessionPolicies(context.tx, role.account, input),
        ...taggedSession(request.tags),
        ...(sourceIdentity !== undefined && { sourceIdentity }),
      },
    })
    return {
      ...issue(context, principal, input),
      AssumedRoleUser: describeAssumedRole(principal),
      ...(sourceIdentity !== undefined && { SourceIdentity: sourceIdentity }),
    }
  },
}

interface RoleRequest {
  readonly roleArn: string
  readonly role: RoleRecord | undefined
  readonly sessionName: string
  readonly tags: SessionTags
  readonly sourceIdentity: string | undefined
  readonly externalId: string | undefined
}

const read = (input: AssumeRoleRequest, context: StsContext): RoleRequest => {
  const { RoleArn: roleArn = '', RoleSessionName: sessionName = '', ExternalId: externalId } = input
  checkMembers(input)
  refuseFederatedUser(context.principal, 'AssumeRole')
  refuseMultiFactor(input)
  const role = getRole(context.tx, roleArn)
  const tags = sessionTags(input, context.principal.session)
  return { roleArn, role, sessionName, tags, sourceIdentity: sourceIdentityOf(input, context), externalId }
}

const checkMembers = (input: AssumeRoleRequest): void => {
  check(input, {
    RoleArn: ROLE_ARN,
    RoleSessionName: ROLE_SESSION_NAME,
    PolicyArns: POLICY_ARNS,
    Policy: POLICY,
    DurationSeconds: ROLE_SESSION_DURATION,
    Tags: TAGS,
    TransitiveTagKeys: TAGS,
    ExternalId: EXTERNAL_ID,
    SourceIdentity: SOURCE_IDENTITY,
    MinimumSessionTokenSize: MINIMUM_TOKEN_SIZE,
  })
  if (input.ProvidedContexts !== undefined && input.ProvidedContexts.length > 0)
    throw validationError('ProvidedContexts are not supported: Longshore has no context providers.')
}

/** Once set, it stays through every role that is assumed from there. */
const sourceIdentityOf = (input: AssumeRoleRequest, { principal }: StsContext): string | undefined => {
  const { RoleArn: roleArn = '', SourceIdentity: requested } = input
  const inherited = principal.session?.sourceIdentity
  if (inherited === undefined) return requested
  if (requested !== undefined && requested !== inherited) throw mayNot(principal.arn, 'sts:SetSourceIdentity', roleArn)
  return inherited
}

const demands = ({ roleArn, role, sessionName, tags, sourceIdentity, externalId }: RoleRequest): Demand[] => {
  const context: ContextValues = {
    ...roleContext(role),
    ...sessionTagContext(tags),
    'sts:rolesessionname': [sessionName],
    ...(sourceIdentity !== undefined && { 'sts:sourceidentity': [sourceIdentity] }),
    ...(externalId !== undefined && { 'sts:externalid': [externalId] }),
  }
  const demand = (action: string): Demand => ({
    action,
    resource: roleArn,
    context,
    ...(role && { resourcePolicy: role.assumeRolePolicyDocument }),
    resourcePolicyMustAllow: true,
  })
  return [
    demand('sts:AssumeRole'),
    ...(tags.tags.length > 0 ? [demand('sts:TagSession')] : []),
    ...(sourceIdentity !== undefined ? [demand('sts:SetSourceIdentity')] : []),
  ]
}

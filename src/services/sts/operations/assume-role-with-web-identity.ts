/**
 * AssumeRoleWithWebIdentity: credentials of a role for whom an OpenID Connect provider vouches. The call needs no signature: the token is
 * the proof, and the role's trust policy says whom of the provider it lets in.
 */
import type { AssumeRoleWithWebIdentityRequest, AssumeRoleWithWebIdentityResponse } from '@aws-sdk/client-sts'
import { parseArn } from '../../../model/arn.ts'
import type { RoleRecord } from '../../../model/iam-records.ts'
import { evaluate } from '../../../model/policy/evaluate.ts'
import { globalContext } from '../../../model/policy/global-context.ts'
import { parsePolicyDocument } from '../../../model/policy/parse.ts'
import { preparePolicy } from '../../../model/policy/prepare.ts'
import type { ContextValues } from '../../../model/policy/types.ts'
import { prepared } from '../../operations.ts'
import type { StsContext, StsDeps } from '../context.ts'
import { accessDenied, validationError } from '../faults.ts'
import { issue } from '../issue.ts'
import { describeAssumedRole, getRole, roleContext, roleSession, roleSessionSeconds } from '../role-session.ts'
import {
  check,
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
import { claimContext, claimedSourceIdentity, claimedTags } from '../web-identity/claims.ts'
import { verifyIdentityToken, type WebIdentity } from '../web-identity/identity-token.ts'

export const assumeRoleWithWebIdentity = prepared<
  StsDeps,
  AssumeRoleWithWebIdentityRequest,
  AssumeRoleWithWebIdentityResponse,
  WebIdentity
>({
  access: 'open',
  prepare: async (input, { tables, providers, now }) => {
    checkMembers(input)
    const account = parseArn(input.RoleArn ?? '')?.account ?? ''
    return verifyIdentityToken(input.WebIdentityToken ?? '', { tables, providers, account, now })
  },
  handle: (input, { prepared: identity, ...context }) => {
    const request = read(input, identity)
    const role = getRole(context.tx, input.RoleArn ?? '')
    if (role === undefined || !isTrusted(role, request, context))
      throw accessDenied('Not authorized to perform sts:AssumeRoleWithWebIdentity')
    const { sourceIdentity } = request
    const principal = roleSession(role, {
      sessionName: request.sessionName,
      now: context.now,
      durationSeconds: roleSessionSeconds(role, input.DurationSeconds, false),
      session: {
        ...sessionPolicies(context.tx, role.account, input),
        ...taggedSession(request.tags),
        ...(sourceIdentity !== undefined && { sourceIdentity }),
        federatedProvider: identity.provider.arn,
      },
    })
    return {
      ...issue(context, principal, input),
      AssumedRoleUser: describeAssumedRole(principal),
      SubjectFromWebIdentityToken: identity.subject,
      // AWS: the ARN, although it is documented as the token's `iss`.
      Provider: identity.provider.arn,
      Audience: identity.audience,
      ...(sourceIdentity !== undefined && { SourceIdentity: sourceIdentity }),
    }
  },
})

interface WebIdentityRequest {
  readonly identity: WebIdentity
  readonly sessionName: string
  readonly tags: SessionTags
  readonly sourceIdentity: string | undefined
}

const read = (input: AssumeRoleWithWebIdentityRequest, identity: WebIdentity): WebIdentityRequest => {
  const claimed = { ...claimedTags(identity.claims), SourceIdentity: claimedSourceIdentity(identity.claims) }
  check(claimed, { Tags: TAGS, TransitiveTagKeys: TAGS, SourceIdentity: SOURCE_IDENTITY })
  return {
    identity,
    sessionName: input.RoleSessionName ?? '',
    tags: sessionTags(claimed, undefined),
    sourceIdentity: claimed.SourceIdentity,
  }
}

const checkMembers = (input: AssumeRoleWithWebIdentityRequest): void => {
  check(input, {
    RoleArn: ROLE_ARN,
    RoleSessionName: ROLE_SESSION_NAME,
    WebIdentityToken: { min: 4, max: 20_000 },
    PolicyArns: POLICY_ARNS,
    Policy: POLICY,
    DurationSeconds: ROLE_SESSION_DURATION,
    MinimumSessionTokenSize: MINIMUM_TOKEN_SIZE,
  })
  if (input.ProviderId !== undefined)
    throw validationError(
      'ProviderId is for OAuth 2.0 access tokens, which are not supported: send an OpenID Connect ID token.',
    )
}

/** Whether the role's trust policy lets the identity in, with the tags and the source identity that it brings. */
const isTrusted = (role: RoleRecord, request: WebIdentityRequest, context: StsContext): boolean => {
  if (!context.guard.applies(context)) return true
  const { tags, sourceIdentity } = request
  const actions = [
    'sts:AssumeRoleWithWebIdentity',
    ...(tags.tags.length > 0 ? ['sts:TagSession'] : []),
    ...(sourceIdentity !== undefined ? ['sts:SetSourceIdentity'] : []),
  ]
  const principal = { federated: request.identity.provider.arn }
  const document = parsePolicyDocument(role.assumeRolePolicyDocument, 'trust')
  const resource = preparePolicy(document, { id: role.roleName, type: 'resource' })
  const asked = {
    principal,
    resource: role.arn,
    context: contextOf(role, request),
    globals: globalContext({ isSecureTransport: false, ...context, principal, principalTags: [] }),
  }
  const sources = { identity: [], resource, resourcePolicyMustAllow: true }
  return actions.every((action) => evaluate({ ...asked, action }, sources).outcome === 'allowed')
}

const contextOf = (role: RoleRecord, request: WebIdentityRequest): ContextValues => ({
  ...roleContext(role),
  ...claimContext(request.identity),
  ...sessionTagContext(request.tags),
  'sts:rolesessionname': [request.sessionName],
  ...(request.sourceIdentity !== undefined && { 'sts:sourceidentity': [request.sourceIdentity] }),
})

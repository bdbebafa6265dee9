/**
 * GetFederationToken: credentials for someone whom the calling user vouches for, with those of the user's permissions that the session
 * policies allow; none without session policies.
 */
import type { GetFederationTokenRequest, GetFederationTokenResponse } from '@aws-sdk/client-sts'
import { federatedUserArn } from '../../../model/arn.ts'
import { requireLongLived } from '../callers.ts'
import type { StsOperation } from '../context.ts'
import { issue } from '../issue.ts'
import {
  check,
  FEDERATED_NAME,
  MINIMUM_TOKEN_SIZE,
  POLICY,
  POLICY_ARNS,
  TAGS,
  USER_SESSION_DURATION,
} from '../rules.ts'
import { sessionPolicies } from '../session-policies.ts'
import { sessionTagContext, sessionTags, taggedSession } from '../session-tags.ts'
import { userSession } from '../user-session.ts'

export const getFederationToken: StsOperation<GetFederationTokenRequest, GetFederationTokenResponse> = {
  access: (input, { account }) => {
    const tags = sessionTags(input, undefined)
    const demand = { resource: federatedUserArn(account, input.Name ?? ''), context: sessionTagContext(tags) }
    return tags.tags.length === 0 ? [demand] : [demand, { ...demand, action: 'sts:TagSession' }]
  },
  handle: (input, context) => {
    const { Name: name = '', DurationSeconds: seconds } = input
    checkMembers(input)
    requireLongLived(context.principal, 'GetFederationToken')
    const { account } = context.principal
    const arn = federatedUserArn(account, name)
    const userId = `${account}:${name}`
    const session = {
      ...userSession(context, seconds),
      issuerId: context.principal.userId,
      // Without any, a federated user may do nothing.
      ...sessionPolicies(context.tx, account, input),
      ...taggedSession(sessionTags(input, undefined)),
    }
    return {
      ...issue(context, { arn, account, userId, session }, input),
      FederatedUser: { FederatedUserId: userId, Arn: arn },
    }
  },
}

const checkMembers = (input: GetFederationTokenRequest): void =>
  check(input, {
    Name: FEDERATED_NAME,
    Policy: POLICY,
    PolicyArns: POLICY_ARNS,
    DurationSeconds: USER_SESSION_DURATION,
    Tags: TAGS,
    MinimumSessionTokenSize: MINIMUM_TOKEN_SIZE,
  })

/** GetSessionToken: temporary credentials of the user who calls, with the user's own permissions. It needs no permission. */
import type { GetSessionTokenRequest, GetSessionTokenResponse } from '@aws-sdk/client-sts'
import { refuseMultiFactor, requireLongLived } from '../callers.ts'
import type { StsOperation } from '../context.ts'
import { issue } from '../issue.ts'
import { check, MINIMUM_TOKEN_SIZE, USER_SESSION_DURATION } from '../rules.ts'
import { userSession } from '../user-session.ts'

export const getSessionToken: StsOperation<GetSessionTokenRequest, GetSessionTokenResponse> = {
  access: 'open',
  handle: (input, context) => {
    check(input, { DurationSeconds: USER_SESSION_DURATION, MinimumSessionTokenSize: MINIMUM_TOKEN_SIZE })
    requireLongLived(context.principal, 'GetSessionToken')
    refuseMultiFactor(input)
    const { arn, account, userId } = context.principal
    const session = userSession(context, input.DurationSeconds)
    return issue(context, { arn, account, userId, session }, input)
  },
}

/** GetCallerIdentity: the account and identity behind the request's signature. It needs no permission and cannot be denied. */
import type { GetCallerIdentityRequest, GetCallerIdentityResponse } from '@aws-sdk/client-sts'
import type { StsOperation } from '../context.ts'

export const getCallerIdentity: StsOperation<GetCallerIdentityRequest, GetCallerIdentityResponse> = {
  access: 'open',
  handle: (_input, { principal }) => ({
    UserId: principal.userId,
    Account: principal.account,
    Arn: principal.arn,
  }),
}

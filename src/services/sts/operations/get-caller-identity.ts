/** GetCallerIdentity: the account and identity behind the request's signature. It needs no permission and cannot be denied. */
import type { GetCallerIdentityRequest, GetCallerIdentityResponse } from '@aws-sdk/client-sts'
import type { Operation } from '../../operations.ts'

export const getCallerIdentity: Operation<object, GetCallerIdentityRequest> = {
  handle: (_input, { principal }): GetCallerIdentityResponse => ({
    UserId: principal.userId,
    Account: principal.account,
    Arn: principal.arn,
  }),
}

/** DecodeAuthorizationMessage: what a denial said in a form that only this installation reads. */
import type { DecodeAuthorizationMessageRequest, DecodeAuthorizationMessageResponse } from '@aws-sdk/client-sts'
import { decodeAuthorizationMessage as decode } from '../../../model/authorization-message.ts'
import { refuseSessionOfUser } from '../callers.ts'
import type { StsOperation } from '../context.ts'
import { invalidAuthorizationMessage } from '../faults.ts'
import { check } from '../rules.ts'

export const decodeAuthorizationMessage: StsOperation<
  DecodeAuthorizationMessageRequest,
  DecodeAuthorizationMessageResponse
> = {
  access: () => [{ resource: '*' }],
  handle: (input, { principal, sealer }) => {
    refuseSessionOfUser(principal, 'DecodeAuthorizationMessage')
    const { EncodedMessage: encoded = '' } = input
    check(input, { EncodedMessage: { min: 1, max: 10_240 } })
    const decoded = decode(sealer, encoded)
    if (decoded === undefined) throw invalidAuthorizationMessage()
    return { DecodedMessage: decoded }
  },
}

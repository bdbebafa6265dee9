/** GetAccessKeyInfo: the account of an access key, which is in its id. */
import type { GetAccessKeyInfoRequest, GetAccessKeyInfoResponse } from '@aws-sdk/client-sts'
import { accountOfAccessKey } from '../../../model/access-key.ts'
import { refuseSessionOfUser } from '../callers.ts'
import type { StsOperation } from '../context.ts'
import { validationError } from '../faults.ts'
import { check } from '../rules.ts'

export const getAccessKeyInfo: StsOperation<GetAccessKeyInfoRequest, GetAccessKeyInfoResponse> = {
  access: () => [{ resource: '*' }],
  handle: (input, { principal, tx }) => {
    refuseSessionOfUser(principal, 'GetAccessKeyInfo')
    const { AccessKeyId: accessKeyId = '' } = input
    check(input, { AccessKeyId: { min: 16, max: 128, pattern: /^\w*$/ } })
    const account = tx.accessKeys.get(accessKeyId)?.account ?? accountOfAccessKey(accessKeyId)
    if (account === undefined) throw validationError(`Access key ${accessKeyId} does not exist.`)
    return { Account: account }
  },
}

/** GetAccessKeyLastUsed: when, where and for which service a key was used last. */
import type { GetAccessKeyLastUsedRequest, GetAccessKeyLastUsedResponse } from '@aws-sdk/client-iam'
import { dateOf } from '../../../kit/timestamps.ts'
import type { AccessKeyRecord } from '../../../model/records.ts'
import { onArn } from '../access.ts'
import type { IamContext, IamOperation } from '../context.ts'
import { noSuchEntity } from '../faults.ts'
import { getUserOfArn, ROOT_USER_NAME } from '../lookups.ts'
import { ACCESS_KEY_ID, check } from '../rules.ts'

const getOwnKey = ({ tx, account }: IamContext, accessKeyId = ''): AccessKeyRecord | undefined => {
  const key = tx.accessKeys.get(accessKeyId)
  return key?.account === account ? key : undefined
}

export const getAccessKeyLastUsed: IamOperation<GetAccessKeyLastUsedRequest, GetAccessKeyLastUsedResponse> = {
  access: onArn(({ AccessKeyId }, context) => getOwnKey(context, AccessKeyId)?.principalArn ?? '*'),
  handle: (input, context) => {
    check(input, { AccessKeyId: ACCESS_KEY_ID })
    const key = getOwnKey(context, input.AccessKeyId)
    if (key === undefined) throw noSuchEntity(`The Access Key with id ${input.AccessKeyId} cannot be found.`)
    const { lastUsed, principalArn } = key
    return {
      UserName: getUserOfArn(context, principalArn)?.userName ?? ROOT_USER_NAME,
      // AWS: of a key that was never used there is no date, and the rest is "N/A".
      AccessKeyLastUsed:
        lastUsed === undefined
          ? { ServiceName: 'N/A', Region: 'N/A' }
          : { LastUsedDate: dateOf(lastUsed.at), ServiceName: lastUsed.service, Region: lastUsed.region },
    }
  },
}

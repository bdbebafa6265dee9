/** UpdateAccessKey: switches a key off or on again. */
import type { UpdateAccessKeyRequest } from '@aws-sdk/client-iam'
import { onUser } from '../access.ts'
import { requireAccessKey, requireKeyOwner } from '../access-keys.ts'
import type { IamOperation } from '../context.ts'
import { ACCESS_KEY_ID, ACCESS_KEY_STATUS, check, EXISTING_USER_NAME } from '../rules.ts'

export const updateAccessKey: IamOperation<UpdateAccessKeyRequest> = {
  access: onUser(),
  handle: (input, context) => {
    check(input, { UserName: EXISTING_USER_NAME, AccessKeyId: ACCESS_KEY_ID, Status: ACCESS_KEY_STATUS })
    const owner = requireKeyOwner(context, input.UserName)
    const { accessKeyId } = requireAccessKey(context, owner, input.AccessKeyId)
    context.tx.accessKeys.update(accessKeyId, { status: input.Status === 'Inactive' ? 'Inactive' : 'Active' })
    return {}
  },
}

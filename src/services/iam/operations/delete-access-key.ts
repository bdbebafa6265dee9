/** DeleteAccessKey: what is signed with it is refused from now on. */
import type { DeleteAccessKeyRequest } from '@aws-sdk/client-iam'
import { onUser } from '../access.ts'
import { requireAccessKey, requireKeyOwner } from '../access-keys.ts'
import type { IamOperation } from '../context.ts'
import { ACCESS_KEY_ID, check, EXISTING_USER_NAME } from '../rules.ts'

export const deleteAccessKey: IamOperation<DeleteAccessKeyRequest> = {
  access: onUser(),
  handle: (input, context) => {
    check(input, { UserName: EXISTING_USER_NAME, AccessKeyId: ACCESS_KEY_ID })
    const owner = requireKeyOwner(context, input.UserName)
    context.tx.accessKeys.remove(requireAccessKey(context, owner, input.AccessKeyId).accessKeyId)
    return {}
  },
}

/** ListAccessKeys: the keys of a user, without their secrets. */
import type { ListAccessKeysRequest, ListAccessKeysResponse } from '@aws-sdk/client-iam'
import { onUser } from '../access.ts'
import { requireKeyOwner } from '../access-keys.ts'
import type { IamOperation } from '../context.ts'
import { describeAccessKey } from '../describe.ts'
import { page } from '../page.ts'
import { check, EXISTING_USER_NAME } from '../rules.ts'

export const listAccessKeys: IamOperation<ListAccessKeysRequest, ListAccessKeysResponse> = {
  access: onUser(),
  handle: (input, context) => {
    check(input, { UserName: EXISTING_USER_NAME })
    const { arn, userName } = requireKeyOwner(context, input.UserName)
    const keys = context.tx.accessKeys.find('byPrincipal', arn)
    const { items, rest } = page(context, `ListAccessKeys/${arn}`, keys, input, ({ accessKeyId }) => accessKeyId)
    return { AccessKeyMetadata: items.map((key) => describeAccessKey(key, userName)), ...rest }
  },
}

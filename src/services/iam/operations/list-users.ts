/** ListUsers: the account's users whose path begins with a prefix. */
import type { ListUsersRequest, ListUsersResponse } from '@aws-sdk/client-iam'
import { userArn } from '../../../model/arn.ts'
import { onPathPrefix } from '../access.ts'
import type { IamOperation } from '../context.ts'
import { describeUserInList } from '../describe.ts'
import { page } from '../page.ts'
import { check, PATH_PREFIX } from '../rules.ts'
import { findUsers } from '../users.ts'

export const listUsers: IamOperation<ListUsersRequest, ListUsersResponse> = {
  access: onPathPrefix(userArn),
  handle: (input, context) => {
    check(input, { PathPrefix: PATH_PREFIX })
    const { PathPrefix: prefix = '/' } = input
    const users = findUsers(context).filter(({ path }) => path.startsWith(prefix))
    const { items, rest } = page(context, `ListUsers${prefix}`, users, input, ({ key }) => key)
    return { Users: items.map(describeUserInList), ...rest }
  },
}

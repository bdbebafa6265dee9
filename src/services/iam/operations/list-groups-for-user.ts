/** ListGroupsForUser: the groups that a user is in. */
import type { ListGroupsForUserRequest, ListGroupsForUserResponse } from '@aws-sdk/client-iam'
import { onUser } from '../access.ts'
import type { IamOperation } from '../context.ts'
import { describeGroup } from '../describe.ts'
import { requireUser } from '../lookups.ts'
import { page } from '../page.ts'
import { check, EXISTING_USER_NAME } from '../rules.ts'

export const listGroupsForUser: IamOperation<ListGroupsForUserRequest, ListGroupsForUserResponse> = {
  access: onUser(),
  handle: (input, context) => {
    check(input, { UserName: EXISTING_USER_NAME })
    const user = requireUser(context, input.UserName)
    const groups = user.groupKeys.flatMap((key) => context.tx.groups.get(key) ?? [])
    const { items, rest } = page(context, `ListGroupsForUser/${user.key}`, groups, input, ({ key }) => key)
    return { Groups: items.map(describeGroup), ...rest }
  },
}

/** GetGroup: a group and its users. */
import type { GetGroupRequest, GetGroupResponse } from '@aws-sdk/client-iam'
import { onGroup } from '../access.ts'
import type { IamOperation } from '../context.ts'
import { describeGroup, describeUserInList } from '../describe.ts'
import { findMembers } from '../groups.ts'
import { requireGroup } from '../lookups.ts'
import { page } from '../page.ts'
import { check, ENTITY_NAME } from '../rules.ts'

export const getGroup: IamOperation<GetGroupRequest, GetGroupResponse> = {
  access: onGroup(),
  handle: (input, context) => {
    check(input, { GroupName: ENTITY_NAME })
    const group = requireGroup(context, input.GroupName)
    const users = findMembers(context, group)
    const { items, rest } = page(context, `GetGroup/${group.key}`, users, input, ({ key }) => key)
    return { Group: describeGroup(group), Users: items.map(describeUserInList), ...rest }
  },
}

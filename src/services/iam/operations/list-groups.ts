/** ListGroups: the account's groups whose path begins with a prefix. */
import type { ListGroupsRequest, ListGroupsResponse } from '@aws-sdk/client-iam'
import { groupArn } from '../../../model/arn.ts'
import { onPathPrefix } from '../access.ts'
import type { IamOperation } from '../context.ts'
import { describeGroup } from '../describe.ts'
import { findGroups } from '../groups.ts'
import { page } from '../page.ts'
import { check, PATH_PREFIX } from '../rules.ts'

export const listGroups: IamOperation<ListGroupsRequest, ListGroupsResponse> = {
  access: onPathPrefix(groupArn),
  handle: (input, context) => {
    check(input, { PathPrefix: PATH_PREFIX })
    const { PathPrefix: prefix = '/' } = input
    const groups = findGroups(context).filter(({ path }) => path.startsWith(prefix))
    const { items, rest } = page(context, `ListGroups${prefix}`, groups, input, ({ key }) => key)
    return { Groups: items.map(describeGroup), ...rest }
  },
}

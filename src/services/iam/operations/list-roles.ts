/** ListRoles: the account's roles whose path begins with a prefix. */
import type { ListRolesRequest, ListRolesResponse } from '@aws-sdk/client-iam'
import { roleArn } from '../../../model/arn.ts'
import { onPathPrefix } from '../access.ts'
import type { IamOperation } from '../context.ts'
import { describeRoleInList } from '../describe.ts'
import { page } from '../page.ts'
import { findRoles } from '../roles.ts'
import { check, PATH_PREFIX } from '../rules.ts'

export const listRoles: IamOperation<ListRolesRequest, ListRolesResponse> = {
  access: onPathPrefix(roleArn),
  handle: (input, context) => {
    check(input, { PathPrefix: PATH_PREFIX })
    const { PathPrefix: prefix = '/' } = input
    const roles = findRoles(context).filter(({ path }) => path.startsWith(prefix))
    const { items, rest } = page(context, `ListRoles${prefix}`, roles, input, ({ key }) => key)
    return { Roles: items.map(describeRoleInList), ...rest }
  },
}

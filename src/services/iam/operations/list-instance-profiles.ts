/** ListInstanceProfiles: the account's instance profiles whose path begins with a prefix. */
import type { ListInstanceProfilesRequest, ListInstanceProfilesResponse } from '@aws-sdk/client-iam'
import { instanceProfileArn } from '../../../model/arn.ts'
import { onPathPrefix } from '../access.ts'
import type { IamOperation } from '../context.ts'
import { describeProfileInList } from '../describe.ts'
import { findInstanceProfiles } from '../lookups.ts'
import { page } from '../page.ts'
import { check, PATH_PREFIX } from '../rules.ts'

export const listInstanceProfiles: IamOperation<ListInstanceProfilesRequest, ListInstanceProfilesResponse> = {
  access: onPathPrefix(instanceProfileArn),
  handle: (input, context) => {
    check(input, { PathPrefix: PATH_PREFIX })
    const { PathPrefix: prefix = '/' } = input
    const profiles = findInstanceProfiles(context).filter(({ path }) => path.startsWith(prefix))
    const { items, rest } = page(context, `ListInstanceProfiles${prefix}`, profiles, input, ({ key }) => key)
    return { InstanceProfiles: items.map((profile) => describeProfileInList(context, profile)), ...rest }
  },
}

/** CreateGroup: a group without users or permissions. */
import type { CreateGroupRequest, CreateGroupResponse } from '@aws-sdk/client-iam'
import { groupArn } from '../../../model/arn.ts'
import { newGroupId } from '../../../model/iam-ids.ts'
import { iamKey } from '../../../model/iam-records.ts'
import { GROUPS_PER_ACCOUNT } from '../../../model/limits.ts'
import { onArn } from '../access.ts'
import type { IamOperation } from '../context.ts'
import { describeGroup } from '../describe.ts'
import { quotaExceeded } from '../faults.ts'
import { checkGroupNameIsFree, findGroups } from '../groups.ts'
import { check, ENTITY_NAME, PATH } from '../rules.ts'

export const createGroup: IamOperation<CreateGroupRequest, CreateGroupResponse> = {
  access: onArn(({ GroupName = '', Path }, { account }) => groupArn(account, GroupName, Path)),
  handle: (input, context) => {
    check(input, { GroupName: ENTITY_NAME, Path: PATH })
    const { GroupName: groupName = '', Path: path = '/' } = input
    const { tx, account, ids, now } = context
    checkGroupNameIsFree(context, groupName)
    if (findGroups(context).length >= GROUPS_PER_ACCOUNT) throw quotaExceeded('GroupsPerAccount', GROUPS_PER_ACCOUNT)
    const group = tx.groups.insert({
      key: iamKey(account, groupName),
      arn: groupArn(account, groupName, path),
      account,
      path,
      groupName,
      groupId: newGroupId(ids),
      createdAt: now,
      attachedPolicyArns: [],
      inlinePolicies: {},
    })
    return { Group: describeGroup(group) }
  },
}

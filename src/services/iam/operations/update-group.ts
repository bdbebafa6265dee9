/** UpdateGroup: another name or path; id, users and policies stay. */
import type { UpdateGroupRequest } from '@aws-sdk/client-iam'
import { groupArn } from '../../../model/arn.ts'
import { type GroupRecord, iamKey } from '../../../model/iam-records.ts'
import { onGroup } from '../access.ts'
import type { IamContext, IamOperation } from '../context.ts'
import { checkGroupNameIsFree, findMembers } from '../groups.ts'
import { requireGroup } from '../lookups.ts'
import { check, ENTITY_NAME, PATH } from '../rules.ts'

export const updateGroup: IamOperation<UpdateGroupRequest> = {
  // AWS: who renames needs the permission on the group as it was and as it will be.
  access: (input, context) => [
    ...onGroup<UpdateGroupRequest>()(input, context),
    ...(isRenaming(input) ? [{ resource: renamed(input, context).arn }] : []),
  ],
  handle: (input, context) => {
    check(input, { GroupName: ENTITY_NAME, NewGroupName: ENTITY_NAME, NewPath: PATH })
    const group = requireGroup(context, input.GroupName)
    const { groupName, path, arn } = renamed(input, context)
    checkGroupNameIsFree(context, groupName, group)
    replaceGroup(context, group, { ...group, key: iamKey(context.account, groupName), groupName, path, arn })
    return {}
  },
}

const isRenaming = ({ NewGroupName, NewPath }: UpdateGroupRequest): boolean =>
  NewGroupName !== undefined || NewPath !== undefined

const renamed = (input: UpdateGroupRequest, context: IamContext): Pick<GroupRecord, 'groupName' | 'path' | 'arn'> => {
  const group = context.tx.groups.get(iamKey(context.account, input.GroupName ?? ''))
  const groupName = input.NewGroupName ?? group?.groupName ?? input.GroupName ?? ''
  const path = input.NewPath ?? group?.path ?? '/'
  return { groupName, path, arn: groupArn(context.account, groupName, path) }
}

const replaceGroup = (context: IamContext, before: GroupRecord, after: GroupRecord): void => {
  const { tx } = context
  const members = findMembers(context, before)
  tx.groups.remove(before.key)
  tx.groups.insert(after)
  if (after.key === before.key) return
  for (const { key, groupKeys } of members)
    tx.users.update(key, { groupKeys: groupKeys.map((each) => (each === before.key ? after.key : each)) })
}

/** ListEntitiesForPolicy: the users, groups and roles that have a managed policy, to be allowed by it or to be limited. */
import type { ListEntitiesForPolicyRequest, ListEntitiesForPolicyResponse } from '@aws-sdk/client-iam'
import type { GroupRecord, RoleRecord, UserRecord } from '../../../model/iam-records.ts'
import { onPolicy } from '../access.ts'
import type { IamContext, IamOperation } from '../context.ts'
import { page } from '../page.ts'
import { requirePolicy } from '../policies.ts'
import { ARN, check, ENTITY_TYPE, PATH_PREFIX, POLICY_USAGE } from '../rules.ts'

type Entity =
  | { readonly type: 'Group'; readonly record: GroupRecord }
  | { readonly type: 'Role'; readonly record: RoleRecord }
  | { readonly type: 'User'; readonly record: UserRecord }

export const listEntitiesForPolicy: IamOperation<ListEntitiesForPolicyRequest, ListEntitiesForPolicyResponse> = {
  access: onPolicy(),
  handle: (input, context) => {
    check(input, {
      PolicyArn: ARN,
      EntityFilter: ENTITY_TYPE,
      PathPrefix: PATH_PREFIX,
      PolicyUsageFilter: POLICY_USAGE,
    })
    const { arn } = requirePolicy(context, input.PolicyArn)
    const { EntityFilter: type = '', PathPrefix: prefix = '/', PolicyUsageFilter: usage = '' } = input
    const found = entities(context).filter((entity) => hasPolicy(entity, arn, input))
    const scope = `entities/${arn}/${type}/${usage}/${prefix}`
    const { items, rest } = page(context, scope, found, input, (entity) => `${entity.type}/${entity.record.key}`)
    return {
      PolicyGroups: items.flatMap((entity) =>
        entity.type === 'Group' ? { GroupName: entity.record.groupName, GroupId: entity.record.groupId } : [],
      ),
      PolicyUsers: items.flatMap((entity) =>
        entity.type === 'User' ? { UserName: entity.record.userName, UserId: entity.record.userId } : [],
      ),
      PolicyRoles: items.flatMap((entity) =>
        entity.type === 'Role' ? { RoleName: entity.record.roleName, RoleId: entity.record.roleId } : [],
      ),
      ...rest,
    }
  },
}

const entities = ({ account, tx }: IamContext): Entity[] =>
  [
    ...[...tx.groups.rows()].map((record) => ({ type: 'Group', record }) as const),
    ...[...tx.roles.rows()].map((record) => ({ type: 'Role', record }) as const),
    ...[...tx.users.rows()].map((record) => ({ type: 'User', record }) as const),
  ].filter(({ record }) => record.account === account)

const hasPolicy = (
  { type, record }: Entity,
  arn: string,
  { EntityFilter: wanted = type, PathPrefix: prefix = '/', PolicyUsageFilter: usage }: ListEntitiesForPolicyRequest,
): boolean => {
  const isAttached = usage !== 'PermissionsBoundary' && record.attachedPolicyArns.includes(arn)
  const isBoundary =
    usage !== 'PermissionsPolicy' && 'permissionsBoundaryArn' in record && record.permissionsBoundaryArn === arn
  return wanted === type && record.path.startsWith(prefix) && (isAttached || isBoundary)
}

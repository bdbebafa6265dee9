/** ListEntitiesForPolicy: the users, groups and roles that have a managed policy, to be allowed by it or to be limited. */
import type { ListEntitiesForPolicyRequest, ListEntitiesForPolicyResponse } from '@aws-sdk/client-iam'
import { onPolicy } from '../access.ts'
import type { IamOperation } from '../context.ts'
import { type Entity, findEntities, permissionsBoundaryOf } from '../entities.ts'
import { page } from '../page.ts'
import { requirePolicy } from '../policies.ts'
import { ARN, check, ENTITY_TYPE, PATH_PREFIX, POLICY_USAGE } from '../rules.ts'

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
    const found = findEntities(context).filter((entity) => hasPolicy(entity, arn, input))
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

const hasPolicy = (
  entity: Entity,
  arn: string,
  {
    EntityFilter: type = entity.type,
    PathPrefix: prefix = '/',
    PolicyUsageFilter: usage,
  }: ListEntitiesForPolicyRequest,
): boolean => {
  const { path, attachedPolicyArns } = entity.record
  const isAttached = usage !== 'PermissionsBoundary' && attachedPolicyArns.includes(arn)
  const isBoundary = usage !== 'PermissionsPolicy' && permissionsBoundaryOf(entity) === arn
  return type === entity.type && path.startsWith(prefix) && (isAttached || isBoundary)
}

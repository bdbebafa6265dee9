/** Users, groups and roles as one list: who can have policies. */
import { parseArn, resourceId } from '../../model/arn.ts'
import type { GroupRecord, RoleRecord, UserRecord } from '../../model/iam-records.ts'
import type { IamContext } from './context.ts'
import { invalidInput, noSuchEntity } from './faults.ts'
import { getGroup, getRole, getUser } from './lookups.ts'

/** Types are the words of filters, in capitals, and of ARNs. */
export type Entity =
  | { readonly type: 'Group'; readonly record: GroupRecord }
  | { readonly type: 'Role'; readonly record: RoleRecord }
  | { readonly type: 'User'; readonly record: UserRecord }

export const findEntities = ({ account, tx }: IamContext): Entity[] =>
  [
    ...[...tx.groups.rows()].map((record): Entity => ({ type: 'Group', record })),
    ...[...tx.roles.rows()].map((record): Entity => ({ type: 'Role', record })),
    ...[...tx.users.rows()].map((record): Entity => ({ type: 'User', record })),
  ].filter(({ record }) => record.account === account)

export const nameOf = ({ type, record }: Entity): string => {
  if (type === 'User') return record.userName
  return type === 'Group' ? record.groupName : record.roleName
}

export const permissionsBoundaryOf = ({ record }: Entity): string | undefined =>
  'permissionsBoundaryArn' in record ? record.permissionsBoundaryArn : undefined

/** The type and name that an ARN of IAM gives. */
export interface EntityName {
  readonly account: string
  readonly type: 'group' | 'role' | 'user'
  readonly name: string
}

export const requireEntityName = (arn: string): EntityName => {
  const { service, account = '', resource = '' } = parseArn(arn) ?? {}
  const type = resource.slice(0, resource.indexOf('/'))
  if (service === 'iam' && (type === 'user' || type === 'group' || type === 'role'))
    return { account, type, name: resourceId(arn) }
  throw invalidInput(`Invalid Entity Arn: ${arn} does not clearly define entity type and name.`)
}

/** The user, group or role of an ARN, if the account has it. */
export const getEntity = (context: IamContext, arn: string): Entity | undefined => {
  const entity = entityNamed(context, requireEntityName(arn))
  return entity?.record.arn === arn ? entity : undefined
}

export const requireEntity = (context: IamContext, arn = ''): Entity => {
  const entity = getEntity(context, arn)
  if (entity !== undefined) return entity
  const { type, name } = requireEntityName(arn)
  throw noSuchEntity(`The ${type} with name ${name} cannot be found.`)
}

const entityNamed = (context: IamContext, { type, name }: EntityName): Entity | undefined => {
  if (type === 'user') return withType('User', getUser(context, name))
  return type === 'group' ? withType('Group', getGroup(context, name)) : withType('Role', getRole(context, name))
}

const withType = <Type extends Entity['type'], Row>(
  type: Type,
  record: Row | undefined,
): { readonly type: Type; readonly record: Row } | undefined => record && { type, record }

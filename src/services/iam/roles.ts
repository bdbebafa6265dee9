/** What the operations on roles share. */
import { parseArn, resourceId } from '../../model/arn.ts'
import { iamKey, type RoleRecord } from '../../model/iam-records.ts'
import { ROLES_PER_ACCOUNT, TRUST_POLICY_LENGTH } from '../../model/limits.ts'
import type { IamContext } from './context.ts'
import { countedLength, readDocument } from './documents.ts'
import { entityAlreadyExists, malformedPolicyDocument, quotaExceeded } from './faults.ts'
import { getRole, getUser } from './lookups.ts'

export const findRoles = ({ tx, account }: IamContext): RoleRecord[] =>
  [...tx.roles.rows()].filter((role) => role.account === account)

/** Throws unless there may be one more role, of that name. */
export const checkRoomForRole = (context: IamContext, roleName: string): void => {
  if (context.tx.roles.has(iamKey(context.account, roleName)))
    throw entityAlreadyExists(`Role with name ${roleName} already exists.`)
  if (findRoles(context).length >= ROLES_PER_ACCOUNT) throw quotaExceeded('RolesPerAccount', ROLES_PER_ACCOUNT)
}

/** A trust policy as it is stored. */
export const checkedTrustPolicy = (context: IamContext, document: string): string => {
  const { statements } = readDocument(document, 'trust')
  if (countedLength(document) > TRUST_POLICY_LENGTH) throw quotaExceeded('ACLSizePerRole', TRUST_POLICY_LENGTH)
  const stranger = statements.flatMap(({ principals }) => principals?.aws ?? []).find((arn) => isMissing(context, arn))
  if (stranger !== undefined) throw malformedPolicyDocument(`Invalid principal in policy: "AWS":"${stranger}"`)
  return document
}

/** AWS: whom a trust policy names must exist. Whether that is so in another account is not ours to know. */
const isMissing = (context: IamContext, principal: string): boolean => {
  if (UNIQUE_ID.test(principal)) return !hasUniqueId(context, principal)
  const { service, account, resource = '' } = parseArn(principal) ?? {}
  if (service !== 'iam' || account !== context.account) return false
  const name = resourceId(resource)
  if (resource.startsWith('user/')) return getUser(context, name)?.arn !== principal
  return resource.startsWith('role/') && getRole(context, name)?.arn !== principal
}

const UNIQUE_ID = /^A(IDA|ROA)/

/** Whether a user or role of any account has the id. */
const hasUniqueId = ({ tx }: IamContext, id: string): boolean =>
  [...tx.users.rows()].some(({ userId }) => userId === id) || [...tx.roles.rows()].some(({ roleId }) => roleId === id)

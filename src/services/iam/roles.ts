/** What the operations on roles share. */
import { iamKey, type RoleRecord } from '../../model/iam-records.ts'
import { ROLES_PER_ACCOUNT, TRUST_POLICY_LENGTH } from '../../model/limits.ts'
import type { IamContext } from './context.ts'
import { countedLength, readDocument } from './documents.ts'
import { entityAlreadyExists, quotaExceeded } from './faults.ts'

export const findRoles = ({ tx, account }: IamContext): RoleRecord[] =>
  [...tx.roles.rows()].filter((role) => role.account === account)

/** Throws unless there may be one more role, of that name. */
export const checkRoomForRole = (context: IamContext, roleName: string): void => {
  if (context.tx.roles.has(iamKey(context.account, roleName)))
    throw entityAlreadyExists(`Role with name ${roleName} already exists.`)
  if (findRoles(context).length >= ROLES_PER_ACCOUNT) throw quotaExceeded('RolesPerAccount', ROLES_PER_ACCOUNT)
}

/** A trust policy as it is stored. */
export const checkedTrustPolicy = (document: string): string => {
  readDocument(document, 'trust')
  if (countedLength(document) > TRUST_POLICY_LENGTH) throw quotaExceeded('ACLSizePerRole', TRUST_POLICY_LENGTH)
  return document
}

/** What the operations on groups share. A user's record names its groups; a group's record does not name its users. */
import { type GroupRecord, iamKey, type UserRecord } from '../../model/iam-records.ts'
import type { IamContext } from './context.ts'
import { entityAlreadyExists } from './faults.ts'
import { findUsers } from './users.ts'

export const findGroups = ({ tx, account }: IamContext): GroupRecord[] =>
  [...tx.groups.rows()].filter((group) => group.account === account)

export const findMembers = (context: IamContext, { key }: GroupRecord): UserRecord[] =>
  findUsers(context).filter(({ groupKeys }) => groupKeys.includes(key))

/** Throws if there is a group of that name besides `self`. */
export const checkGroupNameIsFree = ({ tx, account }: IamContext, groupName: string, self?: GroupRecord): void => {
  const key = iamKey(account, groupName)
  if (key !== self?.key && tx.groups.has(key)) throw entityAlreadyExists(`Group with name ${groupName} already exists.`)
}

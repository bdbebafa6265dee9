/** What the operations on users share. */
import { iamKey, type UserRecord } from '../../model/iam-records.ts'
import type { IamContext } from './context.ts'
import { entityAlreadyExists } from './faults.ts'

export const findUsers = ({ tx, account }: IamContext): UserRecord[] =>
  [...tx.users.rows()].filter((user) => user.account === account)

/** Throws if there is a user of that name besides `self`. */
export const checkUserNameIsFree = ({ tx, account }: IamContext, userName: string, self?: UserRecord): void => {
  const key = iamKey(account, userName)
  if (key !== self?.key && tx.users.has(key)) throw entityAlreadyExists(`User with name ${userName} already exists.`)
}

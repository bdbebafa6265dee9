/** Whose access keys an operation is about: a user's, or the root user's. */
import type { AccessKeyRecord } from '../../model/records.ts'
import type { IamContext } from './context.ts'
import { noSuchEntity } from './faults.ts'
import { isRootCalling, requireCaller, requireUser } from './lookups.ts'

export interface KeyOwner {
  readonly arn: string
  readonly userId: string
  /** Absent for the root user. */
  readonly userName?: string
}

/** The user who is named, or else who calls. */
export const requireKeyOwner = (context: IamContext, userName: string | undefined): KeyOwner => {
  if (userName !== undefined) return requireUser(context, userName)
  return isRootCalling(context) ? { arn: context.principal.arn, userId: context.account } : requireCaller(context)
}

export const requireAccessKey = (
  { tx }: IamContext,
  owner: KeyOwner,
  accessKeyId: string | undefined,
): AccessKeyRecord => {
  const key = tx.accessKeys.get(accessKeyId ?? '')
  if (key?.principalArn !== owner.arn) throw noSuchEntity(`The Access Key with id ${accessKeyId} cannot be found.`)
  return key
}

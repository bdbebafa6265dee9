/** GetUser: a user, or who calls if none is named. */
import type { GetUserRequest, GetUserResponse, User } from '@aws-sdk/client-iam'
import { dateOf } from '../../../kit/timestamps.ts'
import { onUser } from '../access.ts'
import type { IamContext, IamOperation } from '../context.ts'
import { describeUser } from '../describe.ts'
import { isRootCalling, requireCaller, requireUser, ROOT_USER_NAME } from '../lookups.ts'
import { check, EXISTING_USER_NAME } from '../rules.ts'

export const getUser: IamOperation<GetUserRequest, GetUserResponse> = {
  access: onUser(),
  handle: (input, context) => {
    check(input, { UserName: EXISTING_USER_NAME })
    if (input.UserName !== undefined) return { User: describeUser(requireUser(context, input.UserName)) }
    return { User: isRootCalling(context) ? describeRoot(context) : describeUser(requireCaller(context)) }
  },
}

/** The root user is as old as its oldest key. */
const describeRoot = ({ tx, account, principal, now }: IamContext): User => {
  const keys = tx.accessKeys.find('byPrincipal', principal.arn)
  return {
    Path: '/',
    UserName: ROOT_USER_NAME,
    UserId: account,
    Arn: principal.arn,
    CreateDate: dateOf(Math.min(now, ...keys.map(({ createdAt }) => createdAt))),
  }
}

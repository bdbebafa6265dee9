/** CreateUser: a user without keys or permissions. */
import type { CreateUserRequest, CreateUserResponse } from '@aws-sdk/client-iam'
import { userArn } from '../../../model/arn.ts'
import { newUserId } from '../../../model/iam-ids.ts'
import { iamKey } from '../../../model/iam-records.ts'
import { USERS_PER_ACCOUNT } from '../../../model/limits.ts'
import { onArn, requestedBoundary, requestTags } from '../access.ts'
import type { IamOperation } from '../context.ts'
import { describeUser } from '../describe.ts'
import { quotaExceeded } from '../faults.ts'
import { checkedBoundary } from '../permissions-boundary.ts'
import { ARN, check, PATH, USER_NAME } from '../rules.ts'
import { checkedTags } from '../tags.ts'
import { checkUserNameIsFree, findUsers } from '../users.ts'

export const createUser: IamOperation<CreateUserRequest, CreateUserResponse> = {
  access: onArn(
    ({ UserName = '', Path }, { account }) => userArn(account, UserName, Path),
    requestTags,
    requestedBoundary,
  ),
  handle: (input, context) => {
    check(input, { UserName: USER_NAME, Path: PATH, PermissionsBoundary: ARN })
    const { UserName: userName = '', Path: path = '/' } = input
    const { tx, account, ids, now } = context
    const tags = checkedTags(input.Tags, 'insensitive')
    checkUserNameIsFree(context, userName)
    const boundary = checkedBoundary(context, input.PermissionsBoundary)
    if (findUsers(context).length >= USERS_PER_ACCOUNT) throw quotaExceeded('UsersPerAccount', USERS_PER_ACCOUNT)
    const user = tx.users.insert({
      key: iamKey(account, userName),
      arn: userArn(account, userName, path),
      account,
      path,
      userName,
      userId: newUserId(ids),
      createdAt: now,
      groupKeys: [],
      attachedPolicyArns: [],
      inlinePolicies: {},
      ...boundary,
      tags,
    })
    return { User: describeUser(user) }
  },
}

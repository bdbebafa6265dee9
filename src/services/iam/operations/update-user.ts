/** UpdateUser: another name or path; id, groups, policies and access keys stay. */
import type { UpdateUserRequest } from '@aws-sdk/client-iam'
import { userArn } from '../../../model/arn.ts'
import { iamKey, type UserRecord } from '../../../model/iam-records.ts'
import { onUser } from '../access.ts'
import type { IamContext, IamOperation } from '../context.ts'
import { requireUser } from '../lookups.ts'
import { replaceNamedPrincipal } from '../named-principals.ts'
import { check, EXISTING_USER_NAME, PATH, USER_NAME } from '../rules.ts'
import { checkUserNameIsFree } from '../users.ts'

export const updateUser: IamOperation<UpdateUserRequest> = {
  // AWS: who renames needs the permission on the user as it was and as it will be.
  access: (input, context) => [
    ...onUser<UpdateUserRequest>()(input, context),
    ...(isRenaming(input) ? [{ resource: renamed(input, context).arn }] : []),
  ],
  handle: (input, context) => {
    check(input, { UserName: EXISTING_USER_NAME, NewUserName: USER_NAME, NewPath: PATH })
    const user = requireUser(context, input.UserName)
    const { userName, path, arn } = renamed(input, context)
    checkUserNameIsFree(context, userName, user)
    replaceUser(context, user, { ...user, key: iamKey(context.account, userName), userName, path, arn })
    return {}
  },
}

const isRenaming = ({ NewUserName, NewPath }: UpdateUserRequest): boolean =>
  NewUserName !== undefined || NewPath !== undefined

const renamed = (input: UpdateUserRequest, context: IamContext): Pick<UserRecord, 'userName' | 'path' | 'arn'> => {
  const user = context.tx.users.get(iamKey(context.account, input.UserName ?? ''))
  const userName = input.NewUserName ?? user?.userName ?? input.UserName ?? ''
  const path = input.NewPath ?? user?.path ?? '/'
  return { userName, path, arn: userArn(context.account, userName, path) }
}

const replaceUser = (context: IamContext, before: UserRecord, after: UserRecord): void => {
  const { tx } = context
  tx.users.remove(before.key)
  tx.users.insert(after)
  for (const { accessKeyId } of tx.accessKeys.find('byPrincipal', before.arn))
    tx.accessKeys.update(accessKeyId, { principalArn: after.arn })
  if (after.arn !== before.arn) replaceNamedPrincipal(context, before.arn, after.arn)
}

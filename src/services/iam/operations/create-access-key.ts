/** CreateAccessKey: long-lived credentials of a user. Their secret is in this answer and in no other. */
import type { CreateAccessKeyRequest, CreateAccessKeyResponse } from '@aws-sdk/client-iam'
import { dateOf } from '../../../kit/timestamps.ts'
import { accessKeyPurpose, newAccessKeyId, newSecretAccessKey } from '../../../model/access-key.ts'
import { ACCESS_KEYS_PER_USER } from '../../../model/limits.ts'
import { onUser } from '../access.ts'
import { requireKeyOwner } from '../access-keys.ts'
import type { IamOperation } from '../context.ts'
import { quotaExceeded } from '../faults.ts'
import { ROOT_USER_NAME } from '../lookups.ts'
import { check, EXISTING_USER_NAME } from '../rules.ts'

export const createAccessKey: IamOperation<CreateAccessKeyRequest, CreateAccessKeyResponse> = {
  access: onUser(),
  handle: (input, context) => {
    check(input, { UserName: EXISTING_USER_NAME })
    const { tx, account, ids, now, sealer } = context
    const owner = requireKeyOwner(context, input.UserName)
    if (tx.accessKeys.findSize('byPrincipal', owner.arn) >= ACCESS_KEYS_PER_USER)
      throw quotaExceeded('AccessKeysPerUser', ACCESS_KEYS_PER_USER)
    const secretAccessKey = newSecretAccessKey(ids)
    const accessKeyId = newAccessKeyId('AKIA', account, ids)
    const { status, createdAt } = tx.accessKeys.insert({
      accessKeyId,
      sealedSecret: sealer.seal(Buffer.from(secretAccessKey), accessKeyPurpose(accessKeyId)),
      account,
      principalArn: owner.arn,
      userId: owner.userId,
      status: 'Active',
      createdAt: now,
    })
    const { userName = ROOT_USER_NAME } = owner
    return {
      AccessKey: {
        UserName: userName,
        AccessKeyId: accessKeyId,
        Status: status,
        SecretAccessKey: secretAccessKey,
        CreateDate: dateOf(createdAt),
      },
    }
  },
}

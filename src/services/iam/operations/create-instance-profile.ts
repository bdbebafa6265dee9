/** CreateInstanceProfile: what hands a role to container instances; it has none yet. */
import type { CreateInstanceProfileRequest, CreateInstanceProfileResponse } from '@aws-sdk/client-iam'
import { instanceProfileArn } from '../../../model/arn.ts'
import { newInstanceProfileId } from '../../../model/iam-ids.ts'
import { iamKey } from '../../../model/iam-records.ts'
import { INSTANCE_PROFILES_PER_ACCOUNT } from '../../../model/limits.ts'
import { onArn, requestTags } from '../access.ts'
import type { IamContext, IamOperation } from '../context.ts'
import { describeProfile } from '../describe.ts'
import { entityAlreadyExists, quotaExceeded } from '../faults.ts'
import { findInstanceProfiles } from '../lookups.ts'
import { check, ENTITY_NAME, PATH } from '../rules.ts'
import { checkedTags } from '../tags.ts'

export const createInstanceProfile: IamOperation<CreateInstanceProfileRequest, CreateInstanceProfileResponse> = {
  access: onArn(
    ({ InstanceProfileName: name = '', Path }, { account }) => instanceProfileArn(account, name, Path),
    requestTags,
  ),
  handle: (input, context) => {
    check(input, { InstanceProfileName: ENTITY_NAME, Path: PATH })
    const { InstanceProfileName: instanceProfileName = '', Path: path = '/' } = input
    const { tx, account, ids, now } = context
    const tags = checkedTags(input.Tags, 'sensitive')
    const key = iamKey(account, instanceProfileName)
    checkRoom(context, key, instanceProfileName)
    const profile = tx.instanceProfiles.insert({
      key,
      arn: instanceProfileArn(account, instanceProfileName, path),
      account,
      instanceProfileName,
      instanceProfileId: newInstanceProfileId(ids),
      path,
      createdAt: now,
      roleKeys: [],
      tags,
    })
    return { InstanceProfile: describeProfile(context, profile) }
  },
}

const checkRoom = (context: IamContext, key: string, name: string): void => {
  if (context.tx.instanceProfiles.has(key)) throw entityAlreadyExists(`Instance Profile ${name} already exists.`)
  if (findInstanceProfiles(context).length >= INSTANCE_PROFILES_PER_ACCOUNT)
    throw quotaExceeded('InstanceProfilesPerAccount', INSTANCE_PROFILES_PER_ACCOUNT)
}

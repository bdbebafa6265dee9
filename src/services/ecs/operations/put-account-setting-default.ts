/** PutAccountSettingDefault: sets an account setting for all principals that have none of their own. */
import type { PutAccountSettingDefaultRequest, PutAccountSettingDefaultResponse } from '@aws-sdk/client-ecs'
import { rootArn } from '../../../model/account-settings.ts'
import { checkedSettingName, putSetting } from '../account-settings.ts'
import type { EcsOperation } from '../context.ts'

export const putAccountSettingDefault: EcsOperation<PutAccountSettingDefaultRequest, PutAccountSettingDefaultResponse> =
  {
    handle: (input, context) => ({
      setting: putSetting(context, checkedSettingName(input.name), input.value, rootArn(context.account)),
    }),
  }

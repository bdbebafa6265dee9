/** PutAccountSettingDefault: sets an account setting for all principals that have none of their own. */
import type { PutAccountSettingDefaultRequest, PutAccountSettingDefaultResponse } from '@aws-sdk/client-ecs'
import { rootArn } from '../../../model/account-settings.ts'
import { textKey } from '../access-keys.ts'
import { onAnything } from '../access.ts'
import { checkedSettingName, putSetting } from '../account-settings.ts'
import type { EcsOperation } from '../context.ts'

export const putAccountSettingDefault: EcsOperation<PutAccountSettingDefaultRequest, PutAccountSettingDefaultResponse> =
  {
    access: ({ name }) => onAnything(textKey('ecs:account-setting', name)),
    handle: (input, context) => ({
      setting: putSetting(context, checkedSettingName(input.name), input.value, rootArn(context.account)),
    }),
  }

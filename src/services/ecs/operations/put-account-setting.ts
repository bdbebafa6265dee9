/** PutAccountSetting: sets an account setting for the caller, or, by the root user, for another principal. */
import type { PutAccountSettingRequest, PutAccountSettingResponse } from '@aws-sdk/client-ecs'
import { textKey } from '../access-keys.ts'
import { onAnything } from '../access.ts'
import { checkedSettingName, changedPrincipalOf, putSetting } from '../account-settings.ts'
import type { EcsOperation } from '../context.ts'

export const putAccountSetting: EcsOperation<PutAccountSettingRequest, PutAccountSettingResponse> = {
  access: ({ name }) => onAnything(textKey('ecs:account-setting', name)),
  handle: (input, context) => {
    const name = checkedSettingName(input.name)
    return { setting: putSetting(context, name, input.value, changedPrincipalOf(context, input.principalArn)) }
  },
}

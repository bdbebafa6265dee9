/** DeleteAccountSetting: takes a principal's own setting away, so that the account's default holds again. */
import type { DeleteAccountSettingRequest, DeleteAccountSettingResponse } from '@aws-sdk/client-ecs'
import { accountSettingKey } from '../../../model/account-settings.ts'
import { textKey } from '../access-keys.ts'
import { onAnything } from '../access.ts'
import { checkedSettingName, describeSetting, changedPrincipalOf } from '../account-settings.ts'
import type { EcsOperation } from '../context.ts'

export const deleteAccountSetting: EcsOperation<DeleteAccountSettingRequest, DeleteAccountSettingResponse> = {
  access: ({ name }) => onAnything(textKey('ecs:account-setting', name)),
  handle: (input, context) => {
    const name = checkedSettingName(input.name)
    const principalArn = changedPrincipalOf(context, input.principalArn)
    context.tx.accountSettings.remove(accountSettingKey(context.region, name, principalArn))
    return { setting: describeSetting(context, name, principalArn) }
  },
}

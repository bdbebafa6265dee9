/** ListAccountSettings: what a principal has set, or, with `effectiveSettings`, what holds for it. */
import type { ListAccountSettingsRequest, ListAccountSettingsResponse } from '@aws-sdk/client-ecs'
import { accountSettingKey } from '../../../model/account-settings.ts'
import { ACCOUNT_SETTINGS_PAGE_SIZE } from '../../../model/limits.ts'
import { onAnything } from '../access.ts'
import { checkedSettingName, describeSetting, principalOf, settingNames } from '../account-settings.ts'
import type { EcsOperation } from '../context.ts'
import { invalidParameter } from '../faults.ts'
import { page } from '../page.ts'

export const listAccountSettings: EcsOperation<ListAccountSettingsRequest, ListAccountSettingsResponse> = {
  access: () => onAnything(),
  handle: (input, context) => {
    const { name, value, effectiveSettings = false } = input
    if (value !== undefined && name === undefined) {
      throw invalidParameter('You must specify an account setting name to filter by value.')
    }
    const principalArn = principalOf(context, input.principalArn)
    const settings = (name === undefined ? settingNames() : [checkedSettingName(name)])
      .filter(
        (each) =>
          effectiveSettings || context.tx.accountSettings.has(accountSettingKey(context.region, each, principalArn)),
      )
      .map((each) => describeSetting(context, each, principalArn))
      .filter((setting) => value === undefined || setting.value === value)
    const scope = ['ListAccountSettings', principalArn, effectiveSettings, name, value].join('/')
    const { items, nextToken } = page(context, scope, settings, input, (setting) => setting.name ?? '', {
      defaultSize: ACCOUNT_SETTINGS_PAGE_SIZE,
      maxSize: ACCOUNT_SETTINGS_PAGE_SIZE,
    })
    return { settings: items, ...(nextToken === undefined ? {} : { nextToken }) }
  },
}

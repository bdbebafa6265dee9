/** Account settings as the four operations on them see them: whose they are, what may be set, how they are described. */
import type { Setting, SettingName } from '@aws-sdk/client-ecs'
import { parseArn } from '../../model/arn.ts'
import {
  accountSettingDefinitions,
  accountSettingInForce,
  accountSettingKey,
  rootArn,
  settingsOwner,
} from '../../model/account-settings.ts'
import type { EcsContext } from './context.ts'
import { ecsEnums, oneOf } from './enums.ts'
import { accessDenied, clientException, invalidParameter } from './faults.ts'

export const settingNames = (): readonly SettingName[] => Object.values(ecsEnums.SettingName).toSorted()

export const checkedSettingName = (name: string | undefined): SettingName => {
  if (!name) throw invalidParameter("Invalid setting 'name'")
  return oneOf('name', name, ecsEnums.SettingName)
}

/**
 * The principal whose settings a request means: the one it names, or the caller. Only the root user may name another principal.
 */
export const principalOf = (context: EcsContext, principalArn: string | undefined): string => {
  const caller = settingsOwner(context.principal.arn)
  if (principalArn === undefined || principalArn === caller) return caller
  if (context.principal.arn !== rootArn(context.account)) {
    throw accessDenied(`You must be the root user, or the principal ${principalArn}, to use its account settings.`)
  }
  const named = parseArn(principalArn)
  if (named?.service !== 'iam' || named.account !== context.account || !/^(user|role)\/|^root$/.test(named.resource)) {
    throw invalidParameter("Invalid setting 'principalArn'")
  }
  return principalArn
}

/** Likewise, to change them. AWS: federated users have the root user's settings, and none of their own to set. */
export const changedPrincipalOf = (context: EcsContext, principalArn: string | undefined): string => {
  const principal = principalOf(context, principalArn)
  if (principal === rootArn(context.account) && context.principal.arn !== principal)
    throw accessDenied('Federated users have the account settings of the root user and cannot change them.')
  return principal
}

/** Sets `name` for one principal. Fails for what nobody may set and for values that the setting does not take. */
export const putSetting = (
  context: EcsContext,
  name: SettingName,
  value: string | undefined,
  principalArn: string,
): Setting => {
  const definition = accountSettingDefinitions[name]
  if (definition?.readOnly) throw clientException(`The ${name} account setting is managed by AWS and can't be changed.`)
  if (value === undefined || !definition?.values.includes(value)) throw invalidParameter("Invalid setting 'value'")
  if (definition.rootOnly && principalArn !== rootArn(context.account)) {
    throw invalidParameter(`The ${name} account setting can only be set for the root user.`)
  }
  context.tx.accountSettings.put({
    key: accountSettingKey(context.region, name, principalArn),
    name,
    value,
    principalArn,
  })
  return describeSetting(context, name, principalArn)
}

export const valueInForce = (context: EcsContext, name: SettingName, principalArn: string): string =>
  accountSettingInForce((key) => context.tx.accountSettings.get(key), context, name, principalArn)

/** The setting as it holds for the principal. */
export const describeSetting = (context: EcsContext, name: SettingName, principalArn: string): Setting => ({
  name,
  value: valueInForce(context, name, principalArn),
  principalArn,
  type: accountSettingDefinitions[name]?.readOnly ? 'aws_managed' : 'user',
})

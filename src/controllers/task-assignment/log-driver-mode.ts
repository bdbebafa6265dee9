/**
 * The account setting `defaultLogDriverMode`: whether a container waits for its log driver or goes on without the lines that it is too
 * slow for, where its definition does not say.
 */
import { accountSettingInForce, rootArn, settingsOwner } from '../../model/account-settings.ts'
import { parseArn } from '../../model/arn.ts'
import type { AccountSettingRecord, TaskDefinitionRecord } from '../../model/records.ts'

interface Settings {
  get(key: string): AccountSettingRecord | undefined
}

/**
 * `blocking` or `non-blocking`, as it is set for whoever registered the definition.
 * AWS: it does not say whose setting counts for a task; a log configuration is its definition's.
 */
export const logDriverMode = (
  settings: Settings,
  { taskDefinitionArn, registeredBy }: TaskDefinitionRecord,
): string => {
  const { account = '', region = '' } = parseArn(taskDefinitionArn) ?? {}
  const owner = settingsOwner(registeredBy ?? rootArn(account))
  return accountSettingInForce((key) => settings.get(key), { account, region }, 'defaultLogDriverMode', owner)
}

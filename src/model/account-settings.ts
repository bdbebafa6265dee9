/**
 * Account settings: their names, the values each takes, and what holds when nobody set one.
 * Source: ECS developer guide, "Access Amazon ECS features with account settings".
 */
import { parseArn } from './arn.ts'
import type { AccountSettingRecord } from './records.ts'

export interface AccountSettingDefinition {
  readonly values: readonly string[]
  readonly default: string
  /** Only the root user may change it, for the whole account. */
  readonly rootOnly?: boolean
  /** AWS manages it on the customer's behalf; nobody sets it. */
  readonly readOnly?: boolean
}

const longArnFormat: AccountSettingDefinition = { values: ['enabled'], default: 'enabled' }

export const accountSettingDefinitions: Readonly<Record<string, AccountSettingDefinition>> = {
  awsvpcTrunking: { values: ['enabled', 'disabled'], default: 'disabled' },
  containerInsights: { values: ['enhanced', 'enabled', 'disabled'], default: 'disabled' },
  // AWS: the long format can no longer be turned off, and nothing here makes the short one.
  containerInstanceLongArnFormat: longArnFormat,
  defaultLogDriverMode: { values: ['blocking', 'non-blocking'], default: 'non-blocking' },
  // Neither exists outside AWS: no event windows, no FIPS-validated hosts. Turning them on would promise what is not so.
  fargateEventWindows: { values: ['disabled'], default: 'disabled' },
  fargateFIPSMode: { values: ['disabled'], default: 'disabled' },
  fargateTaskRetirementWaitPeriod: { values: ['0', '7', '14'], default: '7', rootOnly: true },
  guardDutyActivate: { values: ['on', 'off'], default: 'off', readOnly: true },
  serviceLongArnFormat: longArnFormat,
  tagResourceAuthorization: { values: ['on', 'off'], default: 'on' },
  taskLongArnFormat: longArnFormat,
}

export const rootArn = (account: string): string => `arn:aws:iam::${account}:root`

/** Whose settings a caller has: a role's sessions those of the role, federated users those of the root user. */
export const settingsOwner = (callerArn: string): string => {
  const parsed = parseArn(callerArn)
  if (parsed?.service !== 'sts') return callerArn
  const [kind, name = ''] = parsed.resource.split('/')
  return kind === 'assumed-role' ? `arn:aws:iam::${parsed.account}:role/${name}` : rootArn(parsed.account)
}

export const accountSettingKey = (region: string, name: string, principalArn: string): string =>
  `${region}/${name}/${principalArn}`

/** What holds for a principal: its own setting, else the account's default, else AWS's. `get` reads `accountSettings` by key. */
export const accountSettingInForce = (
  get: (key: string) => AccountSettingRecord | undefined,
  { account, region }: { readonly account: string; readonly region: string },
  name: string,
  principalArn: string,
): string => {
  const own = get(accountSettingKey(region, name, principalArn))
  const accounts = get(accountSettingKey(region, name, rootArn(account)))
  return (own ?? accounts)?.value ?? accountSettingDefinitions[name]?.default ?? ''
}

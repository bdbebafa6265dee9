/** GetAccountSetting, PutAccountSetting. */
import type {
  GetAccountSettingRequest,
  GetAccountSettingResponse,
  PutAccountSettingRequest,
  PutAccountSettingResponse,
} from '@aws-sdk/client-ecr'
import { registrySettingsOf, setRegistrySettings } from '../../../store/images/registry-settings.ts'
import { checkConstraints } from '../../constraints.ts'
import { onAnything } from '../access.ts'
import type { EcrOperation } from '../context.ts'
import { invalidParameter } from '../faults.ts'

/** The first value is the default. AWS: layers are not mounted unless that is enabled; here they always were. */
const SETTINGS: Readonly<Record<string, readonly [string, ...string[]]>> = {
  BASIC_SCAN_TYPE_VERSION: ['AWS_NATIVE'],
  BLOB_MOUNTING: ['ENABLED', 'DISABLED'],
  REGISTRY_POLICY_SCOPE: ['V2'],
}

export const getAccountSetting: EcrOperation<GetAccountSettingRequest, GetAccountSettingResponse> = {
  access: onAnything,
  handle: ({ name = '' }, context) => {
    const [usual] = valuesOf(name)
    return { name, value: registrySettingsOf(context.tx, context).accountSettings[name] ?? usual }
  },
}

export const putAccountSetting: EcrOperation<PutAccountSettingRequest, PutAccountSettingResponse> = {
  access: onAnything,
  handle: ({ name = '', value = '' }, context) => {
    checkConstraints({ value }, { value: { oneOf: valuesOf(name) } }, invalidParameter)
    const { accountSettings } = registrySettingsOf(context.tx, context)
    setRegistrySettings(context.tx, context, { accountSettings: { ...accountSettings, [name]: value } })
    return { name, value }
  },
}

const valuesOf = (name: string): readonly [string, ...string[]] => {
  checkConstraints({ name }, { name: { oneOf: Object.keys(SETTINGS) } }, invalidParameter)
  return SETTINGS[name] ?? ['']
}

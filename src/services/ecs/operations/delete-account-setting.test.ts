import { describe, expect, it } from 'vitest'
import { ACCOUNT, ecsHarness } from '../../../../test/ecs-context.ts'
import { deleteAccountSetting } from './delete-account-setting.ts'
import { listAccountSettings } from './list-account-settings.ts'
import { putAccountSetting } from './put-account-setting.ts'
import { putAccountSettingDefault } from './put-account-setting-default.ts'

const ALICE = `arn:aws:iam::${ACCOUNT}:user/alice`
const asAlice = { principal: { arn: ALICE, account: ACCOUNT, userId: 'AIDAEXAMPLE', accessKeyId: 'AKIAEXAMPLE' } }

describe('DeleteAccountSetting', () => {
  it('lets the default hold again', async () => {
    const ecs = await ecsHarness()
    await ecs.call(putAccountSettingDefault, { name: 'containerInsights', value: 'enhanced' })
    await ecs.call(putAccountSetting, { name: 'containerInsights', value: 'enabled' }, asAlice)

    const { setting } = await ecs.call(deleteAccountSetting, { name: 'containerInsights' }, asAlice)

    expect(setting).toEqual({ name: 'containerInsights', value: 'enhanced', principalArn: ALICE, type: 'user' })
    expect(await ecs.call(listAccountSettings, {}, asAlice)).toEqual({ settings: [] })
  })

  it('changes nothing where nothing is set', async () => {
    const ecs = await ecsHarness()

    expect(await ecs.call(deleteAccountSetting, { name: 'awsvpcTrunking' })).toMatchObject({
      setting: { value: 'disabled' },
    })
  })

  it('refuses an unknown name', async () => {
    const ecs = await ecsHarness()

    await expect(ecs.call(deleteAccountSetting, { name: 'other' as never })).rejects.toMatchObject({
      code: 'InvalidParameterException',
    })
  })
})

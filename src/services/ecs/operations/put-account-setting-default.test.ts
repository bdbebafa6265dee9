import { describe, expect, it } from 'vitest'
import { ACCOUNT, ecsHarness } from '../../../../test/ecs-context.ts'
import { listAccountSettings } from './list-account-settings.ts'
import { putAccountSettingDefault } from './put-account-setting-default.ts'

const asUser = (name: string) => ({
  principal: {
    arn: `arn:aws:iam::${ACCOUNT}:user/${name}`,
    account: ACCOUNT,
    userId: name,
    accessKeyId: 'AKIAEXAMPLE',
  },
})

describe('PutAccountSettingDefault', () => {
  it('sets it for the root user, and so for all who have none of their own', async () => {
    const ecs = await ecsHarness()

    const { setting } = await ecs.call(
      putAccountSettingDefault,
      { name: 'containerInsights', value: 'enabled' },
      asUser('alice'),
    )

    expect(setting).toEqual({
      name: 'containerInsights',
      value: 'enabled',
      principalArn: `arn:aws:iam::${ACCOUNT}:root`,
      type: 'user',
    })
    expect(
      await ecs.call(listAccountSettings, { name: 'containerInsights', effectiveSettings: true }, asUser('bob')),
    ).toMatchObject({ settings: [{ value: 'enabled' }] })
  })

  it('holds in one region only', async () => {
    const ecs = await ecsHarness()
    await ecs.call(putAccountSettingDefault, { name: 'containerInsights', value: 'enabled' })

    expect(
      await ecs.call(
        listAccountSettings,
        { name: 'containerInsights', effectiveSettings: true },
        { region: 'eu-west-1' },
      ),
    ).toMatchObject({ settings: [{ value: 'disabled' }] })
  })

  it('refuses values that the setting does not take', async () => {
    const ecs = await ecsHarness()

    await expect(
      ecs.call(putAccountSettingDefault, { name: 'tagResourceAuthorization', value: 'enabled' }),
    ).rejects.toMatchObject({ code: 'InvalidParameterException', message: "Invalid setting 'value'" })
  })
})

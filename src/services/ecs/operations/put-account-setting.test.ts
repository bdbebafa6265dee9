import { describe, expect, it } from 'vitest'
import { ACCOUNT, ecsHarness } from '../../../../test/ecs-context.ts'
import type { Principal } from '../../../model/principal.ts'
import { deleteAccountSetting } from './delete-account-setting.ts'
import { listAccountSettings } from './list-account-settings.ts'
import { putAccountSetting } from './put-account-setting.ts'
import { putAccountSettingDefault } from './put-account-setting-default.ts'

const as = (arn: string): { principal: Principal } => ({
  principal: { arn, account: ACCOUNT, userId: 'AIDAEXAMPLE', accessKeyId: 'AKIAEXAMPLE' },
})
const ALICE = `arn:aws:iam::${ACCOUNT}:user/alice`
const ROOT = `arn:aws:iam::${ACCOUNT}:root`

describe('PutAccountSetting', () => {
  it('sets it for the caller alone', async () => {
    const ecs = await ecsHarness()

    const { setting } = await ecs.call(putAccountSetting, { name: 'containerInsights', value: 'enabled' }, as(ALICE))

    expect(setting).toEqual({ name: 'containerInsights', value: 'enabled', principalArn: ALICE, type: 'user' })
    expect(await ecs.call(listAccountSettings, {})).toEqual({ settings: [] })
  })

  it('lets the root user set it for another principal', async () => {
    const ecs = await ecsHarness()

    await ecs.call(putAccountSetting, { name: 'defaultLogDriverMode', value: 'blocking', principalArn: ALICE })

    expect(await ecs.call(listAccountSettings, {}, as(ALICE))).toMatchObject({
      settings: [{ name: 'defaultLogDriverMode', value: 'blocking', principalArn: ALICE }],
    })
  })

  it('sets it for the role when a session of the role calls', async () => {
    const ecs = await ecsHarness()
    const session = as(`arn:aws:sts::${ACCOUNT}:assumed-role/deploy/session`)

    const { setting } = await ecs.call(putAccountSetting, { name: 'awsvpcTrunking', value: 'enabled' }, session)

    expect(setting?.principalArn).toBe(`arn:aws:iam::${ACCOUNT}:role/deploy`)
  })

  it('refuses another principal to anyone but the root user', async () => {
    const ecs = await ecsHarness()

    await expect(
      ecs.call(putAccountSetting, { name: 'awsvpcTrunking', value: 'enabled', principalArn: ROOT }, as(ALICE)),
    ).rejects.toMatchObject({ code: 'AccessDeniedException' })
  })

  it.each([ROOT, ALICE, undefined])(
    'refuses federated users, who have those of the root user (%s)',
    async (principalArn) => {
      const ecs = await ecsHarness()
      const eve = as(`arn:aws:sts::${ACCOUNT}:federated-user/eve`)
      const refusal = { code: 'AccessDeniedException' }

      const put = ecs.call(putAccountSetting, { name: 'awsvpcTrunking', value: 'enabled', principalArn }, eve)
      await expect(put).rejects.toMatchObject(refusal)
      const removal = ecs.call(deleteAccountSetting, { name: 'awsvpcTrunking', principalArn }, eve)
      await expect(removal).rejects.toMatchObject(refusal)
      expect(await ecs.call(listAccountSettings, {}, eve)).toEqual({ settings: [] })
    },
  )

  it.each([
    ['an unknown name', { name: 'other', value: 'enabled' }],
    ['a value in capitals', { name: 'containerInsights', value: 'ENABLED' }],
    ['the short ARN format', { name: 'taskLongArnFormat', value: 'disabled' }],
    ['FIPS mode, which is not there', { name: 'fargateFIPSMode', value: 'enabled' }],
    ['a wait period in between', { name: 'fargateTaskRetirementWaitPeriod', value: '3' }],
    [
      'a principal of another account',
      { name: 'awsvpcTrunking', value: 'enabled', principalArn: 'arn:aws:iam::111111111111:root' },
    ],
  ])('refuses %s', async (_, input) => {
    const ecs = await ecsHarness()

    await expect(ecs.call(putAccountSetting, input as never)).rejects.toMatchObject({
      code: 'InvalidParameterException',
    })
  })

  it('refuses what AWS manages, and what only the root user sets', async () => {
    const ecs = await ecsHarness()

    await expect(ecs.call(putAccountSetting, { name: 'guardDutyActivate', value: 'on' })).rejects.toMatchObject({
      code: 'ClientException',
    })
    await expect(
      ecs.call(putAccountSetting, { name: 'fargateTaskRetirementWaitPeriod', value: '14' }, as(ALICE)),
    ).rejects.toMatchObject({ code: 'InvalidParameterException' })
    expect(
      await ecs.call(putAccountSettingDefault, { name: 'fargateTaskRetirementWaitPeriod', value: '14' }, as(ALICE)),
    ).toMatchObject({
      setting: { value: '14', principalArn: ROOT },
    })
  })
})

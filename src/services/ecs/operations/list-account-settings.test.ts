import { describe, expect, it } from 'vitest'
import { ACCOUNT, ecsHarness } from '../../../../test/ecs-context.ts'
import { listAccountSettings } from './list-account-settings.ts'
import { putAccountSetting } from './put-account-setting.ts'
import { putAccountSettingDefault } from './put-account-setting-default.ts'

const ALICE = `arn:aws:iam::${ACCOUNT}:user/alice`
const asAlice = { principal: { arn: ALICE, account: ACCOUNT, userId: 'AIDAEXAMPLE', accessKeyId: 'AKIAEXAMPLE' } }

describe('ListAccountSettings', () => {
  it('shows what holds: the own setting over the account default over the default of AWS', async () => {
    const ecs = await ecsHarness()
    await ecs.call(putAccountSettingDefault, { name: 'containerInsights', value: 'enabled' })
    await ecs.call(putAccountSettingDefault, { name: 'awsvpcTrunking', value: 'enabled' })
    await ecs.call(putAccountSetting, { name: 'containerInsights', value: 'enhanced' }, asAlice)

    const first = await ecs.call(listAccountSettings, { effectiveSettings: true }, asAlice)
    const second = await ecs.call(listAccountSettings, { effectiveSettings: true, nextToken: first.nextToken }, asAlice)

    const settings = [...(first.settings ?? []), ...(second.settings ?? [])]
    expect(first.settings).toHaveLength(10)
    expect(Object.fromEntries(settings.map(({ name, value }) => [name, value]))).toEqual({
      awsvpcTrunking: 'enabled',
      containerInsights: 'enhanced',
      containerInstanceLongArnFormat: 'enabled',
      defaultLogDriverMode: 'non-blocking',
      fargateEventWindows: 'disabled',
      fargateFIPSMode: 'disabled',
      fargateTaskRetirementWaitPeriod: '7',
      guardDutyActivate: 'off',
      serviceLongArnFormat: 'enabled',
      tagResourceAuthorization: 'on',
      taskLongArnFormat: 'enabled',
    })
    expect(settings.every(({ principalArn }) => principalArn === ALICE)).toBe(true)
    expect(settings.find(({ name }) => name === 'guardDutyActivate')?.type).toBe('aws_managed')
  })

  it('shows only what was set for the principal otherwise, filtered by name and value', async () => {
    const ecs = await ecsHarness()
    await ecs.call(putAccountSetting, { name: 'containerInsights', value: 'enabled' })
    await ecs.call(putAccountSetting, { name: 'awsvpcTrunking', value: 'enabled' })
    const namesOf = async (filter: object) =>
      (await ecs.call(listAccountSettings, filter)).settings?.map(({ name }) => name)

    expect(await namesOf({})).toEqual(['awsvpcTrunking', 'containerInsights'])
    expect(await namesOf({ name: 'awsvpcTrunking' })).toEqual(['awsvpcTrunking'])
    expect(await namesOf({ name: 'awsvpcTrunking', value: 'disabled' })).toEqual([])
  })

  it('refuses a value without a name, an unknown name and a page of 11', async () => {
    const ecs = await ecsHarness()

    for (const input of [{ value: 'enabled' }, { name: 'other' as never }, { maxResults: 11 }]) {
      await expect(ecs.call(listAccountSettings, input)).rejects.toMatchObject({ code: 'InvalidParameterException' })
    }
  })
})

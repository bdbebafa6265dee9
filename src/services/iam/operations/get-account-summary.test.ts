import { expect, it } from 'vitest'
import { ANYTHING, IamWorld } from '../../../../test/iam-service.ts'

it('GetAccountSummary counts what the account has', async () => {
  const iam = await IamWorld.start()
  await iam.user('ada')
  await iam.user('bea')
  await iam.call('CreateGroup', { GroupName: 'core' })
  await iam.role('app')
  await iam.call('CreateInstanceProfile', { InstanceProfileName: 'host' })
  await iam.call('CreateOpenIDConnectProvider', { Url: 'https://id.example.com' })
  await iam.call('CreatePolicy', { PolicyName: 'all', PolicyDocument: ANYTHING })
  await iam.call('CreateAccessKey', {})

  const { SummaryMap } = await iam.call('GetAccountSummary', {})

  expect(iam.demands).toEqual([{ action: 'iam:GetAccountSummary', resource: '*' }])
  expect(SummaryMap).toMatchObject({
    Users: 2,
    UsersQuota: 5000,
    Groups: 1,
    GroupsQuota: 300,
    Roles: 1,
    RolesQuota: 1000,
    InstanceProfiles: 1,
    InstanceProfilesQuota: 1000,
    Providers: 1,
    Policies: 1,
    PolicyVersionsInUse: 1,
    AccountAccessKeysPresent: 1,
    AccessKeysPerUserQuota: 2,
    GroupsPerUserQuota: 10,
    AssumeRolePolicySizeQuota: 2048,
    MFADevices: 0,
  })
})

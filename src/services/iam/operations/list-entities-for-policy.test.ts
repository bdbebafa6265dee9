import type { ListEntitiesForPolicyRequest } from '@aws-sdk/client-iam'
import { describe, expect, it } from 'vitest'
import { IamWorld, TRUST } from '../../../../test/iam-service.ts'

const PolicyArn = 'arn:aws:iam::aws:policy/ReadOnlyAccess'

/** User `ada` and group `core` have the policy, role `app` has it and is limited by it, user `bob` below `/x/` is limited only. */
const withHolders = async (): Promise<IamWorld> => {
  const iam = await IamWorld.start()
  await iam.user('ada')
  await iam.call('CreateUser', { UserName: 'bob', Path: '/x/', PermissionsBoundary: PolicyArn })
  await iam.call('CreateGroup', { GroupName: 'core' })
  await iam.call('CreateRole', { RoleName: 'app', AssumeRolePolicyDocument: TRUST, PermissionsBoundary: PolicyArn })
  await iam.call('AttachUserPolicy', { UserName: 'ada', PolicyArn })
  await iam.call('AttachGroupPolicy', { GroupName: 'core', PolicyArn })
  await iam.call('AttachRolePolicy', { RoleName: 'app', PolicyArn })
  return iam
}

const holders = async (iam: IamWorld, input: Omit<ListEntitiesForPolicyRequest, 'PolicyArn'>): Promise<string[]> => {
  const {
    PolicyGroups = [],
    PolicyRoles = [],
    PolicyUsers = [],
  } = await iam.call('ListEntitiesForPolicy', {
    PolicyArn,
    ...input,
  })
  return [
    ...PolicyGroups.map(({ GroupName }) => `group ${GroupName}`),
    ...PolicyRoles.map(({ RoleName }) => `role ${RoleName}`),
    ...PolicyUsers.map(({ UserName }) => `user ${UserName}`),
  ]
}

describe('ListEntitiesForPolicy', () => {
  it.each<[string, Omit<ListEntitiesForPolicyRequest, 'PolicyArn'>, string[]]>([
    ['everyone who has the policy', {}, ['group core', 'role app', 'user ada', 'user bob']],
    ['those whom it allows', { PolicyUsageFilter: 'PermissionsPolicy' }, ['group core', 'role app', 'user ada']],
    ['those whom it limits', { PolicyUsageFilter: 'PermissionsBoundary' }, ['role app', 'user bob']],
    ['users alone', { EntityFilter: 'User' }, ['user ada', 'user bob']],
    ['those below a path', { PathPrefix: '/x/' }, ['user bob']],
    ['nobody, asked for policies', { EntityFilter: 'LocalManagedPolicy' }, []],
  ])('gives %s', async (_, input, expected) => {
    expect(await holders(await withHolders(), input)).toEqual(expected)
  })

  it('goes through groups, roles and users in pages', async () => {
    const iam = await withHolders()
    const first = await iam.call('ListEntitiesForPolicy', { PolicyArn, MaxItems: 3 })
    const second = await iam.call('ListEntitiesForPolicy', { PolicyArn, MaxItems: 3, Marker: first.Marker })

    expect(first).toMatchObject({ IsTruncated: true, PolicyGroups: [{}], PolicyRoles: [{}], PolicyUsers: [{}] })
    expect(second).toMatchObject({ IsTruncated: false, PolicyGroups: [], PolicyUsers: [{ UserName: 'bob' }] })
  })
})

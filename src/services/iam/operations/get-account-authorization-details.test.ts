import type { GetAccountAuthorizationDetailsResponse } from '@aws-sdk/client-iam'
import { describe, expect, it } from 'vitest'
import { ANYTHING, IAM_ACCOUNT, IamWorld, TRUST } from '../../../../test/iam-service.ts'

const ACCOUNT = `arn:aws:iam::${IAM_ACCOUNT}`
const READ_ONLY = { PolicyName: 'ReadOnlyAccess', PolicyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }
const OWN = { PolicyName: 'own', PolicyArn: `${ACCOUNT}:policy/own` }

const withEveryone = async (): Promise<IamWorld> => {
  const iam = await IamWorld.start()
  const Tags = [{ Key: 'k', Value: 'v' }]
  await iam.call('CreatePolicy', { PolicyName: 'own', PolicyDocument: ANYTHING, Description: 'ours' })
  await iam.call('CreatePolicyVersion', { PolicyArn: OWN.PolicyArn, PolicyDocument: ANYTHING })
  await iam.call('CreateGroup', { GroupName: 'core', Path: '/x/' })
  await iam.call('AttachGroupPolicy', { GroupName: 'core', PolicyArn: READ_ONLY.PolicyArn })
  await iam.call('CreateUser', { UserName: 'ada', Tags, PermissionsBoundary: OWN.PolicyArn })
  await iam.call('AddUserToGroup', { UserName: 'ada', GroupName: 'core' })
  await iam.call('PutUserPolicy', { UserName: 'ada', PolicyName: 'inline', PolicyDocument: ANYTHING })
  await iam.call('CreateRole', { RoleName: 'app', AssumeRolePolicyDocument: TRUST, Tags })
  await iam.call('AttachRolePolicy', { RoleName: 'app', PolicyArn: OWN.PolicyArn })
  await iam.call('CreateInstanceProfile', { InstanceProfileName: 'machines' })
  await iam.call('AddRoleToInstanceProfile', { InstanceProfileName: 'machines', RoleName: 'app' })
  return iam
}

const counts = (details: GetAccountAuthorizationDetailsResponse): number[] =>
  [details.UserDetailList, details.GroupDetailList, details.RoleDetailList, details.Policies].map(
    (list) => list?.length ?? 0,
  )

describe('GetAccountAuthorizationDetails', () => {
  it('tells of everyone what decides what they may do', async () => {
    const iam = await withEveryone()

    const details = await iam.call('GetAccountAuthorizationDetails', {})

    expect(details.UserDetailList).toMatchObject([
      {
        UserName: 'ada',
        Arn: `${ACCOUNT}:user/ada`,
        GroupList: ['core'],
        UserPolicyList: [{ PolicyName: 'inline', PolicyDocument: encodeURIComponent(ANYTHING).replaceAll('*', '%2A') }],
        AttachedManagedPolicies: [],
        PermissionsBoundary: { PermissionsBoundaryArn: OWN.PolicyArn },
        Tags: [{ Key: 'k', Value: 'v' }],
      },
    ])
    expect(details.GroupDetailList).toMatchObject([
      { GroupName: 'core', Path: '/x/', GroupPolicyList: [], AttachedManagedPolicies: [READ_ONLY] },
    ])
    expect(details.RoleDetailList).toMatchObject([
      {
        RoleName: 'app',
        AssumeRolePolicyDocument: encodeURIComponent(TRUST).replaceAll('*', '%2A'),
        InstanceProfileList: [{ InstanceProfileName: 'machines', Roles: [{ RoleName: 'app' }] }],
        RolePolicyList: [],
        AttachedManagedPolicies: [OWN],
        Tags: [{ Key: 'k', Value: 'v' }],
      },
    ])
  })

  it('gives the policies with all their versions; of AWS only those that someone has', async () => {
    const iam = await withEveryone()

    const { Policies } = await iam.call('GetAccountAuthorizationDetails', {})

    expect(Policies).toMatchObject([
      { Arn: READ_ONLY.PolicyArn, AttachmentCount: 1 },
      {
        Arn: OWN.PolicyArn,
        Description: 'ours',
        AttachmentCount: 1,
        PermissionsBoundaryUsageCount: 1,
        DefaultVersionId: 'v1',
        PolicyVersionList: [
          { VersionId: 'v2', IsDefaultVersion: false },
          { VersionId: 'v1', IsDefaultVersion: true, Document: expect.stringMatching(/^%7B/) },
        ],
      },
    ])
  })

  it('gives the types that are asked for', async () => {
    const iam = await withEveryone()
    const details = (...Filter: ('User' | 'LocalManagedPolicy' | 'AWSManagedPolicy')[]): Promise<object> =>
      iam.call('GetAccountAuthorizationDetails', { Filter })

    expect(counts(await details('User'))).toEqual([1, 0, 0, 0])
    expect(counts(await details('LocalManagedPolicy'))).toEqual([0, 0, 0, 1])
    expect(counts(await details('AWSManagedPolicy', 'User'))).toEqual([1, 0, 0, 1])
    await expect(details('Other' as never)).rejects.toMatchObject({ code: 'ValidationError' })
  })

  it('goes through all types in pages', async () => {
    const iam = await withEveryone()
    const pages: GetAccountAuthorizationDetailsResponse[] = []
    do {
      const Marker = pages.at(-1)?.Marker
      pages.push(await iam.call('GetAccountAuthorizationDetails', { MaxItems: 2, ...(Marker && { Marker }) }))
    } while (pages.at(-1)?.IsTruncated)

    expect(pages.map(counts)).toEqual([
      [0, 1, 0, 1],
      [0, 0, 1, 1],
      [1, 0, 0, 0],
    ])
  })
})

import { describe, expect, it } from 'vitest'
import { IAM_ACCOUNT, IamWorld } from '../../../../test/iam-service.ts'

const ARN = `arn:aws:iam::${IAM_ACCOUNT}:instance-profile`
const InstanceProfileName = 'Host'

const world = async (): Promise<IamWorld> => {
  const iam = await IamWorld.start()
  await iam.role('app')
  await iam.call('CreateInstanceProfile', {
    InstanceProfileName,
    Path: '/x/',
    Tags: [{ Key: 'Team', Value: 'core' }],
  })
  return iam
}

describe('instance profiles', () => {
  it('are created and found again', async () => {
    const iam = await world()

    expect(iam.demands).toMatchObject([{ resource: `${ARN}/x/Host`, context: { 'aws:requesttag/team': ['core'] } }])
    expect(await iam.call('GetInstanceProfile', { InstanceProfileName: 'host' })).toEqual({
      InstanceProfile: {
        Path: '/x/',
        InstanceProfileName,
        InstanceProfileId: expect.stringMatching(/^AIPA[A-Z2-7]{17}$/),
        Arn: `${ARN}/x/Host`,
        CreateDate: new Date(iam.now),
        Roles: [],
        Tags: [{ Key: 'Team', Value: 'core' }],
      },
    })
  })

  it('have names of their own', async () => {
    const iam = await world()

    await expect(iam.call('CreateInstanceProfile', { InstanceProfileName: 'host' })).rejects.toMatchObject({
      code: 'EntityAlreadyExistsException',
      message: 'Instance Profile host already exists.',
    })
  })

  it('hold one role, which the caller must be allowed to hand over', async () => {
    const iam = await world()
    await iam.role('other')

    await iam.call('AddRoleToInstanceProfile', { InstanceProfileName, RoleName: 'app' })

    expect(iam.demands).toEqual([
      {
        action: 'iam:AddRoleToInstanceProfile',
        resource: `${ARN}/x/Host`,
        context: { 'aws:resourcetag/team': ['core'], 'iam:resourcetag/team': ['core'] },
      },
      {
        action: 'iam:PassRole',
        resource: `arn:aws:iam::${IAM_ACCOUNT}:role/app`,
        context: { 'iam:passedtoservice': ['ec2.amazonaws.com'] },
      },
    ])
    expect(await iam.call('GetInstanceProfile', { InstanceProfileName })).toMatchObject({
      InstanceProfile: { Roles: [{ RoleName: 'app' }] },
    })
    await expect(
      iam.call('AddRoleToInstanceProfile', { InstanceProfileName, RoleName: 'other' }),
    ).rejects.toMatchObject({
      code: 'LimitExceededException',
      message: 'Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1',
    })
    await expect(
      iam.call('RemoveRoleFromInstanceProfile', { InstanceProfileName, RoleName: 'other' }),
    ).rejects.toMatchObject({ code: 'NoSuchEntityException' })
  })

  it('are deleted once their role is gone', async () => {
    const iam = await world()
    await iam.call('AddRoleToInstanceProfile', { InstanceProfileName, RoleName: 'app' })

    await expect(iam.call('DeleteInstanceProfile', { InstanceProfileName })).rejects.toMatchObject({
      code: 'DeleteConflictException',
      message: 'Cannot delete entity, must remove roles from instance profile first.',
    })
    await iam.call('RemoveRoleFromInstanceProfile', { InstanceProfileName, RoleName: 'app' })
    await iam.call('DeleteInstanceProfile', { InstanceProfileName })

    await expect(iam.call('GetInstanceProfile', { InstanceProfileName })).rejects.toMatchObject({
      code: 'NoSuchEntityException',
      message: 'Instance Profile Host cannot be found.',
    })
  })

  it('are listed in pages, by path and by role', async () => {
    const iam = await world()
    for (const name of ['b', 'a']) {
      await iam.call('CreateInstanceProfile', { InstanceProfileName: name })
      await iam.call('AddRoleToInstanceProfile', { InstanceProfileName: name, RoleName: 'app' })
    }

    expect((await iam.call('ListInstanceProfiles', { PathPrefix: '/x/' })).InstanceProfiles).toMatchObject([
      { InstanceProfileName },
    ])
    const all = await iam.call('ListInstanceProfiles', { MaxItems: 2 })
    expect(all.InstanceProfiles?.map((profile) => profile.InstanceProfileName)).toEqual(['a', 'b'])
    expect((await iam.call('ListInstanceProfiles', { Marker: all.Marker })).InstanceProfiles).toHaveLength(1)
    const first = await iam.call('ListInstanceProfilesForRole', { RoleName: 'app', MaxItems: 1 })
    expect(first).toMatchObject({ InstanceProfiles: [{ InstanceProfileName: 'a' }], IsTruncated: true })
    const second = await iam.call('ListInstanceProfilesForRole', { RoleName: 'app', Marker: first.Marker })
    expect(second).toMatchObject({ InstanceProfiles: [{ InstanceProfileName: 'b' }], IsTruncated: false })
  })

  it('have tags whose keys differ in case', async () => {
    const iam = await world()

    await iam.call('TagInstanceProfile', { InstanceProfileName, Tags: [{ Key: 'team', Value: 'edge' }] })
    expect((await iam.call('ListInstanceProfileTags', { InstanceProfileName })).Tags).toEqual([
      { Key: 'Team', Value: 'core' },
      { Key: 'team', Value: 'edge' },
    ])
    await iam.call('UntagInstanceProfile', { InstanceProfileName, TagKeys: ['Team'] })

    expect((await iam.call('ListInstanceProfileTags', { InstanceProfileName })).Tags).toEqual([
      { Key: 'team', Value: 'edge' },
    ])
  })
})

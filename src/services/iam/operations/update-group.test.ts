import { describe, expect, it } from 'vitest'
import { IAM_ACCOUNT, IamWorld } from '../../../../test/iam-service.ts'

const ARN = `arn:aws:iam::${IAM_ACCOUNT}:group`

describe('UpdateGroup', () => {
  it('keeps id, users and policies under the new name', async () => {
    const iam = await IamWorld.start()
    const { Group } = await iam.call('CreateGroup', { GroupName: 'core' })
    await iam.user('ada')
    await iam.user('bea')
    await iam.call('AddUserToGroup', { GroupName: 'core', UserName: 'ada' })
    await iam.call('AttachGroupPolicy', { GroupName: 'core', PolicyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' })

    await iam.call('UpdateGroup', { GroupName: 'core', NewGroupName: 'kernel', NewPath: '/x/' })

    expect(iam.demands.map(({ resource }) => resource)).toEqual([`${ARN}/core`, `${ARN}/x/kernel`])
    const renamed = { ...Group, GroupName: 'kernel', Path: '/x/', Arn: `${ARN}/x/kernel` }
    expect(await iam.call('GetGroup', { GroupName: 'kernel' })).toMatchObject({
      Group: renamed,
      Users: [{ UserName: 'ada' }],
    })
    expect((await iam.call('ListGroupsForUser', { UserName: 'ada' })).Groups).toEqual([renamed])
    expect((await iam.call('ListGroupsForUser', { UserName: 'bea' })).Groups).toEqual([])
    const attached = await iam.call('ListAttachedGroupPolicies', { GroupName: 'kernel' })
    expect(attached.AttachedPolicies).toMatchObject([{ PolicyName: 'ReadOnlyAccess' }])
    await expect(iam.call('GetGroup', { GroupName: 'core' })).rejects.toMatchObject({
      code: 'NoSuchEntityException',
      message: 'The group with name core cannot be found.',
    })
  })

  it('changes the path alone, and then users stay', async () => {
    const iam = await IamWorld.start()
    await iam.call('CreateGroup', { GroupName: 'core' })
    await iam.user('ada')
    await iam.call('AddUserToGroup', { GroupName: 'core', UserName: 'ada' })

    await iam.call('UpdateGroup', { GroupName: 'CORE', NewPath: '/x/' })

    expect(await iam.call('ListGroupsForUser', { UserName: 'ada' })).toMatchObject({
      Groups: [{ GroupName: 'core', Arn: `${ARN}/x/core` }],
    })
  })

  it('takes no name that another group has', async () => {
    const iam = await IamWorld.start()
    await iam.call('CreateGroup', { GroupName: 'core' })
    await iam.call('CreateGroup', { GroupName: 'edge' })

    await expect(iam.call('UpdateGroup', { GroupName: 'core', NewGroupName: 'Edge' })).rejects.toMatchObject({
      code: 'EntityAlreadyExistsException',
      message: 'Group with name Edge already exists.',
    })
  })
})

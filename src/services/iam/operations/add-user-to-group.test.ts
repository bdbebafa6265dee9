import { describe, expect, it } from 'vitest'
import { IAM_ACCOUNT, IamWorld } from '../../../../test/iam-service.ts'

const world = async (): Promise<IamWorld> => {
  const iam = await IamWorld.start()
  await iam.user('ada')
  for (let n = 0; n < 11; n++) await iam.call('CreateGroup', { GroupName: `g${n}` })
  return iam
}

describe('users in groups', () => {
  it('are in each group once', async () => {
    const iam = await world()

    await iam.call('AddUserToGroup', { GroupName: 'g1', UserName: 'ada' })
    await iam.call('AddUserToGroup', { GroupName: 'G1', UserName: 'ADA' })

    expect(iam.demands).toEqual([
      { action: 'iam:AddUserToGroup', resource: `arn:aws:iam::${IAM_ACCOUNT}:group/g1`, context: {} },
    ])
    expect((await iam.call('GetGroup', { GroupName: 'g1' })).Users).toMatchObject([{ UserName: 'ada' }])
    expect((await iam.call('ListGroupsForUser', { UserName: 'ada' })).Groups).toMatchObject([{ GroupName: 'g1' }])
  })

  it('are in ten at most', async () => {
    const iam = await world()
    for (let n = 0; n < 10; n++) await iam.call('AddUserToGroup', { GroupName: `g${n}`, UserName: 'ada' })

    await expect(iam.call('AddUserToGroup', { GroupName: 'g10', UserName: 'ada' })).rejects.toMatchObject({
      code: 'LimitExceededException',
      message: 'Cannot exceed quota for GroupsPerUser: 10',
    })
    await iam.call('AddUserToGroup', { GroupName: 'g9', UserName: 'ada' })
  })

  it('come in pages, and so do the groups of a user', async () => {
    const iam = await world()
    await iam.user('bea')
    for (const UserName of ['bea', 'ada']) await iam.call('AddUserToGroup', { GroupName: 'g0', UserName })
    await iam.call('AddUserToGroup', { GroupName: 'g1', UserName: 'ada' })

    const users = await iam.call('GetGroup', { GroupName: 'g0', MaxItems: 1 })
    expect(users).toMatchObject({ Users: [{ UserName: 'ada' }], IsTruncated: true })
    expect(await iam.call('GetGroup', { GroupName: 'g0', Marker: users.Marker })).toMatchObject({
      Users: [{ UserName: 'bea' }],
      IsTruncated: false,
    })
    const groups = await iam.call('ListGroupsForUser', { UserName: 'ada', MaxItems: 1 })
    expect(groups).toMatchObject({ Groups: [{ GroupName: 'g0' }], IsTruncated: true })
    expect(await iam.call('ListGroupsForUser', { UserName: 'ada', Marker: groups.Marker })).toMatchObject({
      Groups: [{ GroupName: 'g1' }],
      IsTruncated: false,
    })
  })

  it('leave, even where they are not', async () => {
    const iam = await world()
    await iam.call('AddUserToGroup', { GroupName: 'g1', UserName: 'ada' })

    await iam.call('RemoveUserFromGroup', { GroupName: 'g1', UserName: 'ada' })
    await iam.call('RemoveUserFromGroup', { GroupName: 'g1', UserName: 'ada' })

    expect((await iam.call('ListGroupsForUser', { UserName: 'ada' })).Groups).toEqual([])
  })

  it.each([
    ['AddUserToGroup', { GroupName: 'none', UserName: 'ada' }, 'The group with name none cannot be found.'],
    ['AddUserToGroup', { GroupName: 'g1', UserName: 'none' }, 'The user with name none cannot be found.'],
    ['RemoveUserFromGroup', { GroupName: 'none', UserName: 'ada' }, 'The group with name none cannot be found.'],
    ['RemoveUserFromGroup', { GroupName: 'g1', UserName: 'none' }, 'The user with name none cannot be found.'],
  ] as const)('are named as they are: %s %j', async (operation, input, message) => {
    const iam = await world()

    await expect(iam.call(operation, input)).rejects.toMatchObject({ code: 'NoSuchEntityException', message })
  })
})

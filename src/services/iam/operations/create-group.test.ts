import { describe, expect, it } from 'vitest'
import { IAM_ACCOUNT, IamWorld } from '../../../../test/iam-service.ts'

const ARN = `arn:aws:iam::${IAM_ACCOUNT}:group`

describe('groups', () => {
  it('are created and found again', async () => {
    const iam = await IamWorld.start()

    const { Group } = await iam.call('CreateGroup', { GroupName: 'Core', Path: '/teams/' })

    expect(iam.demands).toEqual([{ action: 'iam:CreateGroup', resource: `${ARN}/teams/Core`, context: {} }])
    expect(Group).toEqual({
      Path: '/teams/',
      GroupName: 'Core',
      GroupId: expect.stringMatching(/^AGPA[A-Z2-7]{17}$/),
      Arn: `${ARN}/teams/Core`,
      CreateDate: new Date(iam.now),
    })
    expect(await iam.call('GetGroup', { GroupName: 'core' })).toEqual({ Group, Users: [], IsTruncated: false })
  })

  it('have names of their own', async () => {
    const iam = await IamWorld.start()
    await iam.call('CreateGroup', { GroupName: 'Core' })

    await expect(iam.call('CreateGroup', { GroupName: 'core' })).rejects.toMatchObject({
      code: 'EntityAlreadyExistsException',
      message: 'Group with name core already exists.',
    })
  })

  it('are at most three hundred', async () => {
    const iam = await IamWorld.start()
    for (let n = 0; n < 300; n++) await iam.call('CreateGroup', { GroupName: `g${n}` })

    await expect(iam.call('CreateGroup', { GroupName: 'last' })).rejects.toMatchObject({
      code: 'LimitExceededException',
      message: 'Cannot exceed quota for GroupsPerAccount: 300',
    })
  })

  it('are listed in pages, by path', async () => {
    const iam = await IamWorld.start()
    for (const GroupName of ['c', 'a', 'b']) await iam.call('CreateGroup', { GroupName, Path: '/x/' })
    await iam.call('CreateGroup', { GroupName: 'other' })

    const first = await iam.call('ListGroups', { PathPrefix: '/x/', MaxItems: 2 })
    const second = await iam.call('ListGroups', { PathPrefix: '/x/', Marker: first.Marker })

    expect(iam.demands).toMatchObject([{ action: 'iam:ListGroups', resource: `${ARN}/x/` }])
    expect(first.Groups?.map(({ GroupName }) => GroupName)).toEqual(['a', 'b'])
    expect(second).toMatchObject({ Groups: [{ GroupName: 'c' }], IsTruncated: false })
  })
})

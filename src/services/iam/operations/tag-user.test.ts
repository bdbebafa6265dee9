import { describe, expect, it } from 'vitest'
import { IAM_ACCOUNT, IamWorld } from '../../../../test/iam-service.ts'

const UserName = 'ada'
const tag = (Key: string, Value = ''): { Key: string; Value: string } => ({ Key, Value })

const world = async (): Promise<IamWorld> => {
  const iam = await IamWorld.start()
  await iam.call('CreateUser', { UserName, Tags: [tag('Team', 'core'), tag('stage', 'test')] })
  return iam
}

describe('tags of users', () => {
  it('get new values whatever the case of their keys', async () => {
    const iam = await world()

    await iam.call('TagUser', { UserName, Tags: [tag('team', 'edge'), tag('more', 'x')] })

    expect((await iam.call('ListUserTags', { UserName })).Tags).toEqual([
      tag('more', 'x'),
      tag('stage', 'test'),
      tag('team', 'edge'),
    ])
  })

  it('are removed whatever the case of their keys', async () => {
    const iam = await world()

    await iam.call('UntagUser', { UserName, TagKeys: ['TEAM', 'unknown'] })

    expect(iam.demands).toEqual([
      {
        action: 'iam:UntagUser',
        resource: `arn:aws:iam::${IAM_ACCOUNT}:user/ada`,
        context: {
          'aws:resourcetag/team': ['core'],
          'iam:resourcetag/team': ['core'],
          'aws:resourcetag/stage': ['test'],
          'iam:resourcetag/stage': ['test'],
          'aws:tagkeys': ['TEAM', 'unknown'],
        },
      },
    ])
    expect((await iam.call('ListUserTags', { UserName })).Tags).toEqual([tag('stage', 'test')])
  })

  it('come in pages', async () => {
    const iam = await world()

    const first = await iam.call('ListUserTags', { UserName, MaxItems: 1 })
    const second = await iam.call('ListUserTags', { UserName, Marker: first.Marker })

    expect(first).toMatchObject({ Tags: [tag('Team', 'core')], IsTruncated: true })
    expect(second).toEqual({ Tags: [tag('stage', 'test')], IsTruncated: false })
  })

  it('are at most fifty', async () => {
    const iam = await world()
    const Tags = Array.from({ length: 49 }, (_, n) => tag(`k${n}`))

    await expect(iam.call('TagUser', { UserName, Tags })).rejects.toMatchObject({
      code: 'LimitExceededException',
      message: 'The number of tags has reached the maximum limit.',
    })
    await iam.call('TagUser', { UserName, Tags: Tags.slice(1) })
    expect((await iam.call('ListUserTags', { UserName })).Tags).toHaveLength(50)
  })
})

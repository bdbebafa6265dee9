import { describe, expect, it } from 'vitest'
import { ANYTHING, IAM_ACCOUNT, IamWorld } from '../../../../test/iam-service.ts'

const PolicyArn = `arn:aws:iam::${IAM_ACCOUNT}:policy/a`

describe('tags of policies', () => {
  it('are laid over those that are there, removed by key, and listed in pages', async () => {
    const iam = await IamWorld.start()
    const tag = (Key: string, Value: string): { Key: string; Value: string } => ({ Key, Value })
    await iam.call('CreatePolicy', { PolicyName: 'a', PolicyDocument: ANYTHING, Tags: [tag('b', '1'), tag('a', '1')] })

    await iam.call('TagPolicy', { PolicyArn, Tags: [tag('b', '2'), tag('B', '3')] })
    await iam.call('UntagPolicy', { PolicyArn, TagKeys: ['a', 'none'] })

    const first = await iam.call('ListPolicyTags', { PolicyArn, MaxItems: 1 })
    const second = await iam.call('ListPolicyTags', { PolicyArn, Marker: first.Marker })
    expect([first, second].flatMap(({ Tags = [] }) => Tags)).toEqual([tag('B', '3'), tag('b', '2')])
    const { Policy } = await iam.call('GetPolicy', { PolicyArn })
    expect(Policy?.Tags).toHaveLength(2)
  })

  it('count for permission on the policy', async () => {
    const iam = await IamWorld.start()
    await iam.call('CreatePolicy', { PolicyName: 'a', PolicyDocument: ANYTHING, Tags: [{ Key: 'Stage', Value: 'x' }] })

    await iam.call('UntagPolicy', { PolicyArn, TagKeys: ['Stage'] })

    expect(iam.demands).toEqual([
      {
        action: 'iam:UntagPolicy',
        resource: PolicyArn,
        context: { 'aws:resourcetag/stage': ['x'], 'iam:resourcetag/stage': ['x'], 'aws:tagkeys': ['Stage'] },
      },
    ])
  })

  it("are not for AWS's own", async () => {
    const iam = await IamWorld.start()
    const awsOwn = 'arn:aws:iam::aws:policy/ReadOnlyAccess'

    expect(await iam.call('ListPolicyTags', { PolicyArn: awsOwn })).toEqual({ Tags: [], IsTruncated: false })
    await expect(iam.call('TagPolicy', { PolicyArn: awsOwn, Tags: [] })).rejects.toMatchObject({ code: 'AccessDenied' })
  })
})

import { describe, expect, it } from 'vitest'
import { IAM_ACCOUNT, IamWorld } from '../../../../test/iam-service.ts'

const ARN = `arn:aws:iam::${IAM_ACCOUNT}:user`

describe('UpdateUser', () => {
  it('keeps id, groups, policies, tags and keys under the new name', async () => {
    const iam = await IamWorld.start()
    const ada = await iam.call('CreateUser', { UserName: 'ada', Tags: [{ Key: 'k', Value: 'v' }] })
    const { AccessKey } = await iam.call('CreateAccessKey', { UserName: 'ada' })
    await iam.call('CreateGroup', { GroupName: 'core' })
    await iam.call('AddUserToGroup', { GroupName: 'core', UserName: 'ada' })
    await iam.call('AttachUserPolicy', { UserName: 'ada', PolicyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' })

    await iam.call('UpdateUser', { UserName: 'ada', NewUserName: 'Lovelace', NewPath: '/x/' })

    expect(iam.demands.map(({ resource }) => resource)).toEqual([`${ARN}/ada`, `${ARN}/x/Lovelace`])
    await expect(iam.call('GetUser', { UserName: 'ada' })).rejects.toMatchObject({ code: 'NoSuchEntityException' })
    expect(await iam.call('GetUser', { UserName: 'lovelace' })).toEqual({
      User: { ...ada.User, UserName: 'Lovelace', Path: '/x/', Arn: `${ARN}/x/Lovelace` },
    })
    const keys = await iam.call('ListAccessKeys', { UserName: 'Lovelace' })
    expect(keys.AccessKeyMetadata).toMatchObject([{ AccessKeyId: AccessKey?.AccessKeyId, UserName: 'Lovelace' }])
    const groups = await iam.call('ListGroupsForUser', { UserName: 'Lovelace' })
    expect(groups.Groups).toMatchObject([{ GroupName: 'core' }])
    const attached = await iam.call('ListAttachedUserPolicies', { UserName: 'Lovelace' })
    expect(attached.AttachedPolicies).toMatchObject([{ PolicyName: 'ReadOnlyAccess' }])
  })

  it('changes the case of a name', async () => {
    const iam = await IamWorld.start()
    await iam.user('ada')

    await iam.call('UpdateUser', { UserName: 'ada', NewUserName: 'Ada' })

    expect(await iam.call('GetUser', { UserName: 'ada' })).toMatchObject({
      User: { UserName: 'Ada', Arn: `${ARN}/Ada` },
    })
  })

  it('changes nothing if nothing is asked for', async () => {
    const iam = await IamWorld.start()
    const ada = await iam.user('ada')

    await iam.call('UpdateUser', { UserName: 'ada' })

    expect(iam.demands).toHaveLength(1)
    expect(await iam.call('GetUser', { UserName: 'ada' })).toMatchObject({ User: { Arn: ada.arn } })
  })

  it('takes no name that another user has', async () => {
    const iam = await IamWorld.start()
    await iam.user('ada')
    await iam.user('bea')

    await expect(iam.call('UpdateUser', { UserName: 'ada', NewUserName: 'BEA' })).rejects.toMatchObject({
      code: 'EntityAlreadyExistsException',
      message: 'User with name BEA already exists.',
    })
  })
})

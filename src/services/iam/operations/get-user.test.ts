import { describe, expect, it } from 'vitest'
import { IAM_ACCOUNT, IamWorld, rootPrincipal } from '../../../../test/iam-service.ts'

describe('GetUser', () => {
  it('tells of who is named, whatever the case', async () => {
    const iam = await IamWorld.start()
    await iam.call('CreateUser', { UserName: 'Ada', Tags: [{ Key: 'team', Value: 'core' }] })

    expect(await iam.call('GetUser', { UserName: 'ada' })).toMatchObject({
      User: { UserName: 'Ada', Path: '/', Tags: [{ Key: 'team', Value: 'core' }] },
    })
    expect(iam.demands).toEqual([
      {
        action: 'iam:GetUser',
        resource: `arn:aws:iam::${IAM_ACCOUNT}:user/Ada`,
        context: { 'aws:resourcetag/team': ['core'], 'iam:resourcetag/team': ['core'] },
      },
    ])
  })

  it('tells of who calls if nobody is named', async () => {
    const iam = await IamWorld.start()
    const ada = await iam.user('ada')

    expect(await iam.call('GetUser', {}, ada)).toMatchObject({ User: { UserName: 'ada', UserId: ada.userId } })
    expect(iam.demands).toMatchObject([{ resource: ada.arn }])
  })

  it('tells of the root user if it calls', async () => {
    const iam = await IamWorld.start()
    const createdAt = iam.now
    await iam.call('CreateAccessKey', {})
    iam.now += 60_000

    expect(await iam.call('GetUser', {})).toEqual({
      User: {
        Path: '/',
        UserName: '<root_account>',
        UserId: IAM_ACCOUNT,
        Arn: `arn:aws:iam::${IAM_ACCOUNT}:root`,
        CreateDate: new Date(createdAt),
      },
    })
  })

  it('has nobody to tell of if a role calls', async () => {
    const iam = await IamWorld.start()
    const arn = `arn:aws:sts::${IAM_ACCOUNT}:assumed-role/app/session`

    await expect(iam.call('GetUser', {}, { ...rootPrincipal(), arn })).rejects.toMatchObject({
      code: 'ValidationError',
      message: 'Must specify userName when calling with non-User credentials',
    })
  })

  it("does not see another account's users", async () => {
    const iam = await IamWorld.start()
    await iam.user('ada')

    await expect(iam.call('GetUser', { UserName: 'ada' }, rootPrincipal('999999999999'))).rejects.toMatchObject({
      code: 'NoSuchEntityException',
      message: 'The user with name ada cannot be found.',
    })
  })
})

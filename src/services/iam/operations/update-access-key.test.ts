import { describe, expect, it } from 'vitest'
import { IAM_ACCOUNT, IamWorld, rootPrincipal } from '../../../../test/iam-service.ts'

const world = async (): Promise<{ iam: IamWorld; AccessKeyId: string }> => {
  const iam = await IamWorld.start()
  await iam.user('ada')
  await iam.user('bea')
  const { AccessKey } = await iam.call('CreateAccessKey', { UserName: 'ada' })
  return { iam, AccessKeyId: AccessKey?.AccessKeyId ?? '' }
}

describe('access keys', () => {
  it('are switched off and on again', async () => {
    const { iam, AccessKeyId } = await world()

    await iam.call('UpdateAccessKey', { UserName: 'ada', AccessKeyId, Status: 'Inactive' })
    expect(iam.store.tables.accessKeys.get(AccessKeyId)?.status).toBe('Inactive')
    await iam.call('UpdateAccessKey', { UserName: 'ada', AccessKeyId, Status: 'Active' })

    expect((await iam.call('ListAccessKeys', { UserName: 'ada' })).AccessKeyMetadata).toEqual([
      { UserName: 'ada', AccessKeyId, Status: 'Active', CreateDate: new Date(iam.now) },
    ])
  })

  it('are deleted', async () => {
    const { iam, AccessKeyId } = await world()

    await iam.call('DeleteAccessKey', { UserName: 'ada', AccessKeyId })

    expect(iam.store.tables.accessKeys.size).toBe(0)
  })

  it('come in pages', async () => {
    const { iam } = await world()
    await iam.call('CreateAccessKey', { UserName: 'ada' })

    const first = await iam.call('ListAccessKeys', { UserName: 'ada', MaxItems: 1 })
    const second = await iam.call('ListAccessKeys', { UserName: 'ada', Marker: first.Marker })

    expect(first.IsTruncated).toBe(true)
    const ids = [first, second].flatMap(({ AccessKeyMetadata = [] }) => AccessKeyMetadata.map((key) => key.AccessKeyId))
    expect(ids).toEqual([...iam.store.tables.accessKeys.rows()].map(({ accessKeyId }) => accessKeyId).toSorted())
  })

  it('tell when they were used last', async () => {
    const { iam, AccessKeyId } = await world()
    expect(await iam.call('GetAccessKeyLastUsed', { AccessKeyId })).toEqual({
      UserName: 'ada',
      AccessKeyLastUsed: { ServiceName: 'N/A', Region: 'N/A' },
    })
    expect(iam.demands).toEqual([
      { action: 'iam:GetAccessKeyLastUsed', resource: `arn:aws:iam::${IAM_ACCOUNT}:user/ada`, context: {} },
    ])
    const lastUsed = { at: iam.now, region: 'eu-west-1', service: 'ecs' }
    await iam.store.transact((tx) => tx.accessKeys.update(AccessKeyId, { lastUsed }))

    expect(await iam.call('GetAccessKeyLastUsed', { AccessKeyId })).toEqual({
      UserName: 'ada',
      AccessKeyLastUsed: { LastUsedDate: new Date(iam.now), ServiceName: 'ecs', Region: 'eu-west-1' },
    })
  })

  it('are found under their own user only', async () => {
    const { iam, AccessKeyId } = await world()
    const notFound = {
      code: 'NoSuchEntityException',
      message: `The Access Key with id ${AccessKeyId} cannot be found.`,
    }

    await expect(iam.call('DeleteAccessKey', { AccessKeyId })).rejects.toMatchObject(notFound)
    await expect(iam.call('DeleteAccessKey', { AccessKeyId, UserName: 'bea' })).rejects.toMatchObject(notFound)
    await expect(
      iam.call('UpdateAccessKey', { AccessKeyId, UserName: 'bea', Status: 'Inactive' }),
    ).rejects.toMatchObject(notFound)
    await expect(
      iam.call('GetAccessKeyLastUsed', { AccessKeyId }, rootPrincipal('999999999999')),
    ).rejects.toMatchObject(notFound)
  })

  it('have one of two statuses', async () => {
    const { iam, AccessKeyId } = await world()

    await expect(
      iam.call('UpdateAccessKey', { UserName: 'ada', AccessKeyId, Status: 'Expired' }),
    ).rejects.toMatchObject({
      code: 'ValidationError',
      message:
        "1 validation error detected: Value 'Expired' at 'status' failed to satisfy constraint: Member must satisfy enum value set: [Active, Inactive]",
    })
  })
})

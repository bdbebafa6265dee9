import { describe, expect, it } from 'vitest'
import { IAM_ACCOUNT, IamWorld, TRUST } from '../../../../test/iam-service.ts'

const RoleName = 'app'

const world = async (): Promise<IamWorld> => {
  const iam = await IamWorld.start()
  await iam.call('CreateRole', {
    RoleName,
    AssumeRolePolicyDocument: TRUST,
    Description: 'before',
    MaxSessionDuration: 7200,
  })
  return iam
}

describe('roles', () => {
  it('get another description, and the session of an hour unless told otherwise', async () => {
    const iam = await world()

    await iam.call('UpdateRole', { RoleName, Description: 'after' })

    expect(await iam.call('GetRole', { RoleName })).toMatchObject({
      Role: { Description: 'after', MaxSessionDuration: 3600 },
    })
  })

  it('get another longest session and keep their description', async () => {
    const iam = await world()

    await iam.call('UpdateRole', { RoleName, MaxSessionDuration: 43_200 })

    expect(await iam.call('GetRole', { RoleName })).toMatchObject({
      Role: { Description: 'before', MaxSessionDuration: 43_200 },
    })
  })

  it('get another description the old way', async () => {
    const iam = await world()

    expect(await iam.call('UpdateRoleDescription', { RoleName, Description: 'after' })).toMatchObject({
      Role: { RoleName, Description: 'after', MaxSessionDuration: 7200 },
    })
  })

  it('get another trust policy', async () => {
    const iam = await world()
    const PolicyDocument = TRUST.replace('ecs-tasks', 'ec2')

    await iam.call('UpdateAssumeRolePolicy', { RoleName, PolicyDocument })

    const { Role } = await iam.call('GetRole', { RoleName })
    expect(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '')).toBe(PolicyDocument)
    await expect(iam.call('UpdateAssumeRolePolicy', { RoleName, PolicyDocument: '{"Version":' })).rejects.toMatchObject(
      { code: 'MalformedPolicyDocumentException' },
    )
  })

  it('tell when they were used last', async () => {
    const iam = await world()
    const lastUsed = { at: iam.now, region: 'eu-west-1' }
    await iam.store.transact((tx) => tx.roles.update(`${IAM_ACCOUNT}/app`, { lastUsed }))

    expect(await iam.call('GetRole', { RoleName })).toMatchObject({
      Role: { RoleLastUsed: { LastUsedDate: new Date(iam.now), Region: 'eu-west-1' } },
    })
  })

  it('have tags', async () => {
    const iam = await world()

    await iam.call('TagRole', { RoleName, Tags: [{ Key: 'Team', Value: 'core' }] })
    await iam.call('TagRole', {
      RoleName,
      Tags: [
        { Key: 'team', Value: 'edge' },
        { Key: 'a', Value: '1' },
      ],
    })
    await iam.call('UntagRole', { RoleName, TagKeys: ['A'] })

    expect(await iam.call('ListRoleTags', { RoleName })).toEqual({
      Tags: [{ Key: 'team', Value: 'edge' }],
      IsTruncated: false,
    })
    expect(iam.demands).toMatchObject([{ context: { 'iam:resourcetag/team': ['edge'] } }])
  })

  it('are listed in pages, by path', async () => {
    const iam = await world()
    for (const name of ['c', 'b'])
      await iam.call('CreateRole', { RoleName: name, Path: '/x/', AssumeRolePolicyDocument: TRUST })

    const first = await iam.call('ListRoles', { PathPrefix: '/x/', MaxItems: 1 })

    expect(first).toMatchObject({ Roles: [{ RoleName: 'b' }], IsTruncated: true })
    expect(first.Roles?.[0]).not.toHaveProperty('RoleLastUsed')
    expect(await iam.call('ListRoles', { PathPrefix: '/x/', Marker: first.Marker })).toMatchObject({
      Roles: [{ RoleName: 'c' }],
      IsTruncated: false,
    })
  })

  it.each(['GetRole', 'UpdateRole', 'DeleteRole', 'ListRoleTags', 'ListInstanceProfilesForRole'] as const)(
    'are named as they are by %s',
    async (operation) => {
      const iam = await world()

      await expect(iam.call(operation, { RoleName: 'none' })).rejects.toMatchObject({
        code: 'NoSuchEntityException',
        message: 'The role with name none cannot be found.',
      })
    },
  )
})

import { describe, expect, it } from 'vitest'
import { IAM_ACCOUNT, IamWorld, rootPrincipal } from '../../../test/iam-service.ts'

const arn = (resource: string): string => `arn:aws:iam::${IAM_ACCOUNT}:${resource}`
const path = '/a/b/'

const world = async (): Promise<IamWorld> => {
  const iam = await IamWorld.start()
  await iam.call('CreateUser', { UserName: 'Ada', Path: path })
  await iam.call('CreateGroup', { GroupName: 'Core', Path: path })
  await iam.role('App')
  await iam.call('CreateInstanceProfile', { InstanceProfileName: 'Host', Path: path })
  return iam
}

describe('what callers must be allowed to do', () => {
  it.each([
    ['GetUser', { UserName: 'ada' }, 'user/a/b/Ada'],
    ['GetGroup', { GroupName: 'core' }, 'group/a/b/Core'],
    ['GetRole', { RoleName: 'app' }, 'role/App'],
    ['GetInstanceProfile', { InstanceProfileName: 'host' }, 'instance-profile/a/b/Host'],
    ['ListUsers', {}, 'user/'],
    ['ListGroups', { PathPrefix: '/a' }, 'group/a'],
    ['ListRoles', { PathPrefix: path }, 'role/a/b/'],
    ['ListInstanceProfiles', {}, 'instance-profile/'],
  ] as const)('%s %j is about %s', async (operation, input, resource) => {
    const iam = await world()
    await iam.call(operation, input)
    expect(iam.demands).toMatchObject([{ action: `iam:${operation}`, resource: arn(resource) }])
  })

  it.each([
    ['GetUser', { UserName: 'none' }, 'user/none'],
    ['GetGroup', { GroupName: 'none' }, 'group/none'],
    ['GetRole', { RoleName: 'none' }, 'role/none'],
    ['GetInstanceProfile', { InstanceProfileName: 'none' }, 'instance-profile/none'],
    ['UpdateUser', { UserName: 'none', NewPath: '/x/' }, 'user/none'],
    ['UpdateGroup', { GroupName: 'none', NewPath: '/x/' }, 'group/none'],
  ] as const)('%s %j does not tell whether it is there', async (operation, input, resource) => {
    const iam = await world()
    await expect(iam.call(operation, input)).rejects.toMatchObject({ code: 'NoSuchEntityException' })
    expect(iam.demands[0]).toEqual({ action: `iam:${operation}`, resource: arn(resource), context: {} })
  })

  it('is about who calls if nobody is named', async () => {
    const iam = await world()
    await iam.call('ListAccessKeys', {})
    expect(iam.demands).toMatchObject([{ resource: arn('root') }])

    const caller = { ...rootPrincipal(), arn: arn('user/a/b/Ada') }
    await iam.call('ListAccessKeys', {}, caller)
    expect(iam.demands).toMatchObject([{ resource: arn('user/a/b/Ada') }])
  })
})

/** Users, groups, access keys, roles, instance profiles, issuers and the account through the AWS SDK for JavaScript, over HTTP. */
import {
  DeleteConflictException,
  EntityAlreadyExistsException,
  IAM,
  InvalidInputException,
  LimitExceededException,
  MalformedPolicyDocumentException,
  NoSuchEntityException,
  paginateGetGroup,
  paginateListAccessKeys,
  paginateListAccountAliases,
  paginateListGroups,
  paginateListGroupsForUser,
  paginateListInstanceProfiles,
  paginateListInstanceProfilesForRole,
  paginateListInstanceProfileTags,
  paginateListOpenIDConnectProviderTags,
  paginateListRoles,
  paginateListRoleTags,
  paginateListUsers,
  paginateListUserTags,
  UnmodifiableEntityException,
  waitUntilInstanceProfileExists,
  waitUntilRoleExists,
  waitUntilUserExists,
} from '@aws-sdk/client-iam'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { identityOperations } from '../../src/services/iam/identity-operations.ts'
import { iamService } from '../../src/services/iam/index.ts'
import { ACCOUNT, type ServiceServer, serviceServer } from './service-server.ts'

const ARN = `arn:aws:iam::${ACCOUNT}`
const READ_ONLY = 'arn:aws:iam::aws:policy/ReadOnlyAccess'
const TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Service: ['ecs-tasks.amazonaws.com', 'ec2.amazonaws.com'] },
      Action: 'sts:AssumeRole',
      Condition: { StringEquals: { 'aws:SourceAccount': ACCOUNT } },
    },
  ],
})
const boundary = { PermissionsBoundaryType: 'PermissionsBoundaryPolicy', PermissionsBoundaryArn: READ_ONLY }
const tag = (Key: string, Value: string) => ({ Key, Value })

let server: ServiceServer
let iam: IAM
const called = new Set<string>()

beforeAll(async () => {
  server = await serviceServer(iamService)
  iam = new IAM(server.client)
  iam.middlewareStack.add(
    (next, { commandName = '' }) =>
      (args) => {
        called.add(commandName.replace(/Command$/, ''))
        return next(args)
      },
    { step: 'initialize' },
  )
  // Who calls.
  await iam.createUser({ UserName: 'ada' })
})
afterAll(async () => {
  iam.destroy()
  await server.close()
})

/** The items of all pages of one item each. */
const inPages = async <Page extends { IsTruncated?: boolean | undefined }, Item>(
  pages: AsyncIterable<Page>,
  itemsOf: (page: Page) => Item[] | undefined,
): Promise<Item[]> => {
  const found: Item[] = []
  for await (const page of pages) {
    const items = itemsOf(page) ?? []
    expect(items.length).toBeLessThanOrEqual(1)
    found.push(...items)
  }
  return found
}
const paginator = () => ({ client: iam, pageSize: 1 })

describe('users', () => {
  it('are created, read back, tagged, renamed and deleted', async () => {
    const { User } = await iam.createUser({
      UserName: 'Grace',
      Path: '/navy/',
      PermissionsBoundary: READ_ONLY,
      Tags: [tag('Team', 'core'), tag('mail', 'grace@example.com')],
    })
    await waitUntilUserExists({ client: iam, maxWaitTime: 5 }, { UserName: 'Grace' })
    expect((await iam.getUser({ UserName: 'grace' })).User).toEqual({
      ...User,
      UserName: 'Grace',
      Path: '/navy/',
      Arn: `${ARN}:user/navy/Grace`,
      PermissionsBoundary: boundary,
      Tags: [tag('Team', 'core'), tag('mail', 'grace@example.com')],
    })
    expect(User?.CreateDate).toBeInstanceOf(Date)

    await iam.tagUser({ UserName: 'Grace', Tags: [tag('team', 'edge'), tag('a', 'ü = 1 + 2')] })
    await iam.untagUser({ UserName: 'Grace', TagKeys: ['mail'] })
    expect(await inPages(paginateListUserTags(paginator(), { UserName: 'Grace' }), ({ Tags }) => Tags)).toEqual([
      tag('a', 'ü = 1 + 2'),
      tag('team', 'edge'),
    ])

    await iam.updateUser({ UserName: 'Grace', NewUserName: 'Hopper', NewPath: '/' })
    expect((await iam.getUser({ UserName: 'Hopper' })).User).toMatchObject({
      UserId: User?.UserId,
      Arn: `${ARN}:user/Hopper`,
    })
    await iam.deleteUser({ UserName: 'Hopper' })
    await expect(iam.getUser({ UserName: 'Hopper' })).rejects.toBeInstanceOf(NoSuchEntityException)
  })

  it('are listed in pages', async () => {
    for (const UserName of ['u2', 'u1', 'u3']) await iam.createUser({ UserName, Path: '/listed/' })
    const pages = paginateListUsers(paginator(), { PathPrefix: '/listed/' })
    expect((await inPages(pages, ({ Users }) => Users)).map(({ UserName }) => UserName)).toEqual(['u1', 'u2', 'u3'])
  })

  it('are told apart by their names', async () => {
    expect((await iam.getUser({})).User).toMatchObject({ UserName: 'ada' })
    const again = iam.createUser({ UserName: 'ADA' })
    await expect(again).rejects.toBeInstanceOf(EntityAlreadyExistsException)
    await expect(again).rejects.toMatchObject({
      message: 'User with name ADA already exists.',
      $metadata: { httpStatusCode: 409 },
    })
    await expect(iam.createUser({ UserName: 'a b' })).rejects.toMatchObject({ name: 'ValidationError' })
  })
})

describe('groups', () => {
  it('are created, read back, renamed and deleted', async () => {
    const { Group } = await iam.createGroup({ GroupName: 'Core', Path: '/teams/' })
    expect(Group).toMatchObject({ GroupName: 'Core', Path: '/teams/', Arn: `${ARN}:group/teams/Core` })
    await iam.createUser({ UserName: 'member-1' })
    await iam.createUser({ UserName: 'member-2' })
    await iam.addUserToGroup({ GroupName: 'Core', UserName: 'member-1' })
    await iam.addUserToGroup({ GroupName: 'Core', UserName: 'member-2' })
    const members = await inPages(paginateGetGroup(paginator(), { GroupName: 'core' }), ({ Users }) => Users)
    expect(members.map(({ UserName }) => UserName)).toEqual(['member-1', 'member-2'])

    await iam.updateGroup({ GroupName: 'Core', NewGroupName: 'Kernel', NewPath: '/' })
    const renamed = { ...Group, GroupName: 'Kernel', Path: '/', Arn: `${ARN}:group/Kernel` }
    expect((await iam.getGroup({ GroupName: 'Kernel' })).Group).toEqual(renamed)
    await expect(iam.deleteGroup({ GroupName: 'Kernel' })).rejects.toBeInstanceOf(DeleteConflictException)
    for (const UserName of ['member-1', 'member-2']) await iam.removeUserFromGroup({ GroupName: 'Kernel', UserName })
    await iam.deleteGroup({ GroupName: 'Kernel' })
    await expect(iam.getGroup({ GroupName: 'Kernel' })).rejects.toBeInstanceOf(NoSuchEntityException)
  })

  it('are listed in pages, those of a user too', async () => {
    await iam.createUser({ UserName: 'joiner' })
    for (const GroupName of ['g2', 'g1']) {
      await iam.createGroup({ GroupName, Path: '/listed/' })
      await iam.addUserToGroup({ GroupName, UserName: 'joiner' })
    }
    const all = await inPages(paginateListGroups(paginator(), { PathPrefix: '/listed/' }), ({ Groups }) => Groups)
    expect(all.map(({ GroupName }) => GroupName)).toEqual(['g1', 'g2'])
    expect(
      await inPages(paginateListGroupsForUser(paginator(), { UserName: 'joiner' }), ({ Groups }) => Groups),
    ).toEqual(all)
  })
})

describe('access keys', () => {
  it('are made, switched off and deleted', async () => {
    await iam.createUser({ UserName: 'signer' })
    const { AccessKey } = await iam.createAccessKey({ UserName: 'signer' })
    expect(AccessKey).toEqual({
      UserName: 'signer',
      AccessKeyId: expect.stringMatching(/^AKIA/),
      Status: 'Active',
      SecretAccessKey: expect.any(String),
      CreateDate: expect.any(Date),
    })
    const { AccessKeyId } = AccessKey ?? {}
    expect(await iam.getAccessKeyLastUsed({ AccessKeyId })).toMatchObject({
      UserName: 'signer',
      AccessKeyLastUsed: { ServiceName: 'N/A', Region: 'N/A' },
    })
    await iam.updateAccessKey({ UserName: 'signer', AccessKeyId, Status: 'Inactive' })
    const { AccessKey: second } = await iam.createAccessKey({ UserName: 'signer' })
    await expect(iam.createAccessKey({ UserName: 'signer' })).rejects.toBeInstanceOf(LimitExceededException)
    const pages = paginateListAccessKeys(paginator(), { UserName: 'signer' })
    const keys = await inPages(pages, ({ AccessKeyMetadata }) => AccessKeyMetadata)
    const { CreateDate } = AccessKey ?? {}
    expect(keys).toHaveLength(2)
    expect(keys).toContainEqual({ UserName: 'signer', AccessKeyId, Status: 'Inactive', CreateDate })
    for (const id of [AccessKeyId, second?.AccessKeyId])
      await iam.deleteAccessKey({ UserName: 'signer', AccessKeyId: id })
    expect((await iam.listAccessKeys({ UserName: 'signer' })).AccessKeyMetadata).toEqual([])
  })

  it('are those of the caller if nobody is named', async () => {
    const { AccessKey } = await iam.createAccessKey({})
    expect(AccessKey).toMatchObject({ UserName: 'ada' })
    expect((await iam.listAccessKeys({})).AccessKeyMetadata).toMatchObject([{ AccessKeyId: AccessKey?.AccessKeyId }])
  })
})

describe('roles', () => {
  it('are created, read back, changed and deleted', async () => {
    const { Role } = await iam.createRole({
      RoleName: 'App',
      Path: '/service/',
      AssumeRolePolicyDocument: TRUST,
      Description: 'Of the app: ü & <more>',
      MaxSessionDuration: 7200,
      PermissionsBoundary: READ_ONLY,
      Tags: [tag('Team', 'core')],
    })
    await waitUntilRoleExists({ client: iam, maxWaitTime: 5 }, { RoleName: 'App' })
    const read = (await iam.getRole({ RoleName: 'app' })).Role
    expect(read).toEqual({
      ...Role,
      RoleName: 'App',
      Path: '/service/',
      Arn: `${ARN}:role/service/App`,
      Description: 'Of the app: ü & <more>',
      MaxSessionDuration: 7200,
      PermissionsBoundary: boundary,
      Tags: [tag('Team', 'core')],
      RoleLastUsed: {},
    })
    expect(decodeURIComponent(read?.AssumeRolePolicyDocument ?? '')).toBe(TRUST)

    await iam.updateRole({ RoleName: 'App', Description: 'second', MaxSessionDuration: 3600 })
    expect((await iam.getRole({ RoleName: 'App' })).Role).toMatchObject({
      Description: 'second',
      MaxSessionDuration: 3600,
    })
    const described = await iam.updateRoleDescription({ RoleName: 'App', Description: 'third' })
    expect(described.Role).toMatchObject({ RoleName: 'App', Description: 'third' })
    const PolicyDocument = TRUST.replace('aws:SourceAccount', 'aws:PrincipalAccount')
    await iam.updateAssumeRolePolicy({ RoleName: 'App', PolicyDocument })
    const trusting = (await iam.getRole({ RoleName: 'App' })).Role?.AssumeRolePolicyDocument
    expect(decodeURIComponent(trusting ?? '')).toBe(PolicyDocument)
    await expect(iam.updateAssumeRolePolicy({ RoleName: 'App', PolicyDocument: '{}' })).rejects.toBeInstanceOf(
      MalformedPolicyDocumentException,
    )

    await iam.tagRole({ RoleName: 'App', Tags: [tag('a', '1'), tag('b', '2')] })
    await iam.untagRole({ RoleName: 'App', TagKeys: ['Team'] })
    expect(await inPages(paginateListRoleTags(paginator(), { RoleName: 'App' }), ({ Tags }) => Tags)).toEqual([
      tag('a', '1'),
      tag('b', '2'),
    ])
    await iam.deleteRole({ RoleName: 'App' })
    await expect(iam.getRole({ RoleName: 'App' })).rejects.toBeInstanceOf(NoSuchEntityException)
  })

  it('are listed in pages', async () => {
    for (const RoleName of ['r2', 'r1'])
      await iam.createRole({ RoleName, Path: '/listed/', AssumeRolePolicyDocument: TRUST })
    const roles = await inPages(paginateListRoles(paginator(), { PathPrefix: '/listed/' }), ({ Roles }) => Roles)
    expect(roles.map(({ RoleName }) => RoleName)).toEqual(['r1', 'r2'])
  })

  it('of services are made, protected and deleted', async () => {
    const { Role } = await iam.createServiceLinkedRole({
      AWSServiceName: 'autoscaling.amazonaws.com',
      CustomSuffix: 'blue',
      Description: 'Of scaling.',
    })
    const RoleName = 'AWSServiceRoleForAutoScaling_blue'
    expect(Role).toMatchObject({
      RoleName,
      Description: 'Of scaling.',
      Arn: `${ARN}:role/aws-service-role/autoscaling.amazonaws.com/${RoleName}`,
    })
    await expect(iam.deleteRole({ RoleName })).rejects.toBeInstanceOf(UnmodifiableEntityException)
    await expect(
      iam.createServiceLinkedRole({ AWSServiceName: 'autoscaling.amazonaws.com', CustomSuffix: 'blue' }),
    ).rejects.toBeInstanceOf(InvalidInputException)
    const { DeletionTaskId } = await iam.deleteServiceLinkedRole({ RoleName })
    expect(await iam.getServiceLinkedRoleDeletionStatus({ DeletionTaskId })).toMatchObject({ Status: 'SUCCEEDED' })
    await expect(iam.getRole({ RoleName })).rejects.toBeInstanceOf(NoSuchEntityException)
  })
})

describe('instance profiles', () => {
  it('are created, read back, given a role, tagged and deleted', async () => {
    const InstanceProfileName = 'Host'
    const { InstanceProfile } = await iam.createInstanceProfile({
      InstanceProfileName,
      Path: '/hosts/',
      Tags: [tag('Team', 'core')],
    })
    await waitUntilInstanceProfileExists({ client: iam, maxWaitTime: 5 }, { InstanceProfileName })
    expect((await iam.getInstanceProfile({ InstanceProfileName: 'host' })).InstanceProfile).toEqual({
      ...InstanceProfile,
      InstanceProfileName,
      Path: '/hosts/',
      Arn: `${ARN}:instance-profile/hosts/Host`,
      Roles: [],
      Tags: [tag('Team', 'core')],
    })

    const { Role } = await iam.createRole({ RoleName: 'ecsInstanceRole', AssumeRolePolicyDocument: TRUST })
    await iam.addRoleToInstanceProfile({ InstanceProfileName, RoleName: 'ecsInstanceRole' })
    expect((await iam.getInstanceProfile({ InstanceProfileName })).InstanceProfile?.Roles).toEqual([Role])
    await expect(iam.deleteInstanceProfile({ InstanceProfileName })).rejects.toBeInstanceOf(DeleteConflictException)
    await expect(iam.deleteRole({ RoleName: 'ecsInstanceRole' })).rejects.toBeInstanceOf(DeleteConflictException)

    await iam.tagInstanceProfile({ InstanceProfileName, Tags: [tag('a', '1'), tag('b', '2')] })
    await iam.untagInstanceProfile({ InstanceProfileName, TagKeys: ['Team'] })
    expect(
      await inPages(paginateListInstanceProfileTags(paginator(), { InstanceProfileName }), ({ Tags }) => Tags),
    ).toEqual([tag('a', '1'), tag('b', '2')])

    await iam.removeRoleFromInstanceProfile({ InstanceProfileName, RoleName: 'ecsInstanceRole' })
    await iam.deleteInstanceProfile({ InstanceProfileName })
    await expect(iam.getInstanceProfile({ InstanceProfileName })).rejects.toBeInstanceOf(NoSuchEntityException)
  })

  it('are listed in pages, those of a role too', async () => {
    await iam.createRole({ RoleName: 'held', AssumeRolePolicyDocument: TRUST })
    for (const InstanceProfileName of ['p2', 'p1']) {
      await iam.createInstanceProfile({ InstanceProfileName, Path: '/listed/' })
      await iam.addRoleToInstanceProfile({ InstanceProfileName, RoleName: 'held' })
    }
    const all = await inPages(
      paginateListInstanceProfiles(paginator(), { PathPrefix: '/listed/' }),
      ({ InstanceProfiles }) => InstanceProfiles,
    )
    expect(all.map(({ InstanceProfileName }) => InstanceProfileName)).toEqual(['p1', 'p2'])
    const ofRole = paginateListInstanceProfilesForRole(paginator(), { RoleName: 'held' })
    expect(await inPages(ofRole, ({ InstanceProfiles }) => InstanceProfiles)).toEqual(all)
  })
})

it('OpenID Connect providers are created, read back, changed and deleted', async () => {
  const created = await iam.createOpenIDConnectProvider({
    Url: 'https://id.example.com/tenant',
    ClientIDList: ['one', 'two'],
    ThumbprintList: ['a'.repeat(40)],
    Tags: [tag('Team', 'core')],
  })
  const { OpenIDConnectProviderArn } = created
  expect(OpenIDConnectProviderArn).toBe(`${ARN}:oidc-provider/id.example.com/tenant`)
  expect(created.Tags).toEqual([tag('Team', 'core')])
  expect((await iam.listOpenIDConnectProviders({})).OpenIDConnectProviderList).toEqual([
    { Arn: OpenIDConnectProviderArn },
  ])
  expect(await iam.getOpenIDConnectProvider({ OpenIDConnectProviderArn })).toMatchObject({
    Url: 'id.example.com/tenant',
    ClientIDList: ['one', 'two'],
    ThumbprintList: ['a'.repeat(40)],
    CreateDate: expect.any(Date),
    Tags: [tag('Team', 'core')],
  })

  await iam.addClientIDToOpenIDConnectProvider({ OpenIDConnectProviderArn, ClientID: 'three' })
  await iam.removeClientIDFromOpenIDConnectProvider({ OpenIDConnectProviderArn, ClientID: 'one' })
  const ThumbprintList = ['b'.repeat(40), 'c'.repeat(40)]
  await iam.updateOpenIDConnectProviderThumbprint({ OpenIDConnectProviderArn, ThumbprintList })
  await iam.tagOpenIDConnectProvider({ OpenIDConnectProviderArn, Tags: [tag('a', '1'), tag('b', '2')] })
  await iam.untagOpenIDConnectProvider({ OpenIDConnectProviderArn, TagKeys: ['Team'] })
  expect(await iam.getOpenIDConnectProvider({ OpenIDConnectProviderArn })).toMatchObject({
    ClientIDList: ['two', 'three'],
    ThumbprintList,
  })
  const tags = paginateListOpenIDConnectProviderTags(paginator(), { OpenIDConnectProviderArn })
  expect(await inPages(tags, ({ Tags }) => Tags)).toEqual([tag('a', '1'), tag('b', '2')])

  await iam.deleteOpenIDConnectProvider({ OpenIDConnectProviderArn })
  await expect(iam.getOpenIDConnectProvider({ OpenIDConnectProviderArn })).rejects.toBeInstanceOf(NoSuchEntityException)
})

it('the account has an alias and a summary', async () => {
  await iam.createAccountAlias({ AccountAlias: 'longshore-1' })
  const aliases = (): Promise<string[]> =>
    inPages(paginateListAccountAliases(paginator(), {}), ({ AccountAliases }) => AccountAliases)
  expect(await aliases()).toEqual(['longshore-1'])
  await iam.deleteAccountAlias({ AccountAlias: 'longshore-1' })
  expect(await aliases()).toEqual([])
  const { SummaryMap } = await iam.getAccountSummary({})
  const { Users = [] } = await iam.listUsers({})
  expect(SummaryMap).toMatchObject({ Users: Users.length, UsersQuota: 5000, AccessKeysPerUserQuota: 2 })
})

it('every operation was called', () => {
  expect(Object.keys(identityOperations).filter((name) => !called.has(name))).toEqual([])
})

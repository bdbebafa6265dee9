/** Policies, what they are attached to, and simulations through the AWS SDK for JavaScript and the AWS CLI, over HTTP. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import {
  DeleteConflictException,
  EntityAlreadyExistsException,
  IAM,
  InvalidInputException,
  LimitExceededException,
  MalformedPolicyDocumentException,
  NoSuchEntityException,
  paginateGetAccountAuthorizationDetails,
  paginateListAttachedGroupPolicies,
  paginateListAttachedRolePolicies,
  paginateListAttachedUserPolicies,
  paginateListEntitiesForPolicy,
  paginateListGroupPolicies,
  paginateListPolicies,
  paginateListPolicyTags,
  paginateListPolicyVersions,
  paginateListRolePolicies,
  paginateListUserPolicies,
  paginateSimulateCustomPolicy,
  paginateSimulatePrincipalPolicy,
  PolicyNotAttachableException,
  waitUntilPolicyExists,
} from '@aws-sdk/client-iam'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { iamService } from '../../src/services/iam/index.ts'
import { policyOperations } from '../../src/services/iam/policy-operations.ts'
import { ACCOUNT, type ServiceServer, serviceServer } from './service-server.ts'

const ARN = `arn:aws:iam::${ACCOUNT}`
const READ_ONLY = 'arn:aws:iam::aws:policy/ReadOnlyAccess'
const EXECUTION = 'arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy'
const LINKED = 'arn:aws:iam::aws:policy/aws-service-role/AmazonECSServiceRolePolicy'
const CLUSTER = `arn:aws:ecs:us-east-1:${ACCOUNT}:cluster/prod`

const policy = (Action: string | string[], given: object = {}): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*', ...given }] })
const RUN = policy('ecs:RunTask')
const TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' }],
})

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

const createPolicy = async (PolicyName: string): Promise<string> => {
  const { Policy } = await iam.createPolicy({ PolicyName, PolicyDocument: RUN })
  return Policy?.Arn ?? ''
}

describe('managed policies', () => {
  it('are created, read back, tagged and deleted', async () => {
    const { Policy } = await iam.createPolicy({
      PolicyName: 'Runners',
      Path: '/team/',
      Description: 'who runs tasks: "all" & <some>',
      PolicyDocument: RUN,
      Tags: [{ Key: 'a', Value: '1' }],
    })
    const PolicyArn = Policy?.Arn ?? ''
    expect(PolicyArn).toBe(`${ARN}:policy/team/Runners`)
    await waitUntilPolicyExists({ client: iam, maxWaitTime: 5 }, { PolicyArn })

    await iam.tagPolicy({ PolicyArn, Tags: [{ Key: 'b', Value: '2' }] })
    await iam.untagPolicy({ PolicyArn, TagKeys: ['a'] })
    await iam.tagPolicy({ PolicyArn, Tags: [{ Key: 'c', Value: '' }] })

    const { Policy: read } = await iam.getPolicy({ PolicyArn })
    const Tags = [
      { Key: 'b', Value: '2' },
      { Key: 'c', Value: '' },
    ]
    expect(read).toEqual({ ...Policy, Description: 'who runs tasks: "all" & <some>', Tags })
    expect(read).toMatchObject({ AttachmentCount: 0, PermissionsBoundaryUsageCount: 0, IsAttachable: true })
    const tags = await inPages(paginateListPolicyTags(paginator(), { PolicyArn }), (page) => page.Tags)
    expect(tags).toEqual(Tags)

    await iam.deletePolicy({ PolicyArn })
    await expect(iam.getPolicy({ PolicyArn })).rejects.toMatchObject({
      name: 'NoSuchEntityException',
      message: `Policy ${PolicyArn} was not found.`,
      $metadata: { httpStatusCode: 404 },
    })
  })

  it('have versions, of which one is in effect', async () => {
    const PolicyArn = await createPolicy('versioned')
    const PolicyDocument = policy('ecs:*', { Resource: CLUSTER })
    const { PolicyVersion } = await iam.createPolicyVersion({ PolicyArn, PolicyDocument, SetAsDefault: true })
    expect(PolicyVersion).toMatchObject({ VersionId: 'v2', IsDefaultVersion: true })

    const { PolicyVersion: read } = await iam.getPolicyVersion({ PolicyArn, VersionId: 'v2' })
    expect(decodeURIComponent(read?.Document ?? '')).toBe(PolicyDocument)
    expect({ ...read, Document: undefined }).toEqual({ ...PolicyVersion, Document: undefined })

    await iam.setDefaultPolicyVersion({ PolicyArn, VersionId: 'v1' })
    const versions = await inPages(paginateListPolicyVersions(paginator(), { PolicyArn }), (page) => page.Versions)
    expect(versions).toMatchObject([
      { VersionId: 'v2', IsDefaultVersion: false },
      { VersionId: 'v1', IsDefaultVersion: true },
    ])

    await expect(iam.deletePolicy({ PolicyArn })).rejects.toBeInstanceOf(DeleteConflictException)
    await iam.deletePolicyVersion({ PolicyArn, VersionId: 'v2' })
    await iam.deletePolicy({ PolicyArn })
  })

  it('are listed by scope and use', async () => {
    const PolicyArn = await createPolicy('listed')
    await iam.createUser({ UserName: 'lister' })
    await iam.attachUserPolicy({ UserName: 'lister', PolicyArn })
    await iam.attachUserPolicy({ UserName: 'lister', PolicyArn: EXECUTION })

    const attached = await inPages(paginateListPolicies(paginator(), { OnlyAttached: true }), (page) => page.Policies)
    expect(attached.map(({ Arn, AttachmentCount }) => [Arn, AttachmentCount])).toEqual([
      [PolicyArn, 1],
      [EXECUTION, 1],
    ])
    const { Policies = [] } = await iam.listPolicies({ Scope: 'AWS', PathPrefix: '/service-role/' })
    expect(Policies.map(({ PolicyName }) => PolicyName)).toContain('AmazonEC2ContainerServiceforEC2Role')

    await iam.detachUserPolicy({ UserName: 'lister', PolicyArn })
    await iam.detachUserPolicy({ UserName: 'lister', PolicyArn: EXECUTION })
    await iam.deleteUser({ UserName: 'lister' })
    await iam.deletePolicy({ PolicyArn })
  })

  it('are refused with the modelled exceptions', async () => {
    const PolicyArn = await createPolicy('once')
    const create = (given: object): Promise<unknown> =>
      iam.createPolicy({ PolicyName: 'other', PolicyDocument: RUN, ...given })

    await expect(create({ PolicyName: 'ONCE' })).rejects.toBeInstanceOf(EntityAlreadyExistsException)
    await expect(create({ PolicyDocument: '{}' })).rejects.toBeInstanceOf(MalformedPolicyDocumentException)
    const large = policy('ecs:*', { Resource: `arn:aws:ecs:${'x'.repeat(6144)}` })
    await expect(create({ PolicyDocument: large })).rejects.toBeInstanceOf(LimitExceededException)
    await expect(create({ PolicyName: 'a b' })).rejects.toMatchObject({ name: 'ValidationError' })
    await expect(iam.getPolicy({ PolicyArn: `${ARN}:role/something` })).rejects.toBeInstanceOf(InvalidInputException)
    await expect(iam.deletePolicy({ PolicyArn: READ_ONLY })).rejects.toMatchObject({
      name: 'AccessDenied',
      $metadata: { httpStatusCode: 403 },
    })
    await iam.deletePolicy({ PolicyArn })
  })
})

describe('policies of users, groups and roles', () => {
  const name = { UserName: 'holder', GroupName: 'holders', RoleName: 'held' }
  const { UserName, GroupName, RoleName } = name
  const own = `${ARN}:policy/own`
  const bothAttached = [
    { PolicyName: 'own', PolicyArn: own },
    { PolicyName: 'AmazonECSTaskExecutionRolePolicy', PolicyArn: EXECUTION },
  ]

  beforeAll(async () => {
    await createPolicy('own')
    await iam.createUser({ UserName })
    await iam.createGroup({ GroupName })
    await iam.createRole({ RoleName, AssumeRolePolicyDocument: TRUST })
  })

  it('are attached and detached', async () => {
    for (const PolicyArn of [EXECUTION, own]) {
      await iam.attachUserPolicy({ UserName, PolicyArn })
      await iam.attachGroupPolicy({ GroupName, PolicyArn })
      await iam.attachRolePolicy({ RoleName, PolicyArn })
    }

    const lists = await Promise.all([
      inPages(paginateListAttachedUserPolicies(paginator(), { UserName }), (page) => page.AttachedPolicies),
      inPages(paginateListAttachedGroupPolicies(paginator(), { GroupName }), (page) => page.AttachedPolicies),
      inPages(paginateListAttachedRolePolicies(paginator(), { RoleName }), (page) => page.AttachedPolicies),
    ])
    expect(lists).toEqual([bothAttached, bothAttached, bothAttached])
    const holders = await inPages(
      paginateListEntitiesForPolicy(paginator(), { PolicyArn: own }),
      ({ PolicyGroups = [], PolicyRoles = [], PolicyUsers = [] }) => [...PolicyGroups, ...PolicyRoles, ...PolicyUsers],
    )
    expect(holders).toMatchObject([{ GroupName }, { RoleName }, { UserName }])
    await expect(iam.deletePolicy({ PolicyArn: own })).rejects.toBeInstanceOf(DeleteConflictException)

    await iam.detachUserPolicy({ UserName, PolicyArn: EXECUTION })
    await iam.detachGroupPolicy({ GroupName, PolicyArn: EXECUTION })
    await iam.detachRolePolicy({ RoleName, PolicyArn: EXECUTION })
    await expect(iam.detachRolePolicy({ RoleName, PolicyArn: EXECUTION })).rejects.toBeInstanceOf(NoSuchEntityException)
    await expect(iam.attachRolePolicy({ RoleName, PolicyArn: LINKED })).rejects.toBeInstanceOf(
      PolicyNotAttachableException,
    )
  })

  it('are written into them', async () => {
    for (const PolicyName of ['first', 'second']) {
      await iam.putUserPolicy({ UserName, PolicyName, PolicyDocument: RUN })
      await iam.putGroupPolicy({ GroupName, PolicyName, PolicyDocument: RUN })
      await iam.putRolePolicy({ RoleName, PolicyName, PolicyDocument: RUN })
    }
    const names = await Promise.all([
      inPages(paginateListUserPolicies(paginator(), { UserName }), (page) => page.PolicyNames),
      inPages(paginateListGroupPolicies(paginator(), { GroupName }), (page) => page.PolicyNames),
      inPages(paginateListRolePolicies(paginator(), { RoleName }), (page) => page.PolicyNames),
    ])
    expect(names).toEqual(Array.from({ length: 3 }, () => ['first', 'second']))

    const PolicyName = 'second'
    const read = await Promise.all([
      iam.getUserPolicy({ UserName, PolicyName }),
      iam.getGroupPolicy({ GroupName, PolicyName }),
      iam.getRolePolicy({ RoleName, PolicyName }),
    ])
    expect(read).toMatchObject([{ UserName }, { GroupName }, { RoleName }])
    for (const { PolicyDocument = '' } of read) expect(decodeURIComponent(PolicyDocument)).toBe(RUN)

    await iam.deleteUserPolicy({ UserName, PolicyName })
    await iam.deleteGroupPolicy({ GroupName, PolicyName })
    await iam.deleteRolePolicy({ RoleName, PolicyName })
    await expect(iam.getRolePolicy({ RoleName, PolicyName })).rejects.toMatchObject({
      name: 'NoSuchEntityException',
      message: 'The role policy with name second cannot be found.',
    })
  })

  it('are limited by boundaries', async () => {
    await iam.putUserPermissionsBoundary({ UserName, PermissionsBoundary: own })
    await iam.putRolePermissionsBoundary({ RoleName, PermissionsBoundary: own })
    const PermissionsBoundary = {
      PermissionsBoundaryType: 'PermissionsBoundaryPolicy',
      PermissionsBoundaryArn: own,
    }
    expect((await iam.getUser({ UserName })).User).toMatchObject({ PermissionsBoundary })
    expect((await iam.getRole({ RoleName })).Role).toMatchObject({ PermissionsBoundary })
    expect((await iam.getPolicy({ PolicyArn: own })).Policy).toMatchObject({ PermissionsBoundaryUsageCount: 2 })

    await iam.deleteUserPermissionsBoundary({ UserName })
    await iam.deleteRolePermissionsBoundary({ RoleName })
    expect((await iam.getUser({ UserName })).User).not.toHaveProperty('PermissionsBoundary')
  })

  it('are told of all together', async () => {
    const found = await inPages(
      paginateGetAccountAuthorizationDetails(paginator(), { Filter: ['User', 'Group', 'Role', 'LocalManagedPolicy'] }),
      ({ UserDetailList = [], GroupDetailList = [], RoleDetailList = [], Policies = [] }) => [
        ...UserDetailList,
        ...GroupDetailList,
        ...RoleDetailList,
        ...Policies,
      ],
    )
    const AttachedManagedPolicies = [bothAttached[0]]
    expect(found).toMatchObject([
      { GroupName, AttachedManagedPolicies, GroupPolicyList: [{ PolicyName: 'first' }] },
      { PolicyName: 'own', AttachmentCount: 3, PolicyVersionList: [{ VersionId: 'v1', IsDefaultVersion: true }] },
      { RoleName, AttachedManagedPolicies, RolePolicyList: [{ PolicyName: 'first' }], RoleLastUsed: {} },
      { UserName, AttachedManagedPolicies, UserPolicyList: [{ PolicyName: 'first' }], GroupList: [] },
    ])
  })

  it('are simulated', async () => {
    const input = {
      PolicySourceArn: `${ARN}:role/held`,
      ActionNames: ['ecs:RunTask', 'ecs:StopTask', 'ecs:DescribeTasks'],
      PolicyInputList: [policy('ecs:StopTask', { Effect: 'Deny' })],
      PermissionsBoundaryPolicyInputList: [policy('ecs:*')],
    }
    const results = await inPages(
      paginateSimulatePrincipalPolicy(paginator(), { ...input }),
      (page) => page.EvaluationResults,
    )
    const PermissionsBoundaryDecisionDetail = { AllowedByPermissionsBoundary: true }
    expect(results).toMatchObject([
      {
        EvalActionName: 'ecs:RunTask',
        EvalDecision: 'allowed',
        MatchedStatements: [
          { SourcePolicyId: 'first', SourcePolicyType: 'role', StartPosition: { Line: 1, Column: 38 } },
          { SourcePolicyId: 'own', SourcePolicyType: 'user-managed', EndPosition: { Line: 1 } },
        ],
        PermissionsBoundaryDecisionDetail,
      },
      { EvalActionName: 'ecs:StopTask', EvalDecision: 'explicitDeny' },
      { EvalActionName: 'ecs:DescribeTasks', EvalDecision: 'implicitDeny', MatchedStatements: [] },
    ])
    const { EvaluationResults } = await iam.simulatePrincipalPolicy({
      ...input,
      ActionNames: ['ecs:RunTask'],
      PolicyExclusionList: [{ PolicyType: 'inline' }, { PolicyArn: own }],
    })
    expect(EvaluationResults).toMatchObject([{ EvalDecision: 'implicitDeny' }])
  })
})

describe('policies of the request', () => {
  const conditional = policy('ecs:*', {
    Resource: CLUSTER,
    Condition: { StringEquals: { 'aws:RequestTag/Stage': 'prod' }, NumericLessThan: { 'ecs:limit': '5' } },
  })

  it('are simulated', async () => {
    const input = {
      PolicyInputList: [conditional],
      ActionNames: ['ecs:RunTask', 'ecs:StopTask'],
      ResourceArns: [CLUSTER, `${CLUSTER}uction`],
      ContextEntries: [
        { ContextKeyName: 'aws:RequestTag/Stage', ContextKeyType: 'string' as const, ContextKeyValues: ['prod'] },
        { ContextKeyName: 'ecs:limit', ContextKeyType: 'numeric' as const, ContextKeyValues: ['4'] },
      ],
    }
    const results = await inPages(
      paginateSimulateCustomPolicy(paginator(), { ...input }),
      (page) => page.EvaluationResults,
    )
    expect(results.map(({ EvalActionName, EvalDecision }) => [EvalActionName, EvalDecision])).toEqual([
      ['ecs:RunTask', 'implicitDeny'],
      ['ecs:StopTask', 'implicitDeny'],
    ])
    expect(results[0]?.ResourceSpecificResults).toMatchObject([
      { EvalResourceName: CLUSTER, EvalResourceDecision: 'allowed' },
      { EvalResourceName: `${CLUSTER}uction`, EvalResourceDecision: 'implicitDeny' },
    ])
    const { EvaluationResults } = await iam.simulateCustomPolicy({ ...input, ContextEntries: [] })
    expect(EvaluationResults?.[0]?.MissingContextValues).toEqual(['aws:RequestTag/Stage', 'ecs:limit'])
  })

  it('decide across accounts', async () => {
    const theirs = CLUSTER.replace(ACCOUNT, '210987654321')
    const CallerArn = `${ARN}:user/anyone`
    const ResourcePolicy = policy('ecs:*', { Principal: { AWS: CallerArn }, Resource: theirs })
    const { EvaluationResults } = await iam.simulateCustomPolicy({
      PolicyInputList: [policy('iam:*')],
      ActionNames: ['ecs:RunTask'],
      ResourceArns: [theirs],
      ResourcePolicy,
      CallerArn,
    })
    expect(EvaluationResults).toMatchObject([
      {
        EvalDecision: 'implicitDeny',
        EvalDecisionDetails: { 'IAM Policy': 'implicitDeny', 'Resource Policy': 'allowed' },
      },
    ])
  })

  it('ask for context keys', async () => {
    await iam.createUser({ UserName: 'asked' })
    await iam.putUserPolicy({
      UserName: 'asked',
      PolicyName: 'own',
      PolicyDocument: policy('ecs:*', { Resource: 'arn:aws:ecs:*:*:cluster/${aws:username}' }),
    })
    const PolicyInputList = [conditional]

    expect((await iam.getContextKeysForCustomPolicy({ PolicyInputList })).ContextKeyNames).toEqual([
      'aws:RequestTag/Stage',
      'ecs:limit',
    ])
    const PolicySourceArn = `${ARN}:user/asked`
    expect((await iam.getContextKeysForPrincipalPolicy({ PolicySourceArn, PolicyInputList })).ContextKeyNames).toEqual([
      'aws:username',
      'aws:RequestTag/Stage',
      'ecs:limit',
    ])
  })
})

describe('the AWS CLI', () => {
  const aws = async (...args: string[]): Promise<unknown> => {
    const { endpoint, region, credentials } = server.client
    const env = {
      PATH: '/usr/bin:/bin',
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_DEFAULT_REGION: region,
      AWS_CONFIG_FILE: '/nonexistent',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_PAGER: '',
    }
    const options = ['--endpoint-url', endpoint, '--output', 'json']
    const { stdout } = await promisify(execFile)('/usr/bin/aws', [...options, 'iam', ...args], { env })
    return stdout === '' ? undefined : JSON.parse(stdout)
  }

  it('sets up a task execution role, and sees what it may do', async () => {
    const role = ['--role-name', 'pulls']
    await aws('create-role', ...role, '--assume-role-policy-document', TRUST)
    await aws('attach-role-policy', ...role, '--policy-arn', EXECUTION)
    await aws('put-role-policy', ...role, '--policy-name', 'secrets', '--policy-document', policy('ssm:GetParameters'))

    expect(await aws('list-attached-role-policies', ...role)).toMatchObject({
      AttachedPolicies: [{ PolicyName: 'AmazonECSTaskExecutionRolePolicy', PolicyArn: EXECUTION }],
    })
    expect(await aws('get-role-policy', ...role, '--policy-name', 'secrets')).toMatchObject({
      PolicyDocument: { Statement: [{ Action: 'ssm:GetParameters' }] },
    })
    const asked = ['--action-names', 'ecr:BatchGetImage', 'ecr:PutImage', 'ssm:GetParameters']
    const simulated = await aws('simulate-principal-policy', '--policy-source-arn', `${ARN}:role/pulls`, ...asked)
    expect(simulated).toMatchObject({
      EvaluationResults: [
        { EvalDecision: 'allowed', MatchedStatements: [{ SourcePolicyId: 'AmazonECSTaskExecutionRolePolicy' }] },
        { EvalDecision: 'implicitDeny' },
        { EvalDecision: 'allowed', MatchedStatements: [{ SourcePolicyId: 'secrets' }] },
      ],
    })
  })

  it("reads AWS's managed policies", async () => {
    const { Policy } = (await aws('get-policy', '--policy-arn', EXECUTION)) as { Policy: { DefaultVersionId: string } }
    const version = ['--policy-arn', EXECUTION, '--version-id', Policy.DefaultVersionId]

    expect(await aws('get-policy-version', ...version)).toMatchObject({
      PolicyVersion: { Document: { Statement: [{ Effect: 'Allow', Resource: '*' }] }, IsDefaultVersion: true },
    })
    expect(await aws('list-policies', '--scope', 'AWS', '--max-items', '3')).toMatchObject({ Policies: [{}, {}, {}] })
  })

  it('shows who is refused, and why', async () => {
    await expect(aws('create-policy', '--policy-name', 'a', '--policy-document', '{}')).rejects.toMatchObject({
      stderr: expect.stringContaining('(MalformedPolicyDocument) when calling the CreatePolicy operation: '),
    })
  })
})

describe('these tests', () => {
  it('call every operation on policies', () => {
    expect(Object.keys(policyOperations).filter((name) => !called.has(name))).toEqual([])
  })
})

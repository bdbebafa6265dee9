import type { EvaluationResult, SimulatePrincipalPolicyRequest } from '@aws-sdk/client-iam'
import { describe, expect, it } from 'vitest'
import { IAM_ACCOUNT, IamWorld, TRUST } from '../../../../test/iam-service.ts'

const ACCOUNT = `arn:aws:iam::${IAM_ACCOUNT}`
const ADA = `${ACCOUNT}:user/ada`
const READ_ONLY = 'arn:aws:iam::aws:policy/ReadOnlyAccess'

const policy = (Effect: 'Allow' | 'Deny', Action: string, given: object = {}): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect, Action, Resource: '*', ...given }] })

/**
 * Ada has an inline policy for tasks and a managed one of the account's for services; her group reads by AWS's policy and has an inline
 * policy for clusters. The role `app` has one inline policy, and a boundary that allows ECS only.
 */
const withPeople = async (): Promise<IamWorld> => {
  const iam = await IamWorld.start()
  const managed = (PolicyName: string, PolicyDocument: string): Promise<unknown> =>
    iam.call('CreatePolicy', { PolicyName, PolicyDocument })
  await managed('services', policy('Allow', 'ecs:UpdateService'))
  await managed('ecs-only', policy('Allow', 'ecs:*'))
  await iam.call('CreateUser', { UserName: 'ada', Tags: [{ Key: 'team', Value: 'core' }] })
  const forTasks = policy('Allow', 'ecs:RunTask')
  await iam.call('PutUserPolicy', { UserName: 'ada', PolicyName: 'tasks', PolicyDocument: forTasks })
  await iam.call('AttachUserPolicy', { UserName: 'ada', PolicyArn: `${ACCOUNT}:policy/services` })
  await iam.call('CreateGroup', { GroupName: 'core' })
  await iam.call('AttachGroupPolicy', { GroupName: 'core', PolicyArn: READ_ONLY })
  const forClusters = policy('Allow', 'ecs:CreateCluster')
  await iam.call('PutGroupPolicy', { GroupName: 'core', PolicyName: 'clusters', PolicyDocument: forClusters })
  await iam.call('AddUserToGroup', { UserName: 'ada', GroupName: 'core' })
  await iam.call('CreateRole', {
    RoleName: 'app',
    AssumeRolePolicyDocument: TRUST,
    PermissionsBoundary: `${ACCOUNT}:policy/ecs-only`,
  })
  await iam.call('PutRolePolicy', { RoleName: 'app', PolicyName: 'all', PolicyDocument: policy('Allow', '*') })
  return iam
}

const simulate = async (
  input: Partial<SimulatePrincipalPolicyRequest>,
  iam?: IamWorld,
): Promise<EvaluationResult[]> => {
  const world = iam ?? (await withPeople())
  const given = { PolicySourceArn: ADA, ActionNames: ['ecs:RunTask'], ...input }
  return (await world.call('SimulatePrincipalPolicy', given)).EvaluationResults ?? []
}

const ACTIONS = ['ecs:RunTask', 'ecs:UpdateService', 'ecs:DescribeTasks', 'ecs:CreateCluster']

const decisions = async (input: Partial<SimulatePrincipalPolicyRequest>): Promise<(string | undefined)[]> => {
  const results = await simulate({ ActionNames: ACTIONS, ...input })
  return results.map(({ EvalDecision }) => EvalDecision)
}

describe('SimulatePrincipalPolicy', () => {
  it('goes by what a user has, inline and managed, alone and from groups', async () => {
    const results = await simulate({ ActionNames: [...ACTIONS, 'iam:CreateUser'] })

    expect(results.map(({ EvalDecision, MatchedStatements }) => [EvalDecision, MatchedStatements])).toMatchObject([
      ['allowed', [{ SourcePolicyId: 'tasks', SourcePolicyType: 'user' }]],
      ['allowed', [{ SourcePolicyId: 'services', SourcePolicyType: 'user-managed' }]],
      ['allowed', [{ SourcePolicyId: 'ReadOnlyAccess', SourcePolicyType: 'aws-managed' }]],
      ['allowed', [{ SourcePolicyId: 'clusters', SourcePolicyType: 'group' }]],
      ['implicitDeny', []],
    ])
  })

  it('goes by what a group has', async () => {
    const PolicySourceArn = `${ACCOUNT}:group/core`

    expect(await decisions({ PolicySourceArn })).toEqual(['implicitDeny', 'implicitDeny', 'allowed', 'allowed'])
  })

  it('goes by what a role has, within its boundary or the one put in its place', async () => {
    const PolicySourceArn = `${ACCOUNT}:role/app`
    const ActionNames = ['ecs:RunTask', 'iam:GetUser']
    const allowing = { AllowedByPermissionsBoundary: true }
    const limiting = { AllowedByPermissionsBoundary: false }

    expect(await simulate({ PolicySourceArn, ActionNames })).toMatchObject([
      {
        EvalDecision: 'allowed',
        MatchedStatements: [{ SourcePolicyId: 'all', SourcePolicyType: 'role' }],
        PermissionsBoundaryDecisionDetail: allowing,
      },
      { EvalDecision: 'implicitDeny', MatchedStatements: [], PermissionsBoundaryDecisionDetail: limiting },
    ])
    const PermissionsBoundaryPolicyInputList = [policy('Allow', 'iam:*')]
    expect(await simulate({ PolicySourceArn, ActionNames, PermissionsBoundaryPolicyInputList })).toMatchObject([
      { EvalDecision: 'implicitDeny', PermissionsBoundaryDecisionDetail: limiting },
      { EvalDecision: 'allowed', PermissionsBoundaryDecisionDetail: allowing },
    ])
  })

  it('adds the policies of the request', async () => {
    const [result] = await simulate({ PolicyInputList: [policy('Deny', 'ecs:Run*')] })

    expect(result).toMatchObject({
      EvalDecision: 'explicitDeny',
      MatchedStatements: [{ SourcePolicyId: 'PolicyInputList.1', SourcePolicyType: 'none' }],
    })
  })

  const inline = (PolicyName: string, AttachmentType: 'user' | 'group', AttachmentName: string) =>
    ({ InlinePolicyIdentifier: { PolicyName, AttachmentType, AttachmentName } }) as const

  it.each<[string, NonNullable<SimulatePrincipalPolicyRequest['PolicyExclusionList']>, number[]]>([
    ["AWS's", [{ PolicyType: 'aws-managed' }], [2]],
    ["the account's", [{ PolicyType: 'user-managed' }], [1]],
    ['inline ones', [{ PolicyType: 'inline' }], [0, 3]],
    ['one by its ARN', [{ PolicyArn: READ_ONLY }], [2]],
    ['managed ones by wildcards', [{ PolicyArn: `${ACCOUNT}:policy/serv??e*` }], [1]],
    ['an inline one of a user', [inline('tasks', 'user', 'ad?')], [0]],
    ['an inline one of any group', [inline('clusters', 'group', '*')], [3]],
    ['several', [{ PolicyType: 'inline' }, { PolicyArn: READ_ONLY }], [0, 2, 3]],
    ['what nobody has', [{ PolicyType: 'scp' }, { PolicyType: 'rcp' }, inline('tasks', 'user', 'bob')], []],
  ])('leaves out policies: %s', async (_, PolicyExclusionList, denied) => {
    expect(await decisions({ PolicyExclusionList })).toEqual(
      ACTIONS.map((_action, index) => (denied.includes(index) ? 'implicitDeny' : 'allowed')),
    )
  })

  it('leaves out the boundary', async () => {
    const input = {
      PolicySourceArn: `${ACCOUNT}:role/app`,
      ActionNames: ['iam:GetUser'],
      PolicyExclusionList: [{ PolicyType: 'permission-boundary' as const }],
    }
    const [result] = await simulate(input)

    expect(result).toMatchObject({ EvalDecision: 'allowed' })
    expect(result).not.toHaveProperty('PermissionsBoundaryDecisionDetail')
  })

  it.each<[string, object]>([
    ['nothing', {}],
    ['two things', { PolicyType: 'scp', PolicyArn: READ_ONLY }],
    ['no policy', { PolicyArn: ADA }],
    ['a wildcard in the account', { PolicyArn: 'arn:aws:iam::*:policy/a' }],
    ['two wildcards', { PolicyArn: 'arn:aws:iam::aws:policy/*a*' }],
  ])('refuses to leave out %s', async (_, identifier) => {
    await expect(simulate({ PolicyExclusionList: [identifier as never] })).rejects.toMatchObject({
      code: 'InvalidInputException',
    })
  })

  it("knows the caller's name, id and tags, unless it is told others", async () => {
    const conditions = {
      StringEquals: { 'aws:username': 'ada', 'aws:PrincipalTag/team': 'core', 'aws:PrincipalArn': ADA },
      StringLike: { 'aws:userid': 'AIDA*' },
    }
    const input = {
      ActionNames: ['s3:GetObject'],
      PolicyInputList: [policy('Allow', 's3:*', { Condition: conditions })],
    }

    expect(await simulate(input)).toMatchObject([{ EvalDecision: 'allowed', MissingContextValues: [] }])
    const ContextEntries = [{ ContextKeyName: 'aws:PrincipalTag/team', ContextKeyValues: ['other'] }]
    expect(await simulate({ ...input, ContextEntries })).toMatchObject([{ EvalDecision: 'implicitDeny' }])
    const CallerArn = `${ACCOUNT}:user/bob`
    expect(await simulate({ ...input, CallerArn })).toMatchObject([{ EvalDecision: 'implicitDeny' }])
  })

  it('needs permission on whose policies it looks through', async () => {
    const iam = await withPeople()
    await simulate({}, iam)

    expect(iam.demands).toEqual([
      {
        action: 'iam:SimulatePrincipalPolicy',
        resource: ADA,
        context: { 'aws:resourcetag/team': ['core'], 'iam:resourcetag/team': ['core'] },
      },
    ])
  })

  it.each([
    [`${ACCOUNT}:user/nobody`, 'NoSuchEntityException', 'The user with name nobody cannot be found.'],
    [`${ACCOUNT}:user/x/ada`, 'NoSuchEntityException', 'The user with name ada cannot be found.'],
    [
      `arn:aws:sts::${IAM_ACCOUNT}:assumed-role/app/one`,
      'InvalidInputException',
      `Invalid Entity Arn: arn:aws:sts::${IAM_ACCOUNT}:assumed-role/app/one does not clearly define entity type and name.`,
    ],
    [
      `${ACCOUNT}:root`,
      'InvalidInputException',
      `Invalid Entity Arn: ${ACCOUNT}:root does not clearly define entity type and name.`,
    ],
  ])('refuses %s', async (PolicySourceArn, code, message) => {
    await expect(simulate({ PolicySourceArn })).rejects.toMatchObject({ code, message })
  })
})

describe('GetContextKeysForPrincipalPolicy', () => {
  it("gives the keys that the principal's policies, its groups' and those of the request ask for", async () => {
    const iam = await withPeople()
    const asking = (condition: object, given: object = {}): string =>
      policy('Allow', 'ecs:*', { Condition: condition, ...given })
    const PolicyDocument = asking({ StringEquals: { 'ecs:cluster': 'x', 'aws:RequestTag/a': '${aws:username}' } })
    await iam.call('PutGroupPolicy', { GroupName: 'core', PolicyName: 'keys', PolicyDocument })
    const PolicyInputList = [asking({ Bool: { 'aws:SecureTransport': 'true', 'ECS:Cluster': 'true' } })]

    expect(await iam.call('GetContextKeysForPrincipalPolicy', { PolicySourceArn: ADA, PolicyInputList })).toEqual({
      ContextKeyNames: ['ecs:cluster', 'aws:RequestTag/a', 'aws:username', 'aws:SecureTransport'],
    })
    expect(iam.demands).toMatchObject([{ action: 'iam:GetContextKeysForPrincipalPolicy', resource: ADA }])
  })
})

describe('GetContextKeysForCustomPolicy', () => {
  it('gives the keys that the policies of the request ask for', async () => {
    const iam = await IamWorld.start()
    const PolicyInputList = [
      policy('Allow', 'ecs:*', { Condition: { Null: { 'aws:TokenIssueTime': 'true' } } }),
      policy('Allow', 'ecs:*', { Resource: 'arn:aws:ecs:*:*:cluster/${aws:PrincipalTag/team}' }),
    ]

    expect(await iam.call('GetContextKeysForCustomPolicy', { PolicyInputList })).toEqual({
      ContextKeyNames: ['aws:TokenIssueTime', 'aws:PrincipalTag/team'],
    })
    await expect(iam.call('GetContextKeysForCustomPolicy', { PolicyInputList: ['{'] })).rejects.toMatchObject({
      code: 'InvalidInputException',
    })
  })
})

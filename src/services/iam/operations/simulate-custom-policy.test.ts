import type { ContextEntry, EvaluationResult, SimulateCustomPolicyRequest } from '@aws-sdk/client-iam'
import { describe, expect, it } from 'vitest'
import { ANYTHING, IAM_ACCOUNT, IamWorld } from '../../../../test/iam-service.ts'

const CLUSTER = `arn:aws:ecs:us-east-1:${IAM_ACCOUNT}:cluster/prod`
const OTHER = `arn:aws:ecs:us-east-1:${IAM_ACCOUNT}:cluster/other`
const ADA = `arn:aws:iam::${IAM_ACCOUNT}:user/ada`

const policy = (...statements: object[]): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: statements.map((statement) => ({ Effect: 'Allow', Action: 'ecs:*', Resource: '*', ...statement })),
  })

const simulate = async (input: Partial<SimulateCustomPolicyRequest>): Promise<EvaluationResult[]> => {
  const iam = await IamWorld.start()
  const given = { PolicyInputList: [ANYTHING], ActionNames: ['ecs:RunTask'], ...input }
  const { EvaluationResults = [] } = await iam.call('SimulateCustomPolicy', given)
  return EvaluationResults
}

/** The decision on `ecs:RunTask` with one allowing statement under a condition. */
const underCondition = async (condition: object, ...ContextEntries: ContextEntry[]): Promise<EvaluationResult> => {
  const [result] = await simulate({ PolicyInputList: [policy({ Condition: condition })], ContextEntries })
  return result as EvaluationResult
}

describe('SimulateCustomPolicy', () => {
  it('decides each action, and names the statements that decided', async () => {
    const PolicyInputList = [
      '{\n  "Version": "2012-10-17",\n  "Statement": [\n    {"Effect": "Allow",\n     "Action": "ecs:*", "Resource": "*"}\n  ]\n}',
      policy({ Effect: 'Deny', Action: 'ecs:Delete*' }),
    ]
    const results = await simulate({
      PolicyInputList,
      ActionNames: ['ecs:RunTask', 'ecs:DeleteCluster', 'iam:GetUser'],
    })

    expect(results).toMatchObject([
      {
        EvalActionName: 'ecs:RunTask',
        EvalResourceName: '*',
        EvalDecision: 'allowed',
        MatchedStatements: [
          {
            SourcePolicyId: 'PolicyInputList.1',
            SourcePolicyType: 'none',
            StartPosition: { Line: 4, Column: 5 },
            EndPosition: { Line: 5, Column: 41 },
          },
        ],
        MissingContextValues: [],
      },
      {
        EvalActionName: 'ecs:DeleteCluster',
        EvalDecision: 'explicitDeny',
        MatchedStatements: [{ SourcePolicyId: 'PolicyInputList.2', StartPosition: { Line: 1 } }],
      },
      { EvalActionName: 'iam:GetUser', EvalDecision: 'implicitDeny', MatchedStatements: [] },
    ])
    for (const result of results) expect(result).not.toHaveProperty('ResourceSpecificResults')
  })

  it('decides each resource by itself, and all together by the worst', async () => {
    const PolicyInputList = [policy({ Resource: CLUSTER }), policy({ Resource: '*', Action: 'ecs:DescribeClusters' })]
    const ActionNames = ['ecs:DescribeClusters', 'ecs:DeleteCluster']
    const [read, remove] = await simulate({ PolicyInputList, ActionNames, ResourceArns: [CLUSTER, OTHER] })

    expect(read).toMatchObject({
      EvalDecision: 'allowed',
      EvalDecisionDetails: {},
      MatchedStatements: [{ SourcePolicyId: 'PolicyInputList.1' }, { SourcePolicyId: 'PolicyInputList.2' }],
    })
    expect(remove).toMatchObject({
      EvalDecision: 'implicitDeny',
      MatchedStatements: [],
      ResourceSpecificResults: [
        {
          EvalResourceName: CLUSTER,
          EvalResourceDecision: 'allowed',
          MatchedStatements: [{ SourcePolicyId: 'PolicyInputList.1' }],
        },
        { EvalResourceName: OTHER, EvalResourceDecision: 'implicitDeny', MatchedStatements: [] },
      ],
    })
  })

  it('says which condition keys it was not given', async () => {
    const condition = { StringEquals: { 'ecs:cluster': CLUSTER, 'aws:RequestTag/Stage': 'prod' } }
    const given: ContextEntry = { ContextKeyName: 'ECS:Cluster', ContextKeyValues: [CLUSTER], ContextKeyType: 'string' }

    expect(await underCondition(condition, given)).toMatchObject({
      EvalDecision: 'implicitDeny',
      MissingContextValues: ['aws:RequestTag/Stage'],
    })
  })

  it.each<[NonNullable<ContextEntry['ContextKeyType']>, object, string[]]>([
    ['string', { StringLike: { 'aws:key': 'pro*' } }, ['prod']],
    ['stringList', { 'ForAllValues:StringEquals': { 'aws:key': ['a', 'b'] } }, ['b', 'a']],
    ['numeric', { NumericLessThan: { 'aws:key': '10' } }, ['9.5']],
    ['numericList', { 'ForAnyValue:NumericEquals': { 'aws:key': '7' } }, ['1', '7']],
    ['boolean', { Bool: { 'aws:key': 'true' } }, ['true']],
    ['booleanList', { 'ForAnyValue:Bool': { 'aws:key': 'false' } }, ['true', 'false']],
    ['ip', { IpAddress: { 'aws:key': '192.0.2.0/24' } }, ['192.0.2.7']],
    ['ipList', { 'ForAllValues:IpAddress': { 'aws:key': '2001:db8::/32' } }, ['2001:db8::1', '2001:db8::2']],
    ['date', { DateGreaterThan: { 'aws:key': '2026-01-01T00:00:00Z' } }, ['2026-06-01T00:00:00Z']],
    ['dateList', { 'ForAnyValue:DateLessThan': { 'aws:key': '2026-01-01' } }, ['2026-06-01', '2025-06-01']],
    ['binary', { BinaryEquals: { 'aws:key': 'QmluYXJ5' } }, ['QmluYXJ5']],
    ['binaryList', { 'ForAnyValue:BinaryEquals': { 'aws:key': 'QmluYXJ5' } }, ['AAAA', 'QmluYXJ5']],
  ])('takes context entries of type %s', async (ContextKeyType, condition, ContextKeyValues) => {
    const entry = { ContextKeyName: 'aws:key', ContextKeyType, ContextKeyValues }

    expect(await underCondition(condition, entry)).toMatchObject({ EvalDecision: 'allowed', MissingContextValues: [] })
    expect(await underCondition(condition)).toMatchObject({ MissingContextValues: ['aws:key'] })
  })

  it.each<[string, ContextEntry]>([
    ['no number', { ContextKeyType: 'numeric', ContextKeyValues: ['many'] }],
    ['no address', { ContextKeyType: 'ip', ContextKeyValues: ['192.0.2.256'] }],
    ['no date', { ContextKeyType: 'date', ContextKeyValues: ['tomorrow'] }],
    ['several values of one', { ContextKeyType: 'string', ContextKeyValues: ['a', 'b'] }],
  ])('refuses %s', async (_, entry) => {
    await expect(simulate({ ContextEntries: [{ ContextKeyName: 'aws:key', ...entry }] })).rejects.toMatchObject({
      code: 'InvalidInputException',
    })
  })

  it('lets a boundary limit what policies allow', async () => {
    const PermissionsBoundaryPolicyInputList = [policy({ Resource: CLUSTER })]
    const input = { PermissionsBoundaryPolicyInputList, ResourceArns: [CLUSTER, OTHER] }

    expect(await simulate(input)).toMatchObject([
      {
        EvalDecision: 'implicitDeny',
        PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: false },
        ResourceSpecificResults: [
          {
            EvalResourceDecision: 'allowed',
            PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: true },
          },
          {
            EvalResourceDecision: 'implicitDeny',
            MatchedStatements: [],
            PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: false },
          },
        ],
      },
    ])
  })

  it('lets every level of an organization limit them', async () => {
    const level = (...ServiceControlPolicyInputList: string[]): { ServiceControlPolicyInputList: string[] } => ({
      ServiceControlPolicyInputList,
    })
    const simulateUnder = (...levels: object[]): Promise<EvaluationResult[]> =>
      simulate({ OrderedOrganizationPolicyInputList: levels })
    const denying = ANYTHING.replace('Allow', 'Deny')

    expect(await simulateUnder(level(ANYTHING), level(policy({}), policy({ Action: 'iam:*' })))).toMatchObject([
      { EvalDecision: 'allowed', OrganizationsDecisionDetail: { AllowedByOrganizations: true } },
    ])
    expect(await simulateUnder(level(ANYTHING), level(policy({ Action: 'iam:*' })))).toMatchObject([
      {
        EvalDecision: 'implicitDeny',
        MatchedStatements: [],
        OrganizationsDecisionDetail: { AllowedByOrganizations: false },
      },
    ])
    expect(await simulateUnder(level(ANYTHING, denying), level(ANYTHING))).toMatchObject([
      {
        EvalDecision: 'explicitDeny',
        MatchedStatements: [],
        OrganizationsDecisionDetail: { AllowedByOrganizations: false },
      },
    ])
  })

  describe('with a policy of the resource', () => {
    const resourcePolicy = (principal: string, given: object = {}): string =>
      policy({ Principal: { AWS: principal }, Resource: CLUSTER, ...given })
    const asAda = { CallerArn: ADA, ResourceArns: [CLUSTER], PolicyInputList: [policy({ Action: 'iam:*' })] }

    it('grants what the caller has from nowhere else', async () => {
      expect(await simulate({ ...asAda, ResourcePolicy: resourcePolicy(ADA) })).toMatchObject([
        {
          EvalDecision: 'allowed',
          MatchedStatements: [{ SourcePolicyId: 'ResourcePolicy', SourcePolicyType: 'resource' }],
          EvalDecisionDetails: {},
        },
      ])
      const ofBob = resourcePolicy(ADA.replace('ada', 'bob'))
      expect(await simulate({ ...asAda, ResourcePolicy: ofBob })).toMatchObject([{ EvalDecision: 'implicitDeny' }])
    })

    it('asks both accounts where the resource belongs to another', async () => {
      const foreign = 'arn:aws:ecs:us-east-1:210987654321:cluster/theirs'
      const ResourcePolicy = resourcePolicy(ADA, { Resource: foreign })
      const [result] = await simulate({ ...asAda, ResourceArns: [foreign], ResourcePolicy })

      const EvalDecisionDetails = { 'IAM Policy': 'implicitDeny', 'Resource Policy': 'allowed' }
      expect(result).toMatchObject({
        EvalDecision: 'implicitDeny',
        EvalDecisionDetails,
        ResourceSpecificResults: [{ EvalDecisionDetails }],
      })
    })

    it.each(['210987654321', 'arn:aws:iam::210987654321:root'])(
      'goes by the owner where the ARN tells none: %s',
      async (ResourceOwner) => {
        const bucket = 'arn:aws:s3:::bucket'
        const ResourcePolicy = resourcePolicy(ADA, { Action: 's3:ListBucket', Resource: bucket })
        const input = { ...asAda, ActionNames: ['s3:ListBucket'], ResourceArns: [bucket], ResourcePolicy }

        expect(await simulate(input)).toMatchObject([{ EvalDecision: 'allowed' }])
        expect(await simulate({ ...input, ResourceOwner })).toMatchObject([{ EvalDecision: 'implicitDeny' }])
      },
    )

    it('knows a role by its ARN', async () => {
      const CallerArn = `arn:aws:iam::${IAM_ACCOUNT}:role/app`
      const input = { ...asAda, CallerArn, ResourcePolicy: resourcePolicy(CallerArn) }

      expect(await simulate(input)).toMatchObject([{ EvalDecision: 'allowed' }])
    })

    it('needs a caller, and resources that it is about', async () => {
      const ResourcePolicy = resourcePolicy(ADA)
      await expect(simulate({ ResourcePolicy, ResourceArns: [CLUSTER] })).rejects.toMatchObject({
        code: 'InvalidInputException',
        message: 'Invalid caller - Caller cannot be null or empty.',
      })
      for (const ResourceArns of [['*'], [OTHER]])
        await expect(simulate({ ResourcePolicy, ResourceArns, CallerArn: ADA })).rejects.toMatchObject({
          code: 'InvalidInputException',
        })
    })
  })

  it('knows the keys of the caller', async () => {
    const PolicyInputList = [policy({ Resource: `arn:aws:ecs:*:*:cluster/\${aws:username}` })]
    const ResourceArns = [CLUSTER.replace('prod', 'ada')]

    expect(await simulate({ PolicyInputList, ResourceArns, CallerArn: ADA })).toMatchObject([
      { EvalDecision: 'allowed' },
    ])
    expect(await simulate({ PolicyInputList, ResourceArns })).toMatchObject([
      { EvalDecision: 'implicitDeny', MissingContextValues: ['aws:username'] },
    ])
  })

  it('answers in pages, in the order of the request', async () => {
    const iam = await IamWorld.start()
    const ActionNames = ['ecs:StopTask', 'ecs:RunTask', 'ecs:DescribeTasks']
    const input = { PolicyInputList: [ANYTHING], ActionNames, MaxItems: 2 }

    const first = await iam.call('SimulateCustomPolicy', input)
    const second = await iam.call('SimulateCustomPolicy', { ...input, Marker: first.Marker })

    const names = [first, second].flatMap(({ EvaluationResults = [] }) =>
      EvaluationResults.map((each) => each.EvalActionName),
    )
    expect(names).toEqual(ActionNames)
    expect(first.IsTruncated).toBe(true)
    expect(second.IsTruncated).toBe(false)
    const other = { ...input, ActionNames: ['ecs:RunTask'], Marker: first.Marker }
    await expect(iam.call('SimulateCustomPolicy', other)).rejects.toMatchObject({ code: 'ValidationError' })
  })

  it('keeps pages short where there are many resources', async () => {
    const iam = await IamWorld.start()
    const ResourceArns = Array.from({ length: 1000 }, (_, index) => `${CLUSTER}${index}`)
    const ActionNames = Array.from({ length: 11 }, (_, index) => `ecs:Action${index}`)
    const input = { PolicyInputList: [ANYTHING], ActionNames, ResourceArns }

    const first = await iam.call('SimulateCustomPolicy', input)

    expect(first.EvaluationResults).toHaveLength(10)
    expect((await iam.call('SimulateCustomPolicy', { ...input, Marker: first.Marker })).EvaluationResults).toHaveLength(
      1,
    )
    await expect(simulate({ ResourceArns: [...ResourceArns, CLUSTER] })).rejects.toMatchObject({
      code: 'ValidationError',
    })
    await expect(simulate({ MaxItems: 1001 })).rejects.toMatchObject({ code: 'ValidationError' })
  })

  it('keeps answers short where there are many statements', async () => {
    const iam = await IamWorld.start()
    const PolicyInputList = [policy(...Array.from({ length: 1000 }, () => ({})))]
    const ActionNames = Array.from({ length: 11 }, (_, index) => `ecs:Action${index}`)
    const ResourceArns = Array.from({ length: 101 }, (_, index) => `${CLUSTER}${index}`)

    const few = await iam.call('SimulateCustomPolicy', { PolicyInputList, ActionNames, ResourceArns: [CLUSTER, OTHER] })
    expect(few.EvaluationResults).toHaveLength(11)
    const some = { PolicyInputList, ActionNames, ResourceArns: ResourceArns.slice(0, 33) }
    const first = await iam.call('SimulateCustomPolicy', some)
    expect([first.EvaluationResults?.length, first.IsTruncated]).toEqual([3, true])
    await expect(iam.call('SimulateCustomPolicy', { ...some, ResourceArns })).rejects.toMatchObject({
      code: 'InvalidInputException',
      message: '1000 statements cannot be evaluated for 101 resources at once: name fewer resources.',
    })
  })

  it('checks that a scenario of Amazon EC2 has its resources', async () => {
    const types = ['instance', 'image', 'security-group', 'network-interface']
    const ResourceArns = types.map((type) => `arn:aws:ec2:us-east-1:${IAM_ACCOUNT}:${type}/*`)

    await simulate({ ResourceHandlingOption: 'EC2-VPC-InstanceStore', ResourceArns })
    await expect(simulate({ ResourceHandlingOption: 'EC2-VPC-EBS', ResourceArns })).rejects.toMatchObject({
      code: 'InvalidInputException',
      message: 'The scenario EC2-VPC-EBS needs resources of type volume.',
    })
    await expect(simulate({ ResourceHandlingOption: 'Moon', ResourceArns })).rejects.toMatchObject({
      code: 'ValidationError',
    })
  })

  it.each<[string, Partial<SimulateCustomPolicyRequest>]>([
    ['an action without service', { ActionNames: ['RunTask'] }],
    ['an action with a wildcard', { ActionNames: ['ecs:*'] }],
    ['a resource that is no ARN', { ResourceArns: ['prod'] }],
    ['a malformed policy', { PolicyInputList: ['{}'] }],
    ['two boundaries', { PermissionsBoundaryPolicyInputList: [ANYTHING, ANYTHING] }],
    ['a session as caller', { CallerArn: `arn:aws:sts::${IAM_ACCOUNT}:assumed-role/app/one` }],
    ['a key twice', { ContextEntries: [{ ContextKeyName: 'aws:a.b' }, { ContextKeyName: 'AWS:a.b' }] }],
    ['an owner that is no account', { ResourceOwner: 'somebody' }],
  ])('refuses %s', async (_, input) => {
    await expect(simulate(input)).rejects.toMatchObject({ code: 'InvalidInputException' })
  })
})

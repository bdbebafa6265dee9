import { describe, expect, it } from 'vitest'
import { evaluate } from '../policy/evaluate.ts'
import { parsePolicyDocument } from '../policy/parse.ts'
import { preparePolicy } from '../policy/prepare.ts'
import type { ContextValues } from '../policy/types.ts'
import { managedPolicyDocument } from '../managed-policy.ts'
import { awsManagedPolicies, awsManagedPolicy } from './index.ts'

const all = [...awsManagedPolicies()]
const ECS = ['AmazonECS_FullAccess', 'service-role/AmazonECSTaskExecutionRolePolicy']
const ROLES = [
  'service-role/AmazonEC2ContainerServiceforEC2Role',
  'service-role/AmazonEC2ContainerServiceRole',
  'service-role/AmazonEC2ContainerServiceEventsRole',
  'service-role/AmazonEC2ContainerServiceAutoscaleRole',
  'service-role/AmazonECSInfrastructureRoleforExpressGatewayServices',
  'aws-service-role/AmazonECSServiceRolePolicy',
]
const REGISTRY = ['ReadOnly', 'PowerUser', 'FullAccess', 'PullOnly'].map((what) => `AmazonEC2ContainerRegistry${what}`)
const GENERAL = ['AdministratorAccess', 'PowerUserAccess', 'ReadOnlyAccess', 'IAMFullAccess', 'IAMReadOnlyAccess']
const OTHERS = [
  'CloudWatchFullAccess',
  'CloudWatchLogsFullAccess',
  'CloudWatchLogsReadOnlyAccess',
  'SecretsManagerReadWrite',
  'AmazonSSMManagedInstanceCore',
  'AmazonSSMReadOnlyAccess',
  'AmazonSSMFullAccess',
  'ElasticLoadBalancingFullAccess',
  'ElasticLoadBalancingReadOnly',
  'AWSCloudTrail_ReadOnlyAccess',
]

/** What the policy says of an action, to someone who has no other. */
const outcomeOf = (name: string, action: string, resource = '*', context: ContextValues = {}): string => {
  const { document = '' } = managedPolicyDocument(() => undefined, `arn:aws:iam::aws:policy/${name}`) ?? {}
  const policy = preparePolicy(parsePolicyDocument(document, 'identity'), { id: name, type: 'identity' })
  const principal = { arn: 'arn:aws:iam::123456789012:user/a', account: '123456789012', userId: '', accessKeyId: '' }
  return evaluate({ principal, action, resource, context }, { identity: [policy] }).outcome
}

describe("AWS's managed policies", () => {
  it('are those that setups with containers attach, by their ARNs', () => {
    const names = [...ECS, ...ROLES, ...REGISTRY, ...GENERAL, ...OTHERS]
    expect(all.map(({ arn }) => arn).toSorted()).toEqual(
      names.map((name) => `arn:aws:iam::aws:policy/${name}`).toSorted(),
    )
    expect(awsManagedPolicy('arn:aws:iam::aws:policy/AmazonECSTaskExecutionRolePolicy')).toBeUndefined()
  })

  it.each(all.map((policy) => [policy.policyName, policy] as const))(
    '%s is a policy as IAM takes them',
    (_, policy) => {
      const [version] = policy.versions
      expect(parsePolicyDocument(version?.document ?? '', 'managed').statements.length).toBeGreaterThan(0)
      expect(version?.versionId).toBe(policy.defaultVersionId)
      expect(policy.policyId).toMatch(/^ANPA[A-Z0-9]{17}$/)
      expect(policy.updatedAt).toBeGreaterThanOrEqual(policy.createdAt)
    },
  )

  it('have ids of their own', () => {
    expect(new Set(all.map(({ policyId }) => policyId)).size).toBe(all.length)
  })

  it.each([
    ['service-role/AmazonECSTaskExecutionRolePolicy', 'logs:PutLogEvents', 'allowed'],
    ['service-role/AmazonECSTaskExecutionRolePolicy', 'logs:CreateLogGroup', 'implicitDeny'],
    ['service-role/AmazonEC2ContainerServiceforEC2Role', 'ecs:SubmitTaskStateChange', 'allowed'],
    ['service-role/AmazonEC2ContainerServiceforEC2Role', 'ecs:RunTask', 'implicitDeny'],
    ['AmazonECS_FullAccess', 'ecs:DeleteCluster', 'allowed'],
    ['AmazonECS_FullAccess', 'iam:PassRole', 'implicitDeny'],
    ['AmazonEC2ContainerRegistryReadOnly', 'ecr:PutImage', 'implicitDeny'],
    ['AmazonEC2ContainerRegistryPowerUser', 'ecr:PutImage', 'allowed'],
    ['AmazonEC2ContainerRegistryPowerUser', 'ecr:DeleteRepository', 'implicitDeny'],
    ['PowerUserAccess', 'ecs:RunTask', 'allowed'],
    ['PowerUserAccess', 'iam:CreateUser', 'implicitDeny'],
    ['PowerUserAccess', 'iam:ListRoles', 'allowed'],
    ['ReadOnlyAccess', 'ecs:DescribeTasks', 'allowed'],
    ['ReadOnlyAccess', 'ecs:RunTask', 'implicitDeny'],
    ['ReadOnlyAccess', 'secretsmanager:DescribeSecret', 'allowed'],
    ['ReadOnlyAccess', 'secretsmanager:GetSecretValue', 'implicitDeny'],
  ])('%s: %s is %s', (name, action, outcome) => {
    expect(outcomeOf(name, action)).toBe(outcome)
  })

  it('let roles be handed to tasks by who administers ECS', () => {
    const role = 'arn:aws:iam::123456789012:role/app'
    const toTasks = { 'iam:passedtoservice': ['ecs-tasks.amazonaws.com'] }
    expect(outcomeOf('AmazonECS_FullAccess', 'iam:PassRole', role, toTasks)).toBe('allowed')
  })
})

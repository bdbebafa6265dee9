/**
 * Policies and requests as a large account has them: each policy is one team's, with rights on its own clusters, repositories, logs and
 * secrets, some by tag, some by address, some refused; the requests are of a member of all teams, and a fifth is not allowed.
 */
import { evaluate } from '../../src/model/policy/evaluate.ts'
import { globalContext } from '../../src/model/policy/global-context.ts'
import { parsePolicyDocument } from '../../src/model/policy/parse.ts'
import { preparePolicy, type PreparedPolicy } from '../../src/model/policy/prepare.ts'
import type { ContextValues, Outcome, PolicySources, PolicyType } from '../../src/model/policy/types.ts'

const ACCOUNT = '111122223333'
const PRINCIPAL = {
  arn: `arn:aws:sts::${ACCOUNT}:assumed-role/deployer/ci`,
  account: ACCOUNT,
  userId: 'AROAEXAMPLE:ci',
  accessKeyId: 'ASIAEXAMPLE',
  session: { issuerArn: `arn:aws:iam::${ACCOUNT}:role/deployer`, issuedAt: 0, expiresAt: 3_600_000 },
}

const ecs = (rest: string): string => `arn:aws:ecs:us-east-1:${ACCOUNT}:${rest}`

/** Twenty statements of a team. */
const statementsOf = (team: string): readonly object[] => [
  allow(['ecs:RunTask'], [ecs(`task-definition/${team}-*:*`)], {
    ArnEquals: { 'ecs:cluster': ecs(`cluster/${team}`) },
  }),
  allow(['ecs:StopTask', 'ecs:DescribeTasks'], [ecs(`task/${team}/*`)]),
  allow(['ecs:CreateService', 'ecs:UpdateService', 'ecs:DeleteService'], [ecs(`service/${team}/*`)]),
  allow(['ecs:Describe*', 'ecs:List*'], [ecs(`*/${team}/*`)]),
  allow(['ecs:RegisterTaskDefinition'], ['*'], { StringEquals: { 'aws:RequestTag/team': team } }),
  allow(['ecs:TagResource'], [ecs('*')], { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['team', 'stage'] } }),
  allow(['ecs:*'], ['*'], { StringEquals: { 'aws:ResourceTag/owner': `${team}-\${aws:userid}` } }),
  allow(['ecr:GetAuthorizationToken'], ['*']),
  allow(['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'], [`arn:aws:ecr:*:${ACCOUNT}:repository/${team}/*`]),
  allow(['ecr:Put*', 'ecr:*Layer*'], [`arn:aws:ecr:*:${ACCOUNT}:repository/${team}/*`]),
  allow(['logs:CreateLogStream', 'logs:PutLogEvents'], [`arn:aws:logs:*:${ACCOUNT}:log-group:/ecs/${team}/*`]),
  allow(['logs:Get*', 'logs:Filter*'], [`arn:aws:logs:*:${ACCOUNT}:log-group:/ecs/${team}*:*`]),
  allow(['secretsmanager:GetSecretValue'], [`arn:aws:secretsmanager:*:${ACCOUNT}:secret:${team}/*`]),
  allow(['ssm:GetParameter*'], [`arn:aws:ssm:*:${ACCOUNT}:parameter/${team}/*`]),
  allow(['iam:PassRole'], [`arn:aws:iam::${ACCOUNT}:role/${team}-task`], {
    StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' },
  }),
  allow(['s3:GetObject', 's3:PutObject'], [`arn:aws:s3:::${team}-artifacts/\${aws:userid}/*`]),
  allow(['kms:Decrypt', 'kms:GenerateDataKey*'], [`arn:aws:kms:*:${ACCOUNT}:key/*`], {
    StringEquals: { 'aws:ResourceTag/team': team },
  }),
  deny(['ecs:DeleteCluster', 'ecs:DeregisterContainerInstance'], [ecs(`*/${team}*`)]),
  deny(['secretsmanager:*'], [`arn:aws:secretsmanager:*:${ACCOUNT}:secret:${team}/production/*`], {
    NotIpAddress: { 'aws:SourceIp': ['10.0.0.0/8', '192.0.2.0/24', '2001:db8::/32'] },
  }),
  deny(['ecs:*Service'], [ecs(`service/${team}/*`)], { Bool: { 'aws:SecureTransport': 'false' } }),
]

const allow = (Action: readonly string[], Resource: readonly string[], Condition?: object): object => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...(Condition && { Condition }),
})
const deny = (Action: readonly string[], Resource: readonly string[], Condition?: object): object => ({
  ...allow(Action, Resource, Condition),
  Effect: 'Deny',
})

const preparedOf = (team: string, type: PolicyType): PreparedPolicy => {
  const text = JSON.stringify({ Version: '2012-10-17', Statement: statementsOf(team) })
  return preparePolicy(parsePolicyDocument(text, 'identity'), { id: team, type })
}

interface Question {
  readonly action: string
  readonly resource: string
  readonly context: ContextValues
  readonly expected: Outcome
}

const question = (action: string, resource: string, context: ContextValues = {}, expected: Outcome = 'allowed') => ({
  action,
  resource,
  context,
  expected,
})

const questionsOf = (team: string): readonly Question[] => [
  question('ecs:RunTask', ecs(`task-definition/${team}-web:7`), { 'ecs:cluster': [ecs(`cluster/${team}`)] }),
  question('ecs:DescribeTasks', ecs(`task/${team}/0123456789abcdef`)),
  question('ecs:UpdateService', ecs(`service/${team}/web`)),
  question('iam:PassRole', `arn:aws:iam::${ACCOUNT}:role/${team}-task`, {
    'iam:passedtoservice': ['ecs-tasks.amazonaws.com'],
  }),
  question('ecr:BatchGetImage', `arn:aws:ecr:us-east-1:${ACCOUNT}:repository/${team}/web`),
  question('logs:PutLogEvents', `arn:aws:logs:us-east-1:${ACCOUNT}:log-group:/ecs/${team}/web:log-stream:web`),
  question('secretsmanager:GetSecretValue', `arn:aws:secretsmanager:us-east-1:${ACCOUNT}:secret:${team}/production/db`),
  question('s3:PutObject', `arn:aws:s3:::${team}-artifacts/AROAEXAMPLE:ci/build.tar`),
  question('ecs:DeleteCluster', ecs(`cluster/${team}`), {}, 'explicitDeny'),
  question('ecs:CreateCluster', ecs('cluster/other'), {}, 'implicitDeny'),
]

const named = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `team-${index}`)

export class PolicyWorld {
  readonly #sources: PolicySources
  readonly #questions: readonly Question[]

  /** `policies` of twenty statements each; if `isLimited`, the same again as boundary or session policies. */
  constructor(policies: number, isLimited: boolean) {
    const teams = named(policies)
    const identity = teams.map((team) => preparedOf(team, 'identity'))
    const session = teams.map((team) => preparedOf(team, 'session'))
    this.#sources = { identity, ...(isLimited && { session }) }
    this.#questions = teams.flatMap(questionsOf)
  }

  /** So many decisions, each of a call of its own. */
  decide(count: number): void {
    for (let decision = 0; decision < count; decision++) {
      const { expected, ...asked } = this.#questions[decision % this.#questions.length] as Question
      const globals = globalContext({
        principal: PRINCIPAL,
        now: decision,
        region: 'us-east-1',
        sourceIp: '192.0.2.7',
        userAgent: 'aws-cli/2',
        isSecureTransport: true,
        principalTags: [],
      })
      const { outcome } = evaluate({ principal: PRINCIPAL, ...asked, globals }, this.#sources)
      if (outcome !== expected) throw new Error(`${asked.action} on ${asked.resource}: ${outcome}`)
    }
  }
}

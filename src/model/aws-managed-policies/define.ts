/** How AWS's own managed policies are written down here: the same record as a customer's, of the account `aws`. */
import { assert } from '../../kit/assert.ts'
import { parseTimestamp } from '../../kit/timestamps.ts'
import { policyArn } from '../arn.ts'
import type { PolicyRecord } from '../iam-records.ts'

/** The account that AWS's own policies belong to. */
export const AWS_ACCOUNT = 'aws'

export interface PolicyDefinition {
  readonly name: string
  /** `/` if absent. */
  readonly path?: string
  /** `ANPA…`: AWS's own where it is public. Nothing but the policy can be told by it. */
  readonly id: string
  readonly description: string
  /** Number of the version that AWS has as default. AWS: earlier ones can be read there; here is only this one. */
  readonly version: number
  /** When AWS made the policy, and this version of it. */
  readonly createdAt: string
  readonly updatedAt?: string
  readonly statements: readonly Statement[]
}

/** A statement that allows. */
interface Statement {
  readonly sid?: string
  readonly actions?: readonly string[]
  readonly notActions?: readonly string[]
  /** Everything if absent. */
  readonly resources?: readonly string[]
  readonly condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>
}

export const awsManaged = ({ path = '/', version, ...given }: PolicyDefinition): PolicyRecord => {
  const { createdAt, updatedAt = createdAt } = given
  const document = { Version: '2012-10-17', Statement: given.statements.map(statementOf) }
  const versionId = `v${version}`
  return {
    arn: policyArn(AWS_ACCOUNT, given.name, path),
    account: AWS_ACCOUNT,
    policyName: given.name,
    policyId: given.id,
    path,
    description: given.description,
    versions: [{ versionId, document: JSON.stringify(document, null, 4), createdAt: momentOf(updatedAt) }],
    defaultVersionId: versionId,
    latestVersionNumber: version,
    createdAt: momentOf(createdAt),
    updatedAt: momentOf(updatedAt),
    tags: [],
  }
}

const momentOf = (text: string): number => {
  const moment = parseTimestamp(text)
  assert(moment !== undefined, `${text} is no moment`)
  return moment
}

const statementOf = ({ sid, actions, notActions, resources = ['*'], condition }: Statement): object => ({
  Sid: sid,
  Effect: 'Allow',
  Action: actions && plain(actions),
  NotAction: notActions,
  Resource: plain(resources),
  Condition: condition,
})

const plain = (values: readonly string[]): string | readonly string[] =>
  values.length === 1 ? (values[0] ?? []) : values

/** `actionsOf('ecr', 'GetAuthorizationToken', …)`: actions of one service. */
export const actionsOf = (service: string, ...names: readonly string[]): readonly string[] =>
  names.map((name) => `${service}:${name}`)

/**
 * What callers of Secrets Manager must be allowed to do: the operation's action on the secret, whose own policy counts.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html
 */
import { isArn, secretArn } from '../../model/arn.ts'
import type { ContextValues } from '../../model/policy/types.ts'
import type { SecretRecord } from '../../model/secret-records.ts'
import type { Demand } from '../operations.ts'
import type { SecretsContext } from './context.ts'
import { getSecret } from './lookups.ts'

interface NamesSecret {
  readonly SecretId?: string | undefined
}

/** Condition keys that an operation adds to those of the secret; undefined ones are left out. */
export type Extra = Readonly<Record<string, string | boolean | number | readonly string[] | undefined>>

/**
 * The operation's action on the secret that a request names. AWS: a denial repeats that name: the ARN of a secret, which ends with random
 * characters, would tell that there is one.
 */
export const demandOnSecret = (context: SecretsContext, secretId: string, extra: Extra = {}): Demand => {
  const secret = getSecret(context, secretId)
  if (secret === undefined)
    return { resource: futureArn(context, secretId), named: secretId, context: contextOf(extra) }
  return {
    resource: secret.arn,
    named: secretId,
    context: { ...secretContext(secret), ...contextOf(extra) },
    ...(secret.resourcePolicy !== undefined && { resourcePolicy: secret.resourcePolicy }),
  }
}

export const onSecret =
  <Input extends NamesSecret>(extraOf: (input: Input) => Extra = () => ({})) =>
  (input: Input, context: SecretsContext): readonly Demand[] => [
    demandOnSecret(context, input.SecretId ?? '', extraOf(input)),
  ]

/** The action has no resource. */
export const onAnything = (): readonly Demand[] => [{ resource: '*' }]

/** The ARN that a secret of that name would have; what its random characters will be nobody knows. */
export const futureArn = ({ region, account }: SecretsContext, nameOrArn: string): string =>
  isArn(nameOrArn) ? nameOrArn : secretArn(region, account, `${nameOrArn}-??????`)

const secretContext = ({ arn, region, tags }: SecretRecord): ContextValues => ({
  'secretsmanager:secretid': [arn],
  'secretsmanager:secretprimaryregion': [region],
  ...Object.fromEntries(
    tags.flatMap(({ key, value }) => [
      [`aws:resourcetag/${key.toLowerCase()}`, [value]],
      [`secretsmanager:resourcetag/${key.toLowerCase()}`, [value]],
    ]),
  ),
})

/** Condition keys given by their names after `secretsmanager:`, or whole names with a colon. */
export const contextOf = (extra: Extra): ContextValues =>
  Object.fromEntries(
    Object.entries(extra).flatMap(([name, value]) => {
      if (value === undefined) return []
      const key = name.includes(':') ? name : `secretsmanager:${name}`
      return [[key.toLowerCase(), Array.isArray(value) ? (value as readonly string[]) : [String(value)]]]
    }),
  )

/** BatchGetSecretValue: the current values of up to 20 secrets, or of those that pass filters; what cannot be read is told one by one. */
import type {
  APIErrorType,
  BatchGetSecretValueRequest,
  BatchGetSecretValueResponse,
  SecretValueEntry,
} from '@aws-sdk/client-secrets-manager'
import { SECRET_BATCH } from '../../../model/limits.ts'
import { AccessDenied, accessDeniedFault } from '../../../wire/access-denied.ts'
import { Fault } from '../../../wire/fault.ts'
import { checkConstraints } from '../../constraints.ts'
import type { SecretsContext, SecretsOperation } from '../context.ts'
import { invalidParameter } from '../faults.ts'
import { secretFilter } from '../filters.ts'
import { requireLivingSecret } from '../lookups.ts'
import { page } from '../page.ts'
import { requireWantedVersion } from '../versions.ts'
import { readDemands, readValue } from './get-secret-value.ts'
import { secretsOf } from './list-secrets.ts'

export const batchGetSecretValue: SecretsOperation<BatchGetSecretValueRequest, BatchGetSecretValueResponse> = {
  access: ({ Filters }) => [
    { resource: '*' },
    ...(Filters === undefined ? [] : [{ action: 'secretsmanager:ListSecrets', resource: '*' }]),
  ],
  handle: (input, context) => {
    checkRequest(input)
    const { ids, rest } = wanted(context, input)
    const results = ids.map((secretId) => readOne(context, secretId))
    return {
      SecretValues: results.flatMap(({ entry }) => (entry === undefined ? [] : [entry])),
      Errors: results.flatMap(({ error }) => (error === undefined ? [] : [error])),
      ...rest,
    }
  },
}

const checkRequest = (input: BatchGetSecretValueRequest): void => {
  checkConstraints(input, { SecretIdList: SECRET_BATCH, MaxResults: SECRET_BATCH })
  if ((input.SecretIdList === undefined) === (input.Filters === undefined))
    throw invalidParameter('You must include Filters or SecretIdList, but not both.')
  if (input.SecretIdList !== undefined && (input.MaxResults !== undefined || input.NextToken !== undefined))
    throw invalidParameter('MaxResults and NextToken are for requests with Filters.')
}

const wanted = (
  context: SecretsContext,
  input: BatchGetSecretValueRequest,
): { readonly ids: readonly string[]; readonly rest: { readonly NextToken?: string } } => {
  if (input.SecretIdList !== undefined) return { ids: input.SecretIdList, rest: {} }
  const found = secretsOf(context).filter((secret) => secret.deletionDueAt === undefined)
  const scope = JSON.stringify(['BatchGetSecretValue', input.Filters])
  const passing = found.filter(secretFilter(input.Filters))
  const { items, rest } = page(context, scope, passing, input, ({ name }) => name, { sizes: SECRET_BATCH })
  return { ids: items.map(({ arn }) => arn), rest }
}

interface Result {
  readonly entry?: SecretValueEntry
  readonly error?: APIErrorType
}

/** AWS: whoever may call this needs GetSecretValue on each secret, and `kms:Decrypt` on its key. */
const readOne = (context: SecretsContext, secretId: string): Result => {
  try {
    if (context.guard.applies(context)) {
      const demands = readDemands(context, secretId, {})
      const action = 'secretsmanager:GetSecretValue'
      context.guard.check(
        context.tx,
        context,
        demands.map((demand) => ({ action, ...demand })),
      )
    }
    const secret = requireLivingSecret(context, secretId)
    return { entry: readValue(context, secret, requireWantedVersion(context, secret, {})) }
  } catch (thrown) {
    const error = thrown instanceof AccessDenied ? accessDeniedFault(thrown, 'json') : thrown
    if (error instanceof Fault) return { error: { SecretId: secretId, ErrorCode: error.code, Message: error.message } }
    throw error
  }
}

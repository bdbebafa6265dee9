/** CreateSecret: a secret and, if there is a value, its first version. */
import type { CreateSecretRequest, CreateSecretResponse } from '@aws-sdk/client-secrets-manager'
import { secretArn } from '../../../model/arn.ts'
import { SECRET_DESCRIPTION_LENGTH, SECRET_NAME } from '../../../model/limits.ts'
import type { SecretRecord } from '../../../model/secret-records.ts'
import { checkedTags, requestTagContext } from '../../checked-tags.ts'
import { checkConstraints, validation } from '../../constraints.ts'
import type { Demand } from '../../operations.ts'
import { contextOf, futureArn } from '../access.ts'
import type { SecretsContext, SecretsOperation } from '../context.ts'
import { nameOf, tagsOf } from '../describe.ts'
import { invalidParameter, invalidRequest, resourceExists, tagFaults } from '../faults.ts'
import { getSecret } from '../lookups.ts'
import { encryptionDemands, namedKey, type PlainValue, valueOf } from '../values.ts'
import { addVersion, getVersion, requireToken } from '../versions.ts'

export const createSecret: SecretsOperation<CreateSecretRequest, CreateSecretResponse> = {
  access: (input, context) => demands(input, context),
  handle: (input, context) => {
    checkRequest(input)
    const plain = valueOf(input)
    const existing = getSecret(context, input.Name ?? '')
    if (existing !== undefined) return repeated(context, existing, input, plain)
    const secret = context.tx.secrets.insert(secretOf(input, context))
    if (plain === undefined) return nameOf(secret)
    const { versionId } = addVersion(context, secret, requireToken(input.ClientRequestToken), plain)
    return { ...nameOf(secret), VersionId: versionId }
  },
}

const demands = (input: CreateSecretRequest, context: SecretsContext): readonly Demand[] => {
  const { Name: name = '', KmsKeyId: kmsKeyId, ClientRequestToken: token } = input
  const resource = futureArn(context, name)
  const tagContext = requestTagContext(tagsOf(input.Tags))
  const hasValue = input.SecretString !== undefined || input.SecretBinary !== undefined
  return [
    {
      resource,
      context: {
        ...contextOf({
          Name: name,
          SecretPrimaryRegion: context.region,
          Description: input.Description,
          ...namedKey(context, kmsKeyId),
        }),
        ...tagContext,
      },
    },
    ...(input.Tags?.length ? [{ action: 'secretsmanager:TagResource', resource, context: tagContext }] : []),
    ...(hasValue ? encryptionDemands(context, { arn: resource, kmsKeyId }, token) : []),
  ]
}

const NAME = /^[a-zA-Z0-9/_+=.@!-]+$/

const checkRequest = (input: CreateSecretRequest): void => {
  checkConstraints(input, { Name: SECRET_NAME, Description: { max: SECRET_DESCRIPTION_LENGTH } })
  if (!NAME.test(input.Name ?? ''))
    throw validation(
      'Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!',
    )
  if (input.AddReplicaRegions?.length)
    throw invalidParameter('Secrets are not replicated: AddReplicaRegions is refused.')
  if (input.ForceOverwriteReplicaSecret === true)
    throw invalidParameter('Secrets are not replicated: ForceOverwriteReplicaSecret is refused.')
  if (input.Type !== undefined)
    throw invalidParameter('Type is for secrets that partners hold, which there are none of.')
}

const secretOf = (input: CreateSecretRequest, { ids, region, account, now }: SecretsContext): SecretRecord => {
  const { Name: name = '', Description: description, KmsKeyId: kmsKeyId } = input
  return {
    arn: secretArn(region, account, `${name}-${ids.hex32().slice(0, 6)}`),
    account,
    region,
    name,
    createdAt: now,
    changedAt: now,
    tags: checkedTags(tagsOf(input.Tags), tagFaults),
    ...(description !== undefined && { description }),
    ...(kmsKeyId !== undefined && { kmsKeyId }),
  }
}

/** AWS: the same request again is answered as before; any other finds the name taken. */
const repeated = (
  context: SecretsContext,
  existing: SecretRecord,
  { ClientRequestToken: token = '' }: CreateSecretRequest,
  plain: PlainValue | undefined,
): CreateSecretResponse => {
  if (existing.deletionDueAt !== undefined)
    throw invalidRequest(
      "You can't create this secret because a secret with this name is already scheduled for deletion.",
    )
  if (plain === undefined || getVersion(context, existing, token) === undefined)
    throw resourceExists(`The operation failed because the secret ${existing.name} already exists.`)
  const { versionId } = addVersion(context, existing, token, plain)
  return { ...nameOf(existing), VersionId: versionId }
}

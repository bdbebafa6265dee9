/** Secrets by what requests name them with: a name, a whole ARN, or an ARN without its six random characters. */
import { isArn, parseArn } from '../../model/arn.ts'
import { SECRET_ID } from '../../model/limits.ts'
import { type SecretRecord, secretNameKey } from '../../model/secret-records.ts'
import { checkConstraints } from '../constraints.ts'
import type { SecretsContext } from './context.ts'
import { markedForDeletion, secretNotFound } from './faults.ts'

export const getSecret = (context: SecretsContext, secretId: string): SecretRecord | undefined => {
  if (!isArn(secretId)) return secretNamed(context, context.region, context.account, secretId)
  const { service, region = '', account = '', resource = '' } = parseArn(secretId) ?? {}
  if (service !== 'secretsmanager' || region !== context.region || !resource.startsWith('secret:')) return undefined
  return context.tx.secrets.get(secretId) ?? secretNamed(context, region, account, resource.slice('secret:'.length))
}

const secretNamed = ({ tx }: SecretsContext, region: string, account: string, name: string): SecretRecord | undefined =>
  tx.secrets.find('byName', secretNameKey(region, account, name))[0]

export const requireSecret = (context: SecretsContext, secretId = ''): SecretRecord => {
  checkConstraints({ secretId }, { secretId: SECRET_ID })
  const secret = getSecret(context, secretId)
  if (secret === undefined) throw secretNotFound()
  return secret
}

/** Likewise, of one that does not wait for its deletion. */
export const requireLivingSecret = (context: SecretsContext, secretId?: string): SecretRecord => {
  const secret = requireSecret(context, secretId)
  if (secret.deletionDueAt !== undefined) throw markedForDeletion()
  return secret
}

/** Changes a secret, and says when. */
export const changeSecret = (
  { tx, now }: SecretsContext,
  arn: string,
  patch: { readonly [Member in keyof SecretRecord]?: SecretRecord[Member] | undefined } = {},
): SecretRecord => tx.secrets.update(arn, { changedAt: now, ...patch })

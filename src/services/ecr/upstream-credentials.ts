/** Credentials for other registries, out of Secrets Manager. AWS: secrets whose names begin with `ecr-pullthroughcache/`, of JSON with `username` and `accessToken`. */
import { parseArn } from '../../model/arn.ts'
import type { Store } from '../../store/store.ts'
import type { Transaction } from '../../store/tables.ts'
import { type UpstreamCredentials, UpstreamError } from '../../store/upstream/upstream.ts'
import { decryptValue, keyDemands, KeyUnusable } from '../encryption.ts'
import type { Demand } from '../operations.ts'
import type { KmsKeyDeps } from '../kms-keys.ts'
import type { Clock } from '../../kit/clock.ts'
import type { EcrContext } from './context.ts'

export const CREDENTIAL_NAME = /^ecr-pullthroughcache\//

export interface UpstreamCredentialsOptions extends KmsKeyDeps {
  readonly store: Store
  readonly clock: Clock
}

/** What a caller needs to read the secret. */
export const secretDemands = (context: EcrContext, secretArn: string): readonly Demand[] => {
  const { tags = [], resourcePolicy, kmsKeyId } = context.tx.secrets.get(secretArn) ?? {}
  const demand = {
    action: 'secretsmanager:GetSecretValue',
    resource: secretArn,
    context: {
      'secretsmanager:secretid': [secretArn],
      ...Object.fromEntries(
        tags.flatMap(({ key, value }) => [
          [`aws:resourcetag/${key.toLowerCase()}`, [value]],
          [`secretsmanager:resourcetag/${key.toLowerCase()}`, [value]],
        ]),
      ),
    },
    ...(resourcePolicy !== undefined && { resourcePolicy }),
  }
  const use = { service: 'secretsmanager' as const, keyId: kmsKeyId, encryptionContext: { SecretARN: secretArn } }
  return [demand, ...keyDemands(context, use, ['kms:Decrypt'])]
}

/** Rejects with `UpstreamError` if the secret is not there, cannot be decrypted, or says something else. */
export const upstreamCredentials =
  ({ store, clock, sealer, ids }: UpstreamCredentialsOptions) =>
  (credentialArn: string): Promise<UpstreamCredentials> =>
    store.transact((tx: Transaction) => {
      const { account = '', region = '' } = parseArn(credentialArn) ?? {}
      const isThere = tx.secrets.get(credentialArn)?.deletedAt === undefined
      const versions = isThere ? tx.secretVersions.find('bySecret', credentialArn) : []
      const version = versions.find(({ stages }) => stages.includes('AWSCURRENT'))
      if (version === undefined) throw new UpstreamError('denied', 'The secret with the credentials is not there.')
      const context = { tx, account, region, sealer, ids, now: clock.now() }
      try {
        const encryptionContext = { SecretARN: version.secretArn, SecretVersionId: version.versionId }
        return credentialsIn(decryptValue(context, version.value, encryptionContext).toString())
      } catch (error) {
        if (!(error instanceof KeyUnusable)) throw error
        throw new UpstreamError('denied', 'The secret with the credentials cannot be decrypted.')
      }
    })

const credentialsIn = (text: string): UpstreamCredentials => {
  const { username, accessToken } = membersOf(text)
  if (typeof username === 'string' && typeof accessToken === 'string') return { username, password: accessToken }
  throw new UpstreamError('denied', 'The secret has to be JSON with the texts username and accessToken.')
}

const membersOf = (text: string): { readonly username?: unknown; readonly accessToken?: unknown } => {
  try {
    return (JSON.parse(text) ?? {}) as object
  } catch (error) {
    if (error instanceof SyntaxError) return {}
    throw error
  }
}

/** ListSecrets: the secrets of the caller's account and region that pass the filters. */
import type { ListSecretsRequest, ListSecretsResponse, SortByType } from '@aws-sdk/client-secrets-manager'
import type { SecretRecord } from '../../../model/secret-records.ts'
import { checkConstraints } from '../../constraints.ts'
import { onAnything } from '../access.ts'
import type { SecretsContext, SecretsOperation } from '../context.ts'
import { describeSecretRecord, versionsToStages } from '../describe.ts'
import { secretFilter } from '../filters.ts'
import { page } from '../page.ts'

export const listSecrets: SecretsOperation<ListSecretsRequest, ListSecretsResponse> = {
  access: onAnything,
  handle: (input, context) => {
    checkConstraints(input, { SortBy: { oneOf: Object.keys(SORT_KEYS) }, SortOrder: { oneOf: ['asc', 'desc'] } })
    const { IncludePlannedDeletion: isWhole = false, Filters: filters, SortBy: sortBy = 'created-date' } = input
    const secrets = secretsOf(context).filter((secret) => isWhole || secret.deletionDueAt === undefined)
    const descending = input.SortOrder === 'desc'
    const scope = JSON.stringify(['ListSecrets', isWhole, filters, sortBy, descending])
    const found = secrets.filter(secretFilter(filters))
    const { items, rest } = page(context, scope, found, input, SORT_KEYS[sortBy], { descending })
    const entries = items.map((secret) => ({
      ...describeSecretRecord(secret),
      SecretVersionsToStages: versionsToStages(context, secret),
    }))
    return { SecretList: entries, ...rest }
  },
}

/** All secrets of the caller's account and region. */
export const secretsOf = ({ tx, account, region }: SecretsContext): readonly SecretRecord[] =>
  [...tx.secrets.rows()].filter((secret) => secret.account === account && secret.region === region)

const byTime =
  (timeOf: (secret: SecretRecord) => number) =>
  (secret: SecretRecord): string =>
    `${String(timeOf(secret)).padStart(16, '0')}/${secret.arn}`

const SORT_KEYS: Readonly<Record<SortByType, (secret: SecretRecord) => string>> = {
  'created-date': byTime(({ createdAt }) => createdAt),
  'last-accessed-date': byTime(({ accessedAt = 0 }) => accessedAt),
  'last-changed-date': byTime(({ changedAt }) => changedAt),
  name: ({ name }) => name,
}

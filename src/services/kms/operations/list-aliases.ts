/** ListAliases: the aliases of the caller's account and region, or of one key; AWS's own without a key until it is needed. */
import type { AliasListEntry, ListAliasesRequest, ListAliasesResponse } from '@aws-sdk/client-kms'
import { dateOf } from '../../../kit/timestamps.ts'
import { kmsAliasArn } from '../../../model/arn.ts'
import type { KmsAliasRecord } from '../../../model/kms-records.ts'
import { KMS_LARGEST_SMALL_PAGE, KMS_SMALL_PAGE_SIZE } from '../../../model/limits.ts'
import { managedAliases } from '../../kms-keys.ts'
import { onAnything } from '../access.ts'
import type { KmsContext, KmsOperation } from '../context.ts'
import { requireKeyById } from '../lookups.ts'
import { page } from '../page.ts'

const SIZES = { size: KMS_SMALL_PAGE_SIZE, max: KMS_LARGEST_SMALL_PAGE }

export const listAliases: KmsOperation<ListAliasesRequest, ListAliasesResponse> = {
  access: onAnything,
  handle: (input, context) => {
    const { KeyId: reference } = input
    const entries =
      reference === undefined
        ? allAliases(context)
        : context.tx.kmsAliases.find('byKey', requireKeyById(context, reference).keyId).map(describeAlias)
    const scope = `ListAliases/${reference ?? ''}`
    const { items, rest } = page(context, scope, entries, input, ({ AliasName = '' }) => AliasName, SIZES)
    return { Aliases: [...items], ...rest }
  },
}

const allAliases = ({ tx, region, account }: KmsContext): readonly AliasListEntry[] => {
  const prefix = kmsAliasArn(region, account, 'alias/')
  const existing = [...tx.kmsAliases.rows()].filter(({ arn }) => arn.startsWith(prefix)).map(describeAlias)
  const names = new Set(existing.map(({ AliasName }) => AliasName))
  const unused = managedAliases
    .filter((name) => !names.has(name))
    .map((name) => ({ AliasName: name, AliasArn: kmsAliasArn(region, account, name) }))
  return [...existing, ...unused]
}

const describeAlias = (alias: KmsAliasRecord): AliasListEntry => ({
  AliasName: alias.aliasName,
  AliasArn: alias.arn,
  TargetKeyId: alias.targetKeyId,
  CreationDate: dateOf(alias.createdAt),
  LastUpdatedDate: dateOf(alias.updatedAt),
})

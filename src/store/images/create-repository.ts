/** Repositories that come to be because an image comes, as the registry's templates say. */
import type { Ids } from '../../kit/ids.ts'
import { repositoryArn } from '../../model/arn.ts'
import type { RepositoryRecord } from '../../model/image-records.ts'
import {
  type CreationReason,
  type CreationTemplateRecord,
  prefixesOf,
  prefixKey,
  type RegistryId,
} from '../../model/registry-rules.ts'
import type { ReadTables, Transaction } from '../tables.ts'
import { encryptionWith } from './repository-key.ts'

/** The template for the repository of that name; undefined if none is for that reason. AWS: the longest prefix decides. */
export const templateFor = (
  { creationTemplates }: Pick<ReadTables, 'creationTemplates'>,
  registry: RegistryId,
  name: string,
  reason: CreationReason,
): CreationTemplateRecord | undefined =>
  prefixesOf(name)
    .map((prefix) => creationTemplates.get(prefixKey(registry, prefix)))
    .find((template) => template?.appliedFor.includes(reason))

/** Gives the repository of that name, which is made if there is none. Throws `BlobKeyUnusable`. */
export const repositoryFor = (
  tx: Transaction,
  registry: RegistryId,
  name: string,
  reason: CreationReason,
  { ids, now }: { readonly ids: Ids; readonly now: number },
): RepositoryRecord => {
  const { account, region } = registry
  const arn = repositoryArn(region, account, name)
  const known = tx.repositories.get(arn)
  if (known !== undefined) return known
  const template = templateFor(tx, registry, name, reason)
  const encryption =
    template?.encryption && encryptionWith(tx, { arn, account, region }, template.encryption, { ids, now })
  return tx.repositories.insert({
    arn,
    account,
    region,
    name,
    repositoryId: ids.uuid(),
    createdAt: now,
    tagMutability: template?.tagMutability ?? { mode: 'MUTABLE', exclusions: [] },
    isScannedOnPush: false,
    tags: template?.tags ?? [],
    ...(encryption && { encryption }),
    ...(template?.policyText !== undefined && { policyText: template.policyText }),
    ...(template?.lifecyclePolicyText !== undefined && { lifecyclePolicyText: template.lifecyclePolicyText }),
  })
}

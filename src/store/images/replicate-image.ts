/** Which images are to go to other registries as well; the controller `image-replication` takes them there. */
import { type ImageRecord, inRepository, type RepositoryRecord } from '../../model/image-records.ts'
import { type ImageReplicationRecord, type RegistryId, registryKey } from '../../model/registry-rules.ts'
import type { ReadTables, Transaction } from '../tables.ts'
import { registrySettingsOf } from './registry-settings.ts'
import { replicationKey } from './replication-key.ts'

/** AWS: what is pushed after the rules were made, with the tag of the push. */
export const requestReplications = (
  tx: Transaction,
  repository: RepositoryRecord,
  { repositoryId, digest }: ImageRecord,
  tag: string | undefined,
  now: number,
): void => {
  for (const destination of destinationsOf(tx, repository)) {
    const known = tx.imageReplications.get(replicationKey(repositoryId, digest, destination))
    const tags = [...new Set([...(known?.tags ?? []), ...(tag === undefined ? [] : [tag])])]
    if (known?.status === 'COMPLETE' && tags.length === known.tags.length) continue
    tx.imageReplications.put({
      repositoryId,
      digest,
      destination,
      tags,
      status: 'IN_PROGRESS',
      failures: 0,
      dueAt: now,
    })
  }
}

/** Each once. */
export const destinationsOf = (tables: ReadTables, repository: RepositoryRecord): readonly RegistryId[] => {
  const rules = registrySettingsOf(tables, repository).replicationRules ?? []
  const matching = rules.filter(
    ({ prefixes }) => prefixes.length === 0 || prefixes.some((prefix) => repository.name.startsWith(prefix)),
  )
  const all = matching.flatMap(({ destinations }) => destinations)
  return [...new Map(all.map((destination) => [registryKey(destination), destination])).values()]
}

/** What was there before is brought with these tags besides those that it has there, and not tried for as long as what is pushed. */
export const requestBackfill = (
  tx: Transaction,
  { repositoryId, digest }: Pick<ImageRecord, 'repositoryId' | 'digest'>,
  destination: RegistryId,
  {
    tags,
    failuresAllowed,
    now,
  }: { readonly tags: readonly string[]; readonly failuresAllowed: number; readonly now: number },
): void => {
  const known = tx.imageReplications.get(replicationKey(repositoryId, digest, destination))
  const isPushed = known?.status === 'IN_PROGRESS' && known.failuresAllowed === undefined
  tx.imageReplications.put({
    repositoryId,
    digest,
    destination,
    tags: [...new Set([...(known?.tags ?? []), ...tags])],
    status: 'IN_PROGRESS',
    failures: 0,
    ...(!isPushed && { failuresAllowed }),
    dueAt: now,
  })
}

export const forgetReplications = (tx: Transaction, { repositoryId, digest }: ImageRecord): void => {
  for (const { destination } of replicationsOf(tx, repositoryId, digest))
    tx.imageReplications.remove(replicationKey(repositoryId, digest, destination))
}

export const replicationsOf = (
  { imageReplications }: Pick<ReadTables, 'imageReplications'>,
  repositoryId: string,
  digest: string,
): readonly ImageReplicationRecord[] => imageReplications.find('byImage', inRepository(repositoryId, digest))

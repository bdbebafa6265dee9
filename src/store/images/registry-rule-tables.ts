/** The tables of what is configured of a registry as a whole. */
import { inRepository } from '../../model/image-records.ts'
import {
  type CreationTemplateRecord,
  type ImageReplicationRecord,
  prefixKey,
  type PullThroughRuleRecord,
  registryKey,
  type UpstreamTagRecord,
} from '../../model/registry-rules.ts'
import {
  type BackfilledImageRecord,
  backfilledImageKey,
  type ReplicationBackfillRecord,
} from '../../model/replication-backfill.ts'
import { defineTable } from '../table.ts'
import { replicationKey } from './replication-key.ts'

export const registryRuleTables = {
  creationTemplates: defineTable<CreationTemplateRecord>()({
    name: 'creationTemplates',
    key: (row) => prefixKey(row, row.prefix),
    indexes: { byRegistry: registryKey },
  }),
  pullThroughRules: defineTable<PullThroughRuleRecord>()({
    name: 'pullThroughRules',
    key: (row) => prefixKey(row, row.prefix),
    indexes: { byRegistry: registryKey },
  }),
  upstreamTags: defineTable<UpstreamTagRecord>()({
    name: 'upstreamTags',
    key: (row) => inRepository(row.repositoryId, row.tag),
    indexes: { byRepository: (row) => row.repositoryId },
  }),
  imageReplications: defineTable<ImageReplicationRecord>()({
    name: 'imageReplications',
    key: (row) => replicationKey(row.repositoryId, row.digest, row.destination),
    indexes: {
      byImage: (row) => inRepository(row.repositoryId, row.digest),
      pending: (row) => (row.status === 'IN_PROGRESS' ? 'pending' : undefined),
    },
  }),
  replicationBackfills: defineTable<ReplicationBackfillRecord>()({
    name: 'replicationBackfills',
    key: (row) => row.backfillId,
    indexes: { byRegistry: registryKey },
  }),
  backfilledImages: defineTable<BackfilledImageRecord>()({
    name: 'backfilledImages',
    key: (row) => backfilledImageKey(row.backfillId, row.position),
    indexes: {
      byBackfill: (row) => row.backfillId,
      onItsWay: (row) => (row.destination === undefined ? undefined : row.backfillId),
      /** Those on their way, by the key of their replication. */
      byReplication: (row) => row.destination && replicationKey(row.repositoryId, row.digest, row.destination),
    },
    sorted: ['byBackfill'],
  }),
} as const

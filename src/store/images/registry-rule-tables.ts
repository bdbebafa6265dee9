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
import { defineTable } from '../table.ts'

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
    key: (row) => `${inRepository(row.repositoryId, row.digest)}/${registryKey(row.destination)}`,
    indexes: {
      byImage: (row) => inRepository(row.repositoryId, row.digest),
      pending: (row) => (row.status === 'IN_PROGRESS' ? 'pending' : undefined),
    },
  }),
} as const

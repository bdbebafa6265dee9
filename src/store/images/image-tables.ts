/** The tables of the container registry. */
import {
  type ImageLayerRecord,
  type ImageRecord,
  type ImageTagRecord,
  inRepository,
  type LayerUploadRecord,
  type LifecycleEventRecord,
  type LifecyclePreviewRecord,
  type RegistrySettingsRecord,
  type RepositoryRecord,
} from '../../model/image-records.ts'
import type { ImageScanRecord } from '../../model/image-scan/finding.ts'
import { defineTable } from '../table.ts'

export const repositoryRegionKey = (region: string, account: string): string => `${region}/${account}`

export const imageTables = {
  repositories: defineTable<RepositoryRecord>()({
    name: 'repositories',
    key: (row) => row.arn,
    indexes: { inRegion: (row) => repositoryRegionKey(row.region, row.account), byId: (row) => row.repositoryId },
    sorted: ['inRegion'],
  }),
  images: defineTable<ImageRecord>()({
    name: 'images',
    key: (row) => inRepository(row.repositoryId, row.digest),
    indexes: {
      byRepository: (row) => row.repositoryId,
      /** In any repository. */
      byDigest: (row) => row.digest,
      /** What is about an image, by the key of that. */
      bySubject: (row) => (row.subject === undefined ? undefined : inRepository(row.repositoryId, row.subject)),
    },
    sorted: ['byRepository', 'bySubject'],
  }),
  imageTags: defineTable<ImageTagRecord>()({
    name: 'imageTags',
    key: (row) => inRepository(row.repositoryId, row.tag),
    indexes: {
      byRepository: (row) => row.repositoryId,
      /** By the key of the image. */
      byImage: (row) => inRepository(row.repositoryId, row.digest),
    },
    sorted: ['byRepository'],
  }),
  imageLayers: defineTable<ImageLayerRecord>()({
    name: 'imageLayers',
    key: (row) => inRepository(row.repositoryId, row.digest),
    indexes: {
      byRepository: (row) => row.repositoryId,
      /** In any repository. */
      byDigest: (row) => row.digest,
    },
  }),
  layerUploads: defineTable<LayerUploadRecord>()({
    name: 'layerUploads',
    key: (row) => row.uploadId,
    indexes: { byRepository: (row) => row.repositoryId },
  }),
  lifecyclePreviews: defineTable<LifecyclePreviewRecord>()({
    name: 'lifecyclePreviews',
    key: (row) => row.repositoryId,
  }),
  lifecycleEvents: defineTable<LifecycleEventRecord>()({
    name: 'lifecycleEvents',
    key: (row) => row.event.eventID,
    indexes: { byRepository: (row) => row.repositoryArn },
  }),
  imageScans: defineTable<ImageScanRecord>()({
    name: 'imageScans',
    key: (row) => inRepository(row.repositoryId, row.digest),
    indexes: {
      byRepository: (row) => row.repositoryId,
      byStatus: (row) => (row.status === 'IN_PROGRESS' ? row.status : undefined),
    },
  }),
  registrySettings: defineTable<RegistrySettingsRecord>()({
    name: 'registrySettings',
    key: (row) => repositoryRegionKey(row.region, row.account),
  }),
} as const

/** Scans of images are asked for here, and done by the controller `image-scan`. */
import { DOCKER_MANIFEST, OCI_MANIFEST } from '../../model/image-manifest.ts'
import { type ImageRecord, inRepository, type RepositoryRecord } from '../../model/image-records.ts'
import type { ImageScanRecord } from '../../model/image-scan/finding.ts'
import { matchesScanFilter } from '../../model/image-scan/scan-rules.ts'
import type { ReadTables, Transaction } from '../tables.ts'
import { repositoryRegionKey } from './image-tables.ts'

/** Configurations of what can be run; anything else, e.g. a chart or a signature, has no packages. */
const IMAGE_CONFIGURATIONS: readonly (string | undefined)[] = [
  'application/vnd.docker.container.image.v1+json',
  'application/vnd.oci.image.config.v1+json',
]

const isScannable = ({ mediaType, artifactType, subject }: ImageRecord): boolean =>
  (mediaType === OCI_MANIFEST || mediaType === DOCKER_MANIFEST) &&
  IMAGE_CONFIGURATIONS.includes(artifactType) &&
  subject === undefined

/** Filters of the registry that the repository's name matches. */
export const appliedScanFilters = (
  tables: ReadTables,
  { region, account, name }: RepositoryRecord,
): readonly string[] => {
  const settings = tables.registrySettings.get(repositoryRegionKey(region, account))
  return (settings?.scanOnPushFilters ?? []).flat().filter((filter) => matchesScanFilter(filter, name))
}

export const isScannedOnPush = (tables: ReadTables, repository: RepositoryRecord): boolean =>
  repository.isScannedOnPush || appliedScanFilters(tables, repository).length > 0

/** What was found before is forgotten. Undefined for what cannot be scanned. */
export const requestScan = (tx: Transaction, image: ImageRecord, now: number): ImageScanRecord | undefined => {
  if (!isScannable(image)) return undefined
  const { repositoryId, digest } = image
  const { sbomDigest } = tx.imageScans.get(inRepository(repositoryId, digest)) ?? {}
  return tx.imageScans.put({
    repositoryId,
    digest,
    status: 'IN_PROGRESS',
    description: 'The scan is in progress.',
    requestedAt: now,
    counts: {},
    ...(sbomDigest !== undefined && { sbomDigest }),
  })
}

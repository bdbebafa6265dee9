/** Key of an image's way to another registry. */
import { inRepository } from '../../model/image-records.ts'
import { type RegistryId, registryKey } from '../../model/registry-rules.ts'

export const replicationKey = (repositoryId: string, digest: string, destination: RegistryId): string =>
  `${inRepository(repositoryId, digest)}/${registryKey(destination)}`

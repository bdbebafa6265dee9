/** What of the container registry is there from the start; the rest is loaded when the first client comes. */
import path from 'node:path'
import type { RequestListener } from 'node:http'
import type { BlobKeys } from '../store/blobs/blob-header.ts'
import { BlockPool } from '../store/blobs/block-pool.ts'
import type { BlobHome } from '../store/blobs/blob-home.ts'
import { BlobStore } from '../store/blobs/blob-store.ts'
import { DirectoryBlobHome } from '../store/blobs/directory-blob-home.ts'
import type { S3Place } from '../store/blobs/s3-place.ts'
import type { BlobKeysOptions } from '../services/ecr/blob-keys.ts'
import type { RegistryRole, RegistryRoleOptions } from './registry.ts'

export interface RegistryStorage {
  /** Where uploads lie, and blobs unless they lie elsewhere. */
  readonly directory: string
  /** The S3 that blobs lie in. */
  readonly s3: S3Place | undefined
  /** Whether new blobs are encrypted. */
  readonly isEncrypting: boolean
}

export const openBlobStore = async (
  { directory, s3, isEncrypting }: RegistryStorage,
  options: BlobKeysOptions,
): Promise<BlobStore> => {
  const pool = new BlockPool()
  return new BlobStore({
    home: s3 === undefined ? new DirectoryBlobHome(path.join(directory, 'blobs'), pool) : await homeIn(s3),
    uploadsDirectory: path.join(directory, 'uploads'),
    pool,
    keys: lazyBlobKeys(options),
    isEncrypting,
  })
}

const homeIn = async (place: S3Place): Promise<BlobHome> => {
  const { S3BlobHome } = await import('../store/blobs/s3-blob-home.ts')
  return new S3BlobHome(place)
}

const lazyBlobKeys = (options: BlobKeysOptions): BlobKeys => {
  let keys: Promise<BlobKeys> | undefined
  const load = (): Promise<BlobKeys> =>
    (keys ??= import('../services/ecr/blob-keys.ts').then(({ blobKeys }) => blobKeys(options)))
  return {
    wrap: async (key, space) => (await load()).wrap(key, space),
    unwrap: async (wrapped) => (await load()).unwrap(wrapped),
  }
}

export const lazyRegistry = (options: RegistryRoleOptions): RegistryRole => {
  let loaded: Promise<RegistryRole> | undefined
  const listener: RequestListener = (request, response) => {
    loaded ??= import('./registry.ts').then(({ registry }) => registry(options))
    loaded.then(
      (role) => role.listener(request, response),
      (error: unknown) => {
        options.log.error('the registry cannot be loaded', { error })
        response.destroy()
      },
    )
  }
  const stop = async (): Promise<void> => {
    // One that could not be loaded has been told of.
    const role = await loaded?.catch(() => undefined)
    await role?.stop()
  }
  return { listener, stop }
}

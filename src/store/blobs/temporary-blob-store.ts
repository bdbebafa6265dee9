/** Blobs of a control plane that keeps nothing: in the system's directory for what is temporary, which is not touched before the first. */
import { randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { BlobKeys } from './blob-header.ts'
import { BlobStore } from './blob-store.ts'
import { DirectoryBlobHome } from './directory-blob-home.ts'

/** Without keys there are no repositories with keys of their own. */
export const temporaryBlobStore = (keys?: BlobKeys): BlobStore => {
  const directory = path.join(tmpdir(), `longshore-blobs-${randomUUID()}`)
  return new BlobStore({
    home: new DirectoryBlobHome(path.join(directory, 'blobs')),
    uploadsDirectory: path.join(directory, 'uploads'),
    keys,
  })
}

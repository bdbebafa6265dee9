/** Keeps the bill of materials of an image beside it, as an artifact that is about it, where clients of registries look for such. */
import { OCI_MANIFEST, parseManifest } from '../../model/image-manifest.ts'
import { type ImageRecord, inRepository, type RepositoryRecord } from '../../model/image-records.ts'
import { SBOM_TYPE } from '../../model/image-scan/sbom.ts'
import { putImage } from '../../store/images/put-image.ts'
import { blobsOf } from '../../store/images/repository-key.ts'
import { keepBlob, type Keeping, sha256 } from './keep-blob.ts'

/** Source: the OCI image specification 1.1, "Guidance for an Empty Descriptor". */
const EMPTY = { type: 'application/vnd.oci.empty.v1+json', content: Buffer.from('{}') } as const

/** The digest of the artifact. It is the same for the same content, and then nothing changes. */
export const keepSbom = async (
  keeping: Keeping,
  home: RepositoryRecord,
  image: ImageRecord,
  sbom: Buffer,
): Promise<string> => {
  const { store, ids, clock } = keeping
  const { repositoryId } = image
  const content = manifestOf(image, sbom)
  const digest = sha256(content)
  if (store.tables.images.has(inRepository(repositoryId, digest))) return digest
  for (const blob of [EMPTY.content, sbom]) await keepBlob(keeping, home, blob)
  await blobsOf(keeping, home).put(ids.uuid(), digest, content, () =>
    store.transact((tx) => {
      const [repository] = tx.repositories.find('byId', repositoryId)
      // The image may be gone meanwhile, with its repository or without.
      if (repository === undefined || !tx.images.has(inRepository(repositoryId, image.digest))) return
      const manifest = parseManifest(content)
      putImage(tx, repository, { digest, manifest, manifestBytes: content.length }, clock.now())
    }),
  )
  return digest
}

const manifestOf = ({ mediaType, digest, manifestBytes }: ImageRecord, sbom: Buffer): Buffer =>
  Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      artifactType: SBOM_TYPE,
      config: descriptor(EMPTY.type, EMPTY.content),
      layers: [descriptor(SBOM_TYPE, sbom)],
      subject: { mediaType, digest, size: manifestBytes },
    }),
  )

const descriptor = (mediaType: string, content: Buffer): object => ({
  mediaType,
  digest: sha256(content),
  size: content.length,
})

/** An image comes into a repository: its manifest, with the tag that it is pushed under. For the registry and for the API of ECR. */
import { type Descriptor, type ImageManifest, isIndexType } from '../../model/image-manifest.ts'
import { type ImageRecord, inRepository, isImmutable, type RepositoryRecord } from '../../model/image-records.ts'
import type { Transaction } from '../tables.ts'
import { activateImage } from './archive-image.ts'
import { requestReplications } from './replicate-image.ts'
import { isScannedOnPush, requestScan } from './request-scan.ts'

export interface NewImage {
  readonly digest: string
  readonly manifest: ImageManifest
  readonly manifestBytes: number
  /** Untagged unless given. */
  readonly tag?: string | undefined
  /** An index that came from another registry: its images come when somebody pulls them. */
  readonly isPartial?: boolean
  /** It came from another registry, and is taken to no further one. */
  readonly isCopy?: boolean
}

/** Why an image cannot be put into the repository; nothing was changed. */
export class ImageRefused extends Error {
  override readonly name = 'ImageRefused'
  readonly kind: 'layers-missing' | 'images-missing' | 'wrong-size' | 'tag-immutable'
  /** What is missing or of another size, or the image that has the tag. */
  readonly digests: readonly string[]

  constructor(kind: ImageRefused['kind'], digests: readonly string[], message: string) {
    super(message)
    this.kind = kind
    this.digests = digests
  }
}

export interface PutImage {
  readonly image: ImageRecord
  /** False for an image that the repository had already. */
  readonly isNew: boolean
  /** False if the tag was this image's already, or none was given. */
  readonly isTagged: boolean
}

/** Throws `ImageRefused`. */
export const putImage = (tx: Transaction, repository: RepositoryRecord, pushed: NewImage, now: number): PutImage => {
  const { digest, manifest, tag } = pushed
  const { repositoryId } = repository
  checkReferences(tx, repositoryId, pushed.isPartial === true ? { ...manifest, manifests: [] } : manifest)
  const tagged = tag === undefined ? undefined : tx.imageTags.get(inRepository(repositoryId, tag))
  if (tag !== undefined && tagged && tagged.digest !== digest && isImmutable(repository.tagMutability, tag))
    throw new ImageRefused('tag-immutable', [tagged.digest], `The tag '${tag}' is immutable and names another image.`)
  const known = tx.images.get(inRepository(repositoryId, digest))
  const image = known ? activated(tx, known, now) : tx.images.insert(newImage(tx, repositoryId, pushed, now))
  const isTagged = tag !== undefined && tagged?.digest !== digest
  if (known === undefined && isScannedOnPush(tx, repository)) requestScan(tx, image, now)
  if (isTagged) tx.imageTags.put({ repositoryId, tag, digest, taggedAt: now })
  if (pushed.isCopy !== true) requestReplications(tx, repository, image, tag, now)
  return { image, isNew: known === undefined, isTagged }
}

/** AWS: who pushes an image again takes it out of the archive. */
const activated = (tx: Transaction, image: ImageRecord, now: number): ImageRecord =>
  image.isArchived === true ? activateImage(tx, image, now) : image

const newImage = (
  tx: Transaction,
  repositoryId: string,
  { digest, manifest, manifestBytes }: NewImage,
  now: number,
): ImageRecord => {
  const { mediaType, artifactType, subject, annotations } = manifest
  const content = contentOf(manifest)
  return {
    repositoryId,
    digest,
    mediaType,
    ...(artifactType !== undefined && { artifactType }),
    manifestBytes,
    contentBytes: isIndexType(mediaType)
      ? largest(tx, repositoryId, manifest)
      : content.reduce((sum, { size }) => sum + size, 0),
    pushedAt: now,
    references: [...new Set([...content, ...manifest.manifests].map((each) => each.digest))],
    ...(subject && { subject: subject.digest }),
    annotations: subject === undefined ? {} : annotations,
  }
}

/** AWS: of an index, the size is that of its largest image. */
const largest = (tx: Transaction, repositoryId: string, { manifests }: ImageManifest): number =>
  Math.max(0, ...manifests.map(({ digest }) => tx.images.get(inRepository(repositoryId, digest))?.contentBytes ?? 0))

/** The blobs that have to be in the repository. */
const contentOf = ({ config, layers }: ImageManifest): readonly Descriptor[] => [
  ...(config ? [config] : []),
  ...layers.filter(({ urls }) => urls === undefined),
]

/** The subject alone may come later. Clients refuse content that is not as long as its descriptor says, so that it could not be pulled. */
const checkReferences = (tx: Transaction, repositoryId: string, manifest: ImageManifest): void => {
  const missing = (descriptors: readonly Descriptor[], table: 'imageLayers' | 'images'): string[] =>
    descriptors.filter(({ digest }) => !tx[table].has(inRepository(repositoryId, digest))).map(({ digest }) => digest)
  const layers = missing(contentOf(manifest), 'imageLayers')
  if (layers.length > 0)
    throw new ImageRefused('layers-missing', layers, `The repository does not have the layers ${listed(layers)}.`)
  const images = missing(manifest.manifests, 'images')
  if (images.length > 0)
    throw new ImageRefused('images-missing', images, `The repository does not have the images ${listed(images)}.`)
  const wrong = [
    ...contentOf(manifest).filter(
      (each) => tx.imageLayers.get(inRepository(repositoryId, each.digest))?.bytes !== each.size,
    ),
    ...manifest.manifests.filter(
      (each) => tx.images.get(inRepository(repositoryId, each.digest))?.manifestBytes !== each.size,
    ),
  ].map(({ digest }) => digest)
  if (wrong.length > 0)
    throw new ImageRefused('wrong-size', wrong, `The manifest gives other sizes than these have: ${listed(wrong)}.`)
}

const SHOWN = 10

const listed = (digests: readonly string[]): string =>
  digests.slice(0, SHOWN).join(', ') + (digests.length > SHOWN ? ' and others' : '')

/** What a request to the registry is addressed to. Source: the OCI distribution specification 1.1, "Endpoints". */
import { isDigest, isRepositoryName, isTag } from '../model/image-names.ts'
import { RegistryFault } from './registry-fault.ts'

export type Endpoint =
  | { readonly kind: 'base' }
  | { readonly kind: 'catalog' }
  | { readonly kind: 'tags' | 'uploads'; readonly repository: string }
  /** `tag` or `digest`, never both. */
  | { readonly kind: 'manifest'; readonly repository: string; readonly reference: Reference }
  | { readonly kind: 'blob' | 'referrers'; readonly repository: string; readonly digest: string }
  | { readonly kind: 'upload'; readonly repository: string; readonly uploadId: string }

export type Reference =
  | { readonly tag: string; readonly digest?: undefined }
  | { readonly digest: string; readonly tag?: undefined }

const UPLOAD_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** The last parts of the paths, longest first: names of repositories may have such parts themselves. */
const SHAPES: readonly (readonly [RegExp, (repository: string, last: string) => Endpoint])[] = [
  [/^(.+)\/blobs\/uploads\/?$/, (repository) => ({ kind: 'uploads', repository })],
  [
    /^(.+)\/blobs\/uploads\/([^/]+)$/,
    (repository, uploadId) => ({ kind: 'upload', repository, uploadId: id(uploadId) }),
  ],
  [/^(.+)\/blobs\/([^/]+)$/, (repository, digest) => ({ kind: 'blob', repository, digest: checkedDigest(digest) })],
  [
    /^(.+)\/manifests\/([^/]+)$/,
    (repository, name) => ({ kind: 'manifest', repository, reference: referenceOf(name) }),
  ],
  [
    /^(.+)\/referrers\/([^/]+)$/,
    (repository, digest) => ({ kind: 'referrers', repository, digest: checkedDigest(digest) }),
  ],
  [/^(.+)\/tags\/list$/, (repository) => ({ kind: 'tags', repository })],
]

/** `path` begins with `/v2`. Throws `RegistryFault`. */
export const endpointOf = (path: string): Endpoint => {
  const rest = decoded(path).slice('/v2/'.length)
  if (rest === '') return { kind: 'base' }
  if (rest === '_catalog') return { kind: 'catalog' }
  for (const [shape, make] of SHAPES) {
    const [, repository, last = ''] = shape.exec(rest) ?? []
    if (repository === undefined) continue
    if (!isRepositoryName(repository))
      throw new RegistryFault('NAME_INVALID', `${shown(repository)} is not a name of a repository.`)
    return make(repository, last)
  }
  throw new RegistryFault('UNSUPPORTED', 'The registry has nothing there.', { status: 404 })
}

const decoded = (path: string): string => {
  try {
    return decodeURIComponent(path)
  } catch (error) {
    if (!(error instanceof URIError)) throw error
    throw new RegistryFault('NAME_INVALID', 'The path cannot be decoded.')
  }
}

const referenceOf = (name: string): Reference => {
  if (name.includes(':')) return { digest: checkedDigest(name) }
  if (isTag(name)) return { tag: name }
  throw new RegistryFault('TAG_INVALID', `${shown(name)} is not a tag.`)
}

/** Throws `RegistryFault`. */
export const checkedDigest = (digest: string): string => {
  if (isDigest(digest)) return digest
  throw new RegistryFault('DIGEST_INVALID', `${shown(digest)} is not a digest.`)
}

const id = (uploadId: string): string => {
  if (UPLOAD_ID.test(uploadId)) return uploadId
  throw new RegistryFault('BLOB_UPLOAD_UNKNOWN', 'There is no such upload.')
}

const SHOWN_CHARACTERS = 200

const shown = (text: string): string => JSON.stringify(text.slice(0, SHOWN_CHARACTERS))

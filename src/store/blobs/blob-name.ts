/** What blobs are called in their home, and where they lie there: `sha256/ab/abcdef...`, and those of a space in `keys/<space>/`. */
import type { BlobSpace } from '../../model/blob-space.ts'
import { isDigest } from '../../model/image-names.ts'

const APART = 'keys'

/** The digest, after the space if there is one. */
export const blobName = (space: BlobSpace | undefined, digest: string): string =>
  space === undefined ? digest : `${space}/${digest}`

export interface BlobPlace {
  readonly space: BlobSpace | undefined
  readonly digest: string
}

/** The opposite. */
export const partsOfName = (name: string): BlobPlace => {
  const end = name.indexOf('/')
  return end === -1 ? { space: undefined, digest: name } : { space: name.slice(0, end), digest: name.slice(end + 1) }
}

/** Both parts were checked: what they are made of cannot lead anywhere else. */
export const placeOfName = (name: string): string => {
  const { space, digest } = partsOfName(name)
  const [algorithm = '', hex = ''] = digest.split(':')
  const place = `${algorithm}/${hex.slice(0, 2)}/${hex}`
  return space === undefined ? place : `${APART}/${space}/${place}`
}

/** Undefined for a place that no blob has. */
export const nameAtPlace = (place: string): string | undefined => {
  const parts = place.split('/')
  const space = parts[0] === APART ? parts[1] : undefined
  const [algorithm, , hex] = space === undefined ? parts : parts.slice(2)
  const digest = `${algorithm}:${hex}`
  const name = blobName(space, digest)
  return isDigest(digest) && placeOfName(name) === place ? name : undefined
}

/**
 * Blobs lie apart by the key that they are encrypted with: those of a key make a space, in which each is kept once. What belongs to no space is
 * encrypted with the registry's own key.
 */

/** The id of the key, which is good as a name of a file; and how often it encrypts. */
export type BlobSpace = string

const TWICE = '-dual'

export const blobSpace = (keyId: string, isDual: boolean): BlobSpace => (isDual ? keyId + TWICE : keyId)

/** Whether all of it is encrypted twice. */
export const isDualSpace = (space: BlobSpace): boolean => space.endsWith(TWICE)

export const keyIdOfSpace = (space: BlobSpace): string => (isDualSpace(space) ? space.slice(0, -TWICE.length) : space)

/** What a scan looks at, at most: images come from anywhere, and can be made to swallow whoever unpacks them. */

/** Of one layer, unpacked. */
export const UNPACKED_BYTES = 16 * 1024 ** 3
/** How much larger than its content a layer may unpack to, once it is larger than a little. */
export const UNPACKED_RATIO = 200
export const UNPACKED_RATIO_FROM_BYTES = 64 * 1024 ** 2
/** Files of one layer. */
export const LAYER_ENTRIES = 1_000_000
/** Of a header of a file with a long name. */
export const TAR_HEADER_BYTES = 1024 * 1024
/** Of a list of packages. */
export const PACKAGE_LIST_BYTES = 32 * 1024 ** 2
/** Of the description of one package. */
export const PACKAGE_FILE_BYTES = 1024 * 1024
/** Of a file that tells of packages. */
export const PATH_LENGTH = 1024
/** Files of one image that tell of packages, and the directories above each of them, together. */
export const IMAGE_FILES = 50_000
export const IMAGE_DIRECTORIES = 400_000
/** Docker runs images of 127. */
export const IMAGE_LAYERS = 200
/** Of one image. */
export const IMAGE_PACKAGES = 50_000
export const IMAGE_FINDINGS = 5000
/** Of what a finding says in words. */
export const FINDING_DESCRIPTION_LENGTH = 500

/** The image is more than a scan looks at, or its layers are not what they say. */
export class Unscannable extends Error {
  override readonly name = 'Unscannable'
}

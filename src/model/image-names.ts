/**
 * Names of repositories, tags and digests.
 * Sources: the OCI distribution specification 1.1 ("Pulling manifests"), the OCI image specification ("Digests"), and the constraints of
 * `repositoryName` in the API reference of Amazon ECR.
 */

const NAME_PART = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*'
const REPOSITORY_NAME = new RegExp(`^${NAME_PART}(?:/${NAME_PART})*$`)
export const REPOSITORY_NAME_LENGTH = { min: 2, max: 256 } as const
const TAG = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/

/** Hexadecimal characters of the digests that are known. */
const DIGEST_CHARACTERS: Readonly<Record<string, number>> = { sha256: 64, sha512: 128 }
const HEXADECIMAL = /^[a-f0-9]+$/

export const isRepositoryName = (text: string): boolean =>
  text.length >= REPOSITORY_NAME_LENGTH.min && text.length <= REPOSITORY_NAME_LENGTH.max && REPOSITORY_NAME.test(text)

export const isTag = (text: string): boolean => TAG.test(text)

/** A digest of an algorithm that is known here, e.g. `sha256:...`; safe to be made a file name of. */
export const isDigest = (text: string): boolean => {
  const colon = text.indexOf(':')
  const [algorithm, encoded] = [text.slice(0, colon), text.slice(colon + 1)]
  return (
    Object.hasOwn(DIGEST_CHARACTERS, algorithm) &&
    encoded.length === DIGEST_CHARACTERS[algorithm] &&
    HEXADECIMAL.test(encoded)
  )
}

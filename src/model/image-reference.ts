/**
 * Image references: `[registry/]repository[:tag][@digest]`, read the way Docker reads them.
 * https://github.com/distribution/reference (grammar)
 */

export interface ImageReference {
  /** Host and port of the registry; `docker.io` where the reference names none. */
  readonly registry: string
  /** As written, without tag and digest: what stands before `@` in a repository digest. */
  readonly repository: string
  readonly tag?: string
  /** `sha256:...` */
  readonly digest?: string
}

export const DOCKER_HUB = 'docker.io'

export const parseReference = (text: string): ImageReference => {
  const [named = text, digest] = text.split('@')
  const colon = named.lastIndexOf(':')
  const hasTag = colon > named.lastIndexOf('/')
  const repository = hasTag ? named.slice(0, colon) : named
  return {
    registry: registryOf(repository),
    repository,
    ...(hasTag && { tag: named.slice(colon + 1) }),
    ...(digest !== undefined && { digest }),
  }
}

/** The first part names a registry if it looks like a host: it has a dot or a port, or is `localhost`. */
const registryOf = (repository: string): string => {
  const slash = repository.indexOf('/')
  if (slash < 0) return DOCKER_HUB
  const first = repository.slice(0, slash)
  return first === 'localhost' || /[.:]/.test(first) ? first : DOCKER_HUB
}

/** The repository as Docker shows it: without Docker Hub's own names. */
const familiarRepository = (repository: string): string =>
  repository.replace(/^(?:index\.)?docker\.io\//, '').replace(/^library\//, '')

/** The digest under which a local image came from one of the repositories, if it did. */
export const localDigest = (repositories: readonly string[], repoDigests: readonly string[]): string | undefined => {
  const names = repositories.map(familiarRepository)
  return repoDigests
    .map((repoDigest) => repoDigest.split('@'))
    .find(([name = '']) => names.includes(familiarRepository(name)))?.[1]
}

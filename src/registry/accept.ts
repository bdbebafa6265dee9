/** What a client says that it can read (RFC 9110, 12.5.1), and what there is for it. */
import { DOCKER_MANIFEST, OCI_MANIFEST } from '../model/image-manifest.ts'

/** Whether the client takes content of that type; whoever does not say takes everything. */
export const accepts = (header: string | undefined, mediaType: string): boolean => {
  const ranges = rangesOf(header)
  if (ranges.length === 0) return true
  // Every manifest is JSON too.
  return ['*/*', 'application/*', 'application/json', mediaType].some((each) => ranges.includes(each))
}

/** Whether the client knows images of one platform only, and has to be given one of them where an index is. */
export const wantsOnePlatform = (header: string | undefined): boolean =>
  [DOCKER_MANIFEST, OCI_MANIFEST].some((mediaType) => rangesOf(header).includes(mediaType))

const rangesOf = (header: string | undefined): readonly string[] =>
  (header ?? '').split(',').flatMap((part) => {
    const [type = '', ...parameters] = part.split(';').map((each) => each.trim().toLowerCase())
    return type === '' || parameters.some((each) => /^q=0(?:\.0*)?$/.test(each)) ? [] : [type]
  })

interface Listed {
  readonly manifests: readonly {
    readonly digest: string
    readonly platform?: { readonly os?: string; readonly architecture?: string }
  }[]
}

/** Digest of the image in the index that every client of long ago takes: registries give them that of linux/amd64. */
export const usualImageOf = (index: Buffer): string | undefined =>
  (JSON.parse(index.toString()) as Listed).manifests.find(
    ({ platform }) => platform?.os === 'linux' && platform.architecture === 'amd64',
  )?.digest

/**
 * The bill of materials of an image, the same for the same image whenever it is made.
 * Sources: CycloneDX 1.5, https://cyclonedx.org/docs/1.5/json/, and the package URL specification.
 */
import type { Distribution, FoundPackage } from './package.ts'

export const SBOM_TYPE = 'application/vnd.cyclonedx+json'

export interface SbomSubject {
  readonly repositoryName: string
  readonly digest: string
}

export const sbomOf = (
  { repositoryName, digest }: SbomSubject,
  packages: readonly FoundPackage[],
  distribution: Distribution | undefined,
): Buffer =>
  Buffer.from(
    JSON.stringify({
      bomFormat: 'CycloneDX',
      specVersion: '1.5',
      version: 1,
      metadata: { component: { type: 'container', name: repositoryName, version: digest } },
      components: [
        ...(distribution ? [systemOf(distribution)] : []),
        ...packages.map((each) => componentOf(each, distribution)),
      ],
    }),
  )

const systemOf = ({ id, version, name }: Distribution): object => ({
  type: 'operating-system',
  name: id,
  version,
  description: name,
})

const componentOf = (found: FoundPackage, distribution: Distribution | undefined): object => ({
  type: 'library',
  name: found.name,
  version: found.version,
  purl: packageUrl(found, distribution),
  properties: [{ name: 'longshore:path', value: found.path }],
})

export const packageUrl = (
  { kind, name, version, architecture }: FoundPackage,
  distribution: Distribution | undefined,
): string => {
  const isOfDistribution = kind === 'deb' || kind === 'apk' || kind === 'rpm'
  const namespace = isOfDistribution && distribution ? [distribution.id] : []
  const [, epoch, rest = version] = (kind === 'rpm' && /^(\d+):(.*)$/.exec(version)) || []
  const qualifiers = new URLSearchParams({
    ...(architecture !== undefined && { arch: architecture }),
    ...(isOfDistribution && distribution && { distro: `${distribution.id}-${distribution.version}` }),
    ...(epoch !== undefined && { epoch }),
  }).toString()
  const path = [...namespace, ...name.split('/')].map(encodeURIComponent).join('/')
  return `pkg:${kind}/${path}@${encodeURIComponent(rest)}${qualifiers === '' ? '' : `?${qualifiers}`}`
}

/** What OSV calls where a package is from, and how its versions are ordered. Source: the OSV schema 1.6, "affected[].package". */
import type { Distribution, FoundPackage, PackageKind } from './package.ts'
import { compareApk } from './versions/apk.ts'
import { compareDpkg } from './versions/dpkg.ts'
import { comparePep440 } from './versions/pep440.ts'
import { compareRpm } from './versions/rpm.ts'
import { compareSemver } from './versions/semver.ts'

export interface Ecosystem {
  /** E.g. `Debian`. */
  readonly name: string
  /** What follows it and a colon, e.g. `12`; undefined where there are no releases. */
  readonly release?: string
}

export const COMPARE: Readonly<Record<PackageKind, (a: string, b: string) => number>> = {
  deb: compareDpkg,
  apk: compareApk,
  rpm: compareRpm,
  npm: compareSemver,
  pypi: comparePep440,
}

/** Undefined for a package of a distribution that the image does not name. */
export const ecosystemOf = (kind: PackageKind, distribution: Distribution | undefined): Ecosystem | undefined => {
  if (kind === 'npm') return { name: 'npm' }
  if (kind === 'pypi') return { name: 'PyPI' }
  return distribution && distributionEcosystem(distribution)
}

/** Distributions that OSV has no name for go by their own. */
const distributionEcosystem = ({ id, version }: Distribution): Ecosystem => {
  const [major = '', minor = ''] = version.split('.')
  switch (id) {
    case 'debian':
      return { name: 'Debian', release: major }
    case 'ubuntu':
      return { name: 'Ubuntu', release: version }
    case 'alpine':
      return { name: 'Alpine', release: `v${major}.${minor}` }
    case 'wolfi':
      return { name: 'Wolfi' }
    case 'chainguard':
      return { name: 'Chainguard' }
    case 'rhel':
      return { name: 'Red Hat', release: `enterprise_linux:${major}` }
    case 'rocky':
      return { name: 'Rocky Linux', release: major }
    case 'almalinux':
      return { name: 'AlmaLinux', release: major }
    case 'opensuse-leap':
      return { name: 'openSUSE', release: `Leap ${version}` }
    case 'sles':
      return { name: 'SUSE', release: `Linux Enterprise Server ${major}${minor === '' ? '' : ` SP${minor}`}` }
    case 'amzn':
      return { name: 'Amazon Linux', release: version }
    default:
      return version === '' ? { name: id } : { name: id, release: version }
  }
}

/** `text` as advisories have it: one without a release is for all of them, and one can be narrower, e.g. `Ubuntu:22.04:LTS`. */
export const isOfEcosystem = (text: string, { name, release }: Ecosystem): boolean =>
  text === name || (release !== undefined && `${text}:`.startsWith(`${name}:${release}:`))

/** What an advisory names, and which version counts: Debian, Ubuntu and Alpine tell of the sources of packages. */
export const advisedAs = ({ kind, name, version, source }: FoundPackage) =>
  source !== undefined && kind !== 'rpm' ? source : { name, version }

/** Packages as scans find them. */

export type PackageKind = 'deb' | 'apk' | 'rpm' | 'npm' | 'pypi'

export interface FoundPackage {
  readonly kind: PackageKind
  readonly name: string
  readonly version: string
  readonly architecture?: string
  /** What it was built from, where advisories are about that. */
  readonly source?: { readonly name: string; readonly version: string }
  /** The file that tells of it. */
  readonly path: string
}

/** The distribution, as its `os-release` has it. */
export interface Distribution {
  /** E.g. `debian`. */
  readonly id: string
  /** E.g. `12`. */
  readonly version: string
  readonly name: string
}

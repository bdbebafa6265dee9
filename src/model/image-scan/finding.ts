/** A known vulnerability of a package of an image. */

export type Severity = 'CRITICAL' | 'HIGH' | 'MEDIUM' | 'LOW' | 'INFORMATIONAL' | 'UNDEFINED'

/** The worst first. */
export const SEVERITIES: readonly Severity[] = ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW', 'INFORMATIONAL', 'UNDEFINED']

export interface Finding {
  /** Usually a CVE number. */
  readonly name: string
  readonly severity: Severity
  readonly description?: string
  readonly uri?: string
  readonly packageName: string
  readonly packageVersion: string
  /** The next version without it, if there is one. */
  readonly fixedVersion?: string
  readonly cvss3?: { readonly vector: string; readonly score: number }
}

export interface ImageScanRecord {
  readonly repositoryId: string
  readonly digest: string
  readonly status: 'IN_PROGRESS' | 'COMPLETE' | 'FAILED' | 'UNSUPPORTED_IMAGE'
  /** What there is to say of it. */
  readonly description: string
  readonly requestedAt: number
  readonly completedAt?: number
  /** When the advisories that it was compared with were written. */
  readonly advisoriesUpdatedAt?: number
  /** How many findings there are of each severity. */
  readonly counts: SeverityCounts
  /** Of the blob that has them, as a list in JSON, the worst first. Only of a scan that is complete. */
  readonly findingsDigest?: string
  /** Of the artifact that is its bill of materials, which goes with the image. */
  readonly sbomDigest?: string
}

export type SeverityCounts = Readonly<Partial<Record<Severity, number>>>

export const countsOf = (findings: readonly Finding[]): SeverityCounts => {
  const counts: Partial<Record<Severity, number>> = {}
  for (const severity of SEVERITIES) {
    const count = findings.filter((finding) => finding.severity === severity).length
    if (count > 0) counts[severity] = count
  }
  return counts
}

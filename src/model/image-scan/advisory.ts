/**
 * Advisories in the format of OSV, and which packages they are about.
 * https://ossf.github.io/osv-schema/
 */
import { cvss3Score } from './cvss.ts'
import { advisedAs, COMPARE, ecosystemOf, isOfEcosystem } from './ecosystem.ts'
import type { Finding, Severity } from './finding.ts'
import type { Distribution, FoundPackage } from './package.ts'
import { pypiName } from './packages/pip.ts'
import { FINDING_DESCRIPTION_LENGTH } from './scan-limits.ts'

/** The members that are looked at. They come from a file: nothing of it is certain. */
export interface Advisory {
  readonly id: string
  readonly aliases: readonly string[]
  readonly text: string
  readonly uri: string | undefined
  readonly severity: Severity
  readonly cvss3: Finding['cvss3']
  readonly affected: readonly Affected[]
}

interface Affected {
  readonly ecosystem: string
  readonly name: string
  readonly versions: readonly string[]
  readonly ranges: readonly (readonly RangeEvent[])[]
  /** If it differs from that of the advisory. */
  readonly severity: Severity
}

interface RangeEvent {
  readonly kind: 'introduced' | 'fixed' | 'last_affected'
  readonly version: string
}

/** Not of that format; the message says where. */
export class InvalidAdvisory extends Error {
  override readonly name = 'InvalidAdvisory'
}

/** Undefined for one that was withdrawn. Throws `InvalidAdvisory`. */
export const advisoryOf = (document: unknown): Advisory | undefined => {
  const members = objectOf(document)
  const id = textOf(members['id'])
  if (id === undefined) throw new InvalidAdvisory('An advisory has no id.')
  if (members['withdrawn'] !== undefined) return undefined
  const affected = listOf(members['affected']).flatMap(affectedOf)
  const cvss3 = cvssOf(listOf(members['severity']))
  return {
    id,
    aliases: [...listOf(members['aliases']), ...listOf(members['upstream'])].flatMap((alias) => textOf(alias) ?? []),
    text: textOf(members['summary']) || textOf(members['details']) || '',
    uri: uriOf(listOf(members['references'])),
    severity: severityOf(members, cvss3),
    cvss3,
    affected,
  }
}

export const findingsOf = (
  advisory: Advisory,
  packages: readonly FoundPackage[],
  distribution: Distribution | undefined,
): readonly Finding[] =>
  packages.flatMap((each) => {
    const ecosystem = ecosystemOf(each.kind, distribution)
    const { name, version } = advisedAs(each)
    if (ecosystem === undefined) return []
    const about = advisory.affected.filter(
      (affected) => nameOf(affected, each) === name && isOfEcosystem(affected.ecosystem, ecosystem),
    )
    const hit = about.find((affected) => isAffected(affected, version, COMPARE[each.kind]))
    return hit === undefined ? [] : [findingOf(advisory, hit, each, fixedIn(hit, version, COMPARE[each.kind]))]
  })

const nameOf = ({ name }: Affected, { kind }: FoundPackage): string => (kind === 'pypi' ? pypiName(name) : name)

type Compare = (a: string, b: string) => number

const isAffected = ({ versions, ranges }: Affected, version: string, compare: Compare): boolean =>
  versions.includes(version) || ranges.some((events) => isWithin(events, version, compare))

/** `0` comes before every version. */
const compareEvents =
  (compare: Compare) =>
  (a: RangeEvent, b: RangeEvent): number => {
    if (a.version === '0' || b.version === '0') return a.version === b.version ? 0 : a.version === '0' ? -1 : 1
    return compare(a.version, b.version)
  }

const isWithin = (events: readonly RangeEvent[], version: string, compare: Compare): boolean => {
  let isIn = false
  for (const event of events.toSorted(compareEvents(compare))) {
    const difference = event.version === '0' ? 1 : compare(version, event.version)
    if (event.kind === 'introduced' && difference >= 0) isIn = true
    if (event.kind === 'fixed' && difference >= 0) isIn = false
    if (event.kind === 'last_affected' && difference > 0) isIn = false
  }
  return isIn
}

const fixedIn = ({ ranges }: Affected, version: string, compare: Compare): string | undefined =>
  ranges
    .flat()
    .filter((event) => event.kind === 'fixed' && compare(event.version, version) > 0)
    .toSorted(compareEvents(compare))[0]?.version

const findingOf = (
  { id, aliases, text, uri, severity, cvss3 }: Advisory,
  affected: Affected,
  { name, version }: FoundPackage,
  fixedVersion: string | undefined,
): Finding => ({
  name: [id, ...aliases].find((each) => each.startsWith('CVE-')) ?? id,
  severity: severity === 'UNDEFINED' ? affected.severity : severity,
  ...(text !== '' && { description: text.slice(0, FINDING_DESCRIPTION_LENGTH) }),
  ...(uri !== undefined && { uri }),
  packageName: name,
  packageVersion: version,
  ...(fixedVersion !== undefined && { fixedVersion }),
  ...(cvss3 && { cvss3 }),
})

const affectedOf = (value: unknown): readonly Affected[] => {
  const members = objectOf(value)
  const { ecosystem, name } = objectOf(members['package'])
  if (typeof ecosystem !== 'string' || typeof name !== 'string') return []
  return [
    {
      ecosystem,
      name,
      versions: listOf(members['versions']).flatMap((version) => textOf(version) ?? []),
      // Others are about commits.
      ranges: listOf(members['ranges'])
        .map(objectOf)
        .filter(({ type }) => type === 'ECOSYSTEM' || type === 'SEMVER')
        .map(({ events }) => listOf(events).flatMap(eventsOf)),
      severity: severityOf(members, undefined),
    },
  ]
}

const eventsOf = (value: unknown): readonly RangeEvent[] => {
  const members = objectOf(value)
  return (['introduced', 'fixed', 'last_affected'] as const).flatMap((kind) => {
    const version = textOf(members[kind])
    return version === undefined ? [] : [{ kind, version }]
  })
}

const uriOf = (references: readonly unknown[]): string | undefined => {
  const all = references.map(objectOf)
  const best = all.find(({ type }) => type === 'ADVISORY') ?? all[0]
  return textOf(best?.['url'])
}

const cvssOf = (severities: readonly unknown[]): Finding['cvss3'] => {
  for (const { type, score: vector } of severities.map(objectOf)) {
    const score = type === 'CVSS_V3' && typeof vector === 'string' ? cvss3Score(vector) : undefined
    if (score !== undefined) return { vector: vector as string, score }
  }
  return undefined
}

/** Words that databases have. */
const WORDS: Readonly<Record<string, Severity>> = {
  critical: 'CRITICAL',
  high: 'HIGH',
  important: 'HIGH',
  medium: 'MEDIUM',
  moderate: 'MEDIUM',
  low: 'LOW',
  negligible: 'INFORMATIONAL',
  unimportant: 'INFORMATIONAL',
  none: 'INFORMATIONAL',
}

const severityOf = (members: Members, cvss3: Finding['cvss3']): Severity => {
  if (cvss3 !== undefined) return rated(cvss3.score)
  const specific = ['database_specific', 'ecosystem_specific'].map((name) => objectOf(members[name]))
  const words = [
    ...specific.flatMap(({ severity, urgency }) => [severity, urgency]),
    ...listOf(members['severity']).map((each) => objectOf(each)['score']),
  ]
  for (const word of words) {
    const known =
      typeof word === 'string' && Object.hasOwn(WORDS, word.toLowerCase()) ? WORDS[word.toLowerCase()] : undefined
    if (known !== undefined) return known
  }
  return 'UNDEFINED'
}

/** Source: the same document, 5, "Qualitative Severity Rating Scale". */
const rated = (score: number): Severity => {
  if (score >= 9) return 'CRITICAL'
  if (score >= 7) return 'HIGH'
  if (score >= 4) return 'MEDIUM'
  return score > 0 ? 'LOW' : 'INFORMATIONAL'
}

type Members = Readonly<Record<string, unknown>>

const objectOf = (value: unknown): Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : {}
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

/**
 * How the rules of a listener are tried: one after another would be slow with many, so neighbours in the order of priority that ask for
 * nothing but hosts and paths become a few looks into maps. What is found is always what trying them one after another would find.
 *
 * - `lookup`: hosts without wildcards, and paths without wildcards or with one at the end. Exact keys first, then the longest beginning; of
 *   what is found by path alone and by host and path, the earlier rule counts.
 * - `endings`: hosts that begin with their only wildcard, any path; a list of which the first counts.
 * - `expressions`: hosts and paths with other wildcards, a list of regular expressions of which the first counts.
 * - `conditions`: everything else, a rule of its own.
 */
import { literalOf, patternExpression } from '../../model/load-balancing/patterns.ts'
import type { RuleRoute } from '../../model/load-balancing/routing.ts'
import { isListable, type MapEntry } from './listing.ts'

export interface NamedRule {
  readonly name: string
  readonly rule: RuleRoute
}

export type RuleStep =
  | { readonly type: 'lookup'; readonly lookups: readonly Lookup[] }
  | { readonly type: 'endings'; readonly entries: readonly MapEntry[] }
  | { readonly type: 'expressions'; readonly keyed: Key; readonly entries: readonly MapEntry[] }
  | { readonly type: 'conditions'; readonly rule: NamedRule }

export interface Lookup {
  readonly keyed: Key
  readonly exact: readonly MapEntry[]
  readonly prefixes: readonly MapEntry[]
}

/** What is looked up: the path, or the host in lower case and the path, with `HOST_END` between them. */
export type Key = 'path' | 'host and path'

/** No host has it, so that no host is taken for the beginning of another. */
export const HOST_END = '|'

export const planRules = (rules: readonly NamedRule[]): RuleStep[] => {
  const steps: RuleStep[] = []
  let run: Run | undefined
  for (const rule of rules) {
    const asked = askedFor(rule.rule)
    const kind = asked === undefined ? undefined : kindOf(asked)
    if (run !== undefined && run.kind !== kind) {
      steps.push(stepOf(run))
      run = undefined
    }
    if (asked === undefined || kind === undefined) steps.push({ type: 'conditions', rule })
    else (run ??= { kind, members: [] }).members.push({ ...asked, name: rule.name })
  }
  return run === undefined ? steps : [...steps, stepOf(run)]
}

type Kind = 'lookup' | 'endings' | `expressions of ${Key}`

interface Asked {
  /** Patterns in lower case; absent: any host. */
  readonly hosts?: readonly string[]
  /** Patterns; absent: any path. */
  readonly paths?: readonly string[]
}

interface Run {
  readonly kind: Kind
  readonly members: (Asked & { readonly name: string })[]
}

/** Undefined: it asks for more than hosts and paths. */
const askedFor = ({ conditions }: RuleRoute): Asked | undefined => {
  if (conditions.length === 0 || conditions.length > 2) return undefined
  const hosts = conditions.find(({ Field }) => Field === 'host-header')?.HostHeaderConfig?.Values
  const paths = conditions.find(({ Field }) => Field === 'path-pattern')?.PathPatternConfig?.Values
  if ([hosts, paths].filter((values) => values !== undefined && values.length > 0).length !== conditions.length)
    return undefined
  const isPlain = [...(hosts ?? []), ...(paths ?? [])].every((value) => isListable(value) && !value.includes(HOST_END))
  if (!isPlain) return undefined
  return { ...(hosts && { hosts: hosts.map((host) => host.toLowerCase()) }), ...(paths && { paths }) }
}

const kindOf = ({ hosts, paths }: Asked): Kind => {
  const isKnown = hosts?.every((host) => literalOf(host) !== undefined) ?? true
  const isBeginning = paths?.every((path) => beginningOf(path) !== undefined) ?? true
  if (paths === undefined && hosts?.every((host) => endingOf(host) !== undefined)) return 'endings'
  const key: Key = hosts === undefined ? 'path' : 'host and path'
  return isKnown && isBeginning ? 'lookup' : `expressions of ${key}`
}

/** A path that keys begin with, or are. Undefined: it has wildcards elsewhere. */
const beginningOf = (path: string): { readonly text: string; readonly isExact: boolean } | undefined => {
  const literal = literalOf(path)
  if (literal !== undefined) return { text: literal, isExact: true }
  const text = path.endsWith('*') ? literalOf(path.slice(0, -1)) : undefined
  return text === undefined || text === '' ? undefined : { text, isExact: false }
}

/** What hosts end with. Undefined: it has wildcards elsewhere, or is nothing but one. */
const endingOf = (host: string): string | undefined =>
  host.startsWith('*') ? literalOf(host.slice(1)) || undefined : undefined

const stepOf = ({ kind, members }: Run): RuleStep => {
  if (kind === 'endings') return { type: 'endings', entries: endingsOf(members) }
  if (kind !== 'lookup') {
    const keyed = kind === 'expressions of path' ? 'path' : 'host and path'
    return { type: 'expressions', keyed, entries: expressionsOf(members) }
  }
  const [byPath, byHost] = [members.filter(({ hosts }) => !hosts), members.filter(({ hosts }) => hosts)]
  return {
    type: 'lookup',
    lookups: [
      ...(byPath.length > 0 ? [lookupOf('path', byPath)] : []),
      ...(byHost.length > 0 ? [lookupOf('host and path', byHost)] : []),
    ],
  }
}

const endingsOf = (members: Run['members']): MapEntry[] =>
  members.flatMap(({ hosts = [], name }) => hosts.map((host): MapEntry => [endingOf(host) ?? '', name]))

const expressionsOf = (members: Run['members']): MapEntry[] =>
  members.flatMap(({ hosts, paths, name }) =>
    (hosts ?? [undefined]).flatMap((host) =>
      (paths ?? ['*']).map((path): MapEntry => {
        const whole = patternExpression(path)
        return [host === undefined ? whole : `${hostExpression(host)}${whole.slice(1)}`, name]
      }),
    ),
  )

/** No wildcard of a host goes on into the path. */
const hostExpression = (host: string): string =>
  `${patternExpression(host, { character: `[^${HOST_END}]` }).slice(0, -1)}\\${HOST_END}`

const lookupOf = (keyed: Key, members: Run['members']): Lookup => {
  const exact = new Map<string, string>()
  const prefixes = new Map<string, string>()
  for (const { hosts, paths, name } of members)
    for (const key of keysOf(hosts, paths)) {
      // Whatever begins like an earlier entry is that entry's; what is earlier and longer is found before it.
      if (hasBeginning(prefixes, key.text)) continue
      const entries = key.isExact ? exact : prefixes
      if (!entries.has(key.text)) entries.set(key.text, name)
    }
  return { keyed, exact: [...exact], prefixes: [...prefixes] }
}

const keysOf = (hosts: readonly string[] | undefined, paths: readonly string[] | undefined) => {
  const ends = paths?.flatMap((path) => beginningOf(path) ?? []) ?? [{ text: '', isExact: false }]
  const starts = hosts?.map((host) => `${host}${HOST_END}`) ?? ['']
  return starts.flatMap((start) => ends.map(({ text, isExact }) => ({ text: `${start}${text}`, isExact })))
}

const hasBeginning = (prefixes: ReadonlyMap<string, string>, key: string): boolean => {
  for (let length = 1; length <= key.length; length++) if (prefixes.has(key.slice(0, length))) return true
  return false
}

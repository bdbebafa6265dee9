/**
 * Which rule takes a request, as Elastic Load Balancing says it: the reference that what balancers do is compared with. It reads conditions
 * as they are stored (`conditions.ts`).
 */
import type { RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2'
import { BlockList, isIPv6 } from 'node:net'
import { RegularExpression } from '../regular-expression/regular-expression.ts'
import { matchesPattern, matchesQuery } from './patterns.ts'
import type { RuleRecord } from './records.ts'

export interface RoutedRequest {
  readonly method: string
  /** As the client sent it, with or without a port. */
  readonly host: string
  /** Percent-encoded, as the client sent it, without the query string. */
  readonly path: string
  /** Without its `?`; empty if there is none. */
  readonly query: string
  /** Names and values in their order. */
  readonly headers: readonly (readonly [string, string])[]
  /** Where the connection comes from. */
  readonly sourceIp: string
}

type Matchable = Pick<RuleRecord, 'priority' | 'conditions'>

/** The rule with the lowest priority whose conditions all hold; the default rule if no other does. */
export const matchRule = <Rule extends Matchable>(rules: readonly Rule[], request: RoutedRequest): Rule | undefined =>
  inOrder(rules).find(({ conditions }) => conditions.every((condition) => holds(condition, request)))

/** In the order in which rules are tried. */
export const inOrder = <Rule extends Pick<RuleRecord, 'priority'>>(rules: readonly Rule[]): Rule[] =>
  rules.toSorted((a, b) => rank(a) - rank(b))

const rank = ({ priority }: Pick<RuleRecord, 'priority'>): number => (priority === 'default' ? Infinity : priority)

/** A condition holds if one of its values does. */
const holds = (condition: RuleCondition, request: RoutedRequest): boolean => {
  const {
    HostHeaderConfig: host,
    PathPatternConfig: path,
    HttpHeaderConfig: header,
    HttpRequestMethodConfig: method,
    QueryStringConfig: query,
    SourceIpConfig: source,
  } = condition
  if (host) return matchesTexts(host, hostName(request.host), 'any case')
  if (path) return matchesTexts(path, request.path, 'its case')
  if (header)
    return headerValues(request, header.HttpHeaderName).some((value) => matchesTexts(header, value, 'any case'))
  if (method) return (method.Values ?? []).includes(request.method)
  if (query) return (query.Values ?? []).some((pair) => matchesQuery(pair, request.query))
  if (source) return matchesSource(source, request.sourceIp)
  return false
}

/**
 * Patterns are for the whole text, and regular expressions for any part of it. Regular expressions for headers mind the case; those for
 * hosts do not, as host names have none.
 */
const matchesTexts = (
  {
    Values: values = [],
    RegexValues: expressions = [],
    ...others
  }: {
    Values?: string[] | undefined
    RegexValues?: string[] | undefined
    HttpHeaderName?: string | undefined
  },
  text: string,
  comparison: 'any case' | 'its case',
): boolean => {
  const folded = (value: string): string => (comparison === 'any case' ? value.toLowerCase() : value)
  const isHost = comparison === 'any case' && others.HttpHeaderName === undefined
  return (
    values.some((value) => matchesPattern(folded(value), folded(text))) ||
    expressions.some((expression) => new RegularExpression(isHost ? `(?i)${expression}` : expression).test(text))
  )
}

/** Without the port. */
const hostName = (host: string): string => host.replace(/:\d*$/, '')

const headerValues = ({ headers }: RoutedRequest, wanted = ''): readonly string[] =>
  headers.filter(([name]) => name.toLowerCase() === wanted.toLowerCase()).map(([, value]) => value)

const matchesSource = (
  { Values: ranges = [], IpAddressType: addressType }: NonNullable<RuleCondition['SourceIpConfig']>,
  address: string,
): boolean =>
  addressType === undefined ? inRanges(ranges, address) : addressType === (isIPv6(address) ? 'ipv6' : 'ipv4')

const inRanges = (ranges: readonly string[], address: string): boolean => {
  const list = new BlockList()
  for (const range of ranges) {
    const slash = range.lastIndexOf('/')
    list.addSubnet(range.slice(0, slash), Number(range.slice(slash + 1)), familyOf(range.slice(0, slash)))
  }
  return list.check(address, familyOf(address))
}

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIPv6(address) ? 'ipv6' : 'ipv4')

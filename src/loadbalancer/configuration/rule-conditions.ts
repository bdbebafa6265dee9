/** Conditions of a rule as tests of HAProxy: what stands behind `if`. All have to hold; one that cannot be read holds never. */
import type { RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2'
import { isIP } from 'node:net'
import { patternExpression, queryExpression } from '../../model/load-balancing/patterns.ts'
import { mapFile } from './listing.ts'
import { boundedExpression, call, exactly, quoteWord } from './quote.ts'

/** The host that was asked for: without a port, in lower case. */
export const HOST = 'req.hdr(host),host_only,lower'
export const NEVER = '{ always_false }'

/** Puts a file somewhere, and says its absolute path. */
type AddFile = (content: string) => string

export const testsOf = (conditions: readonly RuleCondition[], addFile: AddFile): string =>
  conditions.map((condition) => testOf(condition, addFile)).join(' ')

const testOf = (condition: RuleCondition, addFile: AddFile): string => {
  const {
    HostHeaderConfig: host,
    PathPatternConfig: path,
    HttpHeaderConfig: header,
    HttpRequestMethodConfig: method,
    QueryStringConfig: query,
    SourceIpConfig: source,
  } = condition
  if (host) return textTest(HOST, host, { valuesAnyCase: true, expressionsAnyCase: true })
  if (path) return textTest('path', path, {})
  // Each occurrence of the header is tried, as a whole.
  if (header) return textTest(call('req.fhdr', header.HttpHeaderName ?? ''), header, { valuesAnyCase: true })
  if (method) return expressionTest('method', (method.Values ?? []).map(exactly), false)
  if (query) return expressionTest('query', (query.Values ?? []).map(queryExpression), true)
  if (source) return sourceTest(source, addFile)
  return NEVER
}

interface Texts {
  readonly Values?: string[] | undefined
  readonly RegexValues?: string[] | undefined
}

interface Case {
  readonly valuesAnyCase?: boolean
  readonly expressionsAnyCase?: boolean
}

const textTest = (
  fetch: string,
  { Values: values = [], RegexValues: expressions = [] }: Texts,
  options: Case,
): string =>
  expressions.length > 0
    ? expressionTest(fetch, expressions, options.expressionsAnyCase ?? false)
    : expressionTest(
        fetch,
        values.map((value) => patternExpression(value)),
        options.valuesAnyCase ?? false,
      )

const expressionTest = (fetch: string, expressions: readonly string[], isAnyCase: boolean): string => {
  if (expressions.length === 0) return NEVER
  const words = expressions.map((expression) => quoteWord(boundedExpression(expression)))
  return `{ ${quoteWord(fetch)} -m reg ${isAnyCase ? '-i ' : ''}-- ${words.join(' ')} }`
}

/**
 * The peer's address, whatever X-Forwarded-For says. HAProxy looks for IPv4 addresses among IPv6 ranges, too, unless it finds them among those
 * of IPv4: so all the others are listed.
 */
const sourceTest = (
  { Values: ranges = [], IpAddressType: type }: NonNullable<RuleCondition['SourceIpConfig']>,
  addFile: AddFile,
): string => {
  if (type !== undefined) return `${type === 'ipv6' ? '!' : ''}{ src -m ip 0.0.0.0/0 }`
  const known = ranges.filter(isRange)
  if (known.length === 0) return NEVER
  if (!known.some((range) => range.includes(':'))) return `{ src -m ip ${known.join(' ')} }`
  const others = known.includes('0.0.0.0/0') ? [] : [['0.0.0.0/0', 'no'] as const]
  const file = addFile(mapFile([...known.map((range) => [range, 'yes'] as const), ...others]))
  return `{ ${quoteWord(`src,${call('map_ip', file)}`)} -m str yes }`
}

export const isRange = (text: string): boolean => {
  const [, address = ''] = /^([0-9a-fA-F.:]+)\/\d{1,3}$/.exec(text) ?? []
  return isIP(address) !== 0
}

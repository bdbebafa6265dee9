/** Conditions of a rule as tests of HAProxy: what stands behind `if`. All have to hold; one that cannot be read holds never. */
import type { RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2'
import { isIP } from 'node:net'
import { patternExpression, queryExpression } from '../../model/load-balancing/patterns.ts'
import { boundedExpression, call, exactly, quoteWord } from './quote.ts'

/** The host that was asked for: without a port, in lower case. */
export const HOST = 'req.hdr(host),host_only,lower'
const NEVER = '{ always_false }'

/** Of which one has to hold: each as what stands behind `if`. */
export const testsOf = (conditions: readonly RuleCondition[]): readonly string[] =>
  conditions.reduce<readonly string[]>(
    (all, condition) => all.flatMap((before) => testOf(condition).map((test) => `${before} ${test}`.trim())),
    [''],
  )

const testOf = (condition: RuleCondition): readonly string[] =>
  condition.SourceIpConfig === undefined ? [requestTest(condition)] : sourceTests(condition.SourceIpConfig)

const requestTest = (condition: RuleCondition): string => {
  const {
    HostHeaderConfig: host,
    PathPatternConfig: path,
    HttpHeaderConfig: header,
    HttpRequestMethodConfig: method,
    QueryStringConfig: query,
  } = condition
  if (host) return textTest(HOST, host, { valuesAnyCase: true, expressionsAnyCase: true })
  if (path) return textTest('path', path, {})
  // Each occurrence of the header is tried, as a whole.
  if (header) return textTest(call('req.fhdr', header.HttpHeaderName ?? ''), header, { valuesAnyCase: true })
  if (method) return expressionTest('method', (method.Values ?? []).map(exactly), false)
  if (query) return expressionTest('query', (query.Values ?? []).map(queryExpression), true)
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

/** Whether the client has an IPv6 address. */
export const IS_IPV6 = '{ src -m sub : }'

/**
 * The peer's address, whatever X-Forwarded-For says. HAProxy takes some IPv6 addresses for those of IPv4 that stand in them, and looks for them
 * among the ranges of IPv4: so each kind is looked for by itself.
 */
const sourceTests = ({
  Values: ranges = [],
  IpAddressType: type,
}: NonNullable<RuleCondition['SourceIpConfig']>): readonly string[] => {
  if (type !== undefined) return [`${type === 'ipv6' ? '' : '!'}${IS_IPV6}`]
  const known = ranges.filter(isRange)
  const tests = [true, false].flatMap((isIpv6) => {
    const some = known.filter((range) => range.includes(':') === isIpv6)
    return some.length === 0 ? [] : [`${isIpv6 ? '' : '!'}${IS_IPV6} { src -m ip ${some.join(' ')} }`]
  })
  return tests.length === 0 ? [NEVER] : tests
}

const isRange = (text: string): boolean => {
  const [, address = ''] = /^([0-9a-fA-F.:]+)\/\d{1,3}$/.exec(text) ?? []
  return isIP(address) !== 0
}

/**
 * Conditions of rules: what a request may ask for, and the one form in which they are stored. That is `{Field, <Field>Config}`: `Values`
 * and `RegexValues` beside `Field` are put into the field's own member, and are there again in descriptions.
 *
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
 */
import type { QueryStringKeyValuePair, RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2'
import { isIP, isIPv6 } from 'node:net'
import { compact } from '../../kit/compact.ts'
import { RegularExpression } from '../regular-expression/regular-expression.ts'
import { UnsupportedExpression } from '../regular-expression/syntax.ts'
import { demand, InvalidRule } from './invalid-rule.ts'
import { CONDITION_NAME_LENGTH, CONDITION_VALUE_LENGTH } from './listener-limits.ts'
import { LOAD_BALANCING_QUOTAS } from './limits.ts'
import { QUERY_PATTERN, wildcardsIn } from './patterns.ts'

const CONDITION_FIELDS = [
  'host-header',
  'http-header',
  'http-request-method',
  'path-pattern',
  'query-string',
  'source-ip',
] as const
type ConditionField = (typeof CONDITION_FIELDS)[number]

type ConfigName = {
  [Name in keyof RuleCondition]-?: Name extends `${string}Config` ? Name : never
}[keyof RuleCondition]

const CONFIGS: Readonly<Record<ConditionField, ConfigName>> = {
  'host-header': 'HostHeaderConfig',
  'http-header': 'HttpHeaderConfig',
  'http-request-method': 'HttpRequestMethodConfig',
  'path-pattern': 'PathPatternConfig',
  'query-string': 'QueryStringConfig',
  'source-ip': 'SourceIpConfig',
}

/** Fields that a rule may have several conditions on. */
const REPEATABLE: readonly ConditionField[] = ['http-header', 'query-string']
/** Fields whose values may stand beside `Field`. */
const LEGACY: readonly ConditionField[] = ['host-header', 'path-pattern']
const WITH_EXPRESSIONS: readonly ConditionField[] = ['host-header', 'http-header', 'path-pattern']

const HOST = /^[A-Za-z0-9.*?-]+$/
const PATH = /^[A-Za-z0-9_\-.$/~"'@:+&*?]+$/
/** Visible ASCII, and spaces. */
const VISIBLE = /^[\x20-\x7e]+$/
const QUERY = /^[\x21-\x7e]*$/
const METHOD = /^[A-Z_-]+$/
/** https://www.rfc-editor.org/rfc/rfc7230#section-3.2.6 */
const HEADER_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/

const VALUES_PER_RULE = LOAD_BALANCING_QUOTAS['condition-values-per-alb-rule']
const WILDCARDS_PER_RULE = LOAD_BALANCING_QUOTAS['condition-wildcards-per-alb-rule']

/** The conditions of a request as they are stored. Throws `InvalidRule`. */
export const checkedConditions = (
  conditions: readonly RuleCondition[],
  loadBalancerType: 'application' | 'network',
): readonly RuleCondition[] => {
  demand(conditions.length > 0, 'A condition must be specified')
  const checked = conditions.map((condition) => checkedCondition(condition, loadBalancerType))
  checkRepetitions(checked)
  const values = checked.reduce((sum, condition) => sum + countValues(condition), 0)
  demand(values <= VALUES_PER_RULE, `A rule can only have '${VALUES_PER_RULE}' condition values`)
  const wildcards = checked.reduce((sum, condition) => sum + countWildcards(condition), 0)
  demand(wildcards <= WILDCARDS_PER_RULE, `A rule can only have '${WILDCARDS_PER_RULE}' condition wildcards`)
  return checked
}

const checkedCondition = (condition: RuleCondition, type: 'application' | 'network'): RuleCondition => {
  const field = fieldOf(condition)
  demand(
    type === 'application' || field === 'source-ip',
    `Condition field '${field}' is not supported by Network Load Balancers`,
  )
  for (const [other, config] of Object.entries(CONFIGS))
    demand(
      other === field || condition[config] === undefined,
      `${config} cannot be used with condition field '${field}'`,
    )
  return { Field: field, [CONFIGS[field]]: CHECKS[field](withLegacy(condition, field), type) }
}

const fieldOf = ({ Field: field = '' }: RuleCondition): ConditionField => {
  const known = CONDITION_FIELDS.find((name) => name === field)
  if (known === undefined)
    throw new InvalidRule(`Condition field '${field}' must be one of '[${CONDITION_FIELDS.join(', ')}]'`)
  return known
}

/** The condition with values that stand beside its field put into the field's own member. */
const withLegacy = (condition: RuleCondition, field: ConditionField): RuleCondition => {
  const { Values: values = [], RegexValues: expressions = [] } = condition
  if (values.length === 0 && expressions.length === 0) return condition
  const config = condition[CONFIGS[field]] as { Values?: unknown[]; RegexValues?: unknown[] } | undefined
  const hasBoth = (values.length > 0 && config?.Values) || (expressions.length > 0 && config?.RegexValues)
  demand(!hasBoth, `You cannot specify both Values and ${CONFIGS[field]} for condition field '${field}'`)
  demand(
    values.length === 0 || LEGACY.includes(field),
    `Condition field '${field}' needs its values in ${CONFIGS[field]}`,
  )
  demand(
    expressions.length === 0 || WITH_EXPRESSIONS.includes(field),
    `Condition field '${field}' does not support regular expressions`,
  )
  return {
    ...condition,
    [CONFIGS[field]]: {
      ...config,
      ...(values.length > 0 && { Values: values }),
      ...(expressions.length > 0 && { RegexValues: expressions }),
    },
  }
}

type Check = (condition: RuleCondition, type: 'application' | 'network') => object

const CHECKS: Readonly<Record<ConditionField, Check>> = {
  'host-header': ({ HostHeaderConfig: config }) =>
    checkedTexts(config, (value) => {
      checkText(value, HOST)
      demand(value.includes('.') || /[*?]/.test(value), `Condition value '${value}' must contain at least one '.'`)
      demand(/(^|\.)[A-Za-z*?]*$/.test(value), `Condition value '${value}' contains a character that is not valid`)
    }),
  'path-pattern': ({ PathPatternConfig: config }) => checkedTexts(config, (value) => checkText(value, PATH)),
  'http-header': ({ HttpHeaderConfig: config }) => {
    const name = config?.HttpHeaderName ?? ''
    checkName('HTTP header name', name, HEADER_NAME)
    demand(name.toLowerCase() !== 'host', `HTTP header name 'host' is not valid: use a host-header condition`)
    return { HttpHeaderName: name, ...checkedTexts(config, (value) => checkText(value, VISIBLE)) }
  },
  'http-request-method': ({ HttpRequestMethodConfig: config }) => ({
    Values: someValues(config?.Values, (value) => checkName('HTTP request method', value, METHOD)),
  }),
  'query-string': ({ QueryStringConfig: config }) => ({
    Values: someValues(config?.Values, checkPair).map((pair) => compact(pair)),
  }),
  'source-ip': ({ SourceIpConfig: config }, type) =>
    type === 'network' ? checkedAddressType(config) : checkedSources(config),
}

/** Values or regular expressions, not both. */
const checkedTexts = (
  {
    Values: values = [],
    RegexValues: expressions = [],
  }: {
    Values?: string[] | undefined
    RegexValues?: string[] | undefined
  } = {},
  check: (value: string) => void,
): object => {
  demand(
    values.length === 0 || expressions.length === 0,
    'You cannot specify both Values and RegexValues for a condition',
  )
  return expressions.length > 0
    ? { RegexValues: someValues(expressions, checkExpression) }
    : { Values: someValues(values, check) }
}

const someValues = <T>(values: readonly T[] | undefined, check: (value: T) => void): readonly T[] => {
  const given = values ?? []
  demand(given.length > 0, 'A condition value must be specified')
  for (const value of given) check(value)
  return given
}

const checkText = (value: string, allowed: RegExp): void => {
  demand(value !== '', 'A condition value cannot be empty')
  demand(
    value.length <= CONDITION_VALUE_LENGTH,
    `Condition value '${value}' cannot be longer than '${CONDITION_VALUE_LENGTH}' characters`,
  )
  demand(allowed.test(value), `Condition value '${value}' contains a character that is not valid`)
}

const checkName = (what: string, name: string, allowed: RegExp): void => {
  demand(name !== '', `${what} must be specified`)
  demand(
    name.length <= CONDITION_NAME_LENGTH,
    `${what} '${name}' cannot be longer than '${CONDITION_NAME_LENGTH}' characters`,
  )
  demand(allowed.test(name), `${what} '${name}' contains a character that is not valid`)
}

/** AWS: no look-arounds, references back, atomic groups or possessive repetitions. */
const checkExpression = (expression: string): void => {
  checkText(expression, VISIBLE)
  checkSyntax(expression)
}

/** Whether it can be read at all, and matched in time proportional to the text. */
export const checkSyntax = (expression: string): void => {
  try {
    void new RegularExpression(expression)
  } catch (error) {
    if (!(error instanceof UnsupportedExpression)) throw error
    throw new InvalidRule(`Regular expression '${expression}' is not valid. ${error.message}`)
  }
}

const checkPair = ({ Key: key, Value: value }: QueryStringKeyValuePair): void => {
  demand(value !== undefined && value !== '', 'A condition value must be specified')
  for (const text of [key, value]) if (text !== undefined) checkText(text, QUERY)
}

const checkedSources = ({ Values: values, IpAddressType: addressType }: RuleCondition['SourceIpConfig'] = {}) => {
  demand(addressType === undefined, 'IpAddressType is supported by Network Load Balancers only')
  return {
    Values: someValues(values, (value) =>
      demand(isAddressRange(value), `Condition value '${value}' is not a valid CIDR block`),
    ),
  }
}

const checkedAddressType = ({ Values: values, IpAddressType: addressType }: RuleCondition['SourceIpConfig'] = {}) => {
  demand(values === undefined || values.length === 0, 'CIDR blocks are supported by Application Load Balancers only')
  demand(addressType === 'ipv4' || addressType === 'ipv6', "IpAddressType must be one of '[ipv4, ipv6]'")
  return { IpAddressType: addressType }
}

const isAddressRange = (text: string): boolean => {
  const [, address = '', bits = ''] = /^(.*)\/(\d{1,3})$/.exec(text) ?? []
  return isIP(address) !== 0 && !address.includes('%') && Number(bits) <= (isIPv6(address) ? 128 : 32)
}

const checkRepetitions = (conditions: readonly RuleCondition[]): void => {
  for (const field of CONDITION_FIELDS)
    demand(
      REPEATABLE.includes(field) || conditions.filter(({ Field }) => Field === field).length <= 1,
      `A rule can only have one '${field}' condition`,
    )
}

/** The texts of a condition that wildcards may stand in; of query strings, keys and values. */
const patternsOf = (condition: RuleCondition): readonly string[] => [
  ...(condition.HostHeaderConfig?.Values ?? []),
  ...(condition.PathPatternConfig?.Values ?? []),
  ...(condition.HttpHeaderConfig?.Values ?? []),
]

const countWildcards = (condition: RuleCondition): number =>
  patternsOf(condition).reduce((sum, value) => sum + wildcardsIn(value), 0) +
  (condition.QueryStringConfig?.Values ?? [])
    .flatMap(({ Key: key = '', Value: value = '' }) => [key, value])
    .reduce((sum, text) => sum + wildcardsIn(text, QUERY_PATTERN), 0)

const countValues = (condition: RuleCondition): number => {
  const config = condition[CONFIGS[fieldOf(condition)]] as { Values?: unknown[]; RegexValues?: unknown[] }
  // The type of an address is one value, too.
  return Math.max((config.Values ?? []).length + (config.RegexValues ?? []).length, 1)
}

/** AWS: the values of host names and paths stand beside the field once more, and regular expressions likewise. */
export const describeCondition = (condition: RuleCondition): RuleCondition => {
  const field = fieldOf(condition)
  const { Values: values, RegexValues: expressions } = condition[CONFIGS[field]] as {
    Values?: string[]
    RegexValues?: string[]
  }
  return compact({
    ...condition,
    Values: LEGACY.includes(field) ? values : undefined,
    RegexValues: WITH_EXPRESSIONS.includes(field) ? expressions : undefined,
  })
}

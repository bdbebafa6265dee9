/**
 * Transforms: what a rule rewrites in a request before a target gets it. At most one of the host and one of the URL.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-transforms.html
 */
import type { RewriteConfig, RuleTransform } from '@aws-sdk/client-elastic-load-balancing-v2'
import { RegularExpression } from '../regular-expression/regular-expression.ts'
import { checkSyntax } from './conditions.ts'
import { demand, InvalidRule } from './invalid-rule.ts'
import { REWRITE_LENGTH } from './listener-limits.ts'

const CONFIGS = { 'host-header-rewrite': 'HostHeaderRewriteConfig', 'url-rewrite': 'UrlRewriteConfig' } as const

/** The transforms of a request as they are stored. Throws `InvalidRule`. */
export const checkedTransforms = (
  transforms: readonly RuleTransform[],
  loadBalancerType: 'application' | 'network',
): readonly RuleTransform[] => {
  demand(
    loadBalancerType === 'application' || transforms.length === 0,
    'Transforms are supported by Application Load Balancers only',
  )
  const checked = transforms.map(checkedTransform)
  for (const type of Object.keys(CONFIGS))
    demand(checked.filter(({ Type }) => Type === type).length <= 1, `A rule can only have one '${type}' transform`)
  return checked
}

const checkedTransform = (transform: RuleTransform): RuleTransform => {
  const { Type: type } = transform
  if (type === undefined || !(type in CONFIGS))
    throw new InvalidRule(`Transform type '${type}' must be one of '[${Object.keys(CONFIGS).join(', ')}]'`)
  for (const [other, config] of Object.entries(CONFIGS))
    demand(other === type || transform[config] === undefined, `${config} cannot be used with transform type '${type}'`)
  const [rewrite, ...more] = transform[CONFIGS[type]]?.Rewrites ?? []
  if (rewrite === undefined || more.length > 0)
    throw new InvalidRule(`A '${type}' transform must have exactly one rewrite`)
  checkRewrite(rewrite)
  return { Type: type, [CONFIGS[type]]: { Rewrites: [{ Regex: rewrite.Regex, Replace: rewrite.Replace }] } }
}

const VISIBLE = /^[\x20-\x7e]*$/
const GROUP = /\$(\d{1,2})/g

const checkRewrite = ({ Regex: expression = '', Replace: replacement = '' }: RewriteConfig): void => {
  demand(expression !== '', 'The regular expression of a rewrite cannot be empty')
  for (const text of [expression, replacement]) {
    demand(text.length <= REWRITE_LENGTH, `Rewrites cannot be longer than '${REWRITE_LENGTH}' characters`)
    demand(VISIBLE.test(text), `Rewrite '${text}' contains a character that is not valid`)
  }
  checkSyntax(expression)
  const groups = new RegularExpression(expression).groupNames.length
  for (const [group, number] of replacement.matchAll(GROUP))
    demand(Number(number) <= groups, `The replacement names '${group}', but there is no such group`)
}

/**
 * The text after the rewrite: what the expression matches first is replaced. Undefined if it matches nothing, so that the text stays as
 * it is.
 */
export const rewritten = ({ Regex: expression = '', Replace: replacement = '' }: RewriteConfig, text: string) => {
  const match = new RegularExpression(expression).exec(text)
  if (match === undefined) return undefined
  const filled = replacement.replace(GROUP, (_, number: string) =>
    number === '0' ? text.slice(match.start, match.end) : (match.groups[Number(number) - 1] ?? ''),
  )
  return text.slice(0, match.start) + filled + text.slice(match.end)
}

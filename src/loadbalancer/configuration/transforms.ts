/**
 * Transforms: the host or the URL of a request rewritten before a target gets it. HAProxy replaces a whole value and knows nine groups, so the
 * expression is put between two groups for what stands before and behind the match, and groups that nothing names are made none.
 */
import type { RewriteConfig } from '@aws-sdk/client-elastic-load-balancing-v2'
import { boundedExpression, quoteWord, replacementText } from './quote.ts'
import { refusal } from './pages.ts'
import type { NamedRule } from './rule-plan.ts'
import { type HttpScope, isRule } from './scope.ts'

const MOST_GROUPS = 9
const REFERENCE = /\$(\d{1,2})/g

export const transformLines = ({ name, rule }: NamedRule, { sink, loadBalancer }: HttpScope): string[] =>
  rule.transforms.flatMap(({ Type: type, HostHeaderRewriteConfig: host, UrlRewriteConfig: url }) => {
    const rewrite = host?.Rewrites?.[0] ?? url?.Rewrites?.[0]
    if (rewrite === undefined) return []
    // A space would end the URL in what targets read.
    const text = url === undefined ? rewrite.Replace : rewrite.Replace?.replaceAll(' ', '%20')
    const replaced = replacementOf({ Regex: rewrite.Regex, Replace: text })
    if (replaced !== undefined) {
      const where = type === 'host-header-rewrite' ? 'replace-header Host' : 'replace-pathq'
      return [
        `http-request ${where} ${quoteWord(replaced.expression)} ${quoteWord(replaced.format)} if ${isRule(name)}`,
      ]
    }
    sink.addProblem(
      loadBalancer.loadBalancerArn,
      `A rewrite of ${rule.ruleArn} names more than ${MOST_GROUPS - 2} groups`,
    )
    return [`${refusal(500, sink)} if ${isRule(name)}`]
  })

/** Undefined: it names too many groups. */
const replacementOf = ({ Regex: expression = '', Replace: replacement = '' }: RewriteConfig) => {
  const named = new Set([...replacement.matchAll(REFERENCE)].map(([, number]) => Number(number)))
  const { source, numbers } = withGroups(expression, named, 2)
  const whole = named.has(0)
  const shift = whole ? 1 : 0
  const count = numbers.size + shift + 2
  if (count > MOST_GROUPS) return undefined
  const reference = (number: number): string => {
    if (number === 0) return String.raw`\2`
    const place = numbers.get(number)
    return place === undefined ? '' : `\\${place + shift}`
  }
  const pieces = replacement.split(REFERENCE)
  const middle = pieces
    .map((piece, index) => (index % 2 === 0 ? replacementText(piece) : reference(Number(piece))))
    .join('')
  return {
    expression: boundedExpression(`^(.*?)(${whole ? '' : '?:'}${source})(.*)$`),
    format: `\\1${middle}\\${count}`,
  }
}

const GROUP = /\\.|\[\^?\]?(?:\[:\^?[a-z]+:\]|\\.|[^\]\\])*\]|\((?:\?P?<[A-Za-z_]\w*>|(?!\?))/g

/** Groups that are not named made none; where those that are stand, beginning at `first`. */
const withGroups = (expression: string, named: ReadonlySet<number>, first: number) => {
  const numbers = new Map<number, number>()
  let group = 0
  const source = expression.replace(GROUP, (piece) => {
    if (!piece.startsWith('(')) return piece
    group += 1
    if (!named.has(group)) return '(?:'
    numbers.set(group, first + numbers.size)
    return '('
  })
  return { source, numbers }
}

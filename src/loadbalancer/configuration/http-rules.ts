/**
 * The rules of an HTTP or HTTPS listener as lines of its frontend: which rule takes the request stands in `txn.rule`, then what the rule
 * does to the request, then the backend that gets it. A listener whose default rule alone forwards to one target group has none of that.
 */
import type { RuleRoute } from '../../model/load-balancing/routing.ts'
import { answerLines } from './answers.ts'
import { authenticationLines } from './authentication.ts'
import { choiceLines, forwardOf, plainForward, soleBackend, thresholdLines } from './forward.ts'
import { expressionMapFile, mapFile } from './listing.ts'
import { call, quoteWord } from './quote.ts'
import { HOST, testsOf } from './rule-conditions.ts'
import { HOST_END, type Key, type NamedRule, planRules, type RuleStep } from './rule-plan.ts'
import type { HttpScope } from './scope.ts'
import { transformLines } from './transforms.ts'

const NOT_FOUND = 'if !{ var(txn.rule) -m found }'
/** Stands for "the rule answers by itself" among the names of backends. */
const ANSWERS = 'answers'

export const ruleLines = (rules: readonly NamedRule[], scope: HttpScope): string[] => {
  const [only, ...others] = rules
  const sole =
    only !== undefined && others.length === 0 && isPlain(only.rule) ? soleBackend(only.rule, scope) : undefined
  if (only !== undefined && sole !== undefined)
    return [
      ...(scope.isLogged ? [`http-request set-var(txn.rule) str(${only.name})`] : []),
      ...plainForward(sole, scope),
    ]
  for (const rule of rules)
    if (forwardOf(rule.rule) === undefined)
      scope.sink.addSection(`backend ${rule.name} from http`, answerLines(rule, scope))
  return [
    ...matchLines(rules, scope),
    ...rules.flatMap((rule) => [...authenticationLines(rule, scope), ...transformLines(rule, scope)]),
    ...backendLines(rules, scope),
  ]
}

const isPlain = ({ actions, transforms }: RuleRoute): boolean => actions.length === 1 && transforms.length === 0

const matchLines = (rules: readonly NamedRule[], scope: HttpScope): string[] => {
  const conditional = rules.filter(({ rule }) => rule.priority !== 'default')
  const steps = planRules(conditional)
  const usesHosts = steps.some((step) => step.type !== 'conditions' && step.keyed === 'host and path')
  const fallback = rules.find(({ rule }) => rule.priority === 'default')
  return [
    ...(usesHosts ? HOST_AND_PATH : []),
    ...steps.flatMap((step, index) => stepLines(step, index, scope)),
    ...(fallback ? [`http-request set-var(txn.rule) str(${fallback.name}) ${NOT_FOUND}`] : []),
  ]
}

const HOST_AND_PATH = [
  'http-request set-var(txn.path) path',
  `http-request set-var(txn.key) ${HOST},concat(${HOST_END},txn.path)`,
]

const KEYS: Readonly<Record<Key, string>> = { path: 'path', 'host and path': 'var(txn.key)' }

const stepLines = (step: RuleStep, index: number, { sink, section }: HttpScope): string[] => {
  const found = (fetch: string): string => `http-request set-var(txn.rule) ${fetch} ${NOT_FOUND}`
  if (step.type === 'conditions')
    return [`http-request set-var(txn.rule) str(${step.rule.name}) ${NOT_FOUND} ${testsOf(step.rule.rule.conditions)}`]
  const look = (converter: string, file: string): string =>
    found(quoteWord(`${KEYS[step.keyed]},${call(converter, file)}`))
  const name = `maps/${section}.${index}`
  if (step.type === 'expressions')
    return [look('map_reg', sink.addFile(`${name}.expressions`, expressionMapFile(step.entries)))]
  return [
    ...(step.exact.length > 0 ? [look('map_str', sink.addFile(`${name}.exact`, mapFile(step.exact)))] : []),
    ...(step.prefixes.length > 0 ? [look('map_beg', sink.addFile(`${name}.prefixes`, mapFile(step.prefixes)))] : []),
  ]
}

/** From the rule to its backend: as a rule by a map, with several target groups by the draw. */
const backendLines = (rules: readonly NamedRule[], scope: HttpScope): string[] => {
  const entries = rules.flatMap(({ name, rule }): (readonly [string, string])[] => {
    if (forwardOf(rule) === undefined) return [[name, ANSWERS]]
    const sole = soleBackend(rule, scope)
    return sole === undefined ? [] : [[name, sole]]
  })
  const file = scope.sink.addFile(`maps/${scope.section}.backends`, mapFile(entries))
  return [
    `http-request set-var(txn.backend) ${quoteWord(`var(txn.rule),${call('map_str', file)}`)}`,
    ...rules.flatMap((rule) => choiceLines(rule, scope)),
    ...thresholdLines(rules, scope),
    'use_backend %[var(txn.backend)] if { var(txn.backend),nbsrv gt 0 }',
    `use_backend %[var(txn.rule)] if { var(txn.backend) -m str ${ANSWERS} }`,
    'use_backend %[var(txn.backend),concat(:open)]',
  ]
}

/**
 * The rules of an HTTP or HTTPS listener as lines of its frontend: which rule takes the request stands in `txn.rule`, then what the rule
 * does to the request, then the backend that gets it. A listener whose default rule alone forwards to one target group has none of that.
 */
import type { RuleRoute } from '../../model/load-balancing/routing.ts'
import { answerLines } from './answers.ts'
import { authenticationLines } from './authentication.ts'
import { CAN_COUNT, choiceLines, forwardOf, NO_BACKENDS, plainForward, soleBackend, thresholdLines } from './forward.ts'
import { expressionMapFile, type MapEntry, mapFile } from './listing.ts'
import { oidcChoiceLines } from './oidc.ts'
import { call, quoteWord } from './quote.ts'
import { HOST, testsOf } from './rule-conditions.ts'
import { HOST_END, type Key, type Lookup, type NamedRule, planRules, type RuleStep } from './rule-plan.ts'
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
  const fallback = rules.find(({ rule }) => rule.priority === 'default')
  return [
    ...(steps.some(usesHost) ? HOST_AND_PATH : []),
    ...steps.flatMap((step, index) => stepLines(step, index, rules, scope)),
    ...(fallback ? [`http-request set-var(txn.rule) str(${fallback.name}) ${NOT_FOUND}`] : []),
  ]
}

const usesHost = (step: RuleStep): boolean => {
  if (step.type === 'lookup') return step.lookups.some(({ keyed }) => keyed === 'host and path')
  return step.type === 'expressions' && step.keyed === 'host and path'
}

const HOST_AND_PATH = [
  'http-request set-var(txn.path) path',
  `http-request set-var(txn.key) ${HOST},concat(${HOST_END},txn.path)`,
]

const KEYS: Readonly<Record<Key, string>> = { path: 'path', 'host and path': 'var(txn.key)' }

const stepLines = (step: RuleStep, index: number, rules: readonly NamedRule[], scope: HttpScope): string[] => {
  const { sink, section } = scope
  const file = `maps/${section}.${index}`
  if (step.type === 'conditions') {
    const { name, rule } = step.rule
    return testsOf(rule.conditions).map((tests) => `http-request set-var(txn.rule) str(${name}) ${NOT_FOUND} ${tests}`)
  }
  if (step.type === 'expressions') {
    const path = sink.addFile(`${file}.expressions`, expressionMapFile(step.entries))
    return [`http-request set-var(txn.rule) ${look(step.keyed, 'map_reg', path)} ${NOT_FOUND}`]
  }
  const [only, ...others] = step.lookups
  if (only !== undefined && others.length === 0) return lookupLines(only, 'rule', '', file, scope)
  return rivalLines(step.lookups, index, file, rules, scope)
}

const look = (keyed: Key, converter: string, file: string): string =>
  quoteWord(`${KEYS[keyed]},${call(converter, file)}`)

/** Puts what is found into the variable, unless something is there. */
const lookupLines = (
  { keyed, exact, prefixes }: Lookup,
  variable: string,
  type: '' | '_int',
  file: string,
  { sink }: HttpScope,
): string[] => {
  const line = (converter: string, entries: readonly MapEntry[], kind: string): string[] =>
    entries.length === 0
      ? []
      : [
          `http-request set-var(txn.${variable}) ${look(keyed, `${converter}${type}`, sink.addFile(`${file}.${kind}`, mapFile(entries)))} if !{ var(txn.${variable}) -m found }`,
        ]
  return [...line('map_str', exact, 'exact'), ...line('map_beg', prefixes, 'prefixes')]
}

/** Of two rules that are found, the earlier counts: they are compared by their numbers. */
const rivalLines = (
  lookups: readonly Lookup[],
  index: number,
  file: string,
  rules: readonly NamedRule[],
  scope: HttpScope,
): string[] => {
  const numbers = new Map(rules.map(({ name }, number) => [name, String(number)]))
  const numbered = (entries: readonly MapEntry[]): MapEntry[] =>
    entries.map(([key, name]) => [key, numbers.get(name) ?? ''])
  const names = call(
    'map_str',
    scope.sink.addFile(`maps/${scope.section}.numbers`, mapFile([...numbers].map(([name, number]) => [number, name]))),
  )
  const [one, other] = [`path_${index}`, `host_${index}`]
  return [
    ...lookups.flatMap(({ keyed, exact, prefixes }, place) =>
      lookupLines(
        { keyed, exact: numbered(exact), prefixes: numbered(prefixes) },
        place === 0 ? one : other,
        '_int',
        `${file}.${place}`,
        scope,
      ),
    ),
    `http-request set-var(txn.${one}) var(txn.${other}) if !{ var(txn.${one}) -m found }`,
    `http-request set-var(txn.${one}) var(txn.${other}) if { var(txn.${other}),sub(txn.${one}) lt 0 }`,
    `http-request set-var(txn.rule) ${quoteWord(`var(txn.${one}),${names}`)} ${NOT_FOUND}`,
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
    ...oidcChoiceLines(rules, scope),
    'use_backend %[var(txn.backend)] if { var(txn.backend),nbsrv gt 0 }',
    `use_backend %[var(txn.rule)] if { var(txn.backend) -m str ${ANSWERS} }`,
    `use_backend ${NO_BACKENDS.http} if ${CAN_COUNT} { var(txn.backend),concat(:open),nbsrv eq 0 }`,
    'use_backend %[var(txn.backend),concat(:open)]',
  ]
}

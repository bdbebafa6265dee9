/**
 * The rules of an HTTP or HTTPS listener as lines of its frontend: which rule takes the request stands in `txn.number`, where its name is asked
 * for in `txn.rule`, then what the rule does to the request, then the backend that gets it. A listener whose default rule alone forwards to one
 * target group has none of that.
 */
import type { RuleRoute } from '../../model/load-balancing/routing.ts'
import { answerLines } from './answers.ts'
import { authenticationLines } from './authentication.ts'
import { CAN_COUNT, choiceLines, forwardOf, NO_BACKENDS, plainForward, soleBackend, thresholdLines } from './forward.ts'
import { expressionMapFile, type MapEntry, mapFile } from './listing.ts'
import { oidcChoiceLines } from './oidc.ts'
import { call, quoteWord } from './quote.ts'
import { HOST, testsOf } from './rule-conditions.ts'
import { HOST_END, type Key, type NamedRule, planRules, type RuleStep } from './rule-plan.ts'
import type { HttpScope } from './scope.ts'
import { transformLines } from './transforms.ts'

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
    ...nameLines(rules, scope),
    ...rules.flatMap((rule) => [...authenticationLines(rule, scope), ...transformLines(rule, scope)]),
    ...backendLines(rules, scope),
  ]
}

const isPlain = ({ actions, transforms }: RuleRoute): boolean => actions.length === 1 && transforms.length === 0

const matchLines = (rules: readonly NamedRule[], scope: HttpScope): string[] => {
  const steps = planRules(rules.filter(({ rule }) => rule.priority !== 'default'))
  const numbers: Numbers = new Map(rules.map(({ name }, number) => [name, String(number)]))
  const fallback = rules.find(({ rule }) => rule.priority === 'default')
  const sets = new Sets()
  return [
    ...(steps.some(usesHost) ? HOST_AND_PATH : []),
    ...steps.flatMap((step, index) => stepLines(step, `maps/${scope.section}.${index}`, numbers, sets, scope)),
    ...(fallback ? [sets.unlessFound('number', `int(${numbers.get(fallback.name)})`)] : []),
  ]
}

/** Lines that set variables to what is found first. */
class Sets {
  readonly #before = new Set<string>()

  unlessFound(variable: string, value: string, tests = ''): string {
    const isFirst = !this.#before.has(variable)
    this.#before.add(variable)
    const all = [...(isFirst ? [] : [`!{ var(txn.${variable}) -m found }`]), tests].filter((test) => test !== '')
    return `http-request set-var(txn.${variable}) ${value}${all.length > 0 ? ` if ${all.join(' ')}` : ''}`
  }
}

/** By the rule's name: its place among the listener's. */
type Numbers = ReadonlyMap<string, string>

const usesHost = (step: RuleStep): boolean => {
  if (step.type === 'lookup') return step.lookups.some(({ keyed }) => keyed === 'host and path')
  return step.type === 'expressions' && step.keyed === 'host and path'
}

const HOST_AND_PATH = [
  'http-request set-var(txn.path) path',
  `http-request set-var(txn.key) ${HOST},concat(${HOST_END},txn.path)`,
]

const KEYS: Readonly<Record<Key, string>> = { path: 'path', 'host and path': 'var(txn.key)' }

const stepLines = (step: RuleStep, file: string, numbers: Numbers, sets: Sets, { sink }: HttpScope): string[] => {
  const numbered = (entries: readonly MapEntry[]): MapEntry[] =>
    entries.map(([key, name]) => [key, numbers.get(name) ?? ''])
  const found = (key: string, converter: string, path: string, variable = 'number'): string =>
    sets.unlessFound(variable, quoteWord(`${key},${call(`${converter}_int`, path)}`))
  switch (step.type) {
    case 'conditions':
      return testsOf(step.rule.rule.conditions).map((tests) =>
        sets.unlessFound('number', `int(${numbers.get(step.rule.name)})`, tests),
      )
    case 'endings':
      return [found(HOST, 'map_end', sink.addFile(`${file}.endings`, mapFile(numbered(step.entries))))]
    case 'expressions': {
      const path = sink.addFile(`${file}.expressions`, expressionMapFile(numbered(step.entries)))
      return [found(KEYS[step.keyed], 'map_reg', path)]
    }
    case 'lookup': {
      const [first, second] = step.lookups.map(({ keyed, exact, prefixes }, place) =>
        (
          [
            ['map_str', 'exact', exact],
            ['map_beg', 'prefixes', prefixes],
          ] as const
        ).flatMap(([converter, kind, entries]) => {
          if (entries.length === 0) return []
          const path = sink.addFile(`${file}.${place}.${kind}`, mapFile(numbered(entries)))
          return [found(KEYS[keyed], converter, path, place === 0 ? 'number' : 'rival')]
        }),
      )
      return [...(first ?? []), ...(second === undefined ? [] : [...second, EARLIER])]
    }
  }
}

/** Of two rules that are found the earlier counts. Those that a former step found are earlier than all others. */
const EARLIER =
  'http-request set-var(txn.number) var(txn.rival) if !{ var(txn.number) -m found } or { var(txn.rival),sub(txn.number) lt 0 }'

/** Of a rule that only forwards to one target group, nobody asks for the name but logs. */
const nameLines = (rules: readonly NamedRule[], scope: HttpScope): string[] => {
  const isNamed = scope.isLogged || rules.some(({ rule }) => !isPlain(rule) || soleBackend(rule, scope) === undefined)
  if (!isNamed) return []
  const entries = rules.map(({ name }, number): MapEntry => [String(number), name])
  const file = scope.sink.addFile(`maps/${scope.section}.names`, mapFile(entries))
  const name = quoteWord(`var(txn.number),${call('map_str', file)}`)
  return [`http-request set-var(txn.rule) ${name} if !{ var(txn.rule) -m found }`]
}

/** From the rule to its backend: as a rule by a map, with several target groups by the draw. */
const backendLines = (rules: readonly NamedRule[], scope: HttpScope): string[] => {
  const entries = rules.flatMap(({ rule }, number): MapEntry[] => {
    if (forwardOf(rule) === undefined) return [[String(number), ANSWERS]]
    const sole = soleBackend(rule, scope)
    return sole === undefined ? [] : [[String(number), sole]]
  })
  const file = scope.sink.addFile(`maps/${scope.section}.backends`, mapFile(entries))
  return [
    `http-request set-var(txn.backend) ${quoteWord(`var(txn.number),${call('map_str', file)}`)}`,
    ...rules.flatMap((rule) => choiceLines(rule, scope)),
    ...thresholdLines(rules, scope),
    ...oidcChoiceLines(rules, scope),
    'use_backend %[var(txn.backend)] if { var(txn.backend),nbsrv gt 0 }',
    `use_backend %[var(txn.rule)] if { var(txn.backend) -m str ${ANSWERS} }`,
    `use_backend ${NO_BACKENDS.http} if ${CAN_COUNT} { var(txn.backend),concat(:open),nbsrv eq 0 }`,
    'use_backend %[var(txn.backend),concat(:open)]',
  ]
}

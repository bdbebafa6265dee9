/**
 * A policy made ready to decide many requests: patterns and conditions compiled, and statements found by the action they name, so that a
 * decision looks only at those that may be about it.
 */
import { KNOWN_ACTIONS_PER_POLICY } from '../limits.ts'
import { contextKeysOf, resourceKeys, statementKeys } from './context-keys.ts'
import { conditionTest, type ConditionTest } from './conditions.ts'
import type { Effect, PatternElement, PolicyDocument, PolicyStatement, PolicyVersion } from './document.ts'
import { globOf, matcherOf, matchesGlob } from './glob.ts'
import { principalTest, type PrincipalTest } from './principals.ts'
import { parseTemplate, type Template } from './template.ts'
import type { ContextSource, MatchedStatement, PolicyType } from './types.ts'

export interface PolicyName {
  /** Name or ARN, as decisions name it. */
  readonly id: string
  readonly type: PolicyType
}

export interface PreparedPolicy extends PolicyName {
  /** Condition keys that it asks for, as it spells them. */
  readonly contextKeys: readonly string[]
  /** The statements that are about an action, given in lower case, in the document's order. */
  statementsFor(action: string): readonly PreparedStatement[]
}

export interface PreparedStatement {
  readonly effect: Effect
  /** How a decision names it. */
  readonly match: MatchedStatement
  readonly principal: PrincipalTest
  readonly resource: ResourceTest
  readonly conditions: readonly ConditionTest[]
  /** Condition keys that it asks for: to see whether it is about the resource, and altogether. */
  readonly resourceKeys: readonly ContextKey[]
  readonly keys: readonly ContextKey[]
}

export interface ContextKey {
  /** As the policy spells it. */
  readonly name: string
  readonly key: string
}

type ResourceTest = (resource: string, context: ContextSource) => boolean

export const preparePolicy = (document: PolicyDocument, { id, type }: PolicyName): PreparedPolicy => {
  const index = new StatementIndex()
  document.statements.forEach((statement, position) =>
    index.add(statement.actions, {
      effect: statement.effect,
      match: { policyId: id, policyType: type, statement: position, effect: statement.effect },
      principal: principalTest(statement.principals, statement.effect),
      resource: resourceTest(statement, document.version),
      conditions: statement.conditions.map((condition) => conditionTest(condition, document.version)),
      resourceKeys: resourceKeys(statement, document.version).map(contextKey),
      keys: statementKeys(statement, document.version).map(contextKey),
    }),
  )
  return { id, type, contextKeys: contextKeysOf(document), statementsFor: (action) => index.find(action) }
}

const contextKey = (name: string): ContextKey => ({ name, key: name.toLowerCase() })

interface Entry {
  readonly statement: PreparedStatement
  /** Whether it is about the action, where the place it was found in leaves that open. */
  readonly isAbout: (action: string) => boolean
}

/** Statements by what their actions are known to begin with. */
class StatementIndex {
  readonly #byAction = new Map<string, PreparedStatement[]>()
  readonly #byService = new Map<string, Entry[]>()
  readonly #others: Entry[] = []
  readonly #found = new Map<string, readonly PreparedStatement[]>()

  add({ isNegated, patterns }: PatternElement, statement: PreparedStatement): void {
    const actions = [...new Set(patterns.map((pattern) => pattern.toLowerCase()))]
    const tests = actions.map((pattern) => matcherOf(globOf(pattern)))
    if (isNegated) {
      this.#others.push({ statement, isAbout: (action) => !tests.some((test) => test(action)) })
      return
    }
    const isOpen = actions.some((action) => serviceOf(action).includes('*'))
    if (isOpen) this.#others.push({ statement, isAbout: (action) => tests.some((test) => test(action)) })
    else this.#addToServices(actions, statement)
  }

  #addToServices(actions: readonly string[], statement: PreparedStatement): void {
    const [patterns, exact] = partition(actions, (action) => /[*?]/.test(action))
    for (const [service, ofService] of Map.groupBy(patterns, serviceOf)) {
      const tests = ofService.map((pattern) => matcherOf(globOf(pattern)))
      listAt(this.#byService, service).push({ statement, isAbout: (action) => tests.some((test) => test(action)) })
    }
    const tests = patterns.map((pattern) => matcherOf(globOf(pattern)))
    for (const action of exact) if (!tests.some((test) => test(action))) listAt(this.#byAction, action).push(statement)
  }

  /** What was found is kept, as far as it goes: operations are few, and each comes again and again. */
  find(action: string): readonly PreparedStatement[] {
    const known = this.#found.get(action)
    if (known !== undefined) return known
    const found = this.#lookUp(action)
    if (this.#found.size < KNOWN_ACTIONS_PER_POLICY) this.#found.set(action, found)
    return found
  }

  #lookUp(action: string): readonly PreparedStatement[] {
    const open = [...(this.#byService.get(serviceOf(action)) ?? []), ...this.#others]
    const found = open.filter(({ isAbout }) => isAbout(action)).map(({ statement }) => statement)
    return [...(this.#byAction.get(action) ?? []), ...found].sort((a, b) => a.match.statement - b.match.statement)
  }
}

/** AWS: `*` stands for every action of every service. */
const serviceOf = (action: string): string => (action === '*' ? '*' : action.slice(0, action.indexOf(':')))

const listAt = <T>(lists: Map<string, T[]>, key: string): T[] => {
  const list = lists.get(key) ?? []
  lists.set(key, list)
  return list
}

const partition = <T>(items: readonly T[], isFirst: (item: T) => boolean): readonly [T[], T[]] => [
  items.filter(isFirst),
  items.filter((item) => !isFirst(item)),
]

const resourceTest = ({ resources, effect }: PolicyStatement, version: PolicyVersion): ResourceTest => {
  if (resources === undefined) return () => true
  const templates = resources.patterns.map((text) => parseTemplate(completed(text), { version, hasWildcards: true }))
  const isNamed = anyOf(templates.map(nameTest))
  if (!resources.isNegated) return isNamed
  // A variable without value leaves open what is excepted: an `Allow` is then about nothing, a `Deny` about everything else.
  const isOpen = (context: ContextSource): boolean =>
    effect === 'Allow' && templates.some((template) => !template.constant && !template.glob(context))
  return (resource, context) => !isNamed(resource, context) && !isOpen(context)
}

const anyOf = (tests: readonly ResourceTest[]): ResourceTest => {
  const [only] = tests
  if (only && tests.length === 1) return only
  return (resource, context) => tests.some((test) => test(resource, context))
}

const nameTest = (template: Template): ResourceTest => {
  if (template.constant) return matcherOf(template.constant)
  return (resource, context) => {
    const glob = template.glob(context)
    return glob !== undefined && matchesGlob(glob, resource)
  }
}

const ARN_FIELDS = 6

/** AWS: what an ARN lacks of its six fields may be anything. */
const completed = (pattern: string): string => {
  if (!pattern.startsWith('arn:')) return pattern
  const missing = ARN_FIELDS - pattern.split(':').length
  return missing > 0 ? pattern + ':*'.repeat(missing) : pattern
}

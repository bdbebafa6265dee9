/** What holds of every decision, whatever the policies; and that it is the one which a plain reading of the documents comes to. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sessionCaller } from '../../../test/builders/a-principal.ts'
import { aRole } from '../../../test/builders/a-role.ts'
import type { DocumentKind } from './document.ts'
import { evaluate } from './evaluate.ts'
import { parsePolicyDocument } from './parse.ts'
import { preparePolicy } from './prepare.ts'
import type { ContextValues, Decision, PolicySources, PolicyType } from './types.ts'

const SESSION = sessionCaller()

interface Statement {
  readonly Effect: 'Allow' | 'Deny'
  readonly Principal?: unknown
  readonly Action?: readonly string[]
  readonly NotAction?: readonly string[]
  readonly Resource?: readonly string[]
  readonly NotResource?: readonly string[]
  readonly Condition: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>
}

/** Lists of policies, which are lists of statements. */
interface World {
  readonly identity: readonly (readonly Statement[])[]
  readonly boundary?: readonly Statement[] | undefined
  readonly session?: readonly (readonly Statement[])[] | undefined
  readonly resource?: readonly Statement[] | undefined
  readonly isCrossAccount: boolean
  readonly resourcePolicyMustAllow: boolean
}

interface Asked {
  readonly action: string
  readonly resource: string
  readonly context: ContextValues
}

const some = (...values: string[]) => fc.subarray(values, { minLength: 1, maxLength: 2 })

const anActionElement = fc.tuple(
  some('s3:Get', 's3:Put', 'S3:GE*', 'ecs:*', 'ecs:?un', '*', '*:Put', 'ecs:Run', 's3:*t'),
  fc.boolean(),
)
const aResourceElement = fc.tuple(
  some('*', 'arn:aws:s3:::a', 'arn:aws:s3:::*b', 'arn:aws:s3:::?', 'arn:aws:s3:::${aws:username}', 'arn:aws:ecs:*:*:*'),
  fc.boolean(),
)
const OPERATORS = ['StringEquals', 'StringNotEquals', 'StringLike', 'StringNotLike', 'StringEqualsIgnoreCase']
const anOperator = fc
  .tuple(
    fc.constantFrom('', '', 'ForAllValues:', 'ForAnyValue:'),
    fc.constantFrom(...OPERATORS),
    fc.constantFrom('', '', 'IfExists'),
  )
  .map((parts) => parts.join(''))
const aCondition = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  fc.dictionary(
    anOperator,
    fc.dictionary(fc.constantFrom('k:A', 'k:b'), some('x', 'X', '*', 'a?', '${aws:username}')),
    {
      maxKeys: 2,
    },
  ),
  fc.record({ Null: fc.record({ 'k:a': some('true', 'false') }) }),
)
const aPrincipal = fc.constantFrom(
  '*',
  { AWS: SESSION.account },
  { AWS: SESSION.session.issuerArn },
  { AWS: SESSION.arn },
  { AWS: '999999999999' },
)

const aStatement = fc
  .tuple(fc.constantFrom('Allow', 'Allow', 'Deny' as const), anActionElement, aResourceElement, aCondition)
  .map(([Effect, [actions, isNotAction], [resources, isNotResource], Condition]): Statement => ({
    Effect: Effect as Statement['Effect'],
    [isNotAction ? 'NotAction' : 'Action']: actions,
    [isNotResource ? 'NotResource' : 'Resource']: resources,
    Condition,
  }))
const aResourceStatement = fc
  .tuple(aStatement, aPrincipal)
  .map(([statement, Principal]): Statement => ({ ...statement, Principal }))

const statements = fc.array(aStatement, { minLength: 1, maxLength: 4 })
const aWorld: fc.Arbitrary<World> = fc.record({
  identity: fc.array(statements, { maxLength: 3 }),
  boundary: fc.option(statements, { nil: undefined }),
  session: fc.option(fc.array(statements, { maxLength: 2 }), { nil: undefined }),
  resource: fc.option(fc.array(aResourceStatement, { minLength: 1, maxLength: 3 }), { nil: undefined }),
  isCrossAccount: fc.boolean(),
  resourcePolicyMustAllow: fc.boolean(),
})

const someValues = fc.option(fc.subarray(['x', 'X', 'ab', 'ada', '*']), { nil: undefined })
const aRequest: fc.Arbitrary<Asked> = fc.record({
  action: fc.constantFrom('s3:Get', 's3:Put', 'ecs:Run', 'ecs:Stop'),
  resource: fc.constantFrom('*', 'arn:aws:s3:::a', 'arn:aws:s3:::ab', 'arn:aws:s3:::ada', 'arn:aws:ecs:r:1:x'),
  context: fc
    .record({
      'k:a': someValues,
      'k:b': someValues,
      'aws:username': fc.option(fc.constant(['ada']), { nil: undefined }),
    })
    .map((context) => Object.fromEntries(Object.entries(context).filter(([, values]) => values)) as ContextValues),
})

const prepared = (policy: readonly Statement[], type: PolicyType, id: string) =>
  preparePolicy(
    parsePolicyDocument(JSON.stringify({ Version: '2012-10-17', Statement: policy }), type satisfies DocumentKind),
    { id, type },
  )

const sourcesOf = ({ identity, boundary, session, resource, ...flags }: World): PolicySources => ({
  identity: identity.map((policy, index) => prepared(policy, 'identity', `i${index}`)),
  ...(boundary && { boundary: prepared(boundary, 'boundary', 'b') }),
  ...(session && { session: session.map((policy, index) => prepared(policy, 'session', `s${index}`)) }),
  ...(resource && { resource: prepared(resource, 'resource', 'r') }),
  ...flags,
})

const decide = (world: World, asked: Asked): Decision => evaluate({ principal: SESSION, ...asked }, sourcesOf(world))

const isAllowed = (world: World, asked: Asked): boolean => decide(world, asked).outcome === 'allowed'

/** The plain reading: every statement of every document, each element by itself. */
const plainly = (asked: Asked) => {
  const valueOf = (name: string): string | undefined => asked.context[name]?.[0]
  const pattern = (text: string, hasWildcards: boolean, flags = ''): RegExp | undefined => {
    const username = valueOf('aws:username')
    if (text.includes('${') && username === undefined) return undefined
    const [one, any] = hasWildcards ? ['[^]', '[^]*'] : ['\\?', '\\*']
    const source = text
      .replaceAll('${aws:username}', username ?? '')
      .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('?', one)
      .replaceAll('*', any)
    return new RegExp(`^${source}$`, flags)
  }
  const fits = (texts: readonly string[], value: string, hasWildcards = true, flags = ''): boolean =>
    texts.some((text) => pattern(text, hasWildcards, flags)?.test(value))

  const holds = (operator: string, key: string, expected: readonly string[]): boolean => {
    const values = asked.context[key.toLowerCase()] ?? []
    if (operator === 'Null') return expected.includes(String(values.length === 0))
    const isNegated = operator.includes('Not')
    const test = (value: string): boolean =>
      fits(expected, value, operator.includes('Like'), operator.includes('Case') ? 'i' : '') !== isNegated
    if (values.length === 0) {
      if (operator.endsWith('IfExists') || operator.startsWith('ForAll')) return true
      return isNegated && !operator.startsWith('ForAny')
    }
    const isForAll = operator.startsWith('ForAll') || (isNegated && !operator.startsWith('ForAny'))
    return isForAll ? values.every(test) : values.some(test)
  }

  const names = (statement: Statement): string | undefined => {
    const principal = statement.Principal as '*' | { AWS: string } | undefined
    if (principal === undefined || principal === '*' || principal.AWS === SESSION.arn) return 'session'
    if (principal.AWS === aRole().arn) return 'issuer'
    return principal.AWS === SESSION.account ? 'account' : undefined
  }

  const isAbout = (statement: Statement): boolean => {
    const { Action, NotAction = [], Resource, NotResource = [], Condition } = statement
    const hasNoValue = NotResource.some((text) => pattern(text, true) === undefined)
    return (
      names(statement) !== undefined &&
      (Action ? fits(Action, asked.action, true, 'i') : !fits(NotAction, asked.action, true, 'i')) &&
      (Resource ? fits(Resource, asked.resource) : !fits(NotResource, asked.resource)) &&
      !(hasNoValue && statement.Effect === 'Allow') &&
      Object.entries(Condition).every(([operator, keys]) =>
        Object.entries(keys).every(([key, expected]) => holds(operator, key, expected)),
      )
    )
  }

  return { names, isAbout }
}

const isPlainlyAllowed = (world: World, asked: Asked): boolean => {
  const { names, isAbout } = plainly(asked)
  const { identity, boundary, session, resource = [], isCrossAccount, resourcePolicyMustAllow } = world
  const all = [...identity.flat(), ...(boundary ?? []), ...(session ?? []).flat(), ...resource]
  if (all.some((statement) => statement.Effect === 'Deny' && isAbout(statement))) return false
  const allows = (policies: readonly Statement[]): boolean =>
    policies.some((statement) => statement.Effect === 'Allow' && isAbout(statement))
  const granted = resource.filter((statement) => statement.Effect === 'Allow' && isAbout(statement)).map(names)
  const limits = (!boundary || allows(boundary)) && (!session || allows(session.flat()))
  const own = limits && allows(identity.flat())
  if (isCrossAccount) return own && granted.length > 0
  if (granted.includes('session')) return true
  if (granted.includes('issuer') && limits) return true
  return own && (granted.length > 0 || !resourcePolicyMustAllow)
}

const check = (property: (world: World, asked: Asked) => void, numRuns = 500): void =>
  fc.assert(fc.property(aWorld, aRequest, property), { numRuns })

describe('a decision', () => {
  it('is the one that a plain reading comes to', () => {
    check((world, asked) => {
      expect(isAllowed(world, asked)).toBe(isPlainlyAllowed(world, asked))
    }, 3000)
  })

  it('is reached by worlds that allow and worlds that deny', () => {
    const outcomes = fc
      .sample(fc.tuple(aWorld, aRequest), { numRuns: 500, seed: 1 })
      .map((given) => decide(...given).outcome)
    expect(new Set(outcomes)).toEqual(new Set(['allowed', 'explicitDeny', 'implicitDeny']))
  })

  it('never allows more for a further denial', () => {
    const aDenial = aResourceStatement.map((statement): Statement => ({ ...statement, Effect: 'Deny' }))
    fc.assert(
      fc.property(aWorld, aRequest, aDenial, fc.nat(3), (world, asked, denial, place) => {
        const { Principal: _, ...own } = denial
        const denied = [
          { ...world, identity: [...world.identity, [own]] },
          { ...world, boundary: world.boundary && [...world.boundary, own] },
          { ...world, session: world.session && [...world.session, [own]] },
          { ...world, resource: [...(world.resource ?? []), denial] },
        ][place] as World
        expect(isAllowed(denied, asked) && !isAllowed(world, asked)).toBe(false)
      }),
      { numRuns: 1000 },
    )
  })

  it('never allows less for a further permission of the identity', () => {
    fc.assert(
      fc.property(aWorld, aRequest, aStatement, (world, asked, statement) => {
        const more = { ...world, identity: [...world.identity, [{ ...statement, Effect: 'Allow' as const }]] }
        expect(isAllowed(world, asked) && !isAllowed(more, asked)).toBe(false)
      }),
      { numRuns: 1000 },
    )
  })

  it('never allows more for a boundary', () => {
    check((world, asked) => {
      const { boundary: _, ...unlimited } = world
      expect(isAllowed(world, asked) && !isAllowed(unlimited, asked)).toBe(false)
    })
  })

  it('does not depend on the order of policies and statements', () => {
    const turned = <T>(list: readonly T[]): T[] => [...list].reverse()
    check((world, asked) => {
      const other: World = {
        ...world,
        identity: turned(world.identity).map(turned),
        boundary: world.boundary && turned(world.boundary),
        session: world.session && turned(world.session).map(turned),
        resource: world.resource && turned(world.resource),
      }
      const [one, two] = [decide(world, asked), decide(other, asked)]
      expect([two.outcome, two.because, two.outcomes]).toEqual([one.outcome, one.because, one.outcomes])
      expect(two.matched.length).toBe(one.matched.length)
      const missing = [one, two].map(({ missingContextKeys }) =>
        missingContextKeys.map((key) => key.toLowerCase()).sort(),
      )
      expect(missing[1]).toEqual(missing[0])
    })
  })

  it('does not depend on how statements are spread over policies', () => {
    check((world, asked) => {
      const identity = world.identity.flat().map((statement) => [statement])
      expect(decide({ ...world, identity }, asked).outcome).toBe(decide(world, asked).outcome)
    })
  })

  it('does not depend on the case of the action', () => {
    check((world, asked) => {
      const inUpperCase = { ...asked, action: asked.action.toUpperCase() }
      expect(decide(world, inUpperCase)).toEqual(decide(world, asked))
    })
  })

  it('does not depend on the decisions before it', () => {
    fc.assert(
      fc.property(aWorld, fc.array(aRequest, { minLength: 1, maxLength: 5 }), (world, requests) => {
        const sources = sourcesOf(world)
        for (const asked of [...requests, ...requests])
          expect(evaluate({ principal: SESSION, ...asked }, sources)).toEqual(decide(world, asked))
      }),
      { numRuns: 300 },
    )
  })

  it('allows nothing that no statement allows', () => {
    check((world, asked) => {
      const { outcome, matched } = decide(world, asked)
      expect(outcome !== 'allowed' || matched.some(({ effect }) => effect === 'Allow')).toBe(true)
    })
  })
})

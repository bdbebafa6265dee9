/**
 * Every combination of what an identity's, a boundary's, a session's and a resource's policies can say, as grids: a row is what identity
 * policies say, a column what boundary and session policies say, a cell the decision.
 */
import { describe, expect, it } from 'vitest'
import { aPolicy, allowing, denying } from '../../../test/builders/a-policy.ts'
import { rootCaller, sessionCaller, userCaller } from '../../../test/builders/a-principal.ts'
import { aRole } from '../../../test/builders/a-role.ts'
import { evaluate } from './evaluate.ts'
import type { PreparedPolicy } from './prepare.ts'
import type { Decision, PolicySources, PolicyType, Requester } from './types.ts'

/** `+` allows, `-` is silent, `x` denies, `.` is not there. */
type Says = '+' | '-' | 'x' | '.'

const policyThat = (says: Says, type: PolicyType, about: object = {}): PreparedPolicy | undefined => {
  if (says === '.') return undefined
  const other = allowing({ ...about, Action: 'sqs:SendMessage' })
  return aPolicy(type, says === '+' ? allowing(about) : says === 'x' ? denying(about) : other)
}

/** What a grid is about, beside identity, boundary and session. */
interface Setting {
  readonly principal: Requester
  readonly resource?: PreparedPolicy | undefined
  readonly isCrossAccount?: boolean
  readonly resourcePolicyMustAllow?: boolean
}

const decide = (setting: Setting, identity: Says, boundary: Says, session: Says): Decision => {
  const { principal, resource, ...flags } = setting
  const [ofIdentity, ofBoundary, ofSession] = [
    policyThat(identity, 'identity'),
    policyThat(boundary, 'boundary'),
    policyThat(session, 'session'),
  ]
  const sources: PolicySources = {
    identity: ofIdentity ? [ofIdentity] : [],
    ...(ofBoundary && { boundary: ofBoundary }),
    ...(ofSession && { session: [ofSession] }),
    ...(resource && { resource }),
    ...flags,
  }
  return evaluate({ principal, action: 'ecs:RunTask', resource: '*', context: {} }, sources)
}

/** `A` allowed; otherwise the type of policy that is to blame, in upper case if it denies. */
const cellOf = ({ outcome, because = 'identity' }: Decision): string => {
  if (outcome === 'allowed') return 'A'
  const letter = { identity: 'i', boundary: 'b', session: 's', resource: 'r' }[because]
  return outcome === 'explicitDeny' ? letter.toUpperCase() : letter
}

const STATES: readonly Says[] = ['.', '+', '-', 'x']
const COLUMNS = STATES.flatMap((boundary) => STATES.map((session) => [boundary, session] as const))

type Grid = Readonly<Record<Says, string>>

const check = (name: string, setting: Setting, grid: Grid): void => {
  describe(`${name}`, () => {
    for (const [identity, row] of Object.entries(grid) as [Says, string][]) {
      const cells = row.replaceAll(' ', '')
      it.each(COLUMNS.map(([boundary, session], index) => [boundary, session, cells[index] ?? '?'] as const))(
        `identity ${identity} boundary %s session %s: %s`,
        (boundary, session, expected) => {
          expect(cellOf(decide(setting, identity, boundary, session))).toBe(expected)
        },
      )
    }
  })
}

const role = sessionCaller()
const user = userCaller()
const federatedUser = {
  ...user,
  arn: `arn:aws:sts::${user.account}:federated-user/eve`,
  session: { issuerArn: user.arn, issuedAt: 0, expiresAt: 1 },
}
const ROLE = aRole().arn

const resourceThat = (says: Says, principal: unknown): PreparedPolicy | undefined =>
  policyThat(says, 'resource', { Principal: principal })

/** Everything that there is has to allow. The columns: boundary `.`, `+`, `-`, `x`, and session `. + - x` in each. */
const ALL_MUST_ALLOW: Grid = {
  '+': 'AAsS AAsS bbbS BBBB',
  '-': 'iiiS iiiS iiiS BBBB',
  x: 'IIII IIII IIII IIII',
  '.': 'iiiS iiiS iiiS BBBB',
}

/** What the resource's policy grants to the role: boundary and session still limit. */
const IDENTITY_NEED_NOT: Grid = {
  '+': 'AAsS AAsS bbbS BBBB',
  '-': 'AAsS AAsS bbbS BBBB',
  x: 'IIII IIII IIII IIII',
  '.': 'AAsS AAsS bbbS BBBB',
}

/** What it grants to the session or the user itself: only a denial stops it. */
const NOTHING_NEED: Grid = {
  '+': 'AAAS AAAS AAAS BBBB',
  '-': 'AAAS AAAS AAAS BBBB',
  x: 'IIII IIII IIII IIII',
  '.': 'AAAS AAAS AAAS BBBB',
}

const DENIED_BY_RESOURCE: Grid = {
  '+': 'RRRS RRRS RRRS BBBB',
  '-': 'RRRS RRRS RRRS BBBB',
  x: 'IIII IIII IIII IIII',
  '.': 'RRRS RRRS RRRS BBBB',
}

/** The resource's policy should allow and is silent. */
const LACKS_RESOURCE: Grid = {
  '+': 'rrrS rrrS rrrS BBBB',
  '-': 'rrrS rrrS rrrS BBBB',
  x: 'IIII IIII IIII IIII',
  '.': 'rrrS rrrS rrrS BBBB',
}

/** The same between accounts, where the principal's own side is blamed first. */
const LACKS_OTHER_SIDE: Grid = {
  '+': 'rrsS rrsS bbbS BBBB',
  '-': 'iiiS iiiS iiiS BBBB',
  x: 'IIII IIII IIII IIII',
  '.': 'iiiS iiiS iiiS BBBB',
}

describe('in one account', () => {
  check('without a policy of the resource', { principal: role }, ALL_MUST_ALLOW)
  check('a resource whose policy is silent', { principal: role, resource: resourceThat('-', '*') }, ALL_MUST_ALLOW)
  check(
    'a resource that names the account',
    { principal: role, resource: resourceThat('+', { AWS: role.account }) },
    ALL_MUST_ALLOW,
  )
  check(
    'a resource that names the role',
    { principal: role, resource: resourceThat('+', { AWS: ROLE }) },
    IDENTITY_NEED_NOT,
  )
  check(
    'a resource that names the session',
    { principal: role, resource: resourceThat('+', { AWS: role.arn }) },
    NOTHING_NEED,
  )
  check('a resource that names everyone', { principal: role, resource: resourceThat('+', '*') }, NOTHING_NEED)
  check('a resource that denies', { principal: role, resource: resourceThat('x', { AWS: ROLE }) }, DENIED_BY_RESOURCE)
  check(
    'a resource that denies others',
    { principal: role, resource: resourceThat('x', { AWS: user.arn }) },
    ALL_MUST_ALLOW,
  )
  check(
    'a resource that names the user',
    { principal: user, resource: resourceThat('+', { AWS: user.arn }) },
    NOTHING_NEED,
  )
  check(
    "a resource that names the user's account",
    { principal: user, resource: resourceThat('+', { AWS: user.account }) },
    ALL_MUST_ALLOW,
  )
  check(
    'a resource that names a federated user',
    { principal: federatedUser, resource: resourceThat('+', { AWS: federatedUser.arn }) },
    NOTHING_NEED,
  )
  check(
    'a resource that names who vouches for a federated user',
    { principal: federatedUser, resource: resourceThat('+', { AWS: user.arn }) },
    IDENTITY_NEED_NOT,
  )
})

describe('between accounts', () => {
  const isCrossAccount = true
  check('without a policy of the resource', { principal: role, isCrossAccount }, LACKS_OTHER_SIDE)
  check(
    'a resource whose policy is silent',
    { principal: role, isCrossAccount, resource: resourceThat('-', '*') },
    LACKS_OTHER_SIDE,
  )
  check(
    'a resource that names the account',
    { principal: role, isCrossAccount, resource: resourceThat('+', { AWS: role.account }) },
    ALL_MUST_ALLOW,
  )
  check(
    'a resource that names the role',
    { principal: role, isCrossAccount, resource: resourceThat('+', { AWS: ROLE }) },
    ALL_MUST_ALLOW,
  )
  check(
    'a resource that names the session',
    { principal: role, isCrossAccount, resource: resourceThat('+', { AWS: role.arn }) },
    ALL_MUST_ALLOW,
  )
  check(
    'a resource that denies',
    { principal: role, isCrossAccount, resource: resourceThat('x', '*') },
    {
      ...DENIED_BY_RESOURCE,
    },
  )
})

describe('where the policy of the resource has to allow', () => {
  const resourcePolicyMustAllow = true
  check('without one', { principal: role, resourcePolicyMustAllow }, LACKS_RESOURCE)
  check(
    'one that is silent',
    { principal: role, resourcePolicyMustAllow, resource: resourceThat('-', '*') },
    LACKS_RESOURCE,
  )
  check(
    'one that names the account',
    { principal: role, resourcePolicyMustAllow, resource: resourceThat('+', { AWS: role.account }) },
    ALL_MUST_ALLOW,
  )
  check(
    'one that names the role',
    { principal: role, resourcePolicyMustAllow, resource: resourceThat('+', { AWS: ROLE }) },
    IDENTITY_NEED_NOT,
  )
  check(
    'one that names the session',
    { principal: role, resourcePolicyMustAllow, resource: resourceThat('+', { AWS: role.arn }) },
    NOTHING_NEED,
  )
  check(
    'one that denies',
    { principal: role, resourcePolicyMustAllow, resource: resourceThat('x', '*') },
    DENIED_BY_RESOURCE,
  )
})

describe('someone without policies of their own', () => {
  const service = { service: 'ecs-tasks.amazonaws.com' }
  it.each([
    ['a service that is named', service, '+', { Service: 'ecs-tasks.amazonaws.com' }, 'A'],
    ['a service that is not named', service, '+', { Service: 'ecs.amazonaws.com' }, 'r'],
    ['a service that is denied', service, 'x', { Service: 'ecs-tasks.amazonaws.com' }, 'R'],
    ['a service where everyone is named', service, '+', '*', 'A'],
    ['a service where every AWS account is named', service, '+', { AWS: '*' }, 'r'],
    ['a service where every AWS account is denied', service, 'x', { AWS: '*' }, 'R'],
    ['a service where there is no policy', service, '.', '*', 'r'],
    ['a provider that is named', { federated: 'accounts.google.com' }, '+', { Federated: 'accounts.google.com' }, 'A'],
    ['a provider that is not named', { federated: 'accounts.google.com' }, '+', { AWS: '*' }, 'r'],
  ] as const)('%s', (_, principal, says, named, expected) => {
    expect(cellOf(decide({ principal, resource: resourceThat(says, named) }, '.', '.', '.'))).toBe(expected)
  })
})

describe('the root user', () => {
  const root = rootCaller()
  it.each([
    ['is allowed without any policy', {}, 'A'],
    ['is denied by a policy of the resource', { resource: resourceThat('x', { AWS: root.arn }) }, 'R'],
    ['is denied as one of everyone', { resource: resourceThat('x', '*') }, 'R'],
    ['is not denied where others are', { resource: resourceThat('x', { AWS: user.arn }) }, 'A'],
    ['needs the policy of the resource where that decides', { resourcePolicyMustAllow: true }, 'r'],
    [
      'is named as the account',
      { resourcePolicyMustAllow: true, resource: resourceThat('+', { AWS: root.account }) },
      'A',
    ],
    ['needs both sides between accounts', { isCrossAccount: true }, 'r'],
    ['is let in by another account', { isCrossAccount: true, resource: resourceThat('+', { AWS: root.arn }) }, 'A'],
  ] as const)('%s', (_, setting, expected) => {
    expect(cellOf(decide({ principal: root, ...setting }, '.', '.', '.'))).toBe(expected)
    expect(cellOf(decide({ principal: root, ...setting }, 'x', 'x', '-'))).toBe(expected)
  })
})

describe('several policies of one type', () => {
  const asked = { principal: role, action: 'ecs:RunTask', resource: '*', context: {} }
  const [allow, deny, silent] = ['+', 'x', '-'].map(
    (says) => policyThat(says as Says, 'session') as PreparedPolicy,
  ) as [PreparedPolicy, PreparedPolicy, PreparedPolicy]

  it('allow if one of them does', () => {
    const { outcome } = evaluate(asked, { identity: [silent, allow], session: [silent, allow] })
    expect(outcome).toBe('allowed')
  })

  it('deny if one of them does', () => {
    const { outcome, because } = evaluate(asked, { identity: [allow], session: [allow, deny] })
    expect({ outcome, because }).toEqual({ outcome: 'explicitDeny', because: 'session' })
  })

  it('of a session limit it even if there are none', () => {
    expect(evaluate(asked, { identity: [allow], session: [] }).because).toBe('session')
  })
})

describe('a decision', () => {
  const asked = { principal: role, action: 'ecs:RunTask', resource: '*', context: {} }

  it('names the statements that allow', () => {
    const identity = [aPolicy('identity', allowing({ Action: 's3:*' }), allowing({ Action: 'ecs:*' }), allowing())]
    const { matched } = evaluate(asked, { identity })
    expect(matched.map(({ policyId, statement, effect }) => [policyId, statement, effect])).toEqual([
      ['identity', 1, 'Allow'],
      ['identity', 2, 'Allow'],
    ])
  })

  it('names only the statements that deny if there are any', () => {
    const identity = [aPolicy('identity', allowing(), denying({ Action: 'ecs:Run*' }))]
    const { matched } = evaluate(asked, { identity, boundary: aPolicy('boundary', allowing()) })
    expect(matched).toEqual([{ policyId: 'identity', policyType: 'identity', statement: 1, effect: 'Deny' }])
  })

  it('says what each type of policy says', () => {
    const sources = { identity: [aPolicy('identity', allowing())], boundary: aPolicy('boundary', denying()) }
    expect(evaluate(asked, sources).outcomes).toEqual({ identity: 'allowed', boundary: 'explicitDeny' })
  })

  it('names the condition keys that were asked for and are not there', () => {
    const condition = { StringEquals: { 'ecs:Cluster': 'x', 'AWS:username': '${aws:PrincipalTag/Team}' } }
    const identity = [
      aPolicy(
        'identity',
        allowing({ Condition: condition }),
        allowing({ Resource: 'arn:aws:s3:::${aws:userid}', Condition: { Bool: { 'aws:SecureTransport': 'true' } } }),
        allowing({ Action: 's3:*', Condition: { Null: { 's3:prefix': 'true' } } }),
      ),
    ]
    const { missingContextKeys } = evaluate({ ...asked, context: { 'aws:username': ['ada'] } }, { identity })
    expect(missingContextKeys).toEqual(['ecs:Cluster', 'aws:PrincipalTag/Team', 'aws:userid'])
  })
})

import { describe, expect, it } from 'vitest'
import { rootCaller, sessionCaller, userCaller } from '../../../test/builders/a-principal.ts'
import { aRole, aUser } from '../../../test/builders/a-role.ts'
import { type CallFacts, globalContext } from './global-context.ts'
import type { Requester } from './types.ts'

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5, 678)

const valueFor = (principal: Requester, key: string, given: Partial<CallFacts> = {}): string | undefined => {
  const values = globalContext({
    principal,
    now: NOW,
    region: 'eu-west-1',
    sourceIp: '192.0.2.1',
    userAgent: 'aws-cli/2.0',
    isSecureTransport: true,
    principalTags: [],
    ...given,
  }).get(key)
  expect(values === undefined || values.length === 1).toBe(true)
  return values?.[0]
}

const ROOT = rootCaller('111122223333')
const USER = userCaller(aUser({ userName: 'ada', path: '/team/', account: '111122223333' }))
const OWN_SESSION = {
  ...USER,
  session: { issuerArn: USER.arn, issuedAt: NOW - 60_500, expiresAt: NOW, isMfaAuthenticated: true },
}
const ROLE = aRole({ roleName: 'app', path: '/team/' })
const SESSION = sessionCaller(ROLE, {
  sessionName: 's1',
  issuedAt: Date.UTC(2026, 0, 2),
  sourceIdentity: 'ada',
  federatedProvider: 'arn:aws:iam::000000000000:oidc-provider/ci',
  tags: [{ key: 'Team', value: 'web' }],
})
const SERVICE = { service: 'ecs-tasks.amazonaws.com' }
const FEDERATED = { federated: 'accounts.google.com' }
const FEDERATED_USER = {
  ...OWN_SESSION,
  arn: 'arn:aws:sts::111122223333:federated-user/eve',
  userId: '111122223333:eve',
}

describe('the keys of a call', () => {
  it.each<readonly [string, string]>([
    ['aws:currenttime', '2026-01-02T03:04:05Z'],
    ['aws:epochtime', '1767323045'],
    ['aws:requestedregion', 'eu-west-1'],
    ['aws:sourceip', '192.0.2.1'],
    ['aws:useragent', 'aws-cli/2.0'],
    ['aws:securetransport', 'true'],
    ['aws:viaawsservice', 'false'],
  ])('%s: %s', (key, expected) => {
    expect(valueFor(USER, key)).toBe(expected)
  })

  it('do not have what is not known', () => {
    expect(valueFor(USER, 'aws:sourcevpc')).toBeUndefined()
    expect(valueFor(USER, 'constructor')).toBeUndefined()
    expect(valueFor(USER, '__proto__')).toBeUndefined()
  })
})

/** Of the root user, a user, a user's own session, a session of a role, a service, a federated person. */
const CALLERS = [ROOT, USER, OWN_SESSION, SESSION, SERVICE, FEDERATED] as const

describe('the keys of a principal', () => {
  const none = undefined
  it.each<readonly [string, readonly (string | undefined)[]]>([
    ['aws:principalarn', [ROOT.arn, USER.arn, USER.arn, ROLE.arn, none, none]],
    ['aws:principalaccount', ['111122223333', '111122223333', '111122223333', '000000000000', none, none]],
    ['aws:principaltype', ['Account', 'User', 'User', 'AssumedRole', 'Service', 'FederatedUser']],
    ['aws:userid', ['111122223333', USER.userId, USER.userId, `${ROLE.roleId}:s1`, none, none]],
    ['aws:username', [none, 'ada', 'ada', none, none, none]],
    ['aws:principalisawsservice', ['false', 'false', 'false', 'false', 'true', 'false']],
    ['aws:principalservicename', [none, none, none, none, 'ecs-tasks.amazonaws.com', none]],
    ['aws:tokenissuetime', [none, none, '2026-01-02T03:03:05Z', '2026-01-02T00:00:00Z', none, none]],
    ['aws:multifactorauthpresent', [none, none, 'true', 'false', none, none]],
    ['aws:multifactorauthage', [none, none, '60', none, none, none]],
    ['aws:sourceidentity', [none, none, none, 'ada', none, none]],
    ['aws:federatedprovider', [none, none, none, 'arn:aws:iam::000000000000:oidc-provider/ci', none, none]],
  ])('%s', (key, expected) => {
    expect(CALLERS.map((caller) => valueFor(caller, key))).toEqual(expected)
  })
})

describe('a federated user', () => {
  it.each<readonly [string, string | undefined]>([
    ['aws:principalarn', FEDERATED_USER.arn],
    ['aws:principaltype', 'FederatedUser'],
    ['aws:userid', '111122223333:eve'],
    ['aws:username', undefined],
  ])('has %s: %s', (key, expected) => {
    expect(valueFor(FEDERATED_USER, key)).toBe(expected)
  })
})

describe('tags of a principal', () => {
  const principalTags = [
    { key: 'team', value: 'api' },
    { key: 'Cost Center', value: '7' },
  ]

  it('are found whatever the case of their keys', () => {
    expect(valueFor(USER, 'aws:principaltag/team', { principalTags })).toBe('api')
    expect(valueFor(USER, 'aws:principaltag/cost center', { principalTags })).toBe('7')
    expect(valueFor(USER, 'aws:principaltag/stage', { principalTags })).toBeUndefined()
  })

  it('of the session go before those of the role', () => {
    expect(valueFor(SESSION, 'aws:principaltag/team', { principalTags })).toBe('web')
    expect(valueFor(SESSION, 'aws:principaltag/cost center', { principalTags })).toBe('7')
  })
})

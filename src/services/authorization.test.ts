import { beforeEach, describe, expect, it } from 'vitest'
import { aTask } from '../../test/builders/a-task.ts'
import { rootCaller, sessionCaller, userCaller } from '../../test/builders/a-principal.ts'
import { aRole, aUser } from '../../test/builders/a-role.ts'
import { emptyStore } from '../../test/services-deps.ts'
import { policyArn, taskArn } from '../model/arn.ts'
import { type GroupRecord, iamKey, type PolicyRecord } from '../model/iam-records.ts'
import type { Principal } from '../model/principal.ts'
import type { Store } from '../store/store.ts'
import type { Transaction } from '../store/tables.ts'
import type { CallContext } from '../wire/service.ts'
import { PolicyGuard } from './authorization.ts'
import type { Demand } from './operations.ts'

const ACCOUNT = '000000000000'
const OTHER_ACCOUNT = '111111111111'
const ACTION = 'ecs:StopTask'
const RESOURCE = `arn:aws:ecs:us-east-1:${ACCOUNT}:task/default/t1`

const aStatement = (given: object = {}) => ({ Effect: 'Allow', Action: ACTION, Resource: '*', ...given })
const aDocument = (...statements: object[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements.length > 0 ? statements : [aStatement()] })

const allowing = { inlinePolicies: { p: aDocument() } }
const DENIAL = aDocument(aStatement({ Effect: 'Deny' }))

const aPolicy = (name: string, document: string): PolicyRecord => ({
  arn: policyArn(ACCOUNT, name),
  account: ACCOUNT,
  policyName: name,
  policyId: `ANPA${name}`,
  path: '/',
  versions: [{ versionId: 'v1', document, createdAt: 0 }],
  defaultVersionId: 'v1',
  latestVersionNumber: 1,
  createdAt: 0,
  updatedAt: 0,
  tags: [],
})

const aGroup = (given: Partial<GroupRecord> = {}): GroupRecord => ({
  key: iamKey(ACCOUNT, 'staff'),
  arn: `arn:aws:iam::${ACCOUNT}:group/staff`,
  account: ACCOUNT,
  path: '/',
  groupName: 'staff',
  groupId: 'AGPASTAFF',
  createdAt: 0,
  attachedPolicyArns: [],
  inlinePolicies: {},
  ...given,
})

let store: Store
let guard: PolicyGuard
beforeEach(async () => {
  store = await emptyStore()
  guard = new PolicyGuard()
})

const put = (work: (tx: Transaction) => void): Promise<void> => store.transact(work)

const aCall = (principal: Principal, given: Partial<CallContext> = {}): CallContext => ({
  requestId: 'r1',
  account: principal.account,
  region: 'us-east-1',
  now: 0,
  principal,
  sourceIp: '10.0.0.7',
  userAgent: 'test',
  ...given,
})

/** `allowed`, or what the caller is told. */
const outcomeFor = (principal: Principal, demand: Partial<Demand> = {}, call: Partial<CallContext> = {}): string => {
  try {
    guard.check(store.tables, aCall(principal, call), [{ action: ACTION, resource: RESOURCE, ...demand }])
    return 'allowed'
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

const sentence = (principal: Principal, reason: string, resource = RESOURCE): string =>
  `User: ${principal.arn} is not authorized to perform: ${ACTION} on resource: ${resource} ${reason}`

const NO_IDENTITY = `because no identity-based policy allows the ${ACTION} action`
const INVALID = 'The security token included in the request is invalid.'

describe('the root user', () => {
  it('need not be asked for where resources have no policies of their own', () => {
    expect(guard.applies(aCall(rootCaller()), true)).toBe(false)
    expect(guard.applies(aCall(rootCaller()))).toBe(true)
    expect(guard.applies(aCall(userCaller()), true)).toBe(true)
  })

  it('may do everything but what the policy of a resource denies', () => {
    expect(outcomeFor(rootCaller())).toBe('allowed')
    const denial = aDocument(aStatement({ Effect: 'Deny', Principal: '*' }))
    expect(outcomeFor(rootCaller(), { resourcePolicy: denial })).toBe(
      sentence(rootCaller(), 'with an explicit deny in a resource-based policy'),
    )
  })

  it('has no say over another account', () => {
    expect(outcomeFor(rootCaller(OTHER_ACCOUNT))).toBe(
      sentence(rootCaller(OTHER_ACCOUNT), `because no resource-based policy allows the ${ACTION} action`),
    )
  })
})

describe('a user', () => {
  it.each<[string, (tx: Transaction) => void]>([
    ['its own', (tx) => tx.users.put(aUser(allowing))],
    [
      'a managed one',
      (tx) => {
        tx.policies.put(aPolicy('stop', aDocument()))
        tx.users.put(aUser({ attachedPolicyArns: [policyArn(ACCOUNT, 'stop')] }))
      },
    ],
    [
      'one of AWS',
      (tx) => tx.users.put(aUser({ attachedPolicyArns: ['arn:aws:iam::aws:policy/AmazonECS_FullAccess'] })),
    ],
    [
      'one of a group',
      (tx) => {
        tx.groups.put(aGroup(allowing))
        tx.users.put(aUser({ groupKeys: [aGroup().key] }))
      },
    ],
    [
      'a managed one of a group',
      (tx) => {
        tx.policies.put(aPolicy('stop', aDocument()))
        tx.groups.put(aGroup({ attachedPolicyArns: [policyArn(ACCOUNT, 'stop')] }))
        tx.users.put(aUser({ groupKeys: [aGroup().key] }))
      },
    ],
  ])('may do what a policy allows: %s', async (_which, work) => {
    await put(work)
    expect(outcomeFor(userCaller())).toBe('allowed')
    expect(outcomeFor(userCaller(), { action: 'iam:CreateUser' })).toMatch(
      /is not authorized to perform: iam:CreateUser/,
    )
  })

  it('may do nothing without a policy', async () => {
    await put((tx) => void tx.users.put(aUser()))
    expect(outcomeFor(userCaller())).toBe(sentence(userCaller(), NO_IDENTITY))
  })

  it('may not do what any policy denies', async () => {
    await put((tx) => {
      tx.groups.put(aGroup({ inlinePolicies: { no: DENIAL } }))
      tx.users.put(aUser({ ...allowing, groupKeys: [aGroup().key] }))
    })
    expect(outcomeFor(userCaller())).toBe(sentence(userCaller(), 'with an explicit deny in an identity-based policy'))
  })

  it('is nobody once it is deleted, or made anew', async () => {
    expect(outcomeFor(userCaller())).toBe(INVALID)
    await put((tx) => void tx.users.put(aUser({ ...allowing, userId: 'AIDAANOTHER' })))
    expect(outcomeFor(userCaller())).toBe(INVALID)
  })

  it('is asked for everything that a call needs', async () => {
    await put((tx) => void tx.users.put(aUser(allowing)))
    const demands = ['t1', 't2'].map((id) => ({ action: ACTION, resource: id }))
    const role = { action: 'iam:PassRole', resource: aRole().arn }
    expect(() => guard.check(store.tables, aCall(userCaller()), demands)).not.toThrow()
    expect(() => guard.check(store.tables, aCall(userCaller()), [...demands, role])).toThrow(/iam:PassRole on resource/)
  })
})

describe('a permissions boundary', () => {
  const bounded = { ...allowing, permissionsBoundaryArn: policyArn(ACCOUNT, 'bounds') }

  it.each([
    ['lets through what it allows', aDocument(), 'allowed'],
    [
      'holds back what it does not',
      aDocument(aStatement({ Action: 'ecs:RunTask' })),
      sentence(userCaller(), `because no permissions boundary allows the ${ACTION} action`),
    ],
    [
      'may deny',
      aDocument(aStatement({ Action: '*' }), aStatement({ Effect: 'Deny' })),
      sentence(userCaller(), 'with an explicit deny in a permissions boundary'),
    ],
  ])('%s', async (_what, document, outcome) => {
    await put((tx) => {
      tx.policies.put(aPolicy('bounds', document))
      tx.users.put(aUser(bounded))
    })
    expect(outcomeFor(userCaller())).toBe(outcome)
  })

  it('lets nothing through when it is not there', async () => {
    await put((tx) => void tx.users.put(aUser(bounded)))
    expect(outcomeFor(userCaller())).toMatch(/because no permissions boundary allows/)
  })

  it('grants nothing by itself', async () => {
    await put((tx) => {
      tx.policies.put(aPolicy('bounds', aDocument()))
      tx.users.put(aUser({ ...bounded, inlinePolicies: {} }))
    })
    expect(outcomeFor(userCaller())).toBe(sentence(userCaller(), NO_IDENTITY))
  })
})

describe('a session', () => {
  const role = aRole(allowing)

  it('may do what its role may', async () => {
    await put((tx) => void tx.roles.put(role))
    expect(outcomeFor(sessionCaller(role))).toBe('allowed')
  })

  it.each<[string, Parameters<typeof sessionCaller>[1], string]>([
    ['an inline policy that allows it', { policies: [aDocument()] }, 'allowed'],
    [
      'an inline policy that does not',
      { policies: [aDocument(aStatement({ Action: 'ecs:RunTask' }))] },
      `because no session policy allows the ${ACTION} action`,
    ],
    ['a policy that denies', { policies: [aDocument(), DENIAL] }, 'with an explicit deny in a session policy'],
    ['a managed policy that allows it', { policyArns: [policyArn(ACCOUNT, 'stop')] }, 'allowed'],
    [
      'a managed policy that is gone',
      { policyArns: [policyArn(ACCOUNT, 'gone')] },
      `because no session policy allows the ${ACTION} action`,
    ],
  ])('is limited by %s', async (_which, session, outcome) => {
    await put((tx) => {
      tx.policies.put(aPolicy('stop', aDocument()))
      tx.roles.put(role)
    })
    const caller = sessionCaller(role, session)
    expect(outcomeFor(caller)).toBe(outcome === 'allowed' ? outcome : sentence(caller, outcome))
  })

  it('of a federated user has nothing but what its own policies say', async () => {
    const user = aUser(allowing)
    await put((tx) => void tx.users.put(user))
    const session = { issuerArn: user.arn, issuerId: user.userId, issuedAt: 0, expiresAt: 1 }
    const arn = `arn:aws:sts::${ACCOUNT}:federated-user/guest`
    const guest = { ...userCaller(), arn, userId: `${ACCOUNT}:guest`, session }
    expect(outcomeFor(guest)).toMatch(/because no session policy allows/)
    expect(outcomeFor({ ...guest, session: { ...session, policies: [aDocument()] } })).toBe('allowed')
  })

  it('ends with its role, and does not come back with another of that name', async () => {
    await put((tx) => void tx.roles.put(role))
    await put((tx) => tx.roles.remove(role.key))
    expect(outcomeFor(sessionCaller(role))).toBe(INVALID)
    await put((tx) => void tx.roles.put({ ...role, roleId: 'AROAANOTHER' }))
    expect(outcomeFor(sessionCaller(role))).toBe(INVALID)
  })

  it('ends with its task', async () => {
    const task = aTask({ lastStatus: 'RUNNING' })
    const caller = sessionCaller(role, { taskArn: taskArn(task.clusterArn, task.taskId) })
    await put((tx) => {
      tx.roles.put(role)
      tx.tasks.put(task)
    })
    expect(outcomeFor(caller)).toBe('allowed')
    await put((tx) => void tx.tasks.update(task.taskId, { desiredStatus: 'STOPPED', lastStatus: 'STOPPING' }))
    expect(outcomeFor(caller)).toBe('allowed')
    await put((tx) => void tx.tasks.update(task.taskId, { lastStatus: 'STOPPED' }))
    expect(outcomeFor(caller)).toBe(INVALID)
    await put((tx) => tx.tasks.remove(task.taskId))
    expect(outcomeFor(caller)).toBe(INVALID)
  })
})

describe('what changes takes effect with the next call', () => {
  it('whichever row it stands in', async () => {
    const stop = aPolicy('stop', aDocument())
    const attached = aUser({ attachedPolicyArns: [stop.arn], groupKeys: [aGroup().key] })
    await put((tx) => {
      tx.policies.put(stop)
      tx.users.put(attached)
    })
    expect(outcomeFor(userCaller())).toBe('allowed')
    const versions = [...stop.versions, { versionId: 'v2', document: DENIAL, createdAt: 1 }]
    await put((tx) => void tx.policies.update(stop.arn, { versions }))
    expect(outcomeFor(userCaller())).toBe('allowed')
    await put((tx) => void tx.policies.update(stop.arn, { defaultVersionId: 'v2' }))
    expect(outcomeFor(userCaller())).toMatch(/explicit deny/)
    await put((tx) => void tx.users.update(attached.key, { attachedPolicyArns: [] }))
    expect(outcomeFor(userCaller())).toMatch(/no identity-based policy/)
    await put((tx) => void tx.groups.put(aGroup(allowing)))
    expect(outcomeFor(userCaller())).toBe('allowed')
    await put((tx) => void tx.users.update(attached.key, { groupKeys: [] }))
    expect(outcomeFor(userCaller())).toMatch(/no identity-based policy/)
    await put((tx) => void tx.users.update(attached.key, allowing))
    expect(outcomeFor(userCaller())).toBe('allowed')
  })
})

describe('the policy of a resource', () => {
  const naming = (arn: string, given: object = {}) => aDocument(aStatement({ Principal: { AWS: arn }, ...given }))

  it('may allow by itself within the account', async () => {
    await put((tx) => void tx.users.put(aUser()))
    expect(outcomeFor(userCaller(), { resourcePolicy: naming(aUser().arn) })).toBe('allowed')
  })

  it('is half of what another account needs', async () => {
    const user = aUser({ account: OTHER_ACCOUNT })
    await put((tx) => void tx.users.put(user))
    const resourcePolicy = naming(user.arn)
    expect(outcomeFor(userCaller(user), { resourcePolicy })).toBe(sentence(userCaller(user), NO_IDENTITY))
    await put((tx) => void tx.users.put({ ...user, ...allowing }))
    expect(outcomeFor(userCaller(user))).toMatch(/because no resource-based policy allows/)
    expect(outcomeFor(userCaller(user), { resourcePolicy })).toBe('allowed')
  })

  it('can be all that counts', async () => {
    await put((tx) => void tx.users.put(aUser(allowing)))
    const mustAllow = { resourcePolicyMustAllow: true }
    const resourcePolicy = naming(`arn:aws:iam::${ACCOUNT}:root`)
    expect(outcomeFor(userCaller(), { ...mustAllow, resourcePolicy })).toBe('allowed')
    const others = naming(`arn:aws:iam::${OTHER_ACCOUNT}:root`)
    expect(outcomeFor(userCaller(), { ...mustAllow, resourcePolicy: others })).toMatch(/no resource-based policy/)
  })

  it('may be the trust policy of a role', async () => {
    await put((tx) => void tx.users.put(aUser()))
    const trust = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { AWS: aUser().arn }, Action: 'sts:AssumeRole' }],
    })
    const demand = { action: 'sts:AssumeRole', resource: aRole().arn, resourcePolicy: trust }
    expect(outcomeFor(userCaller(), demand)).toBe('allowed')
  })
})

describe('conditions', () => {
  const under = async (condition: object): Promise<void> => {
    const inlinePolicies = { p: aDocument(aStatement({ Condition: condition })) }
    await put((tx) => void tx.users.put(aUser({ inlinePolicies, tags: [{ key: 'Team', value: 'web' }] })))
  }

  it('are about the call', async () => {
    await under({ IpAddress: { 'aws:SourceIp': '10.0.0.0/8' }, Bool: { 'aws:SecureTransport': 'true' } })
    expect(outcomeFor(userCaller(), {}, { isSecureTransport: true })).toBe('allowed')
    expect(outcomeFor(userCaller())).toMatch(/not authorized/)
    expect(outcomeFor(userCaller(), {}, { isSecureTransport: true, sourceIp: '192.0.2.1' })).toMatch(/not authorized/)
  })

  it('are about the caller and the resource', async () => {
    await under({ StringEquals: { 'aws:ResourceTag/Team': '${aws:PrincipalTag/Team}' } })
    expect(outcomeFor(userCaller(), { context: { 'aws:resourcetag/team': ['web'] } })).toBe('allowed')
    expect(outcomeFor(userCaller(), { context: { 'aws:resourcetag/team': ['db'] } })).toMatch(/not authorized/)
    expect(outcomeFor(userCaller())).toMatch(/not authorized/)
  })
})

it('A policy that cannot be read allows nothing', async () => {
  await put((tx) => void tx.users.put(aUser({ inlinePolicies: { ...allowing.inlinePolicies, broken: '{' } })))
  expect(outcomeFor(userCaller())).not.toBe('allowed')
})

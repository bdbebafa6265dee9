import { describe, expect, it } from 'vitest'
import { aRole, aUser } from '../../test/builders/a-role.ts'
import { aTask } from '../../test/builders/a-task.ts'
import { aSealer, emptyStore } from '../../test/services-deps.ts'
import { CredentialUse } from '../controllers/credential-use/credential-use.ts'
import { SystemIds } from '../kit/ids.ts'
import { accessKeyPurpose } from '../model/access-key.ts'
import { federatedUserArn, taskArn } from '../model/arn.ts'
import type { SessionPrincipal } from '../model/principal.ts'
import { signRequest } from '../model/signature-v4.ts'
import { fixedSessionKeys, SealedSessionTokens } from '../model/session-tokens.ts'
import type { SignedRequest } from '../wire/sigv4.ts'
import { authenticatorBySignature, authenticatorByTrust, StoredCredentials } from './credentials.ts'

const ACCOUNT = '000000000000'
const NOW = Date.UTC(2026, 0, 2)
const HOME = { account: ACCOUNT, region: 'us-east-1' }

const sessionOf = (given: Partial<SessionPrincipal['session']> = {}, who: Partial<SessionPrincipal> = {}) => ({
  arn: `arn:aws:sts::${ACCOUNT}:assumed-role/app/one`,
  account: ACCOUNT,
  userId: `${aRole().roleId}:one`,
  session: { issuerArn: aRole().arn, issuedAt: NOW, expiresAt: NOW + 1000, ...given },
  ...who,
})

const sessionOfUser = (user = aUser()): SessionPrincipal =>
  sessionOf({ issuerArn: user.arn }, { arn: user.arn, userId: user.userId })

/** A store with one user's key, one role and one running task. */
const world = async () => {
  const [store, sealer] = [await emptyStore(), aSealer()]
  const sessions = new SealedSessionTokens(fixedSessionKeys(), new SystemIds())
  const task = aTask({ lastStatus: 'RUNNING' })
  await store.transact((tx) => {
    tx.users.insert(aUser())
    tx.roles.insert(aRole())
    tx.tasks.insert(task)
    tx.accessKeys.insert({
      accessKeyId: 'AKIA1',
      sealedSecret: sealer.seal(Buffer.from('secret'), accessKeyPurpose('AKIA1')),
      account: ACCOUNT,
      principalArn: aUser().arn,
      userId: aUser().userId,
      status: 'Active',
      createdAt: 0,
    })
  })
  const credentials = new StoredCredentials({ tables: store.tables, sealer, sessions })
  /** Who has a new session's credentials. */
  const find = (session: SessionPrincipal, now = NOW) => {
    const { accessKeyId, sessionToken } = sessions.issue(session)
    return credentials.find(accessKeyId, sessionToken, now)
  }
  return { store, sessions, credentials, find, task }
}

const user = { arn: aUser().arn, account: ACCOUNT, userId: aUser().userId, accessKeyId: 'AKIA1' }

describe('a long-lived key', () => {
  it('belongs to whom its row names, as long as it is active', async () => {
    const { store, credentials } = await world()
    expect(credentials.find('AKIA1', undefined, NOW)).toEqual({ secretAccessKey: 'secret', principal: user })
    await store.transact((tx) => tx.accessKeys.update('AKIA1', { status: 'Inactive' }))
    expect(credentials.find('AKIA1', undefined, NOW)).toBeUndefined()
    await store.transact((tx) => tx.accessKeys.update('AKIA1', { status: 'Active' }))
    expect(credentials.find('AKIA1', undefined, NOW)).toBeDefined()
    await store.transact((tx) => tx.accessKeys.remove('AKIA1'))
    expect(credentials.find('AKIA1', undefined, NOW)).toBeUndefined()
  })

  it('has no session token', async () => {
    const { credentials, sessions } = await world()
    expect(credentials.find('AKIA1', sessions.issue(sessionOf()).sessionToken, NOW)).toBeUndefined()
    expect(credentials.find('AKIA1', '', NOW)).toBeUndefined()
  })
})

describe('a temporary key', () => {
  it('is nobody’s without its token', async () => {
    const { credentials, sessions } = await world()
    const { accessKeyId, sessionToken } = sessions.issue(sessionOf())
    expect(credentials.find(accessKeyId, sessionToken, NOW)?.principal).toMatchObject({ ...sessionOf(), accessKeyId })
    expect(credentials.find(accessKeyId, undefined, NOW)).toBeUndefined()
    expect(credentials.find(accessKeyId, sessions.issue(sessionOf()).sessionToken, NOW)).toBeUndefined()
  })

  it('expires', async () => {
    const { find } = await world()
    expect(find(sessionOf(), NOW + 999)).toBeDefined()
    expect(() => find(sessionOf(), NOW + 1000)).toThrowError('The security token included in the request is expired')
  })

  it('dies with its role, even if another of that name is made', async () => {
    const { store, find } = await world()
    await store.transact((tx) => tx.roles.remove(aRole().key))
    expect(find(sessionOf())).toBeUndefined()
    await store.transact((tx) => tx.roles.insert(aRole({ roleId: 'AROAANOTHER' })))
    expect(find(sessionOf())).toBeUndefined()
  })

  it('dies with its user', async () => {
    const { store, find } = await world()
    const federated = sessionOf(
      { issuerArn: aUser().arn, issuerId: aUser().userId },
      { arn: federatedUserArn(ACCOUNT, 'bob'), userId: `${ACCOUNT}:bob` },
    )
    expect([find(sessionOfUser()), find(federated)]).not.toContain(undefined)
    expect(find(sessionOfUser(aUser({ userId: 'AIDAANOTHER' })))).toBeUndefined()
    await store.transact((tx) => tx.users.remove(aUser().key))
    expect([find(sessionOfUser()), find(federated)]).toEqual([undefined, undefined])
  })

  it('of the root user lives on', async () => {
    const { find } = await world()
    const arn = `arn:aws:iam::${ACCOUNT}:root`
    expect(find(sessionOf({ issuerArn: arn }, { arn, userId: ACCOUNT }))).toBeDefined()
  })

  it('of a task is good while it stops, and dead once it has stopped', async () => {
    const { store, find, task } = await world()
    const ofTask = sessionOf({ taskArn: taskArn(task.clusterArn, task.taskId) })
    await store.transact((tx) => tx.tasks.update(task.taskId, { desiredStatus: 'STOPPED', lastStatus: 'STOPPING' }))
    expect(find(ofTask)).toBeDefined()
    await store.transact((tx) => tx.tasks.update(task.taskId, { lastStatus: 'STOPPED' }))
    expect(find(ofTask)).toBeUndefined()
    await store.transact((tx) => tx.tasks.remove(task.taskId))
    expect(find(ofTask)).toBeUndefined()
  })

  it('of a machine that joined dies when the machine is deregistered', async () => {
    const { store, find } = await world()
    const managedInstanceId = 'mi-0123456789abcdef0'
    const ofMachine = sessionOf({ managedInstanceId })
    const joined = { account: ACCOUNT, region: 'us-east-1', activationId: 'a', iamRole: 'app', publicKey: '' }
    const machine = { ...joined, instanceId: managedInstanceId, fingerprint: 'f', registeredAt: 0, tags: [] }
    await store.transact((tx) => tx.managedInstances.insert(machine))
    expect(find(ofMachine)).toBeDefined()
    await store.transact((tx) => tx.managedInstances.remove(managedInstanceId))
    expect(find(ofMachine)).toBeUndefined()
  })
})

const signed = (
  keys: { accessKeyId: string; secretAccessKey: string; sessionToken?: string },
  service = 'ecs',
): SignedRequest => {
  const url = new URL('http://127.0.0.1/')
  const headers = signRequest({ method: 'POST', url, region: 'eu-west-1', service, credentials: keys, now: NOW })
  return { method: 'POST', url: '/', headers, body: Buffer.alloc(0) }
}

describe('callers by signature', () => {
  it('are noted as users of their keys once their signature holds', async () => {
    const { store, credentials } = await world()
    const use = new CredentialUse(store)
    const authenticator = authenticatorBySignature(credentials, HOME, use)
    const forged = signed({ accessKeyId: 'AKIA1', secretAccessKey: 'guess' })
    expect(() => authenticator.identify(forged, 'ecs', NOW)).toThrowError('does not match')
    await use.reconcile()
    expect(store.tables.accessKeys.get('AKIA1')?.lastUsed).toBeUndefined()
    const request = signed({ accessKeyId: 'AKIA1', secretAccessKey: 'secret' })
    expect(authenticator.identify(request, 'ecs', NOW)).toEqual({ principal: user, region: 'eu-west-1' })
    await use.reconcile()
    expect(store.tables.accessKeys.get('AKIA1')?.lastUsed).toEqual({ at: NOW, region: 'eu-west-1', service: 'ecs' })
  })
})

describe('callers in --dev mode', () => {
  it('are who their key belongs to, else the root user, whatever they sign', async () => {
    const { credentials, sessions } = await world()
    const { identify } = authenticatorByTrust(credentials, HOME)
    const session = sessions.issue(sessionOf({ expiresAt: 0 }))
    const who = (...[keys]: Parameters<typeof signed>) => identify(signed(keys), 'ecs', NOW).principal.arn
    expect(who({ accessKeyId: 'AKIA1', secretAccessKey: 'guess' })).toBe(user.arn)
    expect(who({ ...session, secretAccessKey: 'guess' })).toBe(sessionOf().arn)
    expect(who({ accessKeyId: session.accessKeyId, secretAccessKey: 'x' })).toBe(`arn:aws:iam::${ACCOUNT}:root`)
    expect(who({ accessKeyId: 'test', secretAccessKey: 'test', sessionToken: 'test' })).toBe(
      `arn:aws:iam::${ACCOUNT}:root`,
    )
  })

  it('are the root user without any signature', async () => {
    const { credentials } = await world()
    const unsigned = { method: 'GET', url: '/', headers: {}, body: Buffer.alloc(0) }
    expect(authenticatorByTrust(credentials, HOME).identify(unsigned, 'ecs', NOW)).toEqual({
      principal: { arn: `arn:aws:iam::${ACCOUNT}:root`, account: ACCOUNT, userId: ACCOUNT, accessKeyId: '' },
      region: 'us-east-1',
    })
  })
})

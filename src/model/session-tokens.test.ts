import { describe, expect, it } from 'vitest'
import { SystemIds } from '../kit/ids.ts'
import { accountOfAccessKey } from './access-key.ts'
import { OPENED_SESSION_TOKENS } from './limits.ts'
import type { SessionPrincipal } from './principal.ts'
import { fixedSessionKeys, SealedSessionTokens } from './session-tokens.ts'

const ACCOUNT = '123456789012'

const aSession = (session: Partial<SessionPrincipal['session']> = {}): SessionPrincipal => ({
  arn: `arn:aws:sts::${ACCOUNT}:assumed-role/app/one`,
  account: ACCOUNT,
  userId: 'AROAEXAMPLE:one',
  session: { issuerArn: `arn:aws:iam::${ACCOUNT}:role/app`, issuedAt: 1, expiresAt: 2, ...session },
})

const someTokens = (): SealedSessionTokens => new SealedSessionTokens(fixedSessionKeys(), new SystemIds())

describe('session tokens', () => {
  it('hold all of the session, for whoever has the key', () => {
    const session = aSession({ policies: ['{}'], tags: [{ key: 'team', value: 'blau €' }], sourceIdentity: 'ada' })
    const { accessKeyId, secretAccessKey, sessionToken, expiresAt } = someTokens().issue(session)
    expect(someTokens().open(accessKeyId, sessionToken)).toEqual({
      secretAccessKey,
      principal: { ...session, accessKeyId },
    })
    expect(expiresAt).toBe(2)
    expect(accountOfAccessKey(accessKeyId)).toBe(ACCOUNT)
  })

  it('are of one access key only, known or not', () => {
    const tokens = someTokens()
    const [one, other] = [tokens.issue(aSession()), tokens.issue(aSession())]
    expect(tokens.open(other.accessKeyId, one.sessionToken)).toBeUndefined()
    expect(tokens.open(one.accessKeyId, one.sessionToken)).toBeDefined()
    expect(tokens.open(other.accessKeyId, one.sessionToken)).toBeUndefined()
  })

  it('are short, however long the policies in them', () => {
    const statement = { Effect: 'Allow', Action: ['ecs:RunTask', 'ecs:StopTask'], Resource: 'arn:aws:ecs:*:*:task/*' }
    const policies = [JSON.stringify({ Version: '2012-10-17', Statement: Array.from({ length: 18 }, () => statement) })]
    expect(someTokens().issue(aSession()).sessionToken.length).toBeLessThan(600)
    expect(someTokens().issue(aSession({ policies })).sessionToken.length).toBeLessThan(800)
  })

  it.each([0, 1, 700, 1001, 1002, 1003, 4096])(
    'have at least %i bytes if so asked, and open like any other',
    (bytes) => {
      const tokens = someTokens()
      const { accessKeyId, sessionToken } = tokens.issue(aSession(), bytes)
      expect(sessionToken.length).toBeGreaterThanOrEqual(bytes)
      expect(sessionToken.length).toBeLessThan(Math.max(bytes + 4, 600))
      expect(someTokens().open(accessKeyId, sessionToken)?.principal.arn).toBe(aSession().arn)
    },
  )

  it('are remembered opened, but not without bound', () => {
    const tokens = someTokens()
    const { accessKeyId, sessionToken } = tokens.issue(aSession())
    const opened = tokens.open(accessKeyId, sessionToken)
    expect(tokens.open(accessKeyId, sessionToken)).toBe(opened)
    for (let count = 0; count < OPENED_SESSION_TOKENS; count++) {
      const next = tokens.issue(aSession())
      tokens.open(next.accessKeyId, next.sessionToken)
    }
    const again = tokens.open(accessKeyId, sessionToken)
    expect(again).toEqual(opened)
    expect(again).not.toBe(opened)
  })
})

import { describe, expect, it } from 'vitest'
import { aSealer, emptyStore } from '../../../test/services-deps.ts'
import { ManualClock } from '../../kit/clock.ts'
import { SystemIds } from '../../kit/ids.ts'
import { LONGEST_SESSION_MS, SESSION_KEY_ROTATION_MS, SESSION_KEY_SLACK_MS } from '../../model/limits.ts'
import type { SessionPrincipal } from '../../model/principal.ts'
import { SessionKeyRing } from '../../model/session-keys.ts'
import { SealedSessionTokens } from '../../model/session-tokens.ts'
import { sessionKeyRotation } from './session-keys.ts'

const world = async () => {
  const [store, clock, ids, sealer] = [await emptyStore(), new ManualClock(), new SystemIds(), aSealer()]
  const controller = sessionKeyRotation({ store, clock, ids, sealer })
  const tokens = (): SealedSessionTokens =>
    new SealedSessionTokens(new SessionKeyRing(store.tables.sessionKeys, sealer), ids)
  const advance = async (ms: number): Promise<void> => {
    await clock.advance(ms)
    await controller.reconcile('session-keys')
  }
  await controller.reconcile('session-keys')
  return { store, clock, tokens, advance, keyIds: () => [...store.tables.sessionKeys.rows()].map(({ keyId }) => keyId) }
}

const aSession = (expiresAt: number): SessionPrincipal => ({
  arn: 'arn:aws:sts::000000000000:assumed-role/app/one',
  account: '000000000000',
  userId: 'AROAEXAMPLE:one',
  session: { issuerArn: 'arn:aws:iam::000000000000:role/app', issuedAt: 0, expiresAt },
})

describe('session keys', () => {
  it('are joined by a new one every day, which seals from then on', async () => {
    const { tokens, advance, keyIds } = await world()
    const [first = ''] = keyIds()
    await advance(SESSION_KEY_ROTATION_MS - 1)
    expect(keyIds()).toEqual([first])
    await advance(1)
    expect(keyIds()).toHaveLength(2)
    const [, second = ''] = keyIds()
    expect(tokens().issue(aSession(0)).sessionToken).toContain(`.${second}.`)
  })

  it('open the longest session until its end, on any replica, and are gone after that', async () => {
    const { clock, tokens, advance, keyIds } = await world()
    const [first = ''] = keyIds()
    await advance(SESSION_KEY_ROTATION_MS - 1)
    const { accessKeyId, sessionToken } = tokens().issue(aSession(clock.now() + LONGEST_SESSION_MS))
    for (const end = clock.now() + LONGEST_SESSION_MS; clock.now() < end;) await advance(3_600_000)
    expect(tokens().open(accessKeyId, sessionToken)).toBeDefined()
    await advance(SESSION_KEY_SLACK_MS)
    await advance(3_600_000)
    expect(keyIds()).not.toContain(first)
    expect(tokens().open(accessKeyId, sessionToken)).toBeUndefined()
  })

  it('stay few, and one is there after a long sleep', async () => {
    const { tokens, advance, keyIds } = await world()
    await advance(30 * SESSION_KEY_ROTATION_MS)
    expect(keyIds()).toHaveLength(2)
    expect(tokens().issue(aSession(0)).sessionToken).toContain(`.${keyIds().at(-1)}.`)
    for (let day = 0; day < 10; day++) await advance(SESSION_KEY_ROTATION_MS)
    expect(keyIds().length).toBeLessThanOrEqual(4)
  })
})

import { describe, expect, it } from 'vitest'
import { sessionCaller } from '../../test/builders/a-principal.ts'
import { aSealer, emptyStore } from '../../test/services-deps.ts'
import { ManualClock } from '../kit/clock.ts'
import { SystemIds } from '../kit/ids.ts'
import { MasterKey } from '../kit/sealing.ts'
import { SealedSessionTokens } from '../model/session-tokens.ts'
import { replaceSealed, sealedValues } from '../store/sealed-members.ts'
import { bootstrap } from './bootstrap.ts'

const world = async () => {
  const [store, clock, ids] = [await emptyStore(), new ManualClock(), new SystemIds()]
  const given = { store, clock, ids, account: '000000000000', region: 'us-east-1', cluster: 'default' }
  const start = async (sealer = aSealer()) => {
    const { keys, rootAccessKey } = await bootstrap({ ...given, sealer })
    return { keys, rootAccessKey, tokens: new SealedSessionTokens(keys.sessionKeys, ids) }
  }
  return { store, start }
}

describe('a start', () => {
  it('makes every key once', async () => {
    const { store, start } = await world()
    const first = await start()
    const revision = store.revision
    const second = await start()
    expect(store.revision).toBe(revision)
    expect(second.rootAccessKey).toEqual(first.rootAccessKey)
    expect(second.keys.pageTokenKey).toEqual(first.keys.pageTokenKey)
    expect(store.tables.sessionKeys.size).toBe(1)
  })

  it('leaves the sessions of before as they were, even under another master key', async () => {
    const { store, start } = await world()
    const { accessKeyId, sessionToken } = (await start()).tokens.issue(sessionCaller())
    const [old, renewed] = [aSealer(), new MasterKey({ id: 'm2', key: Buffer.alloc(32, 9) })]
    expect((await start()).tokens.open(accessKeyId, sessionToken)?.principal.arn).toBe(sessionCaller().arn)
    await store.transact((tx) => {
      for (const value of Array.from(sealedValues(tx)))
        replaceSealed(tx, value, renewed.seal(old.open(value.sealed, value.purpose), value.purpose))
    })
    expect((await start(renewed)).tokens.open(accessKeyId, sessionToken)?.principal.arn).toBe(sessionCaller().arn)
  })
})

import { describe, expect, it } from 'vitest'
import { CLIENT_TOKEN_RETENTION_MS } from '../model/limits.ts'
import { MemoryJournal } from '../store/journal/journal.ts'
import { Store } from '../store/store.ts'
import { Described } from '../wire/described.ts'
import { Fault } from '../wire/fault.ts'
import type { CallContext } from '../wire/service.ts'
import {
  type Access,
  continued,
  type Guard,
  type Operation,
  type OperationTable,
  noGuard,
  performer,
  prepared,
} from './operations.ts'

interface RunInput {
  readonly cluster?: string
  readonly count?: number
  readonly at?: Date
  readonly labels?: Record<string, string>
  readonly clientToken?: string
}

const aStore = (): Promise<Store> =>
  Store.open(new MemoryJournal(), (error) => {
    throw error
  })

const aPerformer = (store: Store) => ({ store, service: 'test', deps: {}, guard: noGuard })

const aCall = (overrides: Partial<CallContext> = {}): CallContext => ({
  requestId: 'request-1',
  account: '000000000000',
  region: 'us-east-1',
  now: Date.UTC(2026, 0, 1),
  principal: { arn: 'arn:aws:iam::000000000000:root', account: '000000000000', userId: '0', accessKeyId: 'AKID' },
  sourceIp: '127.0.0.1',
  userAgent: 'test',
  ...overrides,
})

/** A service with one operation that counts its runs, and takes client tokens. */
const aService = async (
  answer: (run: number, input: RunInput) => object = (run) => ({ run }),
  conflict?: (input: RunInput, answer: object) => Fault,
) => {
  let runs = 0
  const run: Operation<object, RunInput> = {
    access: 'open',
    handle: (input) => answer(++runs, input),
    clientToken: {
      of: (input) => input.clientToken,
      scope: (input) => input.cluster ?? 'default',
      ...(conflict === undefined ? {} : { conflict }),
    },
  }
  const table: OperationTable<object> = { Run: run }
  const store = await aStore()
  const perform = performer({ ...aPerformer(store), table })
  return { store, call: (input: RunInput, call: Partial<CallContext> = {}) => perform('Run', input, aCall(call)) }
}

describe('a call', () => {
  it('is one transaction: what it wrote is gone if it throws', async () => {
    const store = await aStore()
    const fail: Operation<object, object> = {
      access: 'open',
      handle: (_input, { tx }) => {
        tx.settings.put({ name: 'written', value: 'yes' })
        throw new Fault({ code: 'ClientException', message: 'no' })
      },
    }
    await expect(
      performer({ ...aPerformer(store), table: { Fail: fail } as OperationTable<object> })('Fail', {}, aCall()),
    ).rejects.toThrowError('no')
    expect(store.tables.settings.get('written')).toBeUndefined()
  })

  it('sees what its service was built with', async () => {
    const greet: Operation<{ greeting: string }, object> = {
      access: 'open',
      handle: (_input, { greeting, region }) => ({ text: `${greeting} ${region}` }),
    }
    const table = { Greet: greet } as OperationTable<{ greeting: string }>
    const perform = performer({ ...aPerformer(await aStore()), table, deps: { greeting: 'hello' } })
    expect(await perform('Greet', {}, aCall())).toEqual({ text: 'hello us-east-1' })
  })
})

describe('an operation that has to wait', () => {
  const waiting = (wait: () => Promise<number>) =>
    prepared<object, { readonly by: number }, object, number>({
      prepare: async ({ by }) => by + (await wait()),
      access: 'open',
      handle: (_input, { tx, prepared: sum }) => {
        tx.settings.put({ name: 'sum', value: String(sum) })
        return { sum }
      },
    })

  it('does so before its transaction, while others run', async () => {
    const store = await aStore()
    const { promise, resolve } = Promise.withResolvers<number>()
    const perform = performer({
      ...aPerformer(store),
      table: { Add: waiting(() => promise) } as OperationTable<object>,
    })
    const answer = perform('Add', { by: 2 }, aCall())
    await store.transact((tx) => tx.settings.put({ name: 'meanwhile', value: 'yes' }))
    resolve(3)
    expect(await answer).toEqual({ sum: 5 })
    expect([...store.tables.settings.rows()].map(({ name }) => name)).toEqual(['meanwhile', 'sum'])
  })

  it('does nothing if that fails', async () => {
    const store = await aStore()
    const fault = new Fault({ code: 'IDPCommunicationErrorException', message: 'away' })
    const table = { Add: waiting(() => Promise.reject(fault)) } as OperationTable<object>
    await expect(performer({ ...aPerformer(store), table })('Add', { by: 2 }, aCall())).rejects.toBe(fault)
    expect(store.tables.settings.size).toBe(0)
  })
})

describe('an operation that goes on after its transaction', () => {
  it('does so only if it was allowed and is durable, and answers with what came of it', async () => {
    const store = await aStore()
    const finished: number[] = []
    const table: OperationTable<object> = {
      Add: continued<object, { readonly to: number }, object, { readonly next: number }>({
        access: 'open',
        handle: ({ to }, { tx }) => {
          if (to < 0) throw new Fault({ code: 'InvalidParameterException', message: 'negative' })
          tx.settings.put({ name: 'sum', value: String(to) } as never)
          return { next: to + 1 }
        },
        finish: async ({ next }) => {
          finished.push(next)
          expect(store.durableRevision).toBe(store.revision)
          return { sum: next }
        },
      }),
    }
    const perform = performer({ ...aPerformer(store), table })
    expect(await perform('Add', { to: 1 }, aCall())).toEqual({ sum: 2 })
    await expect(perform('Add', { to: -1 }, aCall())).rejects.toThrow('negative')
    expect(finished).toEqual([2])
  })
})

describe('a client token', () => {
  it('makes an equal request happen once', async () => {
    const { call } = await aService()
    expect(await call({ clientToken: 't', count: 1, labels: { a: '1', b: '2' } })).toEqual({ run: 1 })
    expect(await call({ labels: { b: '2', a: '1' }, count: 1, clientToken: 't' })).toEqual({ run: 1 })
    expect(await call({ count: 1 })).toEqual({ run: 2 })
  })

  it('gives the first answer back whole', async () => {
    const answer = {
      at: new Date(1767225600123),
      bytes: new Uint8Array([1, 2]),
      list: [new Described({}, '', () => ({ startedAt: new Date(0) }))],
      labels: { $date: '5', $bytes: 'AQ==', $$x: 'y', plain: 'z' },
    }
    const { call } = await aService(() => answer)
    await call({ clientToken: 't' })
    expect(await call({ clientToken: 't' })).toEqual({
      at: new Date(1767225600123),
      bytes: new Uint8Array([1, 2]),
      list: [{ startedAt: new Date(0) }],
      labels: { $date: '5', $bytes: 'AQ==', $$x: 'y', plain: 'z' },
    })
  })

  it('conflicts with another request', async () => {
    const { call } = await aService()
    await call({ clientToken: 't', at: new Date(0) })
    await expect(call({ clientToken: 't', at: new Date(1) })).rejects.toMatchObject({ code: 'ConflictException' })
  })

  it('conflicts in the words of its operation, which knows the first answer', async () => {
    const conflict = (_input: RunInput, answer: object): Fault =>
      new Fault({ code: 'ConflictException', message: 'taken', members: { resourceIds: [JSON.stringify(answer)] } })
    const { call } = await aService((run) => ({ run }), conflict)
    await call({ clientToken: 't', count: 1 })
    await expect(call({ clientToken: 't', count: 2 })).rejects.toMatchObject({
      message: 'taken',
      members: { resourceIds: ['{"run":1}'] },
    })
  })

  it('counts within its scope, region and account only', async () => {
    const { call } = await aService()
    const answers = [
      await call({ clientToken: 't' }),
      await call({ clientToken: 't', cluster: 'other' }),
      await call({ clientToken: 't' }, { region: 'eu-west-1' }),
      await call({ clientToken: 't' }, { account: '111111111111' }),
    ]
    expect(answers).toEqual([{ run: 1 }, { run: 2 }, { run: 3 }, { run: 4 }])
  })

  it('is forgotten after its retention', async () => {
    const { call } = await aService()
    const now = Date.UTC(2026, 0, 1)
    await call({ clientToken: 't', count: 1 }, { now })
    expect(await call({ clientToken: 't', count: 1 }, { now: now + CLIENT_TOKEN_RETENTION_MS - 1 })).toEqual({ run: 1 })
    expect(await call({ clientToken: 't', count: 2 }, { now: now + CLIENT_TOKEN_RETENTION_MS })).toEqual({ run: 2 })
  })

  it('is not used up by a request that failed', async () => {
    const { call, store } = await aService((run) => {
      if (run === 1) throw new Fault({ code: 'ClientException', message: 'no' })
      return { run }
    })
    await expect(call({ clientToken: 't' })).rejects.toThrowError('no')
    expect(store.tables.clientTokens.size).toBe(0)
    expect(await call({ clientToken: 't' })).toEqual({ run: 2 })
  })
})

describe('what a caller must be allowed to do', () => {
  /** What the guard was asked for, and how often the operation ran. */
  const aGuardedService = async (access: Access<object, RunInput>, guard: Partial<Guard> = {}) => {
    const asked: Parameters<Guard['check']>[2][] = []
    const seen = { runs: 0, isOpenToRoot: undefined as boolean | undefined }
    const run: Operation<object, RunInput> = { access, handle: () => ({ run: ++seen.runs }) }
    const listening: Guard = {
      applies: (_call, isOpenToRoot) => {
        seen.isOpenToRoot = isOpenToRoot
        return true
      },
      check: (_tables, _call, demands) => void asked.push(demands),
      ...guard,
    }
    const table = { Run: run } as OperationTable<object>
    const perform = performer({ ...aPerformer(await aStore()), table, guard: listening, isOpenToRoot: true })
    return { asked, seen, call: (input: RunInput) => perform('Run', input, aCall()) }
  }

  it('is the action of the operation, unless it says another', async () => {
    const { asked, seen, call } = await aGuardedService(({ cluster = '' }) => [
      { resource: cluster },
      { action: 'iam:PassRole', resource: 'role' },
    ])
    expect(await call({ cluster: 'c1' })).toEqual({ run: 1 })
    expect(asked).toEqual([
      [
        { action: 'test:Run', resource: 'c1' },
        { action: 'iam:PassRole', resource: 'role' },
      ],
    ])
    expect(seen.isOpenToRoot).toBe(true)
  })

  it('is the action on everything, if the input names nothing', async () => {
    const { asked, call } = await aGuardedService(() => [])
    await call({})
    expect(asked).toEqual([[{ action: 'test:Run', resource: '*' }]])
  })

  it('is nothing for an open operation, or where the guard does not apply', async () => {
    const open = await aGuardedService('open')
    await open.call({})
    const root = await aGuardedService(() => expect.unreachable(), { applies: () => false })
    await root.call({})
    expect([open.asked, root.asked]).toEqual([[], []])
  })

  it('comes before anything is done', async () => {
    const { seen, call } = await aGuardedService(() => [], {
      check: () => {
        throw new Fault({ code: 'AccessDenied', message: 'no' })
      },
    })
    await expect(call({})).rejects.toMatchObject({ code: 'AccessDenied' })
    expect(seen.runs).toBe(0)
  })

  it('must be said by every operation before its service starts', async () => {
    const table = { Run: { handle: () => ({}) } } as unknown as OperationTable<object>
    const store = await aStore()
    expect(() => performer({ ...aPerformer(store), table })).toThrow(/test does not say .* Run/)
  })
})

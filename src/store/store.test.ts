import { describe, expect, it } from 'vitest'
import { Bug } from '../kit/assert.ts'
import { settle } from '../kit/clock.ts'
import { type Journal, type JournalEntry, JournalError, MemoryJournal } from './journal/journal.ts'
import { type ChangeSet, Store } from './store.ts'
import type { Transaction } from './tables.ts'

/** A journal whose writes end when the test says so. */
class HeldJournal implements Journal {
  readonly groups: JournalEntry[][] = []
  #end: { resolve: () => void; reject: (error: Error) => void } | undefined
  closed = false

  load(): void {}

  append(entries: readonly JournalEntry[]): Promise<void> {
    this.groups.push([...entries])
    return new Promise((resolve, reject) => {
      this.#end = { resolve, reject }
    })
  }

  async release(): Promise<void> {
    this.#end?.resolve()
    await settle()
  }

  async break(error: Error): Promise<void> {
    this.#end?.reject(error)
    await settle()
  }

  close(): void {
    this.closed = true
  }
}

const set = (tx: Transaction, name: string, value = ''): void => void tx.settings.put({ name, value })

/** What a promise comes to: its value or its error. */
const outcomeOf = (promise: Promise<unknown>): Promise<unknown> => promise.catch((error: unknown) => error)

/** How a promise stands now: its value, its error, or `pending`. */
const stateOf = async (promise: Promise<unknown>): Promise<unknown> => {
  let state: unknown = 'pending'
  promise.then(
    (value) => (state = value),
    (error: unknown) => (state = error),
  )
  await settle()
  return state
}

const openHeld = async () => {
  const journal = new HeldJournal()
  const failures: JournalError[] = []
  const watcherErrors: unknown[] = []
  const store = await Store.open(
    journal,
    (error) => failures.push(error),
    (error) => watcherErrors.push(error),
  )
  return { journal, store, failures, watcherErrors }
}

const openMemory = (): Promise<Store> => Store.open(new MemoryJournal(), () => {})

describe('durability', () => {
  it('answers a write when the journal has kept it', async () => {
    const { journal, store } = await openHeld()
    const written = store.transact((tx) => set(tx, 'a'))
    expect(await stateOf(written)).toBe('pending')
    expect(store.durableRevision).toBe(0)
    await journal.release()
    expect(await stateOf(written)).toBeUndefined()
    expect(store.durableRevision).toBe(1)
  })

  it('answers a read when everything that it saw is durable', async () => {
    const { journal, store } = await openHeld()
    void store.transact((tx) => set(tx, 'a', '1'))
    const read = store.transact((tx) => tx.settings.get('a')?.value)
    expect(await stateOf(read)).toBe('pending')
    await journal.release()
    expect(await stateOf(read)).toBe('1')
  })

  it('answers a refusal likewise', async () => {
    const { journal, store } = await openHeld()
    void store.transact((tx) => set(tx, 'a'))
    const refused = store.transact((tx) => {
      if (tx.settings.has('a')) throw new Error('exists already')
    })
    expect(await stateOf(refused)).toBe('pending')
    await journal.release()
    expect(await stateOf(refused)).toEqual(new Error('exists already'))
  })

  it('answers a read of durable rows at once', async () => {
    const { store } = await openHeld()
    expect(await stateOf(store.transact((tx) => tx.settings.size))).toBe(0)
  })

  it('writes what arrives while the journal is busy as one group, each row once', async () => {
    const { journal, store } = await openHeld()
    void store.transact((tx) => set(tx, 'a', '1'))
    await settle()
    void store.transact((tx) => set(tx, 'a', '2'))
    void store.transact((tx) => set(tx, 'b', '1'))
    void store.transact((tx) => tx.settings.remove('b'))
    const last = store.transact((tx) => set(tx, 'a', '3'))
    await journal.release()
    expect(journal.groups[1]).toEqual([
      { table: 'settings', key: 'a', row: '{"name":"a","value":"3"}' },
      { table: 'settings', key: 'b', row: undefined },
    ])
    expect(await stateOf(last)).toBe('pending')
    await journal.release()
    expect(await stateOf(last)).toBeUndefined()
  })

  it('writes nothing for a transaction that wrote nothing', async () => {
    const { journal, store } = await openHeld()
    await store.transact((tx) => tx.settings.remove('never was there'))
    await settle()
    expect(journal.groups).toEqual([])
    expect(store.revision).toBe(0)
  })
})

describe('a transaction that throws', () => {
  it('leaves rows, indexes and counters as they were', async () => {
    const store = await openMemory()
    await store.transact((tx) => {
      set(tx, 'kept', '1')
      set(tx, 'removed', '1')
    })
    const rejected = store.transact((tx) => {
      set(tx, 'new')
      tx.settings.update('kept', { value: '2' })
      tx.settings.update('kept', { value: '3' })
      tx.settings.remove('removed')
      set(tx, 'removed', 'again')
      throw new Error('no')
    })
    await expect(rejected).rejects.toThrow('no')
    expect(store.tables.settings.get('kept')?.value).toBe('1')
    expect(store.tables.settings.get('removed')?.value).toBe('1')
    expect(store.tables.settings.size).toBe(2)
    expect(store.revision).toBe(1)
  })

  it('is heard of by no derived listener, no watcher and no journal', async () => {
    const { journal, store } = await openHeld()
    const heard: ChangeSet[] = []
    store.derive(['settings'], (changeSet) => heard.push(changeSet))
    store.watch(['settings'], (changeSet) => heard.push(changeSet))
    await expect(
      store.transact((tx) => {
        set(tx, 'a')
        throw new Error('no')
      }),
    ).rejects.toThrow('no')
    expect(heard).toEqual([])
    expect(journal.groups).toEqual([])
  })

  it('may have been asynchronous, which is a bug', async () => {
    const store = await openMemory()
    await expect(
      store.transact((tx) => {
        set(tx, 'a')
        return Promise.resolve()
      }),
    ).rejects.toThrow('must not be asynchronous')
    expect(store.tables.settings.size).toBe(0)
  })

  it('may have started another inside, which is a bug that neither survives', async () => {
    const store = await openMemory()
    const outer = store.transact((tx) => {
      set(tx, 'a')
      void store.transact((inner) => set(inner, 'b'))
    })
    await expect(outer).rejects.toThrow(Bug)
    expect(store.tables.settings.size).toBe(0)
    await store.transact((tx) => set(tx, 'c'))
    expect(store.tables.settings.size).toBe(1)
  })

  it('may not write once it has ended', async () => {
    const store = await openMemory()
    const leaked = await store.transact((tx) => tx)
    expect(() => set(leaked, 'a')).toThrow('settings written outside a transaction')
    expect(store.tables.settings.size).toBe(0)
  })
})

describe('watchers', () => {
  it('hear of change-sets in revision order, after they are durable', async () => {
    const { journal, store } = await openHeld()
    const heard: number[] = []
    store.watch(['settings'], ({ revision }) => {
      expect(store.durableRevision).toBeGreaterThanOrEqual(revision)
      heard.push(revision)
    })
    for (const name of ['a', 'b', 'c']) void store.transact((tx) => set(tx, name))
    await settle()
    expect(heard).toEqual([])
    await journal.release()
    expect(heard).toEqual([1, 2, 3])
  })

  it('hear only of the tables that they named, until they end', async () => {
    const store = await openMemory()
    const heard: string[][] = []
    const end = store.watch(['settings'], ({ changes }) => heard.push(changes.map(({ key }) => key)))
    await store.transact((tx) => tx.taskDefinitionFamilies.put({ familyArn: 'f', latestRevision: 1 }))
    await store.transact((tx) => set(tx, 'a'))
    end()
    await store.transact((tx) => set(tx, 'b'))
    expect(heard).toEqual([['a']])
  })

  it('may write', async () => {
    const store = await openMemory()
    store.watch(['settings'], ({ changes }) => {
      if (changes.some(({ key }) => key === 'a')) void store.transact((tx) => set(tx, 'b'))
    })
    await store.transact((tx) => set(tx, 'a'))
    await settle()
    expect(store.tables.settings.has('b')).toBe(true)
    expect(store.durableRevision).toBe(2)
  })

  it('that throw harm neither the others nor the store', async () => {
    const { journal, store, watcherErrors } = await openHeld()
    const heard: number[] = []
    store.watch(['settings'], () => {
      throw new Error('broken watcher')
    })
    store.watch(['settings'], ({ revision }) => heard.push(revision))
    void store.transact((tx) => set(tx, 'a'))
    await settle()
    await journal.release()
    const second = store.transact((tx) => set(tx, 'b'))
    await settle()
    await journal.release()
    expect(await stateOf(second)).toBeUndefined()
    expect(heard).toEqual([1, 2])
    expect(watcherErrors).toEqual([new Error('broken watcher'), new Error('broken watcher')])
  })
})

describe('derived state', () => {
  it('starts from the rows present and follows every commit before it is durable', async () => {
    const { store } = await openHeld()
    void store.transact((tx) => set(tx, 'a', '1'))
    const values = new Map<string, unknown>()
    store.derive(['settings'], ({ changes }) => {
      for (const { key, after } of changes) values.set(key, after)
    })
    expect([...values.keys()]).toEqual(['a'])
    void store.transact((tx) => set(tx, 'b', '1'))
    expect(values.get('b')).toEqual({ name: 'b', value: '1' })
    expect(store.durableRevision).toBe(0)
  })

  it('may not write', async () => {
    const store = await openMemory()
    store.derive(['settings'], () => void store.transact((tx) => set(tx, 'b')))
    await expect(store.transact((tx) => set(tx, 'a'))).rejects.toThrow(JournalError)
    expect(store.failure?.message).toMatch(/lost track of its own state/)
  })
})

describe('a journal that fails', () => {
  const full = new JournalError('The disk is full.')

  it('rejects what waits for it, and every later transaction, and is reported once', async () => {
    const { journal, store, failures } = await openHeld()
    const first = outcomeOf(store.transact((tx) => set(tx, 'a')))
    await settle()
    const second = outcomeOf(store.transact((tx) => set(tx, 'b')))
    const read = outcomeOf(store.transact((tx) => tx.settings.has('a')))
    await journal.break(full)
    expect(await Promise.all([first, second, read])).toEqual([full, full, full])
    expect(await stateOf(store.transact((tx) => tx.settings.has('a')))).toBe(full)
    expect(await stateOf(store.durable())).toBe(full)
    expect(failures).toEqual([full])
    expect(store.failure).toBe(full)
    expect(journal.groups).toHaveLength(1)
  })

  it('announces nothing that it did not keep', async () => {
    const { journal, store } = await openHeld()
    const heard: ChangeSet[] = []
    store.watch(['settings'], (changeSet) => heard.push(changeSet))
    void store.transact((tx) => set(tx, 'a')).catch(() => 'expected')
    await settle()
    await journal.break(full)
    expect(heard).toEqual([])
  })
})

describe('loading', () => {
  const journalOf = (...rows: [table: string, key: string, row: string][]): Journal => ({
    load: (visit) => rows.forEach((row) => visit(...row)),
    append: () => {},
    close: () => {},
  })

  it('finds every row again', async () => {
    const journal = new MemoryJournal()
    const store = await Store.open(journal, () => {})
    await store.transact((tx) => set(tx, 'a', '1'))
    await store.close()
    const reopened = await Store.open(journal, () => {})
    expect(reopened.tables.settings.get('a')).toEqual({ name: 'a', value: '1' })
    expect(reopened.revision).toBe(0)
  })

  it('names the table that it does not know', async () => {
    await expect(Store.open(journalOf(['pods', 'a', '{}']), () => {})).rejects.toThrow(
      new JournalError('The data directory holds a table "pods" that this version does not know.'),
    )
  })

  it('names the row that is damaged', async () => {
    await expect(Store.open(journalOf(['settings', 'a', '{"name":']), () => {})).rejects.toThrow(
      /^The row "a" of table "settings" is damaged/,
    )
  })
})

describe('closing', () => {
  it('takes nothing more, keeps what was taken, and closes the journal once', async () => {
    const { journal, store } = await openHeld()
    const written = store.transact((tx) => set(tx, 'a'))
    const closed = store.close()
    await expect(store.transact((tx) => set(tx, 'b'))).rejects.toThrow('The store is closed.')
    await settle()
    expect(journal.closed).toBe(false)
    await journal.release()
    await closed
    await store.close()
    expect(await stateOf(written)).toBeUndefined()
    expect(journal.closed).toBe(true)
    expect(journal.groups).toHaveLength(1)
  })
})

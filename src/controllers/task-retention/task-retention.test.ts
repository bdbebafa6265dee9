import { describe, expect, it } from 'vitest'
import { aTask } from '../../../test/builders/a-task.ts'
import { ManualClock } from '../../kit/clock.ts'
import { CLEAN_UP_ROWS, CLIENT_TOKEN_RETENTION_MS, STOPPED_TASK_RETENTION_MS } from '../../model/limits.ts'
import type { TaskRecord } from '../../model/records.ts'
import { MemoryJournal } from '../../store/journal/journal.ts'
import { Store } from '../../store/store.ts'
import type { Controller } from '../controller.ts'
import { clientTokenRetention } from './client-token-retention.ts'
import { taskRetention } from './task-retention.ts'

const world = async () => {
  const clock = new ManualClock()
  const store = await Store.open(new MemoryJournal(), (error) => {
    throw error
  })
  return { store, clock }
}
const run = async (controller: Controller): Promise<void> => {
  for (const key of controller.keys()) await controller.reconcile(key)
}
const aStoppedTask = (stoppedAt: number): TaskRecord =>
  aTask({ lastStatus: 'STOPPED', desiredStatus: 'STOPPED', stoppedAt })

describe('task retention', () => {
  it('removes tasks an hour after they stopped, and no others', async () => {
    const { store, clock } = await world()
    const tasks = [aStoppedTask(clock.now()), aStoppedTask(clock.now() + 1), aTask()]
    await store.transact((tx) => tasks.forEach((task) => tx.tasks.insert(task)))
    await clock.advance(STOPPED_TASK_RETENTION_MS)

    await run(taskRetention({ store, clock }))

    expect([...store.tables.tasks.rows()]).toEqual(tasks.slice(1))
  })

  it('removes any number of tasks', async () => {
    const { store, clock } = await world()
    const count = CLEAN_UP_ROWS * 2 + 1
    await store.transact((tx) => {
      for (let index = 0; index < count; index++) tx.tasks.insert(aStoppedTask(clock.now()))
    })
    await clock.advance(STOPPED_TASK_RETENTION_MS)

    await run(taskRetention({ store, clock }))

    expect(store.tables.tasks.size).toBe(0)
  })
})

describe('client token retention', () => {
  const aToken = (key: string, createdAt: number) => ({ key, requestHash: 'h', response: '{}', createdAt })

  it('removes tokens after a day', async () => {
    const { store, clock } = await world()
    await store.transact((tx) => {
      tx.clientTokens.insert(aToken('old', clock.now()))
      tx.clientTokens.insert(aToken('new', clock.now() + 1))
    })
    await clock.advance(CLIENT_TOKEN_RETENTION_MS)

    await run(clientTokenRetention({ store, clock }))

    expect([...store.tables.clientTokens.rows()].map(({ key }) => key)).toEqual(['new'])
  })
})

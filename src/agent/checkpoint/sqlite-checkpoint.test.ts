import { chmodSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { aTaskArn } from '../../../test/builders/a-payload-task.ts'
import { anEngineTask } from '../../../test/builders/an-engine-task.ts'
import { ManualClock } from '../../kit/clock.ts'
import { silentLog } from '../../kit/log.ts'
import { SqliteCheckpoint } from './sqlite-checkpoint.ts'

let directory = ''
const open = () =>
  new SqliteCheckpoint({ file: join(directory, 'agent.sqlite'), clock: new ManualClock(), log: silentLog })

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'longshore-checkpoint-'))
})
afterEach(() => {
  chmodSync(directory, 0o700)
  rmSync(directory, { recursive: true })
})

describe('the checkpoint in a file', () => {
  it('remembers tasks and facts as they were last put', async () => {
    const checkpoint = open()
    const task = anEngineTask()
    checkpoint.putTask(task)
    checkpoint.putFact('cluster', 'default')
    await checkpoint.flush()
    const stopped = { ...task, desiredStatus: 'STOPPED' as const, pullStartedAt: 5 }
    checkpoint.putTask(stopped)
    checkpoint.close()

    const again = open()
    expect(again.load()).toEqual({ tasks: [stopped], facts: { cluster: 'default' } })
    again.close()
  })

  it('forgets tasks', async () => {
    const checkpoint = open()
    checkpoint.putTask(anEngineTask())
    await checkpoint.flush()
    checkpoint.forgetTask(anEngineTask().arn)
    checkpoint.close()
    const again = open()
    expect(again.load().tasks).toEqual([])
    again.close()
  })

  it('writes everything of one turn together, before it says that it is durable', async () => {
    const checkpoint = open()
    for (let id = 0; id < 50; id++) checkpoint.putTask(anEngineTask({ arn: aTaskArn(id) }))
    const flushed = [checkpoint.flush(), checkpoint.flush()]
    await Promise.all(flushed)
    checkpoint.close()
    const again = open()
    expect(again.load().tasks).toHaveLength(50)
    again.close()
  })

  it('can be read by its owner alone: environments of tasks stand in it', () => {
    open().close()
    expect(statSync(join(directory, 'agent.sqlite')).mode & 0o777).toBe(0o600)
  })

  it('belongs to one agent at a time', () => {
    const checkpoint = open()
    expect(open).toThrow(/is in use by another agent\.$/)
    checkpoint.close()
  })

  it('refuses a file of a newer version', () => {
    open().close()
    const database = new DatabaseSync(join(directory, 'agent.sqlite'))
    database.exec('PRAGMA user_version = 99')
    database.close()
    expect(open).toThrow(/was written by a newer version of Longshore\.$/)
  })

  it('says what could not be written, and writes it when it can', async () => {
    const checkpoint = open()
    const blocked = new Error('disk full')
    const task = anEngineTask()
    checkpoint.putTask({
      ...task,
      get jitter(): number {
        throw blocked
      },
    })
    await expect(checkpoint.flush()).rejects.toBe(blocked)
    checkpoint.putTask(task)
    await checkpoint.flush()
    checkpoint.close()
    const again = open()
    expect(again.load().tasks).toEqual([task])
    again.close()
  })
})

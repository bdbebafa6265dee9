/** A backup that is taken while everything runs, and what becomes of tasks when it is restored. */
import { copyFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { backup, DatabaseSync } from 'node:sqlite'
import type { Task } from '@aws-sdk/client-ecs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildBusyboxImage } from '../busybox-image.ts'
import { connectedInstance, startLongshore, until } from '../longshore.ts'
import { describeTask, look, removeContainersOf, runSleeper } from './containers.ts'
import { aPlace } from './run.ts'

const place = aPlace()
const stateFile = path.join(place.dataDir, 'server', 'state.sqlite')
const copy = path.join(place.dataDir, 'backup.sqlite')
const tasks: Task[] = []
let image: string

beforeAll(async () => {
  image = await buildBusyboxImage()
})
afterAll(() => {
  removeContainersOf(tasks)
  for (const id of place.processes()) process.kill(id, 'SIGKILL')
  place.remove()
})

/** What `sqlite3 state.sqlite ".backup copy"` does. */
const takeBackup = async (): Promise<void> => {
  const state = new DatabaseSync(stateFile, { readOnly: true })
  await backup(state, copy)
  state.close()
}

const restore = (): void => {
  for (const suffix of ['-wal', '-shm']) rmSync(stateFile + suffix, { force: true })
  copyFileSync(copy, stateFile)
}

it('brings back what it holds; tasks that are younger are stopped', async () => {
  const before = await startLongshore({ dataDir: place.dataDir, env: place.env })
  const instance = await connectedInstance(before.client)
  const older = await runSleeper(before.client, image)
  await takeBackup()
  const younger = await runSleeper(before.client, image)
  tasks.push(older, younger)
  await before.stop({ keepData: true })
  const [olderId = '', youngerId = ''] = tasks.map(({ containers }) => containers?.[0]?.runtimeId)
  const seen = look(olderId)
  restore()

  const after = await startLongshore({ dataDir: place.dataDir, env: place.env })
  expect(await connectedInstance(after.client)).toBe(instance)
  await until('the younger container to stop', () => look(youngerId)?.isRunning === false)
  expect(look(olderId)).toEqual(seen)
  expect(await describeTask(after.client, older.taskArn ?? '')).toMatchObject({ lastStatus: 'RUNNING' })
  expect(await describeTask(after.client, younger.taskArn ?? '')).toBeUndefined()
  await after.stop({ keepData: true })
})

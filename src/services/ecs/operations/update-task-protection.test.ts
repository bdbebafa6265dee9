import { describe, expect, it } from 'vitest'
import { aService } from '../../../../test/builders/a-service.ts'
import { aTask } from '../../../../test/builders/a-task.ts'
import { seeded } from '../../../../test/seeded.ts'
import { taskArn } from '../../../model/arn.ts'
import type { TaskRecord } from '../../../model/records.ts'
import { getTaskProtection } from './get-task-protection.ts'
import { updateTaskProtection } from './update-task-protection.ts'

const HOUR_MS = 3_600_000
const ofService = (given: Partial<TaskRecord> = {}): TaskRecord => aTask({ group: 'service:web', ...given })
const arnOf = ({ clusterArn, taskId }: TaskRecord): string => taskArn(clusterArn, taskId)
const withTasks = (tasks: readonly TaskRecord[], desiredCount = 2) =>
  seeded({ services: [aService({ desiredCount })], tasks })
const cluster = 'default'

describe('UpdateTaskProtection', () => {
  it.each([
    [undefined, 2 * HOUR_MS],
    [1, HOUR_MS / 60],
    [2880, 48 * HOUR_MS],
  ])('protects tasks for %s minutes', async (expiresInMinutes, durationMs) => {
    const tasks = [ofService(), ofService()]
    const ecs = await withTasks(tasks)
    const answer = await ecs.call(updateTaskProtection, {
      cluster,
      tasks: [tasks[0]!.taskId, arnOf(tasks[1]!), tasks[0]!.taskId],
      protectionEnabled: true,
      expiresInMinutes,
    })
    const expirationDate = new Date(ecs.clock.now() + durationMs)
    const protectedTasks = tasks.map((task) => ({ taskArn: arnOf(task), protectionEnabled: true, expirationDate }))
    expect(answer).toEqual({ protectedTasks, failures: [] })
    const read = await ecs.call(getTaskProtection, { cluster, tasks: tasks.map(({ taskId }) => taskId) })
    expect(read).toEqual(answer)
  })

  it('begins the time anew each time, and ends protection when asked to', async () => {
    const task = ofService()
    const ecs = await withTasks([task])
    const protect = (protectionEnabled: boolean) =>
      ecs.call(updateTaskProtection, { cluster, tasks: [task.taskId], protectionEnabled })
    await protect(true)
    await ecs.clock.advance(HOUR_MS)
    const { protectedTasks } = await protect(true)
    expect(protectedTasks?.[0]?.expirationDate).toEqual(new Date(ecs.clock.now() + 2 * HOUR_MS))
    expect(await protect(false)).toEqual({
      protectedTasks: [{ taskArn: arnOf(task), protectionEnabled: false }],
      failures: [],
    })
    expect(ecs.store.tables.tasks.get(task.taskId)).toEqual(task)
  })

  it('reads as off once it has expired', async () => {
    const task = ofService()
    const ecs = await withTasks([task])
    const tasks = [task.taskId]
    await ecs.call(updateTaskProtection, { cluster, tasks, protectionEnabled: true, expiresInMinutes: 1 })
    await ecs.clock.advance(60_000)
    expect((await ecs.call(getTaskProtection, { cluster, tasks })).protectedTasks).toEqual([
      { taskArn: arnOf(task), protectionEnabled: false },
    ])
  })

  it.each([
    ['unknown', undefined, 'MISSING'],
    ['of no service', aTask(), 'TASK_NOT_VALID'],
    ['stopping', ofService({ desiredStatus: 'STOPPED', lastStatus: 'RUNNING' }), 'TASK_NOT_VALID'],
    ['stopped', ofService({ desiredStatus: 'STOPPED', lastStatus: 'STOPPED' }), 'TASK_NOT_VALID'],
  ])('counts a task that is %s as a failure', async (_what, task, reason) => {
    const ecs = await withTasks(task === undefined ? [] : [task])
    const arn = arnOf(task ?? ofService())
    const failed = { protectedTasks: [], failures: [{ arn, reason }] }
    expect(await ecs.call(updateTaskProtection, { cluster, tasks: [arn], protectionEnabled: true })).toEqual(failed)
    expect(await ecs.call(getTaskProtection, { cluster, tasks: [arn] })).toEqual(failed)
  })

  it('protects no task of a service that has more protected tasks than it wants', async () => {
    const protectedUntil = Date.UTC(2100, 0, 1)
    const tasks = [ofService({ protectedUntil }), ofService({ protectedUntil }), ofService()]
    const ecs = await withTasks(tasks, 1)
    const input = { cluster, tasks: [tasks[2]!.taskId, tasks[0]!.taskId] }
    expect(await ecs.call(updateTaskProtection, { ...input, protectionEnabled: true })).toEqual({
      protectedTasks: [],
      failures: [
        { arn: arnOf(tasks[2]!), reason: 'DEPLOYMENT_BLOCKED' },
        { arn: arnOf(tasks[0]!), reason: 'DEPLOYMENT_BLOCKED' },
      ],
    })
    const released = await ecs.call(updateTaskProtection, { ...input, protectionEnabled: false })
    expect(released.protectedTasks).toHaveLength(2)
  })

  it.each([
    ['no tasks', { tasks: [] }, 'Tasks cannot be empty.'],
    ['too many tasks', { tasks: Array<string>(11).fill('x') }, 'Tasks can have at most 10 items.'],
    ['what cannot be an id', { tasks: ['x'] }, 'taskId length should be one of [32,36]'],
    ['no protection', { protectionEnabled: undefined }, 'Protection enabled can not be blank.'],
    ['no time', { expiresInMinutes: 0 }, 'expiresInMinutes must be between 1 and 2880.'],
    ['too long a time', { expiresInMinutes: 2881 }, 'expiresInMinutes must be between 1 and 2880.'],
    ['an unknown cluster', { cluster: 'none' }, 'Cluster not found.'],
  ])('refuses %s', async (_what, given, message) => {
    const task = ofService()
    const ecs = await withTasks([task])
    const input = { cluster, tasks: [task.taskId], protectionEnabled: true, ...given }
    await expect(ecs.call(updateTaskProtection, input)).rejects.toMatchObject({ message })
  })
})

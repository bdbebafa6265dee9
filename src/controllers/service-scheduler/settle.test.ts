import { describe, expect, it } from 'vitest'
import { withPasses } from '../../../test/builders/a-pass.ts'
import type { TaskRecord } from '../../model/records.ts'

const stopped = (stoppedAt: number, given: Partial<TaskRecord> = {}): Partial<TaskRecord> => ({
  lastStatus: 'STOPPED',
  desiredStatus: 'STOPPED',
  stopCode: 'TaskFailedToStart',
  stoppedAt,
  ...given,
})
const UNHEALTHY = { stopCode: 'ServiceSchedulerInitiated', stoppedReason: 'Task failed container health checks' }

describe('tasks that ended', () => {
  it('are counted once, however often the service is looked at', async () => {
    const { pass, addTask, clock, deployment, store } = await withPasses()
    const task = await addTask(stopped(clock.now()))
    await pass()
    await pass()
    expect(deployment()).toMatchObject({ failedTasks: 1, startFailures: { consecutive: 1 } })
    expect(store.tables.tasks.get(task.taskId)?.isSettled).toBe(true)
    expect(store.tables.tasks.get(task.taskId)?.version).toBe(task.version)
  })

  it('throttle their deployment when they fail to start in a row, which is said once', async () => {
    const { pass, addTask, clock, deployment, said, tasks } = await withPasses()
    for (let failure = 0; failure < 3; failure++) await addTask(stopped(clock.now() + failure))
    await clock.advance(10)
    const outcome = await pass()
    const { throttledUntil } = deployment().startFailures!
    expect(outcome.againAt).toBe(throttledUntil)
    expect(tasks().filter(({ desiredStatus }) => desiredStatus === 'RUNNING')).toEqual([])
    await clock.advance(throttledUntil! - clock.now())
    await pass()
    expect(tasks().filter(({ desiredStatus }) => desiredStatus === 'RUNNING')).toHaveLength(2)
    expect(said().filter((message) => message.includes('unable to consistently start'))).toHaveLength(1)
  })

  it('begin a new row once a task was RUNNING, also one that ended since', async () => {
    const { pass, addTask, clock, deployment } = await withPasses()
    const now = clock.now()
    await addTask(stopped(now - 3000))
    await addTask(stopped(now, { startedAt: now - 2000, stopCode: 'EssentialContainerExited' }))
    await pass()
    expect(deployment()).toMatchObject({ hasRun: true, failedTasks: 0 })
    expect(deployment().startFailures).toBeUndefined()
  })

  it('count as failed starts for the back-off when they end as soon as they run', async () => {
    const { pass, addTask, clock, deployment } = await withPasses()
    const now = clock.now()
    for (let end = 0; end < 3; end++)
      await addTask(stopped(now + end, { startedAt: now + end - 100, stopCode: 'EssentialContainerExited' }))
    await pass()
    expect(deployment().startFailures).toMatchObject({ consecutive: 3, throttledUntil: expect.any(Number) })
    expect(deployment().failedTasks).toBe(0)
  })

  it('do not count when somebody stopped them, or when nobody knows their deployment', async () => {
    const { pass, addTask, clock, deployment } = await withPasses()
    await addTask(stopped(clock.now(), { stopCode: 'UserInitiated' }))
    await addTask(stopped(clock.now(), { startedBy: 'ecs-svc/1' }))
    await pass()
    expect(deployment()).toMatchObject({ failedTasks: 0 })
    expect(deployment().startFailures).toBeUndefined()
  })

  it('count by their health once tasks have run, and not by their start any more', async () => {
    const { pass, addTask, clock, deployment } = await withPasses({ deployment: { hasRun: true } })
    await addTask(stopped(clock.now()))
    await addTask(stopped(clock.now(), { ...UNHEALTHY, startedAt: clock.now() - 9 }))
    await pass()
    expect(deployment().failedTasks).toBe(1)
  })

  it('are forgotten when a newer task is healthy, unless the circuit breaker is told to keep them', async () => {
    for (const resetOnHealthyTask of [true, false]) {
      const breaker = { enable: true, rollback: false, resetOnHealthyTask }
      const { pass, addTask, clock, deployment } = await withPasses({
        service: {
          deploymentConfiguration: {
            strategy: 'ROLLING',
            minimumHealthyPercent: 100,
            maximumPercent: 200,
            deploymentCircuitBreaker: breaker,
          },
        },
      })
      await addTask(stopped(clock.now()))
      await pass()
      await clock.advance(5)
      await addTask({ lastStatus: 'RUNNING', startedAt: clock.now() })
      await pass()
      expect(deployment().failedTasks).toBe(resetOnHealthyTask ? 0 : 1)
    }
  })

  it('are forgotten when a newer task becomes healthy, whatever else its deployment was changed for meanwhile', async () => {
    const { pass, addTask, change, clock, deployment } = await withPasses({ deployment: { hasRun: true } })
    await addTask(stopped(clock.now(), { ...UNHEALTHY, startedAt: clock.now() - 9 }))
    await addTask(stopped(clock.now()))
    await pass()
    await clock.advance(5)
    const task = await addTask({ lastStatus: 'RUNNING', startedAt: clock.now(), healthStatus: 'UNKNOWN' })
    await pass()
    expect(deployment()).toMatchObject({ failedTasks: 1, startFailures: { consecutive: 1 } })
    await clock.advance(5000)
    await change(task, { healthStatus: 'HEALTHY' })
    await pass()
    expect(deployment().failedTasks).toBe(0)
    expect(deployment().startFailures).toBeUndefined()
  })

  it('do not count against a deployment that is complete', async () => {
    const { pass, addTask, clock, deployment } = await withPasses({
      deployment: { rolloutState: 'COMPLETED', hasRun: true },
    })
    await addTask(stopped(clock.now(), { ...UNHEALTHY, startedAt: clock.now() - 9 }))
    await pass()
    expect(deployment().failedTasks).toBe(0)
  })
})

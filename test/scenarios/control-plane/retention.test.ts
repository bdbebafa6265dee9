/** What goes, and when: task definitions under tasks that run, and tasks that have stopped. */
import { describe, expect, it } from 'vitest'
import { STOPPED_TASK_RETENTION_MS } from '../../../src/model/limits.ts'
import { world } from '../../world.ts'
import { aContainer, order, register, run, start } from './run-task.ts'

const MINUTE_MS = 60_000

describe('a task definition', () => {
  it('can be deregistered under its tasks: they run on, and no new ones start', async () => {
    const w = await world()
    const task = await run(w)
    await w.advance(1000)
    await w.call('DeregisterTaskDefinition', { taskDefinition: 'web:1' })
    await expect(w.call('RunTask', { taskDefinition: 'web:1', launchType: 'EC2' })).rejects.toMatchObject({
      code: 'ClientException',
      message: 'TaskDefinition is inactive',
    })
    w.agents[0]!.restart()
    await w.advance(MINUTE_MS)
    expect(await w.task(task)).toMatchObject({ lastStatus: 'RUNNING', taskDefinitionArn: expect.stringMatching(/:1$/) })
  })

  it('that is deleted stays as long as one of its tasks can be described', async () => {
    const w = await world()
    const task = await run(w, aContainer({ cpu: 128 }))
    await w.call('DeregisterTaskDefinition', { taskDefinition: 'web:1' })
    await w.call('DeleteTaskDefinitions', { taskDefinitions: ['web:1'] })
    const status = async () =>
      (await w.call('DescribeTaskDefinition', { taskDefinition: 'web:1' })).taskDefinition?.status

    await w.advance(2 * MINUTE_MS)
    expect(await status()).toBe('DELETE_IN_PROGRESS')
    await w.call('StopTask', { task: task.taskArn })
    await w.advance(2 * MINUTE_MS)
    expect(await status()).toBe('DELETE_IN_PROGRESS')
    expect(await w.task(task)).toMatchObject({ containers: [{ cpu: '128', memory: '64' }] })

    await w.advance(STOPPED_TASK_RETENTION_MS + MINUTE_MS)
    await expect(status()).rejects.toMatchObject({
      code: 'ClientException',
      message: 'Unable to describe task definition.',
    })
  })

  it('never has the number of a deleted one', async () => {
    const w = await world()
    await register(w)
    await w.call('DeregisterTaskDefinition', { taskDefinition: 'web:1' })
    await w.call('DeleteTaskDefinitions', { taskDefinitions: ['web:1'] })
    await w.advance(2 * MINUTE_MS)
    await register(w)
    const { taskDefinition } = await w.call('DescribeTaskDefinition', { taskDefinition: 'web' })
    expect(taskDefinition?.revision).toBe(2)
  })
})

describe('a stopped task', () => {
  it('can be described for an hour', async () => {
    const w = await world()
    const task = await run(w, aContainer(order({ 'exit-after-seconds': '1' })))
    await w.advance(2000)
    expect(await w.task(task)).toMatchObject({ lastStatus: 'STOPPED' })
    await w.advance(STOPPED_TASK_RETENTION_MS - MINUTE_MS)
    expect(await w.tasks()).toHaveLength(1)
    await w.advance(3 * MINUTE_MS)

    expect(await w.tasks()).toEqual([])
    const { failures } = await w.call('DescribeTasks', { tasks: [task.taskArn!] })
    expect(failures).toEqual([{ arn: task.taskArn, reason: 'MISSING' }])
  })

  it('leaves those that run alone', async () => {
    const w = await world()
    await register(w)
    await start(w, { count: 2 })
    await w.advance(STOPPED_TASK_RETENTION_MS * 2)
    expect((await w.tasks()).map(({ lastStatus }) => lastStatus)).toEqual(['RUNNING', 'RUNNING'])
  })
})

/** A service whose deployments are controlled from outside: two task sets, and the way from one to the other. */
import { describe, expect, it } from 'vitest'
import { type World, world } from '../../world.ts'
import { register } from './run-task.ts'

const MINUTE_MS = 60_000
const web = { cluster: 'default', service: 'web' }

const createService = async (w: World): Promise<void> => {
  await register(w)
  await w.call('CreateService', {
    serviceName: 'web',
    desiredCount: 3,
    deploymentController: { type: 'EXTERNAL' },
  })
}

const createTaskSet = async (w: World, percent: number): Promise<string> => {
  const scale = { value: percent, unit: 'PERCENT' as const }
  const { taskSet } = await w.call('CreateTaskSet', { ...web, taskDefinition: 'web:1', launchType: 'EC2', scale })
  return taskSet?.id ?? ''
}

const taskSets = async (w: World) => (await w.call('DescribeTaskSets', web)).taskSets ?? []

describe('a service with task sets', () => {
  it('moves its tasks from one task set to another', async () => {
    const w = await world()
    await createService(w)
    const blue = await createTaskSet(w, 100)
    await w.call('UpdateServicePrimaryTaskSet', { ...web, primaryTaskSet: blue })
    await w.advance(MINUTE_MS)
    expect(await taskSets(w)).toMatchObject([
      { id: blue, status: 'PRIMARY', runningCount: 3, pendingCount: 0, stabilityStatus: 'STEADY_STATE' },
    ])

    const green = await createTaskSet(w, 50)
    await w.advance(MINUTE_MS)
    expect(await taskSets(w)).toMatchObject([
      { id: blue, runningCount: 3 },
      { id: green, computedDesiredCount: 2, runningCount: 2, stabilityStatus: 'STEADY_STATE' },
    ])

    await w.call('UpdateTaskSet', { ...web, taskSet: green, scale: { value: 100, unit: 'PERCENT' } })
    await w.call('UpdateServicePrimaryTaskSet', { ...web, primaryTaskSet: green })
    await w.call('DeleteTaskSet', { ...web, taskSet: blue, force: true })
    await w.advance(2 * MINUTE_MS)
    expect(await taskSets(w)).toMatchObject([{ id: green, status: 'PRIMARY', runningCount: 3 }])
    const running = (await w.tasks()).filter(({ lastStatus }) => lastStatus === 'RUNNING')
    expect(running.map(({ startedBy, group }) => [startedBy, group])).toEqual(Array(3).fill([green, 'service:web']))
  })

  it('keeps a protected task while its task set is scaled in', async () => {
    const w = await world()
    await createService(w)
    const id = await createTaskSet(w, 100)
    await w.advance(MINUTE_MS)
    const [{ taskArn = '' } = {}] = await w.tasks()
    await w.call('UpdateTaskProtection', { cluster: 'default', tasks: [taskArn], protectionEnabled: true })
    await w.call('UpdateTaskSet', { ...web, taskSet: id, scale: { value: 0, unit: 'PERCENT' } })
    await w.advance(2 * MINUTE_MS)
    const running = (await w.tasks()).filter(({ lastStatus }) => lastStatus === 'RUNNING')
    expect(running.map((task) => task.taskArn)).toEqual([taskArn])

    await w.call('UpdateTaskProtection', { cluster: 'default', tasks: [taskArn], protectionEnabled: false })
    await w.advance(2 * MINUTE_MS)
    expect((await w.tasks()).every(({ lastStatus }) => lastStatus === 'STOPPED')).toBe(true)
  })
})

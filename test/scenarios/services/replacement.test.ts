/** What dies is replaced, wherever it died of: its own end, its health, its host. */
import { describe, expect, it } from 'vitest'
import { type World, world } from '../../world.ts'
import { aContainer, order, register } from '../control-plane/run-task.ts'
import { create, MINUTE_MS, messages, running, SECOND_MS, seen, spread, wanted } from './services.ts'

/** A service of three tasks that has come to rest on three instances. */
const atRest = async (agents = 3, given: Parameters<typeof create>[1] = {}): Promise<World> => {
  const w = await world({ agents })
  await register(w)
  await create(w, given)
  await w.advance(MINUTE_MS)
  expect(await running(w)).toHaveLength(given.desiredCount ?? 3)
  return w
}

const drain = (w: World, agent: number, status: 'ACTIVE' | 'DRAINING' = 'DRAINING') =>
  w.call('UpdateContainerInstancesState', { containerInstances: [w.agents[agent]!.containerInstanceArn], status })

describe('a task of a service', () => {
  it('is replaced at once when somebody stops it', async () => {
    const w = await atRest()
    const [task] = await running(w)
    await w.call('StopTask', { task: task!.taskArn })
    expect(await wanted(w)).toHaveLength(3)
    await w.advance(2 * SECOND_MS)
    expect(await running(w)).toHaveLength(3)
    expect(await w.task(task!)).toMatchObject({ lastStatus: 'STOPPED', stopCode: 'UserInitiated' })
  })

  it('is replaced at once when it ends, again and again, and never throttled once it ran', async () => {
    const w = await world()
    await register(w, aContainer(order({ 'exit-after-seconds': '20', 'exit-code': '1' })))
    await create(w, { desiredCount: 1 })
    for (let end = 0; end < 6; end++) {
      await w.advance(21 * SECOND_MS)
      expect(await wanted(w)).toHaveLength(1)
    }
    expect((await messages(w)).join()).not.toContain('unable to consistently start')
  })

  it('is replaced when its health check fails, after a healthy one is there in its place', async () => {
    const w = await world()
    const healthCheck = { command: ['CMD', 'true'], interval: 5, retries: 1 }
    await register(w, aContainer({ healthCheck, ...order({ health: 'unhealthy' }) }))
    await create(w, { desiredCount: 2 })
    await w.advance(MINUTE_MS)
    const said = await messages(w)
    expect(
      said.some((message) => /^\(service web\) \(task \w+\) failed container health checks\.$/.test(message)),
    ).toBe(true)
    const stopped = (await w.tasks()).find(({ desiredStatus }) => desiredStatus === 'STOPPED')
    expect(stopped).toMatchObject({
      stopCode: 'ServiceSchedulerInitiated',
      stoppedReason: 'Task failed container health checks',
    })
  })

  it('may be unhealthy for the grace period of its service', async () => {
    const w = await world()
    const healthCheck = { command: ['CMD', 'true'], interval: 5, retries: 1 }
    await register(w, aContainer({ healthCheck, ...order({ health: 'unhealthy' }) }))
    await create(w, { desiredCount: 1, healthCheckGracePeriodSeconds: 120, loadBalancers: undefined })
    await w.advance(115 * SECOND_MS)
    expect(await w.tasks()).toHaveLength(1)
    await w.advance(20 * SECOND_MS)
    expect((await w.tasks()).length).toBeGreaterThan(1)
  })
})

describe('a draining instance', () => {
  it('hands its tasks to the others, and gets new ones when it is ACTIVE again', async () => {
    const w = await atRest()
    await drain(w, 0)
    await w.advance(2 * MINUTE_MS)
    expect(await running(w)).toHaveLength(3)
    expect((await spread(w))[0]).toBe(0)

    await drain(w, 0, 'ACTIVE')
    await w.call('UpdateService', { service: 'web', desiredCount: 6 })
    await w.advance(MINUTE_MS)
    expect(await spread(w)).toEqual([2, 2, 2])
  })
})

describe('an instance whose agent is silent', () => {
  it('keeps its tasks while that may pass', async () => {
    const w = await atRest()
    w.agents[0]!.wire.cut()
    await w.advance(15 * SECOND_MS)
    w.agents[0]!.wire.mend()
    await w.advance(2 * MINUTE_MS)
    expect(await w.tasks()).toHaveLength(3)
    expect(await spread(w)).toEqual([1, 1, 1])
  })

  it('loses its tasks to others after the grace, and runs nothing twice when it returns', async () => {
    const w = await atRest()
    w.agents[0]!.wire.cut()
    await w.advance(65 * SECOND_MS)
    expect(await spread(w)).toEqual([0, expect.any(Number), expect.any(Number)])
    expect(await running(w)).toHaveLength(3)
    expect(await w.agents[0]!.runningContainers()).toHaveLength(1)
    await w.advance(MINUTE_MS)
    expect((await messages(w)).at(-1)).toBe('(service web) has reached a steady state.')

    w.agents[0]!.wire.mend()
    await w.advance(3 * MINUTE_MS)
    expect(await w.agents[0]!.runningContainers()).toHaveLength(0)
    expect(await running(w)).toHaveLength(3)
    const lost = (await w.tasks()).find(({ desiredStatus }) => desiredStatus === 'STOPPED')
    expect(lost?.stoppedReason).toBe(
      `The agent of (container-instance ${w.agents[0]!.containerInstanceId}) is disconnected.`,
    )
  })

  it('keeps tasks that belong to no service', async () => {
    const w = await atRest(1, { desiredCount: 1 })
    await w.call('RunTask', { taskDefinition: 'web', launchType: 'EC2' })
    await w.advance(SECOND_MS)
    w.agents[0]!.wire.cut()
    await w.advance(3 * MINUTE_MS)
    const states = (await w.tasks()).map(({ group, desiredStatus }) => `${group} ${desiredStatus}`)
    expect(states).toContain('family:web RUNNING')
    expect(states).toContain('service:web STOPPED')
  })
})

describe('an instance that is deregistered', () => {
  it('is refused as long as it has tasks, and by force loses them to the others', async () => {
    const w = await atRest()
    const containerInstance = w.agents[0]!.containerInstanceArn
    await expect(w.call('DeregisterContainerInstance', { containerInstance })).rejects.toThrow('Found running tasks')
    await w.call('DeregisterContainerInstance', { containerInstance, force: true })
    await w.advance(5 * SECOND_MS)
    expect(await running(w)).toHaveLength(3)
    expect((await seen(w)).runningCount).toBe(3)
  })
})

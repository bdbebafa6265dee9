/** New versions of a service: rolled out within minimum and maximum, or rolled back. */
import { describe, expect, it } from 'vitest'
import { type World, world } from '../../world.ts'
import { aContainer, order, register } from '../control-plane/run-task.ts'
import { create, MINUTE_MS, messages, running, SECOND_MS, seen, wanted } from './services.ts'

const FAILS = { 'fail-start': 'no such program' }

/** Tasks that run, by the revision of their definition, at every second. */
const watch = async (w: World, seconds: number, look: (byRevision: Map<string, number>) => void): Promise<void> => {
  for (let second = 0; second < seconds; second++) {
    await w.advance(SECOND_MS)
    const tasks = (await w.tasks()).filter(({ lastStatus }) => lastStatus === 'RUNNING')
    const byRevision = Map.groupBy(tasks, ({ taskDefinitionArn = '' }) => taskDefinitionArn.split(':').at(-1)!)
    look(new Map([...byRevision].map(([revision, group]) => [revision, group.length])))
  }
}

const deployment = async (w: World) => (await seen(w)).deployments?.find(({ status }) => status === 'PRIMARY')

describe('an update', () => {
  it('replaces all tasks without ever going below the minimum or above the maximum', async () => {
    const w = await world({ agents: 2 })
    await register(w)
    await create(w, {
      desiredCount: 4,
      deploymentConfiguration: { minimumHealthyPercent: 75, maximumPercent: 125 },
    })
    await w.advance(MINUTE_MS)
    await register(w, aContainer({ image: 'busybox:2' }))
    await w.call('UpdateService', { service: 'web', taskDefinition: 'web' })
    await watch(w, 600, (running) => {
      const total = [...running.values()].reduce((sum, count) => sum + count, 0)
      expect(total).toBeGreaterThanOrEqual(3)
      expect(total).toBeLessThanOrEqual(5)
    })
    expect((await running(w)).every(({ taskDefinitionArn }) => taskDefinitionArn?.endsWith(':2'))).toBe(true)
    expect(await running(w)).toHaveLength(4)
    const service = await seen(w)
    expect(service.deployments).toHaveLength(1)
    expect(service.deployments?.[0]).toMatchObject({ rolloutState: 'COMPLETED', runningCount: 4 })
    expect((await messages(w)).at(-1)).toBe('(service web) has reached a steady state.')
  })

  it('makes room first where the instances have none, and says that there is none', async () => {
    const w = await world({ agents: 1 })
    await register(w, aContainer({ portMappings: [{ containerPort: 80, hostPort: 80 }] }))
    await create(w, { desiredCount: 1, deploymentConfiguration: { minimumHealthyPercent: 0, maximumPercent: 200 } })
    await w.advance(MINUTE_MS)
    await w.call('UpdateService', { service: 'web', forceNewDeployment: true })
    await w.advance(2 * MINUTE_MS)
    expect((await seen(w)).deployments).toHaveLength(1)
    expect((await deployment(w))?.rolloutState).toBe('COMPLETED')
    const complaints = (await messages(w)).filter((message) => message.includes('unable to place'))
    expect(complaints).toEqual([
      `(service web) was unable to place a task because no container instance met all of its requirements. ` +
        `The closest matching (container-instance ${w.agents[0]!.containerInstanceId}) is already using a port required by your task. ` +
        'For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.',
    ])
  })

  it('says when minimum and maximum let nothing happen', async () => {
    const w = await world()
    await register(w)
    await create(w, { desiredCount: 1, deploymentConfiguration: { minimumHealthyPercent: 50, maximumPercent: 100 } })
    await w.advance(MINUTE_MS)
    await w.call('UpdateService', { service: 'web', forceNewDeployment: true })
    await w.advance(5 * MINUTE_MS)
    const complaints = (await messages(w)).filter((message) => message.includes('deployment configuration'))
    expect(complaints).toHaveLength(1)
  })
})

describe('a deployment whose tasks fail to start', () => {
  it('backs off ever longer, and says so once', async () => {
    const w = await world()
    await register(w, aContainer(order(FAILS)))
    await create(w, { desiredCount: 1 })
    await w.advance(10 * MINUTE_MS)
    const attempts = (await w.tasks()).length
    expect(attempts).toBeGreaterThan(4)
    expect(attempts).toBeLessThan(20)
    const complaints = (await messages(w)).filter((message) => message.includes('consistently start'))
    expect(complaints).toEqual([
      '(service web) is unable to consistently start tasks successfully. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.',
    ])
  })

  it('is rolled back by the circuit breaker to what last worked', async () => {
    const w = await world()
    await register(w)
    await create(w, {
      desiredCount: 2,
      deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
    })
    await w.advance(MINUTE_MS)
    await register(w, aContainer(order(FAILS)))
    await w.call('UpdateService', { service: 'web', taskDefinition: 'web' })
    await watch(w, 300, (running) => expect(running.get('1')).toBe(2))
    expect((await running(w)).map(({ taskDefinitionArn }) => taskDefinitionArn?.split(':').at(-1))).toEqual(['1', '1'])
    expect((await seen(w)).taskDefinition).toMatch(/web:1$/)
    const { serviceDeployments = [] } = await w.call('ListServiceDeployments', { service: 'web' })
    expect(serviceDeployments.map(({ status }) => status)).toEqual(['ROLLBACK_SUCCESSFUL', 'SUCCESSFUL'])
  })
})

describe('a service that is scaled', () => {
  it('has as many tasks as it is told to, at once', async () => {
    const w = await world({ agents: 2 })
    await register(w)
    await create(w, { desiredCount: 2 })
    await w.advance(MINUTE_MS)
    await w.call('UpdateService', { service: 'web', desiredCount: 5 })
    expect(await wanted(w)).toHaveLength(5)
    await w.advance(MINUTE_MS)
    await w.call('UpdateService', { service: 'web', desiredCount: 1 })
    expect(await wanted(w)).toHaveLength(1)
    await w.advance(MINUTE_MS)
    const stopped = (await w.tasks()).find(({ desiredStatus }) => desiredStatus === 'STOPPED')
    expect(stopped).toMatchObject({ stopCode: 'ServiceSchedulerInitiated' })
    expect(stopped?.stoppedReason).toBe(`Scaling activity initiated by (deployment ${stopped?.startedBy})`)
  })
})

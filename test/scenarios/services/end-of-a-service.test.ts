/** Services that are deleted, names that are used again, and a control plane that is killed at any moment of it all. */
import { describe, expect, it } from 'vitest'
import { world } from '../../world.ts'
import { aContainer, register } from '../control-plane/run-task.ts'
import { create, MINUTE_MS, running, SECOND_MS, seen, wanted } from './services.ts'

describe('a service that is deleted', () => {
  it('asks its tasks to stop, protected ones too, and is INACTIVE', async () => {
    const w = await world({ agents: 2 })
    await register(w)
    await create(w)
    await w.advance(MINUTE_MS)
    const tasks = await running(w)
    await w.call('UpdateTaskProtection', {
      cluster: 'default',
      tasks: tasks.map(({ taskArn = '' }) => taskArn),
      protectionEnabled: true,
    })
    await w.call('DeleteService', { service: 'web', force: true })
    expect(await wanted(w)).toHaveLength(0)
    expect(await seen(w)).toMatchObject({ status: 'INACTIVE', deployments: [] })
    await w.advance(MINUTE_MS)
    expect((await w.tasks()).map(({ lastStatus }) => lastStatus)).toEqual(['STOPPED', 'STOPPED', 'STOPPED'])
  })

  it('leaves its name to another one, whose tasks are its own', async () => {
    const w = await world({ agents: 2 })
    await register(w)
    await create(w)
    await w.advance(MINUTE_MS)
    await w.call('DeleteService', { service: 'web', force: true })
    await create(w, { desiredCount: 2 })
    await w.advance(MINUTE_MS)
    expect(await running(w)).toHaveLength(2)
    const holders = (await running(w)).map(({ startedBy }) => startedBy)
    expect(new Set(holders)).toEqual(new Set([(await seen(w)).deployments?.[0]?.id]))
  })
})

describe('a control plane that is killed', () => {
  it.each([0, 1, 2, 3, 5, 8, 13, 21, 34])(
    'brings a service to rest all the same, %i turns after its beginning',
    async (turns) => {
      const w = await world({ agents: 2 })
      await register(w)
      const asked = w.ask('CreateService', { serviceName: 'web', taskDefinition: 'web', desiredCount: 4 })
      asked.catch(() => undefined)
      for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve))
      w.killControlPlane()
      await w.advance(5 * SECOND_MS)
      await w.startControlPlane()
      await w.advance(5 * MINUTE_MS)
      const { serviceArns = [] } = await w.call('ListServices', {})
      if (serviceArns.length === 0) await create(w, { desiredCount: 4 })
      await w.advance(2 * MINUTE_MS)
      expect(await running(w)).toHaveLength(4)
      const containers = await Promise.all(w.agents.map((agent) => agent.runningContainers()))
      expect(containers.flat()).toHaveLength(4)
      expect((await seen(w)).deployments).toMatchObject([{ rolloutState: 'COMPLETED' }])
    },
  )

  it('goes on with an update where it was', async () => {
    const w = await world({ agents: 2 })
    await register(w)
    await create(w, { desiredCount: 4 })
    await w.advance(MINUTE_MS)
    await register(w, aContainer({ image: 'busybox:2' }))
    await w.call('UpdateService', { service: 'web', taskDefinition: 'web' })
    for (let kill = 0; kill < 3; kill++) {
      await w.advance(11 * SECOND_MS)
      w.killControlPlane()
      await w.startControlPlane()
    }
    await w.advance(10 * MINUTE_MS)
    const revisions = (await running(w)).map(({ taskDefinitionArn }) => taskDefinitionArn?.split(':').at(-1))
    expect(revisions).toEqual(['2', '2', '2', '2'])
    expect((await seen(w)).deployments).toMatchObject([{ rolloutState: 'COMPLETED' }])
  })
})

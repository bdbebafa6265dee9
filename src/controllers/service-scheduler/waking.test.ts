import { describe, expect, it } from 'vitest'
import { aContainerInstance } from '../../../test/builders/a-container-instance.ts'
import { aService } from '../../../test/builders/a-service.ts'
import { aTask } from '../../../test/builders/a-task.ts'
import { seeded } from '../../../test/seeded.ts'
import { settle } from '../../kit/clock.ts'
import type { Transaction } from '../../store/tables.ts'
import { Waking } from './waking.ts'

/** The services `web` and `daemon`, and tasks of the first and of nobody on `i1`. */
const withServices = async () => {
  const services = [aService(), aService({ serviceName: 'daemon', schedulingStrategy: 'DAEMON' })]
  const tasks = [
    aTask({ taskId: 'mine', group: 'service:web', containerInstanceId: 'i1' }),
    aTask({ taskId: 'other', containerInstanceId: 'i1' }),
  ]
  const instances = [aContainerInstance({ containerInstanceId: 'i1' })]
  const { store } = await seeded({ services, tasks, instances })
  const waking = new Waking(store)
  const woken = new Set<string>()
  waking.watch((arn) => woken.add(arn.slice(arn.lastIndexOf('/') + 1)))
  const wokenBy = async (work: (tx: Transaction) => unknown): Promise<string[]> => {
    woken.clear()
    await store.transact(work)
    await settle()
    return [...woken].toSorted()
  }
  return { waking, wokenBy, web: services[0]! }
}

const stop = (taskId: string) => (tx: Transaction) =>
  tx.tasks.update(taskId, { lastStatus: 'STOPPED', desiredStatus: 'STOPPED' })

describe('Waking', () => {
  it('wakes the service of a task whose state changed, and nobody for another task', async () => {
    const { wokenBy } = await withServices()
    expect(await wokenBy((tx) => tx.tasks.update('mine', { lastStatus: 'RUNNING' }))).toEqual(['web'])
    expect(await wokenBy((tx) => tx.tasks.update('mine', { healthStatus: 'HEALTHY' }))).toEqual(['web'])
    expect(await wokenBy((tx) => tx.tasks.update('mine', { pullStartedAt: 1 }))).toEqual([])
    expect(await wokenBy((tx) => tx.tasks.update('other', { lastStatus: 'RUNNING' }))).toEqual([])
  })

  it('wakes those that wait for a place when a task of the cluster stops, or an instance can be used', async () => {
    const { waking, wokenBy, web } = await withServices()
    expect(await wokenBy(stop('other'))).toEqual([])
    waking.setBlocked(web, true)
    const anInstance = aContainerInstance({ containerInstanceId: 'i2', agentConnected: false })
    expect(await wokenBy((tx) => tx.containerInstances.insert(anInstance))).toEqual(['daemon'])
    expect(await wokenBy((tx) => tx.containerInstances.update('i2', { agentConnected: true }))).toContain('web')
    expect(await wokenBy((tx) => tx.tasks.remove('other'))).toEqual([])
    expect(await wokenBy((tx) => tx.tasks.insert(aTask({ taskId: 'third' })))).toEqual([])
    expect(await wokenBy(stop('third'))).toEqual(['web'])
    waking.setBlocked(web, false)
    expect(await wokenBy((tx) => tx.containerInstances.update('i2', { attributes: [] }))).toEqual(['daemon'])
  })

  it('wakes the services with tasks on an instance when its status changes', async () => {
    const { wokenBy } = await withServices()
    expect(await wokenBy((tx) => tx.containerInstances.update('i1', { status: 'DRAINING' }))).toEqual(['daemon', 'web'])
    expect(await wokenBy((tx) => tx.containerInstances.update('i1', { version: 7 }))).toEqual([])
  })

  it('wakes those that are balanced over zones when there is another zone to use', async () => {
    const { wokenBy, web } = await withServices()
    await wokenBy((tx) => tx.services.update(web.serviceArn, { availabilityZoneRebalancing: 'ENABLED' }))
    const attributes = [{ name: 'ecs.availability-zone', value: 'us-east-1z' }]
    const instance = { ...aContainerInstance({ containerInstanceId: 'z1' }), attributes, agentConnected: true }
    expect(await wokenBy((tx) => tx.containerInstances.insert(instance))).toContain('web')
    expect(await wokenBy((tx) => tx.containerInstances.insert({ ...instance, containerInstanceId: 'z2' }))).toEqual([
      'daemon',
    ])
    const setStatus = (status: 'ACTIVE' | 'DRAINING') => (tx: Transaction) =>
      ['z1', 'z2'].map((id) => tx.containerInstances.update(id, { status }))
    expect(await wokenBy(setStatus('DRAINING'))).toEqual(['daemon'])
    expect(await wokenBy(setStatus('ACTIVE'))).toContain('web')
  })

  it('wakes a service for its own rows', async () => {
    const { wokenBy, web } = await withServices()
    expect(await wokenBy((tx) => tx.services.update(web.serviceArn, { desiredCount: 7 }))).toEqual(['web'])
  })
})

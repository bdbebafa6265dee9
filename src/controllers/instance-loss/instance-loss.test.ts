import { describe, expect, it } from 'vitest'
import { aContainerInstance } from '../../../test/builders/a-container-instance.ts'
import { aTask } from '../../../test/builders/a-task.ts'
import { seeded } from '../../../test/seeded.ts'
import { settle } from '../../kit/clock.ts'
import { silentLog } from '../../kit/log.ts'
import { InstanceLoss } from './instance-loss.ts'

const GRACE_MS = 60_000

const withInstance = async () => {
  const tasks = [
    aTask({ taskId: 'of-service', group: 'service:web', containerInstanceId: 'i1', lastStatus: 'RUNNING' }),
    aTask({ taskId: 'standalone', containerInstanceId: 'i1', lastStatus: 'RUNNING' }),
  ]
  const { store, clock } = await seeded({ instances: [aContainerInstance({ containerInstanceId: 'i1' })], tasks })
  const controller = new InstanceLoss({ store, clock, log: silentLog, graceMs: GRACE_MS })
  const disconnect = () =>
    store.transact((tx) =>
      tx.containerInstances.update('i1', { agentConnected: false, agentDisconnectedAt: clock.now() }),
    )
  const look = () => controller.reconcile('i1')
  const task = (taskId: string) => store.tables.tasks.get(taskId)!
  return { store, clock, controller, disconnect, look, task }
}

describe('InstanceLoss', () => {
  it('has nothing to do with an instance that is connected', async () => {
    const { controller, look, store } = await withInstance()
    const { revision } = store
    expect([...controller.keys()]).toEqual([])
    expect(await look()).toBeUndefined()
    expect(store.revision).toBe(revision)
  })

  it('waits for the grace, then gives up on tasks of services, and on no others', async () => {
    const { clock, controller, disconnect, look, task } = await withInstance()
    await disconnect()
    expect([...controller.keys()]).toEqual(['i1'])
    expect(await look()).toEqual({ againInMs: GRACE_MS })
    await clock.advance(GRACE_MS - 1)
    expect(await look()).toEqual({ againInMs: 1 })
    expect(task('of-service').desiredStatus).toBe('RUNNING')
    await clock.advance(1)
    await look()
    expect(task('of-service')).toMatchObject({
      lastStatus: 'RUNNING',
      desiredStatus: 'STOPPED',
      stopCode: 'ServiceSchedulerInitiated',
      stoppedReason: 'The agent of (container-instance i1) is disconnected.',
    })
    expect(task('standalone').desiredStatus).toBe('RUNNING')
  })

  it('hears of an agent that goes', async () => {
    const { controller, disconnect } = await withInstance()
    const woken: string[] = []
    controller.watch((id) => woken.push(id))
    await disconnect()
    await settle()
    expect(woken).toEqual(['i1'])
  })
})

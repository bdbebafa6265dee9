import { describe, expect, it } from 'vitest'
import { aCluster, DEFAULT_CLUSTER_ARN } from '../../../test/builders/a-cluster.ts'
import { aContainerInstance, type InstanceSize } from '../../../test/builders/a-container-instance.ts'
import { aTask, aWaitingTask } from '../../../test/builders/a-task.ts'
import { aTaskDefinition } from '../../../test/builders/a-task-definition.ts'
import { seeded } from '../../../test/seeded.ts'
import { settle } from '../../kit/clock.ts'
import { silentLog } from '../../kit/log.ts'
import { PROVISIONING_WAIT_MS } from '../../model/limits.ts'
import type { ContainerInstanceRecord, TaskRecord, TaskReservation } from '../../model/records.ts'
import { endWithoutAgent } from '../../model/task-state.ts'
import { TaskPlacement } from './task-placement.ts'

const CAUSE = { stopCode: 'UserInitiated', stoppedReason: 'Task stopped by user' }

const needs = (memoryMiB: number): { readonly reservation: TaskReservation } => ({
  reservation: { cpuUnits: 0, memoryMiB, tcpPorts: [], udpPorts: [], gpuCount: 0 },
})

const anInstance = (given: Partial<ContainerInstanceRecord & InstanceSize> = {}): ContainerInstanceRecord =>
  aContainerInstance({ capacityProviderName: 'spare', memoryMiB: 100, ...given })

/** Tasks with ids in the order in which they are named. */
const inOrder = (...tasks: readonly Partial<TaskRecord>[]): TaskRecord[] =>
  tasks.map((task, index) => aWaitingTask({ taskId: String(index).padStart(32, '0'), ...needs(100), ...task }))

const withTasks = async (...tasks: readonly TaskRecord[]) => {
  const ecs = await seeded({ clusters: [aCluster()], definitions: [aTaskDefinition()], tasks })
  const controller = new TaskPlacement({ ...ecs, log: silentLog })
  const addInstances = (...instances: readonly ContainerInstanceRecord[]) =>
    ecs.store.transact((tx) => instances.forEach((instance) => tx.containerInstances.insert(instance)))
  const look = () => controller.reconcile(DEFAULT_CLUSTER_ARN)
  const now = (task: TaskRecord) => ecs.store.tables.tasks.get(task.taskId)!
  const placed = () => tasks.map((task) => now(task).containerInstanceId !== undefined)
  return { ...ecs, controller, addInstances, look, now, placed }
}

describe('TaskPlacement', () => {
  it('gives a task that waits an instance of its capacity provider', async () => {
    const [task] = inOrder({}) as [TaskRecord]
    const world = await withTasks(task)
    const mine = anInstance()
    await world.addInstances(anInstance({ capacityProviderName: 'other' }), mine)
    await world.clock.advance(5000)

    await world.look()

    expect(world.now(task)).toMatchObject({
      lastStatus: 'PENDING',
      containerInstanceId: mine.containerInstanceId,
      availabilityZone: 'us-east-1a',
      connectivityAt: world.clock.now(),
      version: 2,
    })
    expect(world.now(task)).not.toHaveProperty('waiting')
    expect(world.store.tables.tasks.findSize('activeByInstance', mine.containerInstanceId)).toBe(1)
    expect(world.capacity.remaining(mine.containerInstanceId)?.memoryMiB).toBe(0)
  })

  it('places the oldest first, and passes over those for which there is no room', async () => {
    const world = await withTasks(...inOrder(needs(70), needs(200), needs(30), needs(30)))
    await world.addInstances(anInstance())

    await world.look()
    expect(world.placed()).toEqual([true, false, true, false])

    await world.addInstances(anInstance({ memoryMiB: 200 }))
    await world.look()
    expect(world.placed()).toEqual([true, true, true, false])
  })

  it('keeps to the constraints and strategies of the launch', async () => {
    const waiting = {
      placementConstraints: [{ type: 'distinctInstance' as const }],
      placementStrategy: [{ type: 'binpack' as const, field: 'MEMORY' }],
    }
    const world = await withTasks(...inOrder({ waiting, ...needs(10) }, { waiting, ...needs(10) }))
    await world.addInstances(anInstance())

    await world.look()
    expect(world.placed()).toEqual([true, false])
  })

  it('gives tasks whatever room there is, many at once', async () => {
    const world = await withTasks(...inOrder(...Array.from({ length: 250 }, () => needs(1))))
    await world.addInstances(anInstance(), anInstance())

    await world.look()
    expect(world.placed().filter(Boolean)).toHaveLength(200)
    expect(world.placed().lastIndexOf(true)).toBe(199)
  })

  it('gives up in the end, and says why', async () => {
    const attribute = { placementConstraints: [{ type: 'memberOf' as const, expression: 'attribute:x == 1' }] }
    const [large, elsewhere, choosy, late] = inOrder(
      {},
      { capacityProviderName: 'empty' },
      { waiting: { ...attribute, placementStrategy: [] } },
      {},
    ) as [TaskRecord, TaskRecord, TaskRecord, TaskRecord]
    const world = await withTasks(large, elsewhere, choosy)
    await world.addInstances(anInstance({ memoryMiB: 50 }))
    const untilEnd = large.createdAt + PROVISIONING_WAIT_MS - world.clock.now()
    await world.clock.advance(untilEnd - 1)

    expect(await world.look()).toEqual({ againInMs: 1 })
    expect(world.now(large).lastStatus).toBe('PROVISIONING')
    await world.store.transact((tx) => tx.tasks.insert({ ...late, createdAt: world.clock.now() }))
    await world.clock.advance(1)
    await world.look()

    const given = (task: TaskRecord) => {
      const { lastStatus, desiredStatus, stopCode, stoppedReason } = world.now(task)
      return [lastStatus, desiredStatus, stopCode, stoppedReason]
    }
    expect(given(large)).toEqual(['STOPPED', 'STOPPED', 'TaskFailedToStart', 'RESOURCE:MEMORY'])
    expect(given(elsewhere)[3]).toBe('EMPTY CAPACITY PROVIDER')
    expect(given(choosy)[3]).toBe('MemberOf placement constraint unsatisfied.')
    expect(given(late)[0]).toBe('PROVISIONING')
  })

  it('says so when no instance of the capacity provider is ACTIVE', async () => {
    const [task] = inOrder({}) as [TaskRecord]
    const world = await withTasks(task)
    await world.addInstances(anInstance({ status: 'DRAINING' }))
    await world.clock.advance(task.createdAt + PROVISIONING_WAIT_MS - world.clock.now())

    await world.look()
    expect(world.now(task).stoppedReason).toBe('NO ACTIVE INSTANCES')
  })

  it('has nothing to do where no task waits', async () => {
    const world = await withTasks(aTask())

    expect([...world.controller.keys()]).toEqual([])
    expect(await world.look()).toBeUndefined()
  })

  it('looks again when an instance may have room that had none before', async () => {
    const world = await withTasks(...inOrder({}))
    const woken: string[] = []
    world.controller.watch((clusterArn) => woken.push(clusterArn))
    const wokenBy = async (work: Parameters<typeof world.store.transact>[0]) => {
      woken.length = 0
      await world.store.transact(work)
      await settle()
      return woken.length
    }
    const instance = anInstance({ agentConnected: false })
    const id = instance.containerInstanceId
    const ends = aTask({ containerInstanceId: id })

    expect([...world.controller.keys()]).toEqual([DEFAULT_CLUSTER_ARN])
    expect(await wokenBy((tx) => tx.containerInstances.insert(instance))).toBe(0)
    expect(await wokenBy((tx) => tx.containerInstances.update(id, { agentConnected: true }))).toBe(1)
    expect(await wokenBy((tx) => tx.containerInstances.update(id, { version: 9 }))).toBe(0)
    expect(await wokenBy((tx) => tx.tasks.insert(ends))).toBe(0)
    expect(await wokenBy((tx) => tx.tasks.put(endWithoutAgent(ends, CAUSE, 1)))).toBe(1)
    expect(await wokenBy((tx) => tx.containerInstances.update(id, { status: 'DRAINING' }))).toBe(0)
  })
})

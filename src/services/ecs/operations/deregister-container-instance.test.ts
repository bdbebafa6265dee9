import { describe, expect, it } from 'vitest'
import { aContainerInstance } from '../../../../test/builders/a-container-instance.ts'
import { aTask } from '../../../../test/builders/a-task.ts'
import { type EcsHarness, ecsHarness } from '../../../../test/ecs-context.ts'
import { createCluster } from './create-cluster.ts'
import { deregisterContainerInstance } from './deregister-container-instance.ts'

const instance = aContainerInstance()
const { containerInstanceId } = instance
const onInstance = { lastStatus: 'RUNNING', containerInstanceId } as const

const withInstance = async (...tasks: ReturnType<typeof aTask>[]): Promise<EcsHarness> => {
  const ecs = await ecsHarness()
  await ecs.call(createCluster, {})
  await ecs.store.transact((tx) => {
    tx.containerInstances.insert(instance)
    for (const task of tasks) tx.tasks.insert(task)
  })
  return ecs
}

describe('DeregisterContainerInstance', () => {
  it('makes an instance without tasks INACTIVE, once', async () => {
    const ecs = await withInstance(aTask({ ...onInstance, lastStatus: 'STOPPED' }))
    const answer = await ecs.call(deregisterContainerInstance, { containerInstance: containerInstanceId })
    expect(answer.containerInstance).toMatchObject({ status: 'INACTIVE', agentConnected: false, version: 2 })
    expect(ecs.store.tables.containerInstances.get(containerInstanceId)?.deregisteredAt).toBe(ecs.clock.now())
    await expect(
      ecs.call(deregisterContainerInstance, { containerInstance: containerInstanceId }),
    ).rejects.toMatchObject({
      message: `Container instance ${containerInstanceId} is inactive.`,
    })
  })

  it('refuses while tasks are on the instance', async () => {
    const ecs = await withInstance(aTask(onInstance))
    await expect(
      ecs.call(deregisterContainerInstance, { containerInstance: containerInstanceId }),
    ).rejects.toMatchObject({
      code: 'InvalidParameterException',
      message: 'Found running tasks on the instance.',
    })
    expect(ecs.store.tables.containerInstances.get(containerInstanceId)?.status).toBe('ACTIVE')
  })

  it('with force counts the tasks as stopped, those of Fargate on this host too', async () => {
    const fargate = aTask({ lastStatus: 'PENDING', launchType: 'FARGATE', hostInstanceId: containerInstanceId })
    const elsewhere = aTask({ lastStatus: 'RUNNING', containerInstanceId: 'another' })
    const ecs = await withInstance(aTask(onInstance), fargate, elsewhere)
    const { containerInstance } = await ecs.call(deregisterContainerInstance, {
      containerInstance: containerInstanceId,
      force: true,
    })
    expect(containerInstance).toMatchObject({ status: 'INACTIVE', runningTasksCount: 0, pendingTasksCount: 0 })
    expect(containerInstance!.remainingResources).toEqual(containerInstance!.registeredResources)
    const stopped = [...ecs.store.tables.tasks.rows()].filter(({ taskId }) => taskId !== elsewhere.taskId)
    for (const task of stopped) {
      expect(task).toMatchObject({
        lastStatus: 'STOPPED',
        desiredStatus: 'STOPPED',
        stopCode: 'UserInitiated',
        stoppedReason: 'Container instance deregistration forced by user',
        stoppedAt: ecs.clock.now(),
      })
    }
    expect(ecs.store.tables.tasks.get(elsewhere.taskId)).toEqual(elsewhere)
  })

  it.each([
    ['an instance that is not there', 'f'.repeat(32), `Referenced container instance ${'f'.repeat(32)} not found.`],
    ['an empty name', '', 'Container instance can not be blank.'],
    ['what is no id', 'a/b', 'Invalid container instance identifier: a/b'],
  ])('refuses %s', async (_what, containerInstance, message) => {
    const ecs = await withInstance()
    await expect(ecs.call(deregisterContainerInstance, { containerInstance })).rejects.toMatchObject({
      code: 'InvalidParameterException',
      message,
    })
  })
})

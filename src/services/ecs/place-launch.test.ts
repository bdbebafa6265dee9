import type { RunTaskRequest } from '@aws-sdk/client-ecs'
import { describe, expect, it } from 'vitest'
import { aCapacityProvider } from '../../../test/builders/a-capacity-provider.ts'
import { aCluster } from '../../../test/builders/a-cluster.ts'
import { aContainerInstance } from '../../../test/builders/a-container-instance.ts'
import { aWaitingTask } from '../../../test/builders/a-task.ts'
import { aTaskDefinition } from '../../../test/builders/a-task-definition.ts'
import { type Seed, seeded } from '../../../test/seeded.ts'
import { PROVISIONING_TASKS_PER_CLUSTER } from '../../model/limits.ts'
import { describeClusters } from './operations/describe-clusters.ts'
import { describeTasks } from './operations/describe-tasks.ts'
import { listTasks } from './operations/list-tasks.ts'
import { runTask } from './operations/run-task.ts'
import { stopTask } from './operations/stop-task.ts'

const withScaling = (name: string, status: 'ENABLED' | 'DISABLED') => {
  const provider = aCapacityProvider({ name })
  const { managedScaling } = provider.autoScalingGroupProvider
  return {
    ...provider,
    autoScalingGroupProvider: { autoScalingGroupArn: name, managedScaling: { ...managedScaling, status } },
  }
}

const on = (...names: readonly string[]): RunTaskRequest => ({
  taskDefinition: 'web',
  capacityProviderStrategy: names.map((capacityProvider) => ({ capacityProvider, weight: 1 })),
})

/** Room for one task of 256 MiB. */
const anInstance = (capacityProviderName: string) => aContainerInstance({ capacityProviderName, memoryMiB: 256 })

/** The capacity providers `spare` and `more`, which are scaled, and `fixed`, which is not. */
const world = (seed: Seed = {}) =>
  seeded({
    clusters: [aCluster({ capacityProviders: ['spare', 'more', 'fixed'] })],
    capacityProviders: [
      withScaling('spare', 'ENABLED'),
      withScaling('more', 'ENABLED'),
      withScaling('fixed', 'DISABLED'),
    ],
    definitions: [aTaskDefinition()],
    ...seed,
  })

describe('RunTask by capacity providers of Auto Scaling groups', () => {
  it('places tasks on their instances', async () => {
    const instance = anInstance('fixed')
    const ecs = await world({ instances: [anInstance('spare'), instance] })

    const { tasks, failures } = await ecs.call(runTask, on('fixed'))

    expect(failures).toEqual([])
    expect(tasks).toMatchObject([{ lastStatus: 'PENDING', launchType: 'EC2', capacityProviderName: 'fixed' }])
    expect(tasks?.[0]?.containerInstanceArn).toContain(instance.containerInstanceId)
  })

  it('shares tasks out between them', async () => {
    const instances = [anInstance('spare'), anInstance('spare'), anInstance('more'), anInstance('more')]
    const ecs = await world({ instances })

    const { tasks = [] } = await ecs.call(runTask, { ...on('spare', 'more'), count: 4 })

    const names = tasks.map(({ capacityProviderName }) => capacityProviderName)
    expect(names).toEqual(['spare', 'spare', 'more', 'more'])
    expect(new Set(tasks.map(({ containerInstanceArn }) => containerInstanceArn)).size).toBe(4)
  })

  it('lets tasks wait that fit nowhere, where scaling is managed', async () => {
    const ecs = await world({ instances: [anInstance('spare')] })

    const { tasks = [], failures } = await ecs.call(runTask, {
      ...on('spare'),
      count: 3,
      placementStrategy: [{ type: 'random' }],
    })

    expect(failures).toEqual([])
    expect(tasks.map(({ lastStatus }) => lastStatus)).toEqual(['PENDING', 'PROVISIONING', 'PROVISIONING'])
    expect(tasks[1]).toMatchObject({ desiredStatus: 'RUNNING', launchType: 'EC2', capacityProviderName: 'spare' })
    for (const member of ['containerInstanceArn', 'availabilityZone', 'connectivity'])
      expect(tasks[1]).not.toHaveProperty(member)
  })

  it('lets tasks wait in a cluster without any instance', async () => {
    const ecs = await world()

    const { tasks } = await ecs.call(runTask, on('spare'))

    const arns = tasks?.map(({ taskArn = '' }) => taskArn)
    expect(await ecs.call(listTasks, {})).toMatchObject({ taskArns: arns })
    expect(await ecs.call(describeTasks, { tasks: arns })).toMatchObject({ tasks: [{ lastStatus: 'PROVISIONING' }] })
    expect(await ecs.call(describeClusters, {})).toMatchObject({ clusters: [{ pendingTasksCount: 1 }] })
  })

  it('ends a task that waits as soon as it is stopped', async () => {
    const ecs = await world()
    const { tasks } = await ecs.call(runTask, on('spare'))

    const { task } = await ecs.call(stopTask, { task: tasks?.[0]?.taskArn })

    expect(task).toMatchObject({ lastStatus: 'STOPPED', desiredStatus: 'STOPPED', stopCode: 'UserInitiated' })
    expect(ecs.store.tables.tasks.size).toBe(1)
    expect([...ecs.store.tables.tasks.rows()][0]).not.toHaveProperty('waiting')
  })

  it('fails where scaling is not managed', async () => {
    const ecs = await world({ instances: [anInstance('spare')] })

    expect(await ecs.call(runTask, on('fixed'))).toEqual({
      tasks: [],
      failures: [{ reason: 'No Container Instances were found in your capacity provider.' }],
    })
    await expect((await world()).call(runTask, on('fixed'))).rejects.toMatchObject({
      message: 'No Container Instances were found in your cluster.',
    })
  })

  it('lets no more tasks wait than a cluster may have', async () => {
    const tasks = Array.from({ length: PROVISIONING_TASKS_PER_CLUSTER - 3 }, () => aWaitingTask())
    const ecs = await world({ tasks })

    const answer = await ecs.call(runTask, { ...on('spare', 'more'), count: 5 })

    expect(answer.tasks?.map(({ capacityProviderName }) => capacityProviderName)).toEqual(['spare', 'spare', 'spare'])
    expect(answer.failures).toMatchObject([
      {
        reason: 'No Container Instances were found in your capacity provider.',
        detail: expect.stringContaining('500 tasks in the PROVISIONING state'),
      },
    ])
  })

  it('refuses a strategy that mixes them with those of Fargate', async () => {
    const ecs = await world({ clusters: [aCluster({ capacityProviders: ['FARGATE', 'spare'] })] })

    await expect(ecs.call(runTask, on('FARGATE', 'spare'))).rejects.toMatchObject({
      code: 'InvalidParameterException',
      message: expect.stringContaining('cannot contain a mix of capacity providers'),
    })
  })
})

import type { ListTasksRequest } from '@aws-sdk/client-ecs'
import { describe, expect, it } from 'vitest'
import { aCluster } from '../../../../test/builders/a-cluster.ts'
import { aContainerInstance } from '../../../../test/builders/a-container-instance.ts'
import { aService } from '../../../../test/builders/a-service.ts'
import { aTask } from '../../../../test/builders/a-task.ts'
import type { EcsHarness } from '../../../../test/ecs-context.ts'
import { seeded } from '../../../../test/seeded.ts'
import { LIST_TASKS_ROWS } from '../../../model/limits.ts'
import type { TaskRecord } from '../../../model/records.ts'
import { listTasks } from './list-tasks.ts'

const arnOf = ({ taskId }: TaskRecord) => `arn:aws:ecs:us-east-1:000000000000:task/default/${taskId}`
const many = (count: number, given: Partial<TaskRecord> = {}) => Array.from({ length: count }, () => aTask(given))
const stopped = { lastStatus: 'STOPPED', desiredStatus: 'STOPPED' } as const
const apiDefinition = { taskDefinitionArn: 'arn:aws:ecs:us-east-1:000000000000:task-definition/api:3' }

/** All ARNs of a listing, and how many were on each page. */
const allPages = async (ecs: EcsHarness, input: ListTasksRequest) => {
  const arns: string[] = []
  const sizes: number[] = []
  let nextToken: string | undefined
  do {
    const answer = await ecs.call(listTasks, { ...input, nextToken })
    arns.push(...(answer.taskArns ?? []))
    sizes.push(answer.taskArns?.length ?? 0)
    nextToken = answer.nextToken
  } while (nextToken !== undefined)
  return { arns, sizes }
}

describe('ListTasks', () => {
  it('lists the tasks of a cluster that are wanted running', async () => {
    const other = aCluster({ clusterName: 'other' })
    const tasks = [aTask(), aTask({ lastStatus: 'RUNNING' })]
    const ecs = await seeded({
      clusters: [aCluster(), other],
      tasks: [...tasks, aTask(stopped), aTask({ clusterArn: other.clusterArn })],
    })
    const answer = await ecs.call(listTasks, {})
    expect(new Set(answer.taskArns)).toEqual(new Set(tasks.map(arnOf)))
    expect(answer).not.toHaveProperty('nextToken')
  })

  it('lists the tasks that are wanted stopped, and none that are wanted pending', async () => {
    const tasks = [aTask({ ...stopped, lastStatus: 'RUNNING' }), aTask(stopped)]
    const ecs = await seeded({ tasks: [aTask(), ...tasks] })
    const answer = await ecs.call(listTasks, { desiredStatus: 'STOPPED' })
    expect(new Set(answer.taskArns)).toEqual(new Set(tasks.map(arnOf)))
    expect(await ecs.call(listTasks, { desiredStatus: 'PENDING' })).toEqual({ taskArns: [] })
  })

  it('lists the tasks of a service, by its name or ARN, and those of one family of it', async () => {
    const own = [aTask({ group: 'service:web' }), aTask({ group: 'service:web', ...apiDefinition })]
    const ecs = await seeded({ tasks: [...own, aTask(), aTask({ group: 'service:api' })] })
    await ecs.store.transact((tx) => tx.services.insert(aService()))
    const arns = own.map(arnOf)

    expect(new Set((await ecs.call(listTasks, { serviceName: 'web' })).taskArns)).toEqual(new Set(arns))
    const { taskArns } = await ecs.call(listTasks, { serviceName: aService().serviceArn, family: 'api' })
    expect(taskArns).toEqual(arns.slice(1))
    const paged = await allPages(ecs, { serviceName: 'web', maxResults: 1 })
    expect(new Set(paged.arns)).toEqual(new Set(arns))
  })

  it('filters by family, startedBy, instance and launch type', async () => {
    const instance = aContainerInstance()
    const api = aTask(apiDefinition)
    const job = aTask({ startedBy: 'job' })
    const placed = aTask({ containerInstanceId: instance.containerInstanceId })
    const fargate = aTask({ launchType: 'FARGATE', hostInstanceId: instance.containerInstanceId })
    const ecs = await seeded({ instances: [instance], tasks: [api, job, placed, fargate] })
    const list = async (input: ListTasksRequest) => (await ecs.call(listTasks, input)).taskArns
    expect(await list({ family: 'api' })).toEqual([arnOf(api)])
    expect(await list({ family: 'ap' })).toEqual([])
    expect(await list({ startedBy: 'job' })).toEqual([arnOf(job)])
    expect(await list({ startedBy: 'job', desiredStatus: 'STOPPED' })).toEqual([])
    expect(await list({ containerInstance: instance.containerInstanceId })).toEqual([arnOf(placed)])
    expect(await list({ launchType: 'FARGATE' })).toEqual([arnOf(fargate)])
    expect(await list({ launchType: 'FARGATE', family: 'api' })).toEqual([])
  })

  it('gives every task once, page by page', async () => {
    const tasks = many(25)
    const ecs = await seeded({ tasks })
    const { arns, sizes } = await allPages(ecs, { maxResults: 10 })
    expect(sizes).toEqual([10, 10, 5])
    expect(arns.toSorted()).toEqual(tasks.map(arnOf).toSorted())
  })

  it('gives 100 tasks where the request does not say how many', async () => {
    const ecs = await seeded({ tasks: many(101) })
    expect((await allPages(ecs, {})).sizes).toEqual([100, 1])
  })

  it('goes on from its place when that task is gone and others came', async () => {
    const tasks = many(30).toSorted((a, b) => (a.taskId < b.taskId ? -1 : 1))
    const ecs = await seeded({ tasks })
    const { taskArns, nextToken } = await ecs.call(listTasks, { maxResults: 10 })
    await ecs.store.transact((tx) => {
      for (const { taskId } of tasks.slice(5, 10)) tx.tasks.remove(taskId)
    })
    const rest = await allPages(ecs, { maxResults: 20, nextToken })
    expect(taskArns).toEqual(tasks.slice(0, 10).map(arnOf))
    expect((await ecs.call(listTasks, { maxResults: 20, nextToken })).taskArns).toEqual(tasks.slice(10).map(arnOf))
    expect(rest.arns).toHaveLength(25)
  })

  it('looks at a limited number of tasks for a page, and says that there may be more', async () => {
    const rare = aTask({ taskId: 'f'.repeat(32), launchType: 'FARGATE' })
    const ecs = await seeded({ tasks: [...many(LIST_TASKS_ROWS), rare] })
    const first = await ecs.call(listTasks, { launchType: 'FARGATE' })
    expect(first.taskArns).toEqual([])
    expect((await ecs.call(listTasks, { launchType: 'FARGATE', nextToken: first.nextToken })).taskArns).toEqual([
      arnOf(rare),
    ])
  })

  it.each<[string, ListTasksRequest, string]>([
    ['a token of other filters', { family: 'api', nextToken: 'PLACEHOLDER' }, 'Invalid token.'],
    ['pages that are too large', { maxResults: 101 }, 'maxResults must be between 1 and 100.'],
    ['pages without results', { maxResults: 0 }, 'maxResults must be between 1 and 100.'],
    ['startedBy with another filter', { startedBy: 'a', family: 'b' }, 'it must be the only filter that you use.'],
    ['an unknown service', { serviceName: 'web' }, 'Service not found.'],
    ['a daemon', { daemonName: 'd' }, 'Daemons are not supported.'],
    ['an unknown instance', { containerInstance: '0'.repeat(32) }, 'not found.'],
    ['an unknown cluster', { cluster: 'none' }, 'Cluster not found.'],
    ['an unknown status', { desiredStatus: 'GONE' as never }, "Value 'GONE' at 'desiredStatus'"],
    ['an unknown launch type', { launchType: 'MOON' as never }, "Value 'MOON' at 'launchType'"],
  ])('refuses %s', async (_what, input, message) => {
    const ecs = await seeded({ tasks: many(2) })
    const { nextToken } = await ecs.call(listTasks, { maxResults: 1 })
    const given = input.nextToken === undefined ? input : { ...input, nextToken }
    await expect(ecs.call(listTasks, given)).rejects.toMatchObject({ message: expect.stringContaining(message) })
  })
})

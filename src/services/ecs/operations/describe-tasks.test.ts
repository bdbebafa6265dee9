import { describe, expect, it } from 'vitest'
import { aCluster } from '../../../../test/builders/a-cluster.ts'
import { aTask } from '../../../../test/builders/a-task.ts'
import { seeded } from '../../../../test/seeded.ts'
import { describeTasks } from './describe-tasks.ts'

const arnOf = (taskId: string) => `arn:aws:ecs:us-east-1:000000000000:task/default/${taskId}`
const tags = [{ key: 'a', value: 'b' }]

describe('DescribeTasks', () => {
  it('describes tasks by id and ARN, in the order asked for', async () => {
    const tasks = [aTask(), aTask({ lastStatus: 'STOPPED', desiredStatus: 'STOPPED' })]
    const ecs = await seeded({ tasks })
    const answer = await ecs.call(describeTasks, { tasks: [arnOf(tasks[1]!.taskId), tasks[0]!.taskId] })
    expect(answer.tasks?.map(({ taskArn, lastStatus }) => [taskArn, lastStatus])).toEqual([
      [arnOf(tasks[1]!.taskId), 'STOPPED'],
      [arnOf(tasks[0]!.taskId), 'PENDING'],
    ])
    expect(answer.failures).toEqual([])
  })

  it('reads ARNs of the format without cluster', async () => {
    const task = aTask()
    const ecs = await seeded({ tasks: [task] })
    const answer = await ecs.call(describeTasks, { tasks: [`arn:aws:ecs:us-east-1:000000000000:task/${task.taskId}`] })
    expect(answer.tasks).toHaveLength(1)
  })

  it('counts what it does not find as failures', async () => {
    const other = aCluster({ clusterName: 'other' })
    const elsewhere = aTask({ clusterArn: other.clusterArn })
    const ecs = await seeded({ clusters: [aCluster(), other], tasks: [elsewhere] })
    const missing = '0'.repeat(32)
    expect(await ecs.call(describeTasks, { tasks: [missing, arnOf(missing), elsewhere.taskId] })).toEqual({
      tasks: [],
      failures: [missing, missing, elsewhere.taskId].map((taskId) => ({ arn: arnOf(taskId), reason: 'MISSING' })),
    })
  })

  it('shows tags when they are asked for', async () => {
    const task = aTask({ tags })
    const ecs = await seeded({ tasks: [task] })
    expect((await ecs.call(describeTasks, { tasks: [task.taskId] })).tasks?.[0]?.tags).toEqual([])
    const answer = await ecs.call(describeTasks, { tasks: [task.taskId], include: ['TAGS'] })
    expect(answer.tasks?.[0]?.tags).toEqual(tags)
  })

  it.each([
    ['no tasks', { tasks: [] }, 'Tasks cannot be empty.'],
    ['too many tasks', { tasks: Array<string>(101).fill('0'.repeat(32)) }, 'Tasks can have at most 100 items.'],
    ['what cannot be an id', { tasks: ['None'] }, 'taskId length should be one of [32,36]'],
    ['an unknown cluster', { cluster: 'none', tasks: ['x'] }, 'Cluster not found.'],
    ['another member to include', { tasks: ['x'], include: ['ALL' as never] }, "Value 'ALL' at 'include'"],
  ])('refuses %s', async (_what, input, message) => {
    const ecs = await seeded({})
    await expect(ecs.call(describeTasks, input)).rejects.toMatchObject({ message: expect.stringContaining(message) })
  })
})

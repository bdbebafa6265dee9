import { describe, expect, it } from 'vitest'
import { aTask } from '../../../../test/builders/a-task.ts'
import { BUILT_AT_MS } from '../../../../test/builders/ids.ts'
import { seeded } from '../../../../test/seeded.ts'
import { taskArn } from '../../../model/arn.ts'
import { getTaskProtection } from './get-task-protection.ts'

const cluster = 'default'

describe('GetTaskProtection', () => {
  it('says which tasks are protected, and until when', async () => {
    const protectedUntil = BUILT_AT_MS + 60_000
    const tasks = [aTask({ group: 'service:web', protectedUntil }), aTask({ group: 'service:web' })]
    const ecs = await seeded({ tasks })
    const answer = await ecs.call(getTaskProtection, { cluster, tasks: tasks.map(({ taskId }) => taskId) })
    expect(answer).toEqual({
      protectedTasks: [
        {
          taskArn: taskArn(tasks[0]!.clusterArn, tasks[0]!.taskId),
          protectionEnabled: true,
          expirationDate: new Date(protectedUntil),
        },
        { taskArn: taskArn(tasks[1]!.clusterArn, tasks[1]!.taskId), protectionEnabled: false },
      ],
      failures: [],
    })
  })

  it.each([
    ['no tasks', undefined, 'Tasks cannot be empty.'],
    ['too many tasks', Array<string>(101).fill('x'), 'Tasks can have at most 100 items.'],
  ])('refuses %s', async (_what, tasks, message) => {
    const ecs = await seeded({})
    await expect(ecs.call(getTaskProtection, { cluster, tasks })).rejects.toMatchObject({ message })
  })
})

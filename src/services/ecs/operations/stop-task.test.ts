import { describe, expect, it } from 'vitest'
import { aCluster } from '../../../../test/builders/a-cluster.ts'
import { aContainerInstance } from '../../../../test/builders/a-container-instance.ts'
import { aTask, aTaskContainer } from '../../../../test/builders/a-task.ts'
import { seeded } from '../../../../test/seeded.ts'
import type { TaskRecord } from '../../../model/records.ts'
import { stopTask } from './stop-task.ts'
import { submitTaskStateChange } from './submit-task-state-change.ts'

const instance = aContainerInstance()
const onInstance = (given: Partial<TaskRecord> = {}): TaskRecord =>
  aTask({ containerInstanceId: instance.containerInstanceId, lastStatus: 'RUNNING', startedAt: 1, ...given })
const world = (...tasks: TaskRecord[]) => seeded({ instances: [instance], tasks })

describe('StopTask', () => {
  it('wants the task stopped and leaves its status to the agent', async () => {
    const task = onInstance()
    const ecs = await world(task)
    const answer = await ecs.call(stopTask, { task: task.taskId, reason: 'deploying' })
    expect(answer.task).toMatchObject({
      lastStatus: 'RUNNING',
      desiredStatus: 'STOPPED',
      stopCode: 'UserInitiated',
      stoppedReason: 'deploying',
      version: 2,
    })
    expect(answer.task?.stoppingAt?.getTime()).toBe(ecs.clock.now())
    expect(answer.task).not.toHaveProperty('stoppedAt')
  })

  it('has a reason of its own when none is given', async () => {
    const task = onInstance()
    const ecs = await world(task)
    const taskArn = `arn:aws:ecs:us-east-1:000000000000:task/default/${task.taskId}`
    const answer = await ecs.call(stopTask, { task: taskArn })
    expect(answer.task?.stoppedReason).toBe('Task stopped by user')
  })

  it('keeps its reason when the agent reports the end', async () => {
    const task = onInstance({ containers: [aTaskContainer({ lastStatus: 'RUNNING' })] })
    const ecs = await world(task)
    await ecs.call(stopTask, { task: task.taskId, reason: 'enough' })
    await ecs.call(submitTaskStateChange, {
      task: task.taskId,
      status: 'STOPPED',
      reason: '',
      containers: [{ containerName: 'app', status: 'STOPPED', exitCode: 137 }],
    })
    expect(ecs.store.tables.tasks.get(task.taskId)).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'UserInitiated',
      stoppedReason: 'enough',
    })
  })

  it('changes nothing about a task that is stopping or has stopped', async () => {
    const stopping = onInstance({ desiredStatus: 'STOPPED', stoppedReason: 'first' })
    const stopped = onInstance({ lastStatus: 'STOPPED', desiredStatus: 'STOPPED', stoppedReason: 'earlier' })
    const ecs = await world(stopping, stopped)
    await ecs.call(stopTask, { task: stopping.taskId, reason: 'second' })
    await ecs.call(stopTask, { task: stopped.taskId, reason: 'second' })
    expect(ecs.store.tables.tasks.get(stopping.taskId)).toBe(stopping)
    expect(ecs.store.tables.tasks.get(stopped.taskId)).toBe(stopped)
  })

  it('ends a task at once whose instance is gone', async () => {
    const gone = aContainerInstance({ status: 'INACTIVE' })
    const tasks = [aTask({ containerInstanceId: gone.containerInstanceId }), aTask({ hostInstanceId: 'unknown' })]
    const ecs = await seeded({ instances: [gone], tasks })
    for (const { taskId } of tasks) {
      const answer = await ecs.call(stopTask, { task: taskId })
      expect(answer.task).toMatchObject({ lastStatus: 'STOPPED', containers: [{ lastStatus: 'STOPPED' }] })
    }
  })

  it('shows the tags of the task', async () => {
    const task = onInstance({ tags: [{ key: 'a', value: 'b' }] })
    const ecs = await world(task)
    expect((await ecs.call(stopTask, { task: task.taskId })).task?.tags).toEqual([{ key: 'a', value: 'b' }])
  })

  it.each([
    ['an unknown task', '0'.repeat(32), 'The referenced task was not found.'],
    ['no task', '', 'Task can not be blank.'],
    ['what cannot be an id', 'None', 'taskId length should be one of [32,36]'],
    [
      'an ARN of something else',
      'arn:aws:ecs:us-east-1:000000000000:cluster/default',
      'Invalid identifier: Identifier is for cluster. Expected task.',
    ],
    [
      'an ARN of another cluster',
      `arn:aws:ecs:us-east-1:000000000000:task/other/${'0'.repeat(32)}`,
      'Invalid identifier: Identifier is for cluster other. Your cluster is default',
    ],
    ['an ARN of another service', 'arn:aws:s3:::bucket', 'Invalid identifier: Identifier is not an Amazon ECS ARN.'],
    [
      'a long path',
      'arn:aws:ecs:us-east-1:000000000000:task/a/b/c',
      'Invalid identifier: Unexpected number of separators',
    ],
  ])('refuses %s', async (_what, task, message) => {
    const ecs = await world()
    await expect(ecs.call(stopTask, { task })).rejects.toMatchObject({ code: 'InvalidParameterException', message })
  })

  it('refuses a task of another cluster, region or account', async () => {
    const task = onInstance()
    const ecs = await seeded({ clusters: [aCluster(), aCluster({ clusterName: 'other' })], tasks: [task] })
    const message = 'The referenced task was not found.'
    await expect(ecs.call(stopTask, { cluster: 'other', task: task.taskId })).rejects.toMatchObject({ message })
    const abroad = `arn:aws:ecs:eu-west-1:000000000000:task/default/${task.taskId}`
    await expect(ecs.call(stopTask, { task: abroad })).rejects.toMatchObject({ message })
  })

  it('refuses a reason that is too long', async () => {
    const task = onInstance()
    const ecs = await world(task)
    await expect(ecs.call(stopTask, { task: task.taskId, reason: 'r'.repeat(1025) })).rejects.toMatchObject({
      message: 'reason can have at most 1024 characters.',
    })
  })

  it('refuses an unknown cluster', async () => {
    const ecs = await world()
    await expect(ecs.call(stopTask, { cluster: 'none', task: 'x' })).rejects.toMatchObject({
      code: 'ClusterNotFoundException',
    })
  })
})

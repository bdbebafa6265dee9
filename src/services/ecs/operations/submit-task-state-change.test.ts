import { describe, expect, it } from 'vitest'
import { aCluster } from '../../../../test/builders/a-cluster.ts'
import { aServiceRevision } from '../../../../test/builders/a-service.ts'
import { aTask, aTaskContainer } from '../../../../test/builders/a-task.ts'
import { aContainerDefinition, aTaskDefinition } from '../../../../test/builders/a-task-definition.ts'
import { seeded } from '../../../../test/seeded.ts'
import { dateOf } from '../../../kit/timestamps.ts'
import { deploymentIdOf } from '../../../model/arn.ts'
import type { TaskRecord } from '../../../model/records.ts'
import { submitAttachmentStateChanges } from './submit-attachment-state-changes.ts'
import { submitContainerStateChange } from './submit-container-state-change.ts'
import { submitTaskStateChange } from './submit-task-state-change.ts'

const acknowledged = { acknowledgment: 'ACK' }
const definition = aTaskDefinition({
  containerDefinitions: [aContainerDefinition(), aContainerDefinition({ name: 'sidecar', essential: false })],
})
const world = async () => {
  const task = aTask({ containers: [aTaskContainer(), aTaskContainer({ name: 'sidecar' })] })
  const ecs = await seeded({
    clusters: [aCluster(), aCluster({ clusterName: 'other' })],
    definitions: [definition],
    tasks: [task],
  })
  const current = () => ecs.store.tables.tasks.get(task.taskId)
  return { ecs, task, current, taskArn: `arn:aws:ecs:us-east-1:000000000000:task/default/${task.taskId}` }
}

describe('SubmitTaskStateChange', () => {
  it('applies everything that the agent reports', async () => {
    const { ecs, taskArn, current } = await world()
    const networkBindings = [{ bindIP: '0.0.0.0', containerPort: 80, hostPort: 32768, protocol: 'tcp' as const }]
    const answer = await ecs.call(submitTaskStateChange, {
      cluster: 'default',
      task: taskArn,
      status: 'RUNNING',
      reason: '',
      containers: [
        { containerName: 'app', status: 'RUNNING', runtimeId: 'r', imageDigest: 'sha256:1', networkBindings },
        { containerName: 'sidecar', status: 'RUNNING', runtimeId: 's' },
        { containerName: 'sidecar', status: 'STOPPED', exitCode: 0 },
      ],
      managedAgents: [{ containerName: 'app', managedAgentName: 'ExecuteCommandAgent', status: 'RUNNING' }],
      pullStartedAt: dateOf(1000),
      pullStoppedAt: dateOf(2000),
      executionStoppedAt: dateOf(3000),
    })
    expect(answer).toEqual(acknowledged)
    expect(current()).toMatchObject({
      lastStatus: 'RUNNING',
      desiredStatus: 'RUNNING',
      startedAt: ecs.clock.now(),
      pullStartedAt: 1000,
      pullStoppedAt: 2000,
      executionStoppedAt: 3000,
      version: 2,
      containers: [
        { name: 'app', lastStatus: 'RUNNING', runtimeId: 'r', imageDigest: 'sha256:1', networkBindings },
        { name: 'sidecar', lastStatus: 'STOPPED', runtimeId: 's', exitCode: 0 },
      ],
    })
  })

  it('makes the first digests of a service revision those of all its tasks', async () => {
    const revision = aServiceRevision()
    const startedBy = deploymentIdOf(revision.serviceRevisionArn)
    const containers = [aTaskContainer(), aTaskContainer({ name: 'sidecar' })]
    const [first, second] = [1, 2].map(() => aTask({ group: 'service:web', startedBy, containers }))
    const ecs = await seeded({ definitions: [definition], revisions: [revision], tasks: [first!, second!] })
    const report = (task: TaskRecord, containerName: string, imageDigest: string) =>
      ecs.call(submitTaskStateChange, {
        task: task.taskId,
        status: 'PENDING',
        containers: [{ containerName, imageDigest }],
      })
    await report(first!, 'app', 'sha256:1')
    await report(second!, 'app', 'sha256:2')
    await report(second!, 'sidecar', 'sha256:3')
    expect(ecs.store.tables.serviceRevisions.get(revision.serviceRevisionArn)?.imageDigests).toEqual({
      app: 'sha256:1',
      sidecar: 'sha256:3',
    })
  })

  it('writes nothing for a repeated report', async () => {
    const { ecs, taskArn } = await world()
    const report = { task: taskArn, status: 'RUNNING', containers: [{ containerName: 'app', status: 'RUNNING' }] }
    await ecs.call(submitTaskStateChange, report)
    const { revision } = ecs.store
    expect(await ecs.call(submitTaskStateChange, report)).toEqual(acknowledged)
    expect(ecs.store.revision).toBe(revision)
  })

  it('acknowledges reports of tasks and clusters that are not known', async () => {
    const { ecs } = await world()
    const task = '0'.repeat(32)
    expect(await ecs.call(submitTaskStateChange, { task, status: 'STOPPED' })).toEqual(acknowledged)
    expect(await ecs.call(submitTaskStateChange, { cluster: 'none', task, status: 'STOPPED' })).toEqual(acknowledged)
  })

  it.each([
    ['of no task', { task: '' }],
    ['of what cannot be a task', { task: 'x' }],
    ['of a cluster that cannot be', { cluster: 'a b', task: '0'.repeat(32) }],
  ])('refuses a report %s, in the one way that agents do not repeat', async (_what, input) => {
    const { ecs } = await world()
    await expect(ecs.call(submitTaskStateChange, input)).rejects.toMatchObject({ code: 'InvalidParameterException' })
  })

  it('refuses a report of a task in another cluster', async () => {
    const { ecs, task, current } = await world()
    await expect(
      ecs.call(submitTaskStateChange, { cluster: 'other', task: task.taskId, status: 'STOPPED' }),
    ).rejects.toMatchObject({ code: 'InvalidParameterException' })
    expect(current()).toBe(task)
  })
})

describe('SubmitContainerStateChange', () => {
  it('is a report of one container', async () => {
    const { ecs, taskArn, current } = await world()
    const report = {
      task: taskArn,
      containerName: 'sidecar',
      runtimeId: 's',
      status: 'STOPPED',
      exitCode: 3,
      reason: 'why',
    }
    expect(await ecs.call(submitContainerStateChange, report)).toEqual(acknowledged)
    expect(current()).toMatchObject({
      lastStatus: 'PENDING',
      containers: [
        { name: 'app', lastStatus: 'PENDING' },
        { name: 'sidecar', lastStatus: 'STOPPED', runtimeId: 's', exitCode: 3, reason: 'why' },
      ],
    })
  })

  it('refuses a report of no container', async () => {
    const { ecs, taskArn } = await world()
    await expect(ecs.call(submitContainerStateChange, { task: taskArn })).rejects.toMatchObject({
      message: 'Container name cannot be blank.',
    })
  })
})

describe('SubmitAttachmentStateChanges', () => {
  const attachmentArn = 'arn:aws:ecs:us-east-1:000000000000:attachment/0123'

  it('acknowledges attachments, which are of no task here', async () => {
    const { ecs } = await world()
    expect(
      await ecs.call(submitAttachmentStateChanges, { attachments: [{ attachmentArn, status: 'ATTACHED' }] }),
    ).toEqual(acknowledged)
  })

  it.each([
    ['without ARN', { attachmentArn: 'x', status: 'ATTACHED' }, 'Invalid attachment ARN: x'],
    ['without status', { attachmentArn, status: '' }, 'The status of an attachment cannot be blank.'],
  ])('refuses an attachment %s', async (_what, attachment, message) => {
    const { ecs } = await world()
    await expect(ecs.call(submitAttachmentStateChanges, { attachments: [attachment] })).rejects.toMatchObject({
      message,
    })
  })
})

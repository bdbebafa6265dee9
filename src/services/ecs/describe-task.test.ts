import { describe, expect, it } from 'vitest'
import { aContainerInstance } from '../../../test/builders/a-container-instance.ts'
import { aTask, aTaskContainer } from '../../../test/builders/a-task.ts'
import { aContainerDefinition, aTaskDefinition } from '../../../test/builders/a-task-definition.ts'
import { seeded } from '../../../test/seeded.ts'
import type { TaskRecord } from '../../model/records.ts'
import { describedTask, describeTask, type TaskView } from './describe-task.ts'

const view = (given: Partial<TaskView> = {}): TaskView => ({
  definition: aTaskDefinition(),
  isConnected: true,
  withTags: true,
  ...given,
})

describe('describeTask', () => {
  it('shows everything that happened to a task', () => {
    const task = aTask({
      containerInstanceId: 'i'.repeat(32),
      cpu: '256',
      memory: '512',
      healthStatus: 'HEALTHY',
      connectivityAt: 1,
      pullStartedAt: 2,
      pullStoppedAt: 3,
      startedAt: 4,
      executionStoppedAt: 5,
      stoppingAt: 6,
      stoppedAt: 7,
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
    })
    const described = describeTask(task, view())
    const times = [
      described.connectivityAt,
      described.pullStartedAt,
      described.pullStoppedAt,
      described.startedAt,
      described.executionStoppedAt,
      described.stoppingAt,
      described.stoppedAt,
    ]
    expect(times.map((time) => time?.getTime())).toEqual([1, 2, 3, 4, 5, 6, 7])
    expect(described).toMatchObject({
      cpu: '256',
      memory: '512',
      healthStatus: 'HEALTHY',
      connectivity: 'CONNECTED',
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      containerInstanceArn: `arn:aws:ecs:us-east-1:000000000000:container-instance/default/${'i'.repeat(32)}`,
    })
  })

  it('shows everything that happened to a container', () => {
    const networkBindings = [{ bindIP: '0.0.0.0', containerPort: 80, hostPort: 32768, protocol: 'tcp' as const }]
    const container = aTaskContainer({
      lastStatus: 'STOPPED',
      imageDigest: 'sha256:1',
      runtimeId: 'r',
      exitCode: 0,
      reason: 'why',
      healthStatus: 'UNHEALTHY',
      networkBindings,
      gpuIds: ['gpu-0'],
      managedAgents: [{ name: 'ExecuteCommandAgent', lastStatus: 'RUNNING', lastStartedAt: 9 }],
    })
    const [described] = describeTask(aTask({ containers: [container] }), view()).containers ?? []
    expect(described).toMatchObject({
      lastStatus: 'STOPPED',
      imageDigest: 'sha256:1',
      runtimeId: 'r',
      exitCode: 0,
      reason: 'why',
      healthStatus: 'UNHEALTHY',
      networkBindings,
      gpuIds: ['gpu-0'],
    })
    expect(described?.managedAgents?.[0]?.lastStartedAt?.getTime()).toBe(9)
  })

  it("shows a container's sizes as texts, overrides before the definition", () => {
    const sizes = { cpu: 0, memory: 300, memoryReservation: 200 }
    const definition = aTaskDefinition({ containerDefinitions: [aContainerDefinition(sizes)] })
    const overrides = { containerOverrides: [{ name: 'app', memory: 400 }] }
    expect(describeTask(aTask({ overrides }), view({ definition })).containers?.[0]).toMatchObject({
      cpu: '0',
      memory: '400',
      memoryReservation: '200',
    })
  })

  it('describes a task whose definition is gone', () => {
    expect(describeTask(aTask(), view({ definition: undefined })).containers?.[0]?.cpu).toBe('0')
  })
})

describe('describedTask', () => {
  const instance = aContainerInstance()
  const variantOf = async (task: TaskRecord, agentConnected: boolean) => {
    const ecs = await seeded({ instances: [{ ...instance, agentConnected }], tasks: [task] })
    const described = describedTask(ecs.store.tables, task, false)
    return [described.variant, described.value().connectivity]
  }

  it('is as connected as the agent of its instance, and no encoding serves for both', async () => {
    const task = aTask({ containerInstanceId: instance.containerInstanceId, connectivityAt: 1 })
    expect(await variantOf(task, true)).toEqual(['connected', 'CONNECTED'])
    expect(await variantOf(task, false)).toEqual(['disconnected', 'DISCONNECTED'])
  })

  it('is connected no more and no less once it stopped, and not at all before it was', async () => {
    const stopped = aTask({ lastStatus: 'STOPPED', connectivityAt: 1 })
    expect(await variantOf(stopped, false)).toEqual(['connected', 'CONNECTED'])
    const early = aTask({ hostInstanceId: instance.containerInstanceId, lastStatus: 'PROVISIONING' })
    expect(await variantOf(early, true)).toEqual(['disconnected', undefined])
  })
})

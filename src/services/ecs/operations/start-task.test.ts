import type { StartTaskRequest } from '@aws-sdk/client-ecs'
import { describe, expect, it } from 'vitest'
import { aCluster } from '../../../../test/builders/a-cluster.ts'
import { aContainerInstance } from '../../../../test/builders/a-container-instance.ts'
import {
  aContainerDefinition,
  aFargateTaskDefinition,
  aTaskDefinition,
} from '../../../../test/builders/a-task-definition.ts'
import { type Seed, seeded } from '../../../../test/seeded.ts'
import { startTask } from './start-task.ts'

const instances = ['1', '2'].map((digit) => aContainerInstance({ containerInstanceId: digit.repeat(32) }))
const [one, two] = instances as [(typeof instances)[0], (typeof instances)[0]]
const arnOf = (containerInstanceId: string) =>
  `arn:aws:ecs:us-east-1:000000000000:container-instance/default/${containerInstanceId}`
const on = (...containerInstances: string[]): StartTaskRequest => ({ taskDefinition: 'web', containerInstances })
const world = (seed: Seed = {}) => seeded({ instances, definitions: [aTaskDefinition()], ...seed })

describe('StartTask', () => {
  it('starts one task on each named instance, by id or ARN', async () => {
    const ecs = await world()
    const { tasks, failures } = await ecs.call(startTask, on(two.containerInstanceId, arnOf(one.containerInstanceId)))
    expect(failures).toEqual([])
    expect(tasks).toMatchObject([
      {
        containerInstanceArn: arnOf(two.containerInstanceId),
        launchType: 'EC2',
        lastStatus: 'PENDING',
        group: 'family:web',
      },
      { containerInstanceArn: arnOf(one.containerInstanceId), launchType: 'EC2', lastStatus: 'PENDING' },
    ])
  })

  it('starts one task on an instance that is named twice', async () => {
    const ecs = await world()
    const { tasks } = await ecs.call(startTask, on(one.containerInstanceId, arnOf(one.containerInstanceId)))
    expect(tasks).toHaveLength(1)
  })

  it('says why an instance cannot run the task', async () => {
    const gone = aContainerInstance({ status: 'INACTIVE', agentConnected: false })
    const silent = aContainerInstance({ agentConnected: false })
    const small = aContainerInstance({ memoryMiB: 64 })
    const ecs = await world({ instances: [gone, silent, small, one] })
    const missing = '9'.repeat(32)
    const named = [gone, silent, small, one].map(({ containerInstanceId }) => containerInstanceId)
    const { tasks, failures } = await ecs.call(startTask, on(missing, ...named))
    expect(tasks).toMatchObject([{ containerInstanceArn: arnOf(one.containerInstanceId) }])
    expect(failures).toHaveLength(4)
    expect(failures).toMatchObject([
      { arn: arnOf(missing), reason: 'MISSING' },
      { arn: arnOf(gone.containerInstanceId), reason: 'INACTIVE' },
      { arn: arnOf(silent.containerInstanceId), reason: 'AGENT' },
      { arn: arnOf(small.containerInstanceId), reason: 'RESOURCE:MEMORY' },
    ])
  })

  it('finds ports taken by another task', async () => {
    const containerDefinitions = [aContainerDefinition({ portMappings: [{ containerPort: 80, hostPort: 8080 }] })]
    const ecs = await world({ definitions: [aTaskDefinition({ containerDefinitions })] })
    await ecs.call(startTask, on(one.containerInstanceId))
    const { failures } = await ecs.call(startTask, on(one.containerInstanceId))
    expect(failures).toMatchObject([{ arn: arnOf(one.containerInstanceId), reason: 'RESOURCE:PORTS' }])
  })

  it('does not look into other clusters', async () => {
    const clusters = [aCluster(), aCluster({ clusterName: 'other' })]
    const elsewhere = aContainerInstance({ clusterArn: clusters[1]!.clusterArn })
    const ecs = await world({ clusters, instances: [elsewhere] })
    const { failures } = await ecs.call(startTask, on(elsewhere.containerInstanceId))
    expect(failures).toMatchObject([{ reason: 'MISSING' }])
  })

  it.each<[string, Partial<StartTaskRequest>, string]>([
    ['no instances', { containerInstances: [] }, 'Container instance cannot be empty.'],
    [
      'too many instances',
      { containerInstances: Array.from({ length: 11 }, (_, index) => `${index}`.repeat(32).slice(0, 32)) },
      'Container instances can have at most 10 items.',
    ],
    [
      'a startedBy that is too long',
      { startedBy: 's'.repeat(37) },
      'startedBy can have up to 36 letters, numbers, hyphens (-), forward slashes (/), and underscores (_).',
    ],
    [
      'an override of a container that is not there',
      { overrides: { containerOverrides: [{ name: 'db' }] } },
      'Override for container named db is not a container in the TaskDefinition.',
    ],
  ])('refuses %s', async (_what, given, message) => {
    const ecs = await world()
    await expect(ecs.call(startTask, { ...on(one.containerInstanceId), ...given })).rejects.toMatchObject({
      code: 'InvalidParameterException',
      message,
    })
  })

  it('refuses a definition that EC2 cannot run', async () => {
    const ecs = await world({ definitions: [aFargateTaskDefinition({ compatibilities: ['FARGATE'] })] })
    await expect(ecs.call(startTask, on(one.containerInstanceId))).rejects.toMatchObject({
      message: 'Task definition does not support launch_type EC2.',
    })
  })
})

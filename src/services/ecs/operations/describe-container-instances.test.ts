import { describe, expect, it } from 'vitest'
import { aContainerInstance } from '../../../../test/builders/a-container-instance.ts'
import { aTask, aTaskContainer } from '../../../../test/builders/a-task.ts'
import { type EcsHarness, ecsHarness } from '../../../../test/ecs-context.ts'
import type { ContainerInstanceRecord, TaskRecord } from '../../../model/records.ts'
import { createCluster } from './create-cluster.ts'
import { describeContainerInstances } from './describe-container-instances.ts'

const withRows = async (instances: ContainerInstanceRecord[], tasks: TaskRecord[] = []): Promise<EcsHarness> => {
  const ecs = await ecsHarness()
  await ecs.call(createCluster, {})
  await ecs.store.transact((tx) => {
    for (const instance of instances) tx.containerInstances.insert(instance)
    for (const task of tasks) tx.tasks.insert(task)
  })
  return ecs
}

const arnOf = ({ containerInstanceId }: ContainerInstanceRecord) =>
  `arn:aws:ecs:us-east-1:000000000000:container-instance/default/${containerInstanceId}`

describe('DescribeContainerInstances', () => {
  it('counts what its tasks take and leaves of the resources', async () => {
    const instance = aContainerInstance({ cpuUnits: 1024, memoryMiB: 2048, gpuIds: ['gpu-a', 'gpu-b'] })
    const on = { containerInstanceId: instance.containerInstanceId }
    const reservation = { cpuUnits: 256, memoryMiB: 512, tcpPorts: [80], udpPorts: [53], gpuCount: 1 }
    const ecs = await withRows(
      [instance],
      [
        aTask({ ...on, lastStatus: 'RUNNING', reservation, containers: [aTaskContainer({ gpuIds: ['gpu-a'] })] }),
        aTask({ ...on, lastStatus: 'PENDING', reservation: { ...reservation, tcpPorts: [], udpPorts: [] } }),
        aTask({ ...on, lastStatus: 'STOPPED', reservation }),
      ],
    )
    const { containerInstances } = await ecs.call(describeContainerInstances, {
      containerInstances: [instance.containerInstanceId],
    })
    const [described] = containerInstances!
    expect(described).toMatchObject({ runningTasksCount: 1, pendingTasksCount: 1 })
    const remaining = Object.fromEntries(
      described!.remainingResources!.map(({ name, integerValue, stringSetValue }) => [
        name,
        stringSetValue ?? integerValue,
      ]),
    )
    expect(remaining).toEqual({
      CPU: 512,
      MEMORY: 1024,
      PORTS: ['22', '2375', '2376', '51678', '51679', '80'],
      PORTS_UDP: ['53'],
      GPU: ['gpu-b'],
    })
  })

  it('finds instances by id and by ARN, each once, deregistered ones too, and names what is missing', async () => {
    const [first, second] = [aContainerInstance(), aContainerInstance({ status: 'INACTIVE' })]
    const ecs = await withRows([first, second])
    const gone = aContainerInstance()
    const elsewhere = arnOf(first).replace('/default/', '/other/')
    const { containerInstances, failures } = await ecs.call(describeContainerInstances, {
      containerInstances: [first.containerInstanceId, arnOf(first), arnOf(second), gone.containerInstanceId, elsewhere],
    })
    expect(containerInstances!.map(({ containerInstanceArn, status }) => [containerInstanceArn, status])).toEqual([
      [arnOf(first), 'ACTIVE'],
      [arnOf(second), 'INACTIVE'],
    ])
    expect(failures).toEqual([
      { arn: arnOf(gone), reason: 'MISSING' },
      { arn: elsewhere, reason: 'MISSING' },
    ])
  })

  it('leaves tags and health out unless they are asked for', async () => {
    const lastStatusChange = Date.UTC(2026, 0, 1)
    const healthStatus = {
      type: 'CONTAINER_RUNTIME',
      status: 'OK',
      lastUpdated: lastStatusChange + 5000,
      lastStatusChange,
    }
    const instance = aContainerInstance({ tags: [{ key: 'rack', value: '7' }], healthStatus })
    const ecs = await withRows([instance])
    const named = { containerInstances: [arnOf(instance)] }
    const plain = await ecs.call(describeContainerInstances, named)
    expect(plain.containerInstances![0]).toMatchObject({ tags: [] })
    expect(plain.containerInstances![0]).not.toHaveProperty('healthStatus')

    const whole = await ecs.call(describeContainerInstances, {
      ...named,
      include: ['TAGS', 'CONTAINER_INSTANCE_HEALTH'],
    })
    expect(whole.containerInstances![0]).toMatchObject({
      tags: [{ key: 'rack', value: '7' }],
      healthStatus: {
        overallStatus: 'OK',
        details: [
          {
            type: 'CONTAINER_RUNTIME',
            status: 'OK',
            lastUpdated: new Date(lastStatusChange + 5000),
            lastStatusChange: new Date(lastStatusChange),
          },
        ],
      },
    })
  })

  it('says that nothing is known of the health of an instance that never reported', async () => {
    const instance = aContainerInstance()
    const ecs = await withRows([instance])
    const { containerInstances } = await ecs.call(describeContainerInstances, {
      containerInstances: [arnOf(instance)],
      include: ['CONTAINER_INSTANCE_HEALTH'],
    })
    expect(containerInstances![0]!.healthStatus).toEqual({ overallStatus: 'INSUFFICIENT_DATA', details: [] })
  })

  it.each([
    ['no instance', { containerInstances: [] }, /^Container instance cannot be empty\.$/],
    [
      'more than a hundred',
      { containerInstances: Array<string>(101).fill('a') },
      /^instanceIds can have at most 100 items\.$/,
    ],
    [
      'an unknown include',
      { containerInstances: ['a'], include: ['ALL' as never] },
      /^1 validation error detected: Value 'ALL'/,
    ],
  ])('refuses %s', async (_what, input, message) => {
    const ecs = await withRows([])
    await expect(ecs.call(describeContainerInstances, input)).rejects.toMatchObject({
      code: 'InvalidParameterException',
      message: expect.stringMatching(message),
    })
  })
})

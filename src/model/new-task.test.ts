import { describe, expect, it } from 'vitest'
import { aContainerInstance } from '../../test/builders/a-container-instance.ts'
import { aContainerDefinition, aTaskDefinition } from '../../test/builders/a-task-definition.ts'
import { SeededIds } from '../kit/ids.ts'
import { giveHost, type TaskLaunch, taskMaker } from './new-task.ts'
import type { TaskDefinitionRecord } from './records.ts'
import { taskReservation } from './task-reservation.ts'

const aLaunch = (definition: TaskDefinitionRecord, given: Partial<TaskLaunch> = {}): TaskLaunch => ({
  clusterArn: 'arn:aws:ecs:us-east-1:000000000000:cluster/default',
  definition,
  launchType: 'EC2',
  group: 'family:web',
  enableExecuteCommand: false,
  reservation: taskReservation(definition, given.overrides, given.launchType ?? 'EC2'),
  tags: [],
  createdAt: 1000,
  ...given,
})
const make = (launch: TaskLaunch, instance = aContainerInstance(), gpuIds: string[] = []) =>
  taskMaker(launch, new SeededIds(7))({ host: { instance, gpuIds } })

describe('taskMaker', () => {
  it('makes a pending task on its instance, without members that are not set', () => {
    const instance = aContainerInstance()
    const task = make(aLaunch(aTaskDefinition()), instance)
    expect(task).toEqual({
      taskId: expect.stringMatching(/^[0-9a-f]{32}$/),
      clusterArn: 'arn:aws:ecs:us-east-1:000000000000:cluster/default',
      taskDefinitionArn: 'arn:aws:ecs:us-east-1:000000000000:task-definition/web:1',
      containerInstanceId: instance.containerInstanceId,
      lastStatus: 'PENDING',
      desiredStatus: 'RUNNING',
      launchType: 'EC2',
      group: 'family:web',
      reservation: { cpuUnits: 128, memoryMiB: 256, tcpPorts: [], udpPorts: [], gpuCount: 0 },
      availabilityZone: 'us-east-1a',
      cpuArchitecture: 'x86_64',
      connectivityAt: 1000,
      createdAt: 1000,
      version: 1,
      containers: [
        { containerId: expect.any(String), name: 'app', image: 'longshore/test:latest', lastStatus: 'PENDING' },
      ],
    })
  })

  it('makes a Fargate task that is yet to be provisioned', () => {
    const instance = aContainerInstance()
    const task = make(aLaunch(aTaskDefinition(), { launchType: 'FARGATE', platformVersion: '1.4.0' }), instance)
    expect(task).toMatchObject({
      lastStatus: 'PROVISIONING',
      hostInstanceId: instance.containerInstanceId,
      platformVersion: '1.4.0',
    })
    expect(task).not.toHaveProperty('containerInstanceId')
    expect(task).not.toHaveProperty('connectivityAt')
  })

  it('shares what is equal between the tasks of a launch and gives each its own ids', () => {
    const next = taskMaker(aLaunch(aTaskDefinition(), { tags: [{ key: 'a', value: 'b' }] }), new SeededIds(7))
    const target = { host: { instance: aContainerInstance(), gpuIds: [] } }
    const [one, two] = [next(target), next(target)]
    expect(one.reservation).toBe(two.reservation)
    expect(one.tags).toBe(two.tags)
    expect(one.taskId).not.toBe(two.taskId)
    expect(one.containers[0]?.containerId).not.toBe(two.containers[0]?.containerId)
  })

  it('gives each container its GPUs in the order of the definition', () => {
    const gpus = (value: string) => [{ type: 'GPU' as const, value }]
    const definition = aTaskDefinition({
      containerDefinitions: [
        aContainerDefinition({ name: 'a', resourceRequirements: gpus('2') }),
        aContainerDefinition({ name: 'b' }),
        aContainerDefinition({ name: 'c', resourceRequirements: gpus('1') }),
      ],
    })
    const task = make(aLaunch(definition), aContainerInstance(), ['g0', 'g1', 'g2'])
    expect(task.containers.map(({ gpuIds }) => gpuIds)).toEqual([['g0', 'g1'], undefined, ['g2']])
  })

  it('awaits the agent of ECS Exec in every container', () => {
    const task = make(aLaunch(aTaskDefinition(), { enableExecuteCommand: true }))
    expect(task.enableExecuteCommand).toBe(true)
    expect(task.containers[0]?.managedAgents).toEqual([{ name: 'ExecuteCommandAgent', lastStatus: 'PENDING' }])
  })

  it('takes sizes and storage from the overrides first', () => {
    const definition = aTaskDefinition({ cpu: '256', memory: '512', ephemeralStorage: { sizeInGiB: 30 } })
    const overrides = { cpu: '512', ephemeralStorage: { sizeInGiB: 40 } }
    expect(make(aLaunch(definition, { overrides }))).toMatchObject({
      cpu: '512',
      memory: '512',
      ephemeralStorage: { sizeInGiB: 40 },
      overrides,
    })
  })
})

describe('a task that waits for capacity', () => {
  const gpus = [{ type: 'GPU' as const, value: '1' }]
  const definition = aTaskDefinition({
    containerDefinitions: [
      aContainerDefinition({ name: 'a', resourceRequirements: gpus }),
      aContainerDefinition({ name: 'b', resourceRequirements: gpus }),
    ],
  })
  const waiting = { placementConstraints: [], placementStrategy: [{ type: 'random' as const }] }
  const waits = taskMaker(aLaunch(definition), new SeededIds(7))({ waiting, capacityProviderName: 'spare' })

  it('is provisioned nowhere, and knows how it is to be placed', () => {
    expect(waits).toMatchObject({ lastStatus: 'PROVISIONING', capacityProviderName: 'spare', waiting })
    for (const member of ['containerInstanceId', 'availabilityZone', 'connectivityAt'])
      expect(waits).not.toHaveProperty(member)
    expect(waits.containers[0]).not.toHaveProperty('gpuIds')
  })

  it('is given a host as if it had had it from the start', () => {
    const host = { instance: aContainerInstance(), gpuIds: ['g0', 'g1'] }
    const placed = giveHost(waits, definition, host, 5000)
    const atOnce = taskMaker(aLaunch(definition), new SeededIds(7))({ host, capacityProviderName: 'spare' })
    expect(placed).toEqual({ ...atOnce, connectivityAt: 5000, version: 2 })
  })
})

import type { PortMapping } from '@aws-sdk/client-ecs'
import { describe, expect, it } from 'vitest'
import { aContainerDefinition, aTaskDefinition } from '../../test/builders/a-task-definition.ts'
import type { TaskDefinitionRecord } from './records.ts'
import { taskReservation } from './task-reservation.ts'

const two = aTaskDefinition({
  containerDefinitions: [
    aContainerDefinition({ name: 'a', cpu: 100, memory: 200 }),
    aContainerDefinition({ name: 'b', cpu: 28, memory: 500, memoryReservation: 56 }),
  ],
})
const withPorts = (networkMode: TaskDefinitionRecord['networkMode'], ...portMappings: PortMapping[]) =>
  aTaskDefinition({ networkMode, containerDefinitions: [aContainerDefinition({ portMappings })] })

describe('taskReservation', () => {
  it('sums the containers, soft limits before hard ones', () => {
    expect(taskReservation(two, undefined, 'EC2')).toMatchObject({ cpuUnits: 128, memoryMiB: 256 })
  })

  it('takes task-level values where there are some', () => {
    const sized = { ...two, cpu: '512', memory: '1024' }
    expect(taskReservation(sized, undefined, 'EC2')).toMatchObject({ cpuUnits: 512, memoryMiB: 1024 })
    expect(taskReservation(sized, { cpu: '1024' }, 'EC2')).toMatchObject({ cpuUnits: 1024, memoryMiB: 1024 })
  })

  it('takes the overrides of containers', () => {
    const overrides = {
      containerOverrides: [
        { name: 'a', cpu: 1, memory: 2, resourceRequirements: [{ type: 'GPU' as const, value: '3' }] },
        { name: 'b', memoryReservation: 4 },
      ],
    }
    expect(taskReservation(two, overrides, 'EC2')).toMatchObject({ cpuUnits: 29, memoryMiB: 6, gpuCount: 3 })
  })

  it('reserves static host ports of bridge mode, each once', () => {
    const definition = withPorts(
      undefined,
      { containerPort: 80, hostPort: 8080 },
      { containerPort: 81, hostPort: 0 },
      { containerPort: 82 },
      { containerPort: 83, hostPort: 8080, protocol: 'tcp' },
      { containerPort: 53, hostPort: 53, protocol: 'udp' },
    )
    expect(taskReservation(definition, undefined, 'EC2')).toMatchObject({ tcpPorts: [8080], udpPorts: [53] })
  })

  it('reserves every container port of host mode', () => {
    const definition = withPorts('host', { containerPort: 80 }, { containerPort: 81, hostPort: 81 })
    expect(taskReservation(definition, undefined, 'EC2').tcpPorts).toEqual([80, 81])
  })

  it('reserves no ports of tasks with a network of their own', () => {
    const mapping = { containerPort: 80, hostPort: 80 }
    expect(taskReservation(withPorts('awsvpc', mapping), undefined, 'EC2').tcpPorts).toEqual([])
    expect(taskReservation(withPorts('none', mapping), undefined, 'EC2').tcpPorts).toEqual([])
    expect(taskReservation(withPorts('bridge', mapping), undefined, 'FARGATE').tcpPorts).toEqual([])
  })
})

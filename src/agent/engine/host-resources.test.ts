import { describe, expect, it } from 'vitest'
import { aPayloadContainer } from '../../../test/builders/a-payload-task.ts'
import { anEngineTask } from '../../../test/builders/an-engine-task.ts'
import { HostResources, resourceNeed } from './host-resources.ts'
import { withHostPortRanges } from './host-ports.ts'

const aHost = () =>
  new HostResources({ cpu: 2048, memoryMiB: 1000, reservedTcpPorts: [22], reservedUdpPorts: [], gpuIds: ['gpu-1'] })

const need = { cpu: 0, memoryMiB: 0, ports: [], gpuIds: [] }

describe('what a task needs of its host', () => {
  it('is what it says for itself, or what its containers sum up to', () => {
    const containers = [
      aPayloadContainer({ name: 'a', cpu: 100, memory: 200 }),
      aPayloadContainer({ name: 'b', cpu: 50, memory: 60 }),
    ]
    expect(resourceNeed(anEngineTask({ containers }))).toMatchObject({ cpu: 150, memoryMiB: 260 })
    expect(resourceNeed(anEngineTask({ containers, cpu: 0.25, memory: 512 }))).toMatchObject({
      cpu: 256,
      memoryMiB: 512,
    })
  })

  it('counts a container by its memory reservation where it has one', () => {
    const dockerConfig = { hostConfig: JSON.stringify({ MemoryReservation: 64 * 1024 * 1024 }) }
    expect(
      resourceNeed(anEngineTask({ containers: [aPayloadContainer({ memory: 300, dockerConfig })] })).memoryMiB,
    ).toBe(64)
  })

  it('has static ports only, and in host mode the container ports', () => {
    const portMappings = [
      { containerPort: 80, hostPort: 8080, protocol: 'tcp' as const },
      { containerPort: 53, hostPort: 0, protocol: 'udp' as const },
    ]
    const containers = [aPayloadContainer({ portMappings })]
    expect(resourceNeed(anEngineTask({ containers })).ports).toEqual(['8080/tcp'])
    expect(resourceNeed(anEngineTask({ containers, networkMode: 'host' })).ports).toEqual(['8080/tcp', '53/udp'])
  })

  it('is nothing for a Fargate task', () => {
    expect(resourceNeed(anEngineTask({ launchType: 'FARGATE', cpu: 4, memory: 8192 }))).toEqual(need)
  })
})

describe('the resources of a host', () => {
  it('are taken and given back', () => {
    const host = aHost()
    const half = { cpu: 1024, memoryMiB: 600, ports: ['80/tcp'], gpuIds: ['gpu-1'] }
    host.take('a', half)
    expect(host.fits({ ...need, memoryMiB: 401 })).toBe(false)
    expect(host.fits({ ...need, ports: ['80/tcp'] })).toBe(false)
    expect(host.fits({ ...need, ports: ['80/udp'] })).toBe(true)
    expect(host.fits({ ...need, gpuIds: ['gpu-1'] })).toBe(false)
    host.release('a')
    expect(host.fits(half)).toBe(true)
  })

  it('never include reserved ports', () => {
    expect(aHost().fits({ ...need, ports: ['22/tcp'] })).toBe(false)
  })

  it('know which GPUs they have', () => {
    expect(aHost().unknownGpus({ ...need, gpuIds: ['gpu-1', 'gpu-2'] })).toEqual(['gpu-2'])
  })
})

describe('host ports of a range', () => {
  const withRange = (containerPortRange: string) =>
    anEngineTask({ containers: [aPayloadContainer({ portMappings: [{ containerPortRange, protocol: 'tcp' }] })] })

  it('are contiguous and free', () => {
    const task = withHostPortRanges(withRange('7000-7002'), {
      first: 50_000,
      last: 50_010,
      isTaken: (port) => port === 50_001,
    })
    expect(task?.containers[0]?.hostPortRanges).toEqual([
      { containerPortRange: '7000-7002', hostPortRange: '50002-50004', protocol: 'tcp' },
    ])
  })

  it('are refused when there is no such block', () => {
    const isTaken = (port: number) => port % 2 === 0
    expect(withHostPortRanges(withRange('7000-7001'), { first: 50_000, last: 50_010, isTaken })).toBeUndefined()
  })
})

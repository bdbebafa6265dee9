/**
 * The host's CPU, memory, ports and GPUs, and which task holds how much. Tasks that do not fit wait in the order of their arrival,
 * and the first of them holds up all others, as with the ECS agent: placing tasks well is the control plane's part.
 */
import { portsOf } from './port-range.ts'
import type { EngineContainer, EngineTask } from './task.ts'

export interface HostTotals {
  /** CPU units. */
  readonly cpu: number
  readonly memoryMiB: number
  /** Ports that no task may take. */
  readonly reservedTcpPorts: readonly number[]
  readonly reservedUdpPorts: readonly number[]
  readonly gpuIds: readonly string[]
}

export interface ResourceNeed {
  readonly cpu: number
  readonly memoryMiB: number
  /** `80/tcp` */
  readonly ports: readonly string[]
  readonly gpuIds: readonly string[]
}

const MEBIBYTE = 1024 * 1024

export const resourceNeed = (task: EngineTask): ResourceNeed => {
  const { definition, containers } = task
  // AWS: Fargate tasks have a host of their own, so there is nothing to share.
  if (definition.launchType === 'FARGATE') return { cpu: 0, memoryMiB: 0, ports: [], gpuIds: [] }
  return {
    cpu: definition.cpu
      ? Math.round(definition.cpu * 1024)
      : sum(containers.map((container) => container.definition.cpu)),
    memoryMiB: definition.memory ?? sum(containers.map(memoryOf)),
    ports:
      definition.networkMode === 'awsvpc'
        ? []
        : containers.flatMap((container) => staticPorts(container, definition.networkMode)),
    gpuIds: (definition.associations ?? []).filter(({ type }) => type === 'gpu').map(({ name }) => name),
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)

const memoryOf = ({ definition }: EngineContainer): number => {
  const reservation = memoryReservationBytes(definition.dockerConfig.hostConfig)
  return reservation > 0 ? reservation / MEBIBYTE : definition.memory
}

/** A host configuration that is no JSON fails the container later, when it is created. */
const memoryReservationBytes = (hostConfig: string | undefined): number => {
  const found = /"MemoryReservation"\s*:\s*(\d+)/i.exec(hostConfig ?? '')
  return Number(found?.[1] ?? 0)
}

const staticPorts = ({ definition, hostPortRanges }: EngineContainer, networkMode: string | undefined): string[] => [
  ...(definition.portMappings ?? []).flatMap(({ hostPort, containerPort, protocol }) => {
    const port = networkMode === 'host' ? hostPort || containerPort : hostPort
    return port ? [`${port}/${protocol}`] : []
  }),
  ...hostPortRanges.flatMap(({ hostPortRange, protocol }) =>
    portsOf(hostPortRange).map((port) => `${port}/${protocol}`),
  ),
]

export class HostResources {
  readonly #totals: HostTotals
  readonly #held = new Map<string, ResourceNeed>()
  readonly #ports: Set<string>
  readonly #gpuIds = new Set<string>()
  #cpu = 0
  #memoryMiB = 0

  constructor(totals: HostTotals) {
    this.#totals = totals
    this.#ports = new Set([
      ...totals.reservedTcpPorts.map((port) => `${port}/tcp`),
      ...totals.reservedUdpPorts.map((port) => `${port}/udp`),
    ])
  }

  /** GPUs that the task names and this host does not have. */
  unknownGpus(need: ResourceNeed): readonly string[] {
    return need.gpuIds.filter((id) => !this.#totals.gpuIds.includes(id))
  }

  fits(need: ResourceNeed): boolean {
    return (
      this.#cpu + need.cpu <= this.#totals.cpu &&
      this.#memoryMiB + need.memoryMiB <= this.#totals.memoryMiB &&
      need.ports.every((port) => !this.#ports.has(port)) &&
      need.gpuIds.every((id) => !this.#gpuIds.has(id))
    )
  }

  isPortTaken(port: number, protocol: 'tcp' | 'udp'): boolean {
    return this.#ports.has(`${port}/${protocol}`)
  }

  /** Gives the task its share, whether it fits or not: what runs already is not argued with. */
  take(taskArn: string, need: ResourceNeed): void {
    if (this.#held.has(taskArn)) return
    this.#held.set(taskArn, need)
    this.#cpu += need.cpu
    this.#memoryMiB += need.memoryMiB
    for (const port of need.ports) this.#ports.add(port)
    for (const id of need.gpuIds) this.#gpuIds.add(id)
  }

  release(taskArn: string): void {
    const need = this.#held.get(taskArn)
    if (need === undefined) return
    this.#held.delete(taskArn)
    this.#cpu -= need.cpu
    this.#memoryMiB -= need.memoryMiB
    for (const port of need.ports) this.#ports.delete(port)
    for (const id of need.gpuIds) this.#gpuIds.delete(id)
  }
}

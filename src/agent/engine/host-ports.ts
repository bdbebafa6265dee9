/**
 * Host ports for `containerPortRange` mappings: as many as the range has, contiguous, from the dynamic range, none twice. Single
 * dynamic ports are left to the engine, which knows what else listens on the host.
 */
import { portsOf } from './port-range.ts'
import type { EngineContainer, EngineTask, HostPortRange } from './task.ts'

export interface PortSpace {
  readonly first: number
  readonly last: number
  readonly isTaken: (port: number, protocol: 'tcp' | 'udp') => boolean
}

/** The task with host ports for all its ranges, or undefined if the host has no such block left. */
export const withHostPortRanges = (task: EngineTask, space: PortSpace): EngineTask | undefined => {
  if (!task.containers.some(hasOpenRange)) return task
  const taken = new Set<string>()
  const isTaken: PortSpace['isTaken'] = (port, protocol) =>
    taken.has(`${port}/${protocol}`) || space.isTaken(port, protocol)
  const containers: EngineContainer[] = []
  for (const container of task.containers) {
    const hostPortRanges = chooseRanges(container, { ...space, isTaken }, taken)
    if (hostPortRanges === undefined) return undefined
    containers.push({ ...container, hostPortRanges })
  }
  return { ...task, containers }
}

const hasOpenRange = ({ definition, hostPortRanges }: EngineContainer): boolean =>
  hostPortRanges.length === 0 &&
  (definition.portMappings ?? []).some(({ containerPortRange }) => containerPortRange !== undefined)

const chooseRanges = (
  container: EngineContainer,
  space: PortSpace,
  taken: Set<string>,
): HostPortRange[] | undefined => {
  const ranges: HostPortRange[] = []
  for (const { containerPortRange, protocol } of container.definition.portMappings ?? []) {
    if (containerPortRange === undefined) continue
    const { length } = portsOf(containerPortRange)
    const start = freeBlock(length, protocol, space)
    if (start === undefined) return undefined
    const hostPortRange = `${start}-${start + length - 1}`
    for (const port of portsOf(hostPortRange)) taken.add(`${port}/${protocol}`)
    ranges.push({ containerPortRange, hostPortRange, protocol })
  }
  return ranges
}

const freeBlock = (
  length: number,
  protocol: 'tcp' | 'udp',
  { first, last, isTaken }: PortSpace,
): number | undefined => {
  for (let start = first, next = first; next <= last; next++) {
    if (isTaken(next, protocol)) start = next + 1
    else if (next - start + 1 === length) return start
  }
  return undefined
}

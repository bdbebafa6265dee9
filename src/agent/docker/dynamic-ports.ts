/** Which host ports dynamic mappings may take: the configured range or the kernel's, without the reserved ports. */
import { readFileSync } from 'node:fs'

export interface PortRange {
  readonly first: number
  readonly last: number
}

const KERNEL_RANGE_FILE = '/proc/sys/net/ipv4/ip_local_port_range'
/** Linux's own default, where the kernel does not tell. */
const DEFAULT_RANGE: PortRange = { first: 32_768, last: 60_999 }

/** The range that the kernel takes ports for outgoing connections from; Docker's default for dynamic ports. */
export const kernelPortRange = (file = KERNEL_RANGE_FILE): PortRange => {
  try {
    const [first, last] = readFileSync(file, 'utf8').trim().split(/\s+/).map(Number)
    return first && last && first <= last ? { first, last } : DEFAULT_RANGE
  } catch {
    return DEFAULT_RANGE
  }
}

/** The longest part of the range that has none of the reserved ports, undefined if all are reserved. */
export const longestFreePart = (range: PortRange, reserved: readonly number[]): PortRange | undefined => {
  const limits = reserved.filter((port) => port >= range.first && port <= range.last).toSorted((a, b) => a - b)
  let best: PortRange | undefined
  let first = range.first
  for (const limit of [...limits, range.last + 1]) {
    const part = { first, last: limit - 1 }
    if (part.last >= part.first && (best === undefined || part.last - part.first > best.last - best.first)) best = part
    first = limit + 1
  }
  return best
}

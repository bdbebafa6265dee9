/** Reads one sample of the engine's `GET /containers/{id}/stats`. */
import type { ContainerStats } from '../runtime.ts'
import type { StatsAnswer } from './engine-types.ts'

export const containerStatsOf = (answer: StatsAnswer, readAt: number): ContainerStats => ({
  readAt,
  cpuTotalNanoseconds: answer.cpu_stats.cpu_usage.total_usage,
  onlineCpus: answer.cpu_stats.online_cpus ?? 1,
  memoryBytes: memoryOf(answer.memory_stats),
  network: networkOf(answer.networks ?? {}),
  storageReadBytes: storageOf(answer, 'read'),
  storageWriteBytes: storageOf(answer, 'write'),
  document: answer as unknown as Readonly<Record<string, unknown>>,
})

/** Memory without the page cache, which the kernel takes back when it is needed: cgroup v1 names it `cache`, v2 `inactive_file`. */
const memoryOf = ({ usage = 0, stats = {} }: StatsAnswer['memory_stats']): number =>
  Math.max(0, usage - (stats['cache'] ?? stats['inactive_file'] ?? 0))

const networkOf = (networks: NonNullable<StatsAnswer['networks']>): ContainerStats['network'] => {
  const sum = (counter: string): number =>
    Object.values(networks).reduce((total, network) => total + (network[counter] ?? 0), 0)
  return {
    rxBytes: sum('rx_bytes'),
    rxPackets: sum('rx_packets'),
    rxErrors: sum('rx_errors'),
    rxDropped: sum('rx_dropped'),
    txBytes: sum('tx_bytes'),
    txPackets: sum('tx_packets'),
    txErrors: sum('tx_errors'),
    txDropped: sum('tx_dropped'),
  }
}

/** cgroup v1 writes `Read`, v2 `read`. */
const storageOf = ({ blkio_stats: stats }: StatsAnswer, operation: 'read' | 'write'): number =>
  (stats?.io_service_bytes_recursive ?? [])
    .filter(({ op }) => op.toLowerCase() === operation)
    .reduce((total, { value }) => total + value, 0)

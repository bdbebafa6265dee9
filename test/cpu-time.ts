/** How much processor time work takes, which is the same however busy the machine is. */
import process from 'node:process'

const MICROSECONDS_PER_MS = 1000

/** Of this thread, in milliseconds. */
export const cpuMs = (work: () => void): number => {
  const before = process.threadCpuUsage()
  work()
  const { user, system } = process.threadCpuUsage(before)
  return (user + system) / MICROSECONDS_PER_MS
}

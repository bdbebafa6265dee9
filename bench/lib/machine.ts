/** What the numbers were measured on. */
import { arch, cpus, release, totalmem } from 'node:os'

export const machine = (): string => {
  const processors = cpus()
  const gibibytes = Math.round(totalmem() / 2 ** 30)
  return `${processors.length} × ${processors[0]?.model.trim() ?? 'unknown CPU'}, ${gibibytes} GiB, Linux ${release()} ${arch()}, Node ${process.version}`
}

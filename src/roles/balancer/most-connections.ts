/**
 * How many clients HAProxy may have at once on this machine: each takes two files, of which the system allows only so many, and each target
 * one for its health check. HAProxy does not start if it could not have all of them.
 */
import { readFileIfPresent } from '../../kit/installation.ts'

const MOST = 100_000
/** For listeners, logs, health checks and workers that end. */
const SPARE_FILES = 1024
const USUAL_FILES = 4096

export const mostConnections = (targets: number, limits = readFileIfPresent('/proc/self/limits') ?? ''): number => {
  const [, hard = ''] = /^Max open files\s+\S+\s+(\S+)/m.exec(limits) ?? []
  const files = hard === 'unlimited' ? Number.POSITIVE_INFINITY : Number(hard) || USUAL_FILES
  return Math.min(MOST, Math.max(SPARE_FILES, Math.floor((files - SPARE_FILES - filesOfChecks(targets)) / 2)))
}

/** By powers of two: whatever changes this number needs a reload, and a target more must not. */
const filesOfChecks = (targets: number): number =>
  targets <= SPARE_FILES / 2 ? 0 : 2 ** Math.ceil(Math.log2(targets + SPARE_FILES / 2))

/** Runs a program of the host to its end. */
import { execFile } from 'node:child_process'

export interface Ran {
  /** `missing`: there is no such program. */
  readonly status: number | 'missing'
  readonly stdout: string
  readonly stderr: string
}

export type RunProgram = (program: string, parameters: readonly string[]) => Promise<Ran>

const TIMEOUT_MS = 15_000
/** Not in every service's path. */
const SYSTEM_DIRECTORIES = '/usr/sbin:/sbin'

/** Never rejects: one that does not end in time, or is killed, has failed. */
export const runProgram: RunProgram = (program, parameters) => {
  const env = { ...process.env, PATH: `${process.env['PATH'] ?? '/usr/bin:/bin'}:${SYSTEM_DIRECTORIES}` }
  return new Promise((resolve) => {
    execFile(program, parameters, { env, timeout: TIMEOUT_MS }, (error, stdout, stderr) => {
      if (error === null) resolve({ status: 0, stdout, stderr })
      else if (error.code === 'ENOENT') resolve({ status: 'missing', stdout, stderr })
      else resolve({ status: typeof error.code === 'number' ? error.code : 1, stdout, stderr: stderr || error.message })
    })
  })
}

/** The operator's program that publishes TXT records for DNS-01: `<program> present|cleanup <name> <value>`. */
import { execFile } from 'node:child_process'

const TIMEOUT_MS = 120_000

/** Resolves when the program says that it is done: the record can be seen from then on. */
export const callDnsHook = (
  program: string,
  action: 'present' | 'cleanup',
  { name, value }: { readonly name: string; readonly value: string },
): Promise<void> =>
  new Promise((resolve, reject) => {
    execFile(program, [action, name, value], { timeout: TIMEOUT_MS }, (error, _output, complaint) => {
      if (error === null) resolve()
      else reject(new Error(`${program} ${action} ${name} failed: ${complaint.trim() || error.message}`))
    })
  })

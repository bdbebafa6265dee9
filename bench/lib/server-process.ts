/** A server of this folder in a process of its own, so that client and server have a core each. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { createInterface } from 'node:readline'

export interface ServerProcess {
  /** What it printed when it was ready. */
  readonly greeting: unknown
  stop(): Promise<void>
}

export const startServer = async (file: string, args: readonly (string | number)[]): Promise<ServerProcess> => {
  const child: ChildProcess = spawn(process.execPath, [path.join(import.meta.dirname, file), ...args.map(String)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const [line] = (await once(createInterface(child.stdout!), 'line')) as [string]
  return {
    greeting: JSON.parse(line),
    stop: async () => {
      child.stdin?.end()
      await once(child, 'exit')
    },
  }
}

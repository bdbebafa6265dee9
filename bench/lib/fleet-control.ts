/** A control plane and a fleet of simulated agents, each in a process of its own, for questions about size. */
import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { httpTransport } from '../../src/agentlink/http-transport.ts'
import { ecsSigner } from '../../src/agentlink/signer.ts'
import { SystemClock } from '../../src/kit/clock.ts'
import { readRootKey } from '../../src/kit/installation.ts'
import { scratchDirectory } from './scratch.ts'

export interface Access {
  readonly endpoint: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

/** Told to a fleet: so many of its hosts are gone, without a word. */
export interface LoseHosts {
  readonly loseHosts: number
}

export type Call = <Output = Record<string, unknown>>(operation: string, input: object) => Promise<Output>

export interface LargeCluster {
  readonly call: Call
  loseHosts(count: number): void
  /** Seconds of processor time that the control plane has used. */
  cpuSeconds(): number
  stop(): Promise<void>
}

/** Calls that are on their way at once. */
export const CALLS_AT_ONCE = 64
/** Ten thousand agents make more garbage than one was made for. */
const FLEET_OPTIONS = ['--max-semi-space-size=128']
const CALL_TIMEOUT_MS = 60_000
/** Of `/proc/<pid>/stat`. */
const TICKS_PER_SECOND = 100

const clock = new SystemClock()

export const signerOf = (credentials: Access) =>
  ecsSigner({ clock, region: 'us-east-1', credentials: () => credentials })

/** Does `work` for each number, so many at a time. */
export const forEach = async (
  count: number,
  atOnce: number,
  work: (number: number) => Promise<unknown>,
): Promise<void> => {
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < count) await work(next++)
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}

/** `longshore server` with its journal on disk and that many agents connected to it. Signatures are verified. */
export const startLargeCluster = async (agents: number, serverArgs: readonly string[] = []): Promise<LargeCluster> => {
  const dataDirectory = scratchDirectory()
  const main = path.join(import.meta.dirname, '..', '..', 'src', 'main.ts')
  const options = ['server', '--port', '0', '--data-dir', dataDirectory, '--log-level', 'error', ...serverArgs]
  const server = await child(main, options)
  const { endpoint } = server.said as { endpoint: string }
  const key = readRootKey(dataDirectory)
  if (key === undefined) throw new Error('the server left no key')
  const access = { endpoint, accessKeyId: key.accessKeyId, secretAccessKey: key.secretAccessKey }
  const fleetFile = path.join(import.meta.dirname, 'fleet.ts')
  const fleet = await child(fleetFile, [JSON.stringify(access), String(agents)], FLEET_OPTIONS)
  return {
    call: callerOf(access),
    loseHosts: (count) => void fleet.process.send({ loseHosts: count } satisfies LoseHosts),
    cpuSeconds: () => cpuSecondsOf(server.process.pid),
    stop: async () => {
      await end(fleet.process)
      await end(server.process)
    },
  }
}

/** Starts Node on a file; resolves with the process and the first thing that it says. */
const child = (
  file: string,
  args: readonly string[],
  options: readonly string[] = [],
): Promise<{ process: ChildProcess; said: unknown }> =>
  new Promise((resolve, reject) => {
    const started = spawn(process.execPath, [...options, file, ...args], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    started.once('message', (said) => resolve({ process: started, said }))
    started.once('exit', (code) => reject(new Error(`${path.basename(file)} ${args[0]} ended with ${code}`)))
  })

const end = (ended: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    ended.once('exit', () => resolve())
    ended.kill('SIGTERM')
  })

const callerOf = (access: Access): Call => {
  const sign = signerOf(access)
  const transport = httpTransport(CALLS_AT_ONCE + 1)
  const url = `${access.endpoint}/`
  return async <Output>(operation: string, input: object) => {
    const body = JSON.stringify(input)
    const target = `AmazonEC2ContainerServiceV20141113.${operation}`
    const headers = sign({
      method: 'POST',
      url,
      body,
      headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target },
    })
    const answer = await transport({ url, headers, body, timeoutMs: CALL_TIMEOUT_MS })
    if (answer.status !== 200) throw new Error(`${operation}: ${answer.body}`)
    return JSON.parse(answer.body) as Output
  }
}

/** User and system time of a process, its threads included. Source: proc_pid_stat(5), fields 14 and 15. */
const cpuSecondsOf = (processId = 0): number => {
  const stat = readFileSync(`/proc/${processId}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}

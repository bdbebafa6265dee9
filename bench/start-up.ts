/**
 * From typing `longshore up --dev` on an empty data directory to the first answer over HTTP, and to a registered agent on the machine's
 * Docker Engine. A start before has filled Node's compile cache, as every start but the first finds it.
 */
import { spawn } from 'node:child_process'
import { createServer } from 'node:net'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { compareToLimit } from './lib/compare.ts'
import { report } from './lib/report.ts'
import { scratchDirectory } from './lib/scratch.ts'

const BIN = path.join(import.meta.dirname, '..', 'bin', 'longshore')
const POLL_MS = 2
const PATIENCE_MS = 30_000
const SAMPLES = 9

const directory = scratchDirectory()
let starts = 0

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() =>
        typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port')),
      )
    })
  })

/** Milliseconds from the start of the process until `isThere` is true of the endpoint. */
const millisecondsUntil = async (isThere: (endpoint: string) => Promise<boolean>): Promise<number> => {
  const port = await freePort()
  const args = ['up', '--dev', '--port', String(port), '--data-dir', path.join(directory, String(starts++))]
  const startedAt = performance.now()
  const up = spawn(BIN, args, { stdio: 'ignore' })
  const ended = new Promise((resolve) => up.once('exit', resolve))
  try {
    while (!(await isThere(`http://127.0.0.1:${port}`))) {
      if (up.exitCode !== null || performance.now() - startedAt > PATIENCE_MS)
        throw new Error('longshore did not start')
      await sleep(POLL_MS)
    }
    return performance.now() - startedAt
  } finally {
    up.kill('SIGTERM')
    await ended
  }
}

/** Undefined while nobody listens. */
const call = async (endpoint: string, operation: string): Promise<unknown> => {
  try {
    const headers = {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `AmazonEC2ContainerServiceV20141113.${operation}`,
    }
    return await (await fetch(endpoint, { method: 'POST', headers, body: '{}' })).json()
  } catch (error) {
    if (error instanceof TypeError) return undefined
    throw error
  }
}

const answers = async (endpoint: string): Promise<boolean> => (await call(endpoint, 'ListClusters')) !== undefined

const isRegistered = async (endpoint: string): Promise<boolean> => {
  const listed = (await call(endpoint, 'ListContainerInstances')) as { containerInstanceArns?: string[] } | undefined
  return (listed?.containerInstanceArns ?? []).length > 0
}

await millisecondsUntil(isRegistered)
report([
  await compareToLimit({
    question: 'from the start of the command to the first answer',
    unit: 'ms',
    measure: () => millisecondsUntil(answers),
    limit: 1000,
    limitName: 'promised',
    goal: { atMost: 1 },
    samples: SAMPLES,
  }),
  await compareToLimit({
    question: 'from the start of the command to a registered agent',
    unit: 'ms',
    measure: () => millisecondsUntil(isRegistered),
    limit: 2000,
    limitName: 'promised',
    goal: { atMost: 1 },
    samples: SAMPLES,
  }),
])

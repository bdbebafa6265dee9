/**
 * Tasks placed per second through the HTTP API at 10,000 instances: RunTask of ten, every request signed and its signature verified,
 * with a client token as the SDKs send one, answered when the tasks are on disk (full sync).
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { SystemClock } from '../src/kit/clock.ts'
import { SystemIds } from '../src/kit/ids.ts'
import { signRequest } from '../src/model/signature-v4.ts'
import { compareToLimit, rateOf } from './lib/compare.ts'
import { sendAll } from './lib/http-load.ts'
import type { PlacementServer } from './lib/placement-server.ts'
import { report } from './lib/report.ts'
import { scratchDirectory } from './lib/scratch.ts'

const INSTANCES = 10_000
const CALLS = 4000
const TASKS_PER_CALL = 10
const CONNECTIONS = 64
const GOAL_PER_SECOND = 20_000

const [clock, ids] = [new SystemClock(), new SystemIds()]

const server = spawn(
  process.execPath,
  [path.join(import.meta.dirname, 'lib', 'placement-server.ts'), scratchDirectory(), String(INSTANCES)],
  { stdio: ['pipe', 'pipe', 'inherit'] },
)
const [line] = (await once(createInterface(server.stdout), 'line')) as [string]
const { port, accessKeyId, secretAccessKey } = JSON.parse(line) as PlacementServer

const runTaskRequest = (): Buffer => {
  const body = JSON.stringify({ taskDefinition: 'web', count: TASKS_PER_CALL, clientToken: ids.uuid() })
  const headers = signRequest({
    method: 'POST',
    url: new URL(`http://127.0.0.1:${port}/`),
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'AmazonEC2ContainerServiceV20141113.RunTask',
    },
    body,
    region: 'us-east-1',
    service: 'ecs',
    credentials: { accessKeyId, secretAccessKey },
    now: clock.now(),
  })
  const lines = Object.entries({ ...headers, 'content-length': body.length }).map(
    ([name, value]) => `${name}: ${value}`,
  )
  return Buffer.from(`POST / HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body}`)
}

const checkAnswer = (head: string, body: Buffer): void => {
  if (!head.startsWith('HTTP/1.1 200 ')) throw new Error(`${head}\n${body.toString()}`)
  if (!body.includes('"failures":[]')) throw new Error(`not all tasks were placed: ${body.toString()}`)
}

const placementsPerSecond = (): Promise<number> => {
  const requests = Array.from({ length: CALLS }, runTaskRequest)
  const load = { port, connections: CONNECTIONS, requests, onAnswer: checkAnswer }
  return rateOf(CALLS * TASKS_PER_CALL, () => sendAll(load))
}

await placementsPerSecond()
const answer = await compareToLimit({
  question: `tasks placed by signed RunTask calls of ${TASKS_PER_CALL} at ${INSTANCES} instances, durable`,
  unit: 'per second',
  measure: placementsPerSecond,
  limit: GOAL_PER_SECOND,
  limitName: 'the goal',
  goal: { atLeast: 1 },
})
server.stdin.end()
await once(server, 'exit')
report([answer])

/**
 * Tasks placed per second through the HTTP API at 10,000 instances: RunTask of ten, every request signed and its signature verified,
 * with a client token as the SDKs send one, answered when the tasks are on disk (full sync).
 */
import { SystemClock } from '../src/kit/clock.ts'
import { SystemIds } from '../src/kit/ids.ts'
import { compareToLimit, rateOf } from './lib/compare.ts'
import { sendAll } from './lib/http-load.ts'
import type { PlacementServer } from './lib/placement-server.ts'
import { report } from './lib/report.ts'
import { scratchDirectory } from './lib/scratch.ts'
import { startServer } from './lib/server-process.ts'
import { type CallTarget, signedCall } from './lib/signed-call.ts'

const INSTANCES = 10_000
const CALLS = 4000
const TASKS_PER_CALL = 10
const CONNECTIONS = 64
const GOAL_PER_SECOND = 20_000

const ids = new SystemIds()
const server = await startServer('placement-server.ts', [scratchDirectory(), INSTANCES])
const { port, ...credentials } = server.greeting as PlacementServer
const target: CallTarget = { port, credentials, clock: new SystemClock() }

const runTaskRequest = (): Buffer =>
  signedCall(target, 'RunTask', { taskDefinition: 'web', count: TASKS_PER_CALL, clientToken: ids.uuid() })

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
await server.stop()
report([answer])

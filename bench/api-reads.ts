/**
 * Reads per second through the HTTP API, every signature verified, against a bare `node:http` that answers the same bytes; and
 * DescribeTasks of 100 tasks against a bare server that encodes the same answer by JSON.stringify for each request.
 */
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { SystemClock } from '../src/kit/clock.ts'
import { type Answer, comparePairs, rateOf } from './lib/compare.ts'
import { sendAll } from './lib/http-load.ts'
import type { PlacementServer } from './lib/placement-server.ts'
import { report } from './lib/report.ts'
import { scratchDirectory } from './lib/scratch.ts'
import { startServer } from './lib/server-process.ts'
import { type CallTarget, signedCall } from './lib/signed-call.ts'

const INSTANCES = 100
const TASKS = 100
const CONNECTIONS = 32
const PLAIN_REQUEST = Buffer.from('POST / HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 2\r\n\r\n{}')

const directory = scratchDirectory()
const ours = await startServer('placement-server.ts', [path.join(directory, 'state'), INSTANCES])
const { port, ...credentials } = ours.greeting as PlacementServer
const target: CallTarget = { port, credentials, clock: new SystemClock() }

const callOnce = async (operation: string, input: object): Promise<string> => {
  let answer = ''
  const requests = [signedCall(target, operation, input)]
  await sendAll({ port, connections: 1, requests, onAnswer: (head, body) => (answer = checked(head, body)) })
  return answer
}

const checked = (head: string, body: Buffer): string => {
  if (!head.startsWith('HTTP/1.1 200 ')) throw new Error(`${head}\n${body.toString()}`)
  return body.toString()
}

const rate = (toPort: number, requests: readonly Buffer[]): Promise<number> =>
  rateOf(requests.length, () =>
    sendAll({
      port: toPort,
      connections: CONNECTIONS,
      requests,
      onAnswer: (head, body) => {
        if (!head.startsWith('HTTP/1.1 200 ')) checked(head, body)
      },
    }),
  )

interface Question {
  readonly operation: string
  readonly input: object
  readonly calls: number
  readonly rival: 'bytes' | 'stringify'
  readonly atLeast: number
}

const ask = async ({ operation, input, calls, rival, atLeast }: Question, number: number): Promise<Answer> => {
  const file = path.join(directory, `answer-${number}.json`)
  writeFileSync(file, await callOnce(operation, input))
  const bare = await startServer('bare-server.ts', rival === 'stringify' ? [file, 'stringify'] : [file])
  const described = 'tasks' in input ? ` of ${(input.tasks as string[]).length}` : ''
  const answer = await comparePairs({
    question: `${operation}${described}, signatures verified`,
    unit: 'calls/s',
    ours: () => {
      const requests = Array.from({ length: calls }, () => signedCall(target, operation, input))
      return rate(port, requests)
    },
    rival: () => rate(bare.greeting as number, Array<Buffer>(calls).fill(PLAIN_REQUEST)),
    rivalName: rival === 'bytes' ? 'bare node:http, same bytes' : 'bare node:http with JSON.stringify',
    goal: { atLeast },
    pairs: 7,
  })
  await bare.stop()
  return answer
}

const tasks: string[] = []
for (let call = 0; call < TASKS / 10; call++) {
  const answer = JSON.parse(await callOnce('RunTask', { taskDefinition: 'web', count: 10 })) as {
    tasks: { taskArn: string }[]
  }
  tasks.push(...answer.tasks.map(({ taskArn }) => taskArn))
}
const questions: Question[] = [
  { operation: 'DescribeTasks', input: { tasks: tasks.slice(0, 1) }, calls: 20_000, rival: 'bytes', atLeast: 0.35 },
  { operation: 'ListTasks', input: {}, calls: 20_000, rival: 'bytes', atLeast: 0.35 },
  { operation: 'DescribeClusters', input: { clusters: ['default'] }, calls: 20_000, rival: 'bytes', atLeast: 0.35 },
  { operation: 'DescribeTasks', input: { tasks }, calls: 3000, rival: 'stringify', atLeast: 0.9 },
]
const answers: Answer[] = []
for (const [number, question] of questions.entries()) answers.push(await ask(question, number))
await ours.stop()
report(answers)

/**
 * Log lines of one container by Docker's awslogs driver, through the agent's relay into the store of a control plane that verifies
 * signatures: lines per second, none of them lost or out of order, against reading the same container's `logs?follow` stream. What the
 * driver does by itself, before a server that answers at once and looks at nothing, is measured in the same run: it is the limit. What
 * arrived is read back, and compared line by line, when all is over: nobody's time is taken by it.
 * Lines are those of a file, 100 bytes with their line feed; the container does no more than `cat` them.
 */
import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createWriteStream } from 'node:fs'
import path from 'node:path'
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  GetLogEventsCommand,
  type GetLogEventsCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs'
import { RegisterTaskDefinitionCommand, RunTaskCommand } from '@aws-sdk/client-ecs'
import { readRootKey } from '../src/kit/installation.ts'
import { buildBusyboxImage } from '../test/e2e/busybox-image.ts'
import { describeTask } from '../test/e2e/command/containers.ts'
import { startContainerHost } from '../test/e2e/container-host.ts'
import { addHostLink } from '../test/e2e/host-link.ts'
import { connectedInstance, startLongshore, until } from '../test/e2e/longshore.ts'
import { comparePairs } from './lib/compare.ts'
import { EngineCalls } from './lib/engine-calls.ts'
import { report } from './lib/report.ts'
import { scratchDirectory } from './lib/scratch.ts'

const LINES = Number(process.env['LINES'] ?? 500_000)
const PAIRS = Number(process.env['PAIRS'] ?? 5)
const LINE_BYTES = 100
/** In front of every line of the engine's stream. */
const FRAME_BYTES = 8
const GROUP = '/bench/awslogs'
const FILE = '/lines'
const MEMORY = 64

/** Docker itself signs, where it is not told by whom it gets keys. */
process.env['AWS_ACCESS_KEY_ID'] = process.env['AWS_SECRET_ACCESS_KEY'] = 'sink'

const link = addHostLink()
const longshore = await startLongshore({
  command: 'server',
  isDev: false,
  args: [`--host=${link.address}`, '--plain-http', '--log-level=warn'],
})
const { accessKeyId = '', secretAccessKey = '' } = readRootKey(longshore.dataDir) ?? {}
const { endpoint } = longshore
const logs = new CloudWatchLogsClient({ endpoint, region: 'us-east-1', credentials: { accessKeyId, secretAccessKey } })
const host = await startContainerHost({
  endpoint,
  link,
  env: {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    ECS_IMAGE_PULL_BEHAVIOR: 'prefer-cached',
    ECS_LOGLEVEL: 'warn',
  },
})
const { engine } = host
const calls = new EngineCalls(engine.socket, '', 0)
const image = await buildBusyboxImage(engine.socket)
await connectedInstance(longshore.client)
await logs.send(new CreateLogGroupCommand({ logGroupName: GROUP }))

const lineOf = (number: number): string => `${number} `.padEnd(LINE_BYTES - 1, 'request served in 12 ms; ')

const writeLines = async (): Promise<string> => {
  const file = path.join(scratchDirectory(), 'lines')
  const out = createWriteStream(file)
  for (let number = 1; number <= LINES; number++) if (!out.write(`${lineOf(number)}\n`)) await once(out, 'drain')
  out.end()
  await once(out, 'close')
  return file
}
const file = await writeLines()

/** Lines per second between the first of some arrivals and the last. */
class Arrivals {
  #first: { readonly at: number; readonly count: number } | undefined
  #lastAt = 0
  #count = 0

  add(at: number, count: number): void {
    this.#first ??= { at, count }
    this.#lastAt = at
    this.#count += count
  }

  /** What arrived first was on its way before. */
  perSecond(): number {
    if (this.#count !== LINES) throw new Error(`${this.#count} of ${LINES} lines arrived`)
    const { at, count } = this.#first ?? { at: 0, count: 0 }
    return (LINES - count) / ((this.#lastAt - at) / 1000)
  }
}

/** Through the relay, as a task. */
const stored = async (mode: string): Promise<number> => {
  const options = { 'awslogs-group': GROUP, 'awslogs-region': 'us-east-1', 'awslogs-stream-prefix': 'bench', mode }
  const { taskDefinition } = await longshore.client.send(
    new RegisterTaskDefinitionCommand({
      family: 'writer',
      volumes: [{ name: 'lines', host: { sourcePath: file } }],
      containerDefinitions: [
        {
          name: 'app',
          image,
          memory: MEMORY,
          command: ['cat', FILE],
          mountPoints: [{ sourceVolume: 'lines', containerPath: FILE, readOnly: true }],
          logConfiguration: { logDriver: 'awslogs', options },
        },
      ],
    }),
  )
  const taskDefinitionArn = taskDefinition?.taskDefinitionArn
  const { tasks: [task] = [] } = await longshore.client.send(new RunTaskCommand({ taskDefinition: taskDefinitionArn }))
  const taskArn = task?.taskArn ?? ''
  await until(
    'the task to end',
    async () => (await describeTask(longshore.client, taskArn))?.lastStatus === 'STOPPED',
    120_000,
  )
  return arrivalsIn(`bench/app/${taskArn.slice(taskArn.lastIndexOf('/') + 1)}`)
}

/** By when the control plane got them. Throws if a line is missing, or not in its place. */
const arrivalsIn = async (logStreamName: string): Promise<number> => {
  const arrivals = new Arrivals()
  let [number, nextToken]: [number, string | undefined] = [0, undefined]
  for (;;) {
    const page: GetLogEventsCommandOutput = await logs.send(
      new GetLogEventsCommand({ logGroupName: GROUP, logStreamName, startFromHead: true, nextToken }),
    )
    for (const { message, ingestionTime = 0 } of page.events ?? []) {
      if (message !== lineOf(++number)) throw new Error(`line ${number} is not in its place: ${message}`)
      arrivals.add(ingestionTime, 1)
    }
    if (page.nextForwardToken === nextToken) return arrivals.perSecond()
    nextToken = page.nextForwardToken
  }
}

const create = async (logConfig: object): Promise<string> => {
  const body = {
    Image: image,
    Cmd: ['cat', FILE],
    HostConfig: {
      Binds: [`${file}:${FILE}:ro`],
      NetworkMode: 'none',
      Memory: MEMORY * 1024 * 1024,
      LogConfig: logConfig,
    },
  }
  const { Id } = JSON.parse(await calls.call('POST', '/containers/create', body)) as { Id: string }
  return Id
}

/** The engine's own stream of a container that writes at the same time. */
const followed = async (): Promise<number> => {
  const id = await create({ Type: 'json-file' })
  await calls.call('POST', `/containers/${id}/start`)
  const arrivals = new Arrivals()
  let [bytes, counted] = [0, 0]
  await new Promise<void>((resolve, reject) => {
    const url = { socketPath: engine.socket, path: `/containers/${id}/logs?stdout=1&follow=1` }
    const call = request(url, (response) => {
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length
        const lines = Math.floor(bytes / (LINE_BYTES + FRAME_BYTES)) - counted
        counted += lines
        arrivals.add(performance.now(), lines)
      })
      response.on('end', resolve)
    })
    call.on('error', reject)
    call.end()
  })
  await calls.removeAll([id])
  return arrivals.perSecond()
}

/** What the driver sends to a server that answers at once. */
const sunk = async (): Promise<number> => {
  const arrivals = new Arrivals()
  const sink = createServer((incoming, response) => {
    const chunks: Buffer[] = []
    const at = performance.now()
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', () => {
      response.end('{}')
      if (incoming.headers['x-amz-target'] !== 'Logs_20140328.PutLogEvents') return
      bodies.push({ at, chunks })
    })
  })
  const bodies: { readonly at: number; readonly chunks: readonly Buffer[] }[] = []
  sink.listen(0, link.address)
  await once(sink, 'listening')
  const Config = {
    'awslogs-endpoint': `http://${link.address}:${(sink.address() as AddressInfo).port}`,
    'awslogs-region': 'us-east-1',
    'awslogs-group': GROUP,
    'awslogs-stream': 'sink',
  }
  const id = await create({ Type: 'awslogs', Config })
  await calls.call('POST', `/containers/${id}/start`)
  await calls.call('POST', `/containers/${id}/wait`)
  // Counted when all is over, so as not to take the driver's time.
  const countOf = (chunks: readonly Buffer[]): number =>
    (JSON.parse(Buffer.concat(chunks).toString()) as { logEvents: unknown[] }).logEvents.length
  let counted = 0
  await until('the last lines', () => {
    for (const { at, chunks } of bodies.splice(0)) {
      const count = countOf(chunks)
      counted += count
      arrivals.add(at, count)
    }
    return counted >= LINES
  })
  await calls.removeAll([id])
  sink.closeAllConnections()
  sink.close()
  return arrivals.perSecond()
}

const common = { unit: 'lines/s', pairs: PAIRS, rival: followed, rivalName: 'logs?follow of the same container' }
report([
  await comparePairs({
    ...common,
    question: 'awslogs, non-blocking (the default), into the store',
    ours: () => stored('non-blocking'),
    goal: { atLeast: 2 },
  }),
  await comparePairs({
    ...common,
    question: 'awslogs, blocking, into the store',
    ours: () => stored('blocking'),
    goal: { atLeast: 2 },
  }),
  await comparePairs({
    ...common,
    question: "the limit: Docker's driver alone, before a null sink",
    ours: sunk,
    goal: { atLeast: 1 },
  }),
])

logs.destroy()
await host.stop()
await longshore.stop()
link.remove()

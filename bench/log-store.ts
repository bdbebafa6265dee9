/**
 * Log events: lines per second that PutLogEvents stores durably, through the whole gateway with signatures verified; what they take on
 * disk of their raw size; and how long a search for a rare word takes, against `zgrep` over the same lines in one compressed file.
 * `LINES` has how many there are to search; ten million unless it says otherwise.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { Readable } from 'node:stream'
import { createGzip } from 'node:zlib'
import { SystemClock } from '../src/kit/clock.ts'
import { SystemIds } from '../src/kit/ids.ts'
import { silentLog } from '../src/kit/log.ts'
import { logGroupArn } from '../src/model/arn.ts'
import { signRequest } from '../src/model/signature-v4.ts'
import { bootstrap } from '../src/roles/bootstrap.ts'
import { ControlPlane } from '../src/roles/control-plane.ts'
import { SqliteJournal } from '../src/store/journal/sqlite.ts'
import { FileLogStore } from '../src/store/logs/file-log-store.ts'
import { parseSegmentName } from '../src/store/logs/segment-name.ts'
import { StoredLogGroups } from '../src/store/logs/stored-log-groups.ts'
import { Store } from '../src/store/store.ts'
import { aSealer } from '../test/services-deps.ts'
import { comparePairs, compareToLimit, millisecondsOf, rateOf } from './lib/compare.ts'
import { report } from './lib/report.ts'
import { scratchDirectory } from './lib/scratch.ts'

const LINES = Number(process.env['LINES'] ?? 10_000_000)
const BATCH = 5000
const CALLERS = 8
const CALLS = 80
const STREAMS = 8
const ENDPOINT = 'http://127.0.0.1:4566'
/** In one line of a million. */
const RARE = 'segfault'
const logGroupName = '/bench'

const directory = scratchDirectory()
const [clock, ids, account, region] = [new SystemClock(), new SystemIds(), '000000000000', 'us-east-1']
const store = await Store.open(SqliteJournal.open(path.join(directory, 'server')), (error) => {
  throw error
})
const logsDirectory = path.join(directory, 'logs')
const logs = await FileLogStore.open({ directory: logsDirectory, groups: new StoredLogGroups(store, aSealer()), log: silentLog })
const { keys, rootAccessKey } = await bootstrap({
  store,
  clock,
  ids,
  sealer: aSealer(),
  account,
  region,
  cluster: 'default',
})
const controlPlane = new ControlPlane({
  store,
  clock,
  ids,
  log: silentLog,
  account,
  region,
  isDev: false,
  endpoint: ENDPOINT,
  keys,
  logs,
})

/** Like the access log of a web server. */
let written = 0
const PATHS = ['/', '/api/v1/users', '/api/v1/orders', '/static/app.js', '/health', '/login']
const below = (limit: number): number => Math.floor(Math.random() * limit)
const nextLine = (): string => {
  const what = ++written % 1_000_000 === 500_000 ? RARE : PATHS[below(PATHS.length)]!
  const address = `10.${below(256)}.${below(256)}.${below(256)}`
  return `${address} - - "GET ${what}/${below(100_000)} HTTP/1.1" ${below(5) === 0 ? 404 : 200} ${below(50_000)} "-" "Mozilla/5.0 (X11; Linux x86_64)" rt=0.${below(1000)}`
}
const batchOf = (count: number) =>
  Array.from({ length: count }, () => ({ timestamp: clock.now(), message: nextLine() }))

const signed = (operation: string, input: object) => {
  const body = Buffer.from(JSON.stringify(input))
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `Logs_20140328.${operation}` }
  const url = new URL(`${ENDPOINT}/`)
  const credentials = rootAccessKey
  return {
    method: 'POST',
    url: '/',
    headers: signRequest({
      method: 'POST',
      url,
      headers,
      body,
      region,
      service: 'logs',
      credentials,
      now: clock.now(),
    }),
    body,
    sourceIp: '127.0.0.1',
  }
}

const call = async (request: ReturnType<typeof signed>): Promise<void> => {
  const { status, body } = await controlPlane.gateway.handle(request)
  if (status !== 200) throw new Error(body.toString())
}

const streamName = (number: number): string => `web/${number % STREAMS}`
await call(signed('CreateLogGroup', { logGroupName }))
for (let number = 0; number < STREAMS; number++)
  await call(signed('CreateLogStream', { logGroupName, logStreamName: streamName(number) }))

const linesPerSecond = async (): Promise<number> => {
  const requests = Array.from({ length: CALLS }, (_, number) =>
    signed('PutLogEvents', { logGroupName, logStreamName: streamName(number), logEvents: batchOf(BATCH) }),
  )
  let next = 0
  const caller = async (): Promise<void> => {
    for (let request = requests[next++]; request !== undefined; request = requests[next++]) await call(request)
  }
  return rateOf(CALLS * BATCH, () => Promise.all(Array.from({ length: CALLERS }, caller)))
}

const stored = await compareToLimit({
  question: `lines stored durably by PutLogEvents, ${BATCH} each, ${CALLERS} callers`,
  unit: 'lines/s',
  measure: linesPerSecond,
  limit: 200_000,
  limitName: 'the goal',
  goal: { atLeast: 1 },
})

/** The rest of the lines goes to the store directly, and all of the searched ones into the rival's file. */
const groupId = 'searched'
const searched = path.join(directory, 'lines.gz')
const plain = { bytes: 0 }
await store.transact(({ logGroups, logStreams }) => {
  const group = {
    account,
    region,
    groupId,
    createdAt: 0,
    logGroupClass: 'STANDARD',
    isProtected: false,
    tags: [],
  } as const
  logGroups.insert({ ...group, arn: logGroupArn(region, account, groupId), name: groupId })
  for (let number = 0; number < STREAMS; number++)
    logStreams.insert({ groupId, name: streamName(number), streamId: streamName(number), createdAt: 0 })
})
async function* searchedLines(): AsyncGenerator<string, void, void> {
  for (let count = 0; count < LINES; count += BATCH) {
    const events = batchOf(BATCH)
    await logs.append({ groupId, streamId: streamName(count / BATCH), events, ingestedAt: clock.now() })
    const text = events.map(({ message }) => `${message}\n`).join('')
    plain.bytes += text.length
    yield text
  }
}
await pipeline(Readable.from(searchedLines()), createGzip(), createWriteStream(searched))
await logs.sealed()

/** Of the lines that are in segments: the last ones are still in the journal. */
const sizeOnDisk = (): number => {
  const folder = path.join(logsDirectory, 'groups', groupId)
  const names = readdirSync(folder)
  const sizes = names.map((name) => statSync(path.join(folder, name)).size)
  const sealed = sum(names.map((name) => parseSegmentName(name)?.storedBytes ?? 0)) / logs.storedBytes(groupId)
  return sum(sizes) / (plain.bytes * sealed)
}
const sum = (numbers: readonly number[]): number => numbers.reduce((all, number) => all + number, 0)
const sealedPart = await compareToLimit({
  question: 'bytes of segments for each byte of the lines in them',
  unit: 'bytes',
  measure: sizeOnDisk,
  limit: 0.2,
  limitName: 'the goal',
  goal: { atMost: 1 },
  samples: 1,
})

const search = async (): Promise<number> => {
  let found = 0
  for await (const events of logs.read({ groupId, direction: 'forward', containing: [[Buffer.from(RARE)]] }))
    found += events.length
  return found
}
const zgrep = async (): Promise<number> => {
  const child = spawn('zgrep', ['-c', '-F', RARE, searched], { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  await once(child, 'close')
  return Number(output)
}
const [ours, theirs] = [await search(), await zgrep()]
if (ours !== theirs) throw new Error(`${ours} lines were found, and ${theirs} by zgrep`)

report([
  stored,
  sealedPart,
  await comparePairs({
    question: `${LINES} lines searched for a rare word`,
    unit: 'ms',
    ours: () => millisecondsOf(search),
    rival: () => millisecondsOf(zgrep),
    rivalName: 'zgrep over one file',
    goal: { atMost: 1 },
    pairs: 3,
  }),
])
await controlPlane.stop()
await logs.close()
await store.close()

/**
 * Searching log events: how long FilterLogEvents takes, page by page through the whole gateway, and the log store alone, against `zgrep`
 * over the same lines in one compressed file. `LINES` has how many there are to search; ten million unless it says otherwise.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import path from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { type Answer, comparePairs, millisecondsOf } from './lib/compare.ts'
import { LogLines, RARE_WORD } from './lib/log-lines.ts'
import { LogSite } from './lib/log-site.ts'
import { report } from './lib/report.ts'

const LINES = Number(process.env['LINES'] ?? 10_000_000)
const BATCH = 5000
const logGroupName = '/searched'
const streams = Array.from({ length: 8 }, (_, number) => `web/${number}`)

const site = await LogSite.open()
await site.createGroup(logGroupName, streams)
const { groupId, streamIds } = site.idsOf(logGroupName)
const file = path.join(site.directory, 'lines.gz')

/** They go to the store directly, and into the rival's file. */
async function* lines(): AsyncGenerator<string, void, void> {
  const source = new LogLines()
  for (let count = 0; count < LINES; count += BATCH) {
    const events = source.batch(BATCH, site.clock.now())
    const streamId = streamIds[(count / BATCH) % streamIds.length]!
    await site.logs.append({ groupId, streamId, events, ingestedAt: site.clock.now() })
    yield events.map(({ message }) => `${message}\n`).join('')
  }
}
await pipeline(Readable.from(lines()), createGzip(), createWriteStream(file))
await site.logs.sealed()

const filter = async (filterPattern: string): Promise<number> => {
  let found = 0
  for (let nextToken: string | undefined; ;) {
    const answer = await site.call('FilterLogEvents', { logGroupName, filterPattern, nextToken })
    const page = JSON.parse(answer.toString()) as { events: readonly unknown[]; nextToken?: string }
    found += page.events.length
    if (page.nextToken === undefined) return found
    nextToken = page.nextToken
  }
}

const search = async (word: string): Promise<number> => {
  let found = 0
  for await (const events of site.logs.read({ groupId, direction: 'forward', containing: [[Buffer.from(word)]] }))
    found += events.length
  return found
}

const zgrep = async (...expression: string[]): Promise<number> => {
  const child = spawn('zgrep', ['-c', ...expression, file], { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  await once(child, 'close')
  return Number(output)
}

const compare = async (what: string, ours: () => Promise<number>, rival: () => Promise<number>): Promise<Answer> => {
  const [found, expected] = [await ours(), await rival()]
  if (found !== expected) throw new Error(`${what}: ${found} lines were found, and ${expected} by zgrep`)
  return comparePairs({
    question: `${LINES} lines searched for ${what}`,
    unit: 'ms',
    ours: () => millisecondsOf(ours),
    rival: () => millisecondsOf(rival),
    rivalName: 'zgrep over one file',
    goal: { atMost: 1 },
    pairs: 2,
    warmUps: 0,
  })
}

report([
  await compare(
    'a rare word, by the store',
    () => search(RARE_WORD),
    () => zgrep('-F', RARE_WORD),
  ),
  await compare(
    'a rare word, by FilterLogEvents',
    () => filter(RARE_WORD),
    () => zgrep('-F', RARE_WORD),
  ),
  await compare(
    'three words in any order, by FilterLogEvents',
    () => filter(`Mozilla GET ${RARE_WORD}`),
    () => zgrep('-P', `^(?=.*Mozilla)(?=.*GET)(?=.*${RARE_WORD})`),
  ),
  await compare(
    'JSON with two values, by FilterLogEvents',
    () => filter('{ $.level = "ERROR" && $.latency >= 500 }'),
    () => zgrep('-E', '"level":"ERROR".*"latency":[5-9][0-9][0-9]\\b'),
  ),
])
await site.close()

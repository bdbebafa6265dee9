/**
 * Log events: lines per second that PutLogEvents stores durably, through the whole gateway with signatures verified, and what they take on
 * disk of their raw size.
 */
import { readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { parseSegmentName } from '../src/store/logs/segment-name.ts'
import { compareToLimit, rateOf } from './lib/compare.ts'
import { LogLines } from './lib/log-lines.ts'
import { LogSite, type SignedCall } from './lib/log-site.ts'
import { report } from './lib/report.ts'

const BATCH = 5000
const CALLERS = 8
const CALLS = 80
const SAMPLES = 5
const logGroupName = '/bench'
const streams = Array.from({ length: 8 }, (_, number) => `web/${number}`)

const site = await LogSite.open()
await site.createGroup(logGroupName, streams)
const lines = new LogLines()
const plain = { bytes: 0 }

const requestOf = (number: number): SignedCall => {
  const logEvents = lines.batch(BATCH, site.clock.now())
  for (const { message } of logEvents) plain.bytes += Buffer.byteLength(message) + 1
  return site.signed('PutLogEvents', { logGroupName, logStreamName: streams[number % streams.length], logEvents })
}

const linesPerSecond = async (): Promise<number> => {
  const requests = Array.from({ length: CALLS }, (_, number) => requestOf(number))
  let next = 0
  const caller = async (): Promise<void> => {
    for (let request = requests[next++]; request !== undefined; request = requests[next++]) await site.send(request)
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
  samples: SAMPLES,
})
await site.logs.sealed()

/** Of the lines that are in segments: the last ones are still in the journal. */
const sizeOnDisk = (): number => {
  const { groupId } = site.idsOf(logGroupName)
  const folder = path.join(site.logsDirectory, 'groups', groupId)
  const names = readdirSync(folder)
  const sizes = names.map((name) => statSync(path.join(folder, name)).size)
  const sealed = sum(names.map((name) => parseSegmentName(name)?.storedBytes ?? 0)) / site.logs.storedBytes(groupId)
  return sum(sizes) / (plain.bytes * sealed)
}
const sum = (numbers: readonly number[]): number => numbers.reduce((all, number) => all + number, 0)

report([
  stored,
  await compareToLimit({
    question: 'bytes of segments for each byte of the lines in them',
    unit: 'bytes',
    measure: sizeOnDisk,
    limit: 0.2,
    limitName: 'the goal',
    goal: { atMost: 1 },
    samples: 1,
  }),
])
await site.close()

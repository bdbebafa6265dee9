/** Log events of a running Longshore whose server is killed: the answers before were good, and reading goes on where it was. */
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type RunningLongshore, startLongshore, until } from '../e2e/longshore.ts'

let longshore: RunningLongshore
let logs: CloudWatchLogs

beforeAll(async () => {
  longshore = await startLongshore({ runtime: 'simulated' })
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
  logs = new CloudWatchLogs({ endpoint: longshore.endpoint, region: 'us-east-1', credentials })
})
afterAll(async () => {
  logs.destroy()
  await longshore.stop()
})

it('has every event that was acknowledged, and tokens stay good', async () => {
  const stream = { logGroupName: '/app', logStreamName: 'web/1' }
  await logs.createLogGroup({ logGroupName: '/app' })
  await logs.createLogStream(stream)
  const now = Date.now()
  const put = (from: number) =>
    logs.putLogEvents({
      ...stream,
      logEvents: Array.from({ length: 100 }, (_, index) => ({ timestamp: now, message: `line ${from + index}` })),
    })
  await put(0)
  const first = await logs.getLogEvents({ ...stream, startFromHead: true, limit: 60 })
  longshore.kill('server')
  await until('a server', () =>
    put(100).then(
      () => true,
      () => false,
    ),
  )
  const second = await logs.getLogEvents({ ...stream, nextToken: first.nextForwardToken })
  const read = [...(first.events ?? []), ...(second.events ?? [])].map(({ message }) => message)
  expect(read.slice(0, 100)).toEqual(Array.from({ length: 100 }, (_, index) => `line ${index}`))
  // A put that got no answer may have been kept all the same.
  expect(new Set(read).size).toBe(200)
  const { logStreams } = await logs.describeLogStreams({ logGroupName: '/app' })
  expect(logStreams).toMatchObject([{ logStreamName: 'web/1', firstEventTimestamp: now, lastEventTimestamp: now }])
})

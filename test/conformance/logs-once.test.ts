/** PutLogEvents that is sent again because its answer did not come: its events are kept once, also when the server was killed meanwhile. */
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { signRequest } from '../../src/model/signature-v4.ts'
import { type RunningLongshore, startLongshore, until } from '../e2e/longshore.ts'

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
const stream = { logGroupName: '/app', logStreamName: 'web/1' }

let longshore: RunningLongshore
let logs: CloudWatchLogs

beforeAll(async () => {
  longshore = await startLongshore({ runtime: 'simulated' })
  logs = new CloudWatchLogs({ endpoint: longshore.endpoint, region: 'us-east-1', credentials })
})
afterAll(async () => {
  logs.destroy()
  await longshore.stop()
})

const timestamp = Date.now()

/** Resolves with the status. SDKs give each call an id and each of its tries the same; here the test does. */
const put = async (message: string, invocationId: string): Promise<number> => {
  const body = JSON.stringify({ ...stream, logEvents: [{ timestamp, message }] })
  const headers = signRequest({
    method: 'POST',
    url: new URL(`${longshore.endpoint}/`),
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'Logs_20140328.PutLogEvents',
      'amz-sdk-invocation-id': invocationId,
    },
    body,
    region: 'us-east-1',
    service: 'logs',
    credentials,
    now: Date.now(),
  })
  return (await fetch(`${longshore.endpoint}/`, { method: 'POST', headers, body })).status
}

it('is kept once', async () => {
  await logs.createLogGroup({ logGroupName: stream.logGroupName })
  await logs.createLogStream(stream)
  expect([await put('a', '1'), await put('a', '1')]).toEqual([200, 200])
  longshore.kill('server')
  await until('a server', async () => (await put('a', '1')) === 200)
  expect([await put('a', '2'), await put('b', '3')]).toEqual([200, 200])
  const { events = [] } = await logs.getLogEvents({ ...stream, startFromHead: true })
  expect(events.map(({ message }) => message)).toEqual(['a', 'a', 'b'])
})

it('is another one with other events, whatever its id', async () => {
  expect([await put('c', '4'), await put('d', '4')]).toEqual([200, 200])
  const { events = [] } = await logs.getLogEvents({ ...stream, startFromHead: true })
  expect(events.slice(-2).map(({ message }) => message)).toEqual(['c', 'd'])
})

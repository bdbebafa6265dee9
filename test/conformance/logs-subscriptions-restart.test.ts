/** A subscription of a running Longshore whose server is killed again and again while events come: what was acknowledged arrives. */
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type RunningLongshore, startLongshore, until } from '../e2e/longshore.ts'
import { type Collector, collector } from '../fakes/collector.ts'

const KILLS = 3
const BATCHES = 60
const BATCH = 50

let longshore: RunningLongshore
let logs: CloudWatchLogs
let target: Collector

beforeAll(async () => {
  target = await collector()
  longshore = await startLongshore({ runtime: 'simulated' })
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
  logs = new CloudWatchLogs({ endpoint: longshore.endpoint, region: 'us-east-1', credentials, maxAttempts: 1 })
})
afterAll(async () => {
  logs.destroy()
  await longshore.stop()
  await target.close()
})

const succeeded = (work: Promise<unknown>): Promise<boolean> =>
  work.then(
    () => true,
    () => false,
  )

it('delivers every event that was acknowledged', async () => {
  const [logGroupName, destinationName] = ['/app', 'collector']
  const stream = { logGroupName, logStreamName: 'web/1' }
  await logs.createLogGroup({ logGroupName })
  await logs.createLogStream(stream)
  const roleArn = 'arn:aws:iam::000000000000:role/deliver'
  const { destination } = await logs.putDestination({ destinationName, targetArn: target.url, roleArn })
  const filter = { logGroupName, filterName: 'odd', filterPattern: 'odd' }
  await logs.putSubscriptionFilter({ ...filter, destinationArn: destination?.arn })
  const lineOf = (number: number): string => `line ${number} is ${number % 2 === 1 ? 'odd' : 'even'}`
  for (let batch = 0; batch < BATCHES; batch++) {
    const logEvents = Array.from({ length: BATCH }, (_, index) => ({
      timestamp: Date.now(),
      message: lineOf(batch * BATCH + index),
    }))
    await until('a server', () => succeeded(logs.putLogEvents({ ...stream, logEvents })))
    if (batch % (BATCHES / KILLS) === BATCHES / KILLS - 5) longshore.kill('server')
  }
  const expected = Array.from({ length: BATCHES * BATCH }, (_, number) => lineOf(number)).filter((line) =>
    line.endsWith('odd'),
  )
  await until('all events', () => new Set(target.messages()).size === expected.length || undefined)
  expect(new Set(target.messages())).toEqual(new Set(expected))
})

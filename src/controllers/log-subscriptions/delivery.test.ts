import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { aRole, trusting } from '../../../test/builders/a-role.ts'
import { type Collector, collector } from '../../../test/fakes/collector.ts'
import { emptyStore } from '../../../test/services-deps.ts'
import { tlsIssuer } from '../../../test/tls-issuer.ts'
import { ManualClock } from '../../kit/clock.ts'
import { SystemIds } from '../../kit/ids.ts'
import { LineLog } from '../../kit/log.ts'
import { logDestinationArn, logGroupArn } from '../../model/arn.ts'
import { eventIdOf } from '../../model/log-event-id.ts'
import { logFilterKey, type SubscriptionFilterRecord } from '../../model/log-filter-records.ts'
import { DAY_MS } from '../../model/limits.ts'
import { MemoryLogStore } from '../../store/logs/memory-log-store.ts'
import { Delivery } from './delivery.ts'

const OWNER = { account: '000000000000', region: 'us-east-1' }
const DESTINATION = logDestinationArn(OWNER.region, OWNER.account, 'collector')
const ROLE = aRole({ roleName: 'deliver', assumeRolePolicyDocument: trusting({ Service: 'logs.amazonaws.com' }) })
const arnOf = (name: string): string => logGroupArn(OWNER.region, OWNER.account, name)
const KEY = logFilterKey(arnOf('app'), 'f')

const aFilter = (given: Partial<SubscriptionFilterRecord> = {}): SubscriptionFilterRecord => ({
  key: KEY,
  ...OWNER,
  groupId: 'app-id',
  groupName: 'app',
  name: 'f',
  pattern: '',
  expressions: 0,
  createdAt: 0,
  destinationArn: DESTINATION,
  ...given,
})

const aGroup = (name: string) => ({
  ...OWNER,
  arn: arnOf(name),
  name,
  groupId: `${name}-id`,
  createdAt: 0,
  logGroupClass: 'STANDARD' as const,
  isProtected: false,
  tags: [],
})

let target: Collector
beforeEach(async () => {
  target = await collector()
})
afterEach(() => target.close())

const aSite = async (given: Partial<SubscriptionFilterRecord> = {}, url = target.url) => {
  const [store, clock, logs, ids] = [await emptyStore(), new ManualClock(), new MemoryLogStore(), new SystemIds()]
  const lines: string[] = []
  const log = new LineLog({ clock, level: 'info', format: 'json', write: (line) => lines.push(line) })
  const destination = { arn: DESTINATION, ...OWNER, name: 'collector', target: url, roleArn: ROLE.arn }
  await store.transact((tx) => {
    for (const name of ['app', 'archive']) tx.logGroups.insert(aGroup(name))
    for (const name of ['s1', 's2']) tx.logStreams.insert({ groupId: 'app-id', name, streamId: name, createdAt: 0 })
    tx.roles.insert(ROLE)
    tx.logDestinations.insert({ ...destination, createdAt: 0, tags: [] })
    tx.subscriptionFilters.insert(aFilter({ createdAt: clock.now(), ...given }))
    tx.logDeliveries.insert({ key: KEY, after: 0, upTo: 0 })
  })
  const options = { store, clock, logs, ids, log, endpoint: 'http://127.0.0.1:4566', takesRolesForGranted: false }
  const put = (messages: readonly string[], { streamId = 's1', at = clock.now() } = {}): Promise<void> => {
    const events = messages.map((message) => ({ timestamp: at, message }))
    return logs.append({ groupId: 'app-id', streamId, events, ingestedAt: clock.now() })
  }
  return { store, clock, logs, lines, put, options, delivery: new Delivery(options) }
}

describe('a subscription to a URL', () => {
  it('is announced, and gets the events of each stream in a document', async () => {
    const { delivery, put, logs, clock } = await aSite({ pattern: '-fine' })
    await delivery.deliver(KEY)
    expect(target.documents).toMatchObject([{ messageType: 'CONTROL_MESSAGE', owner: 'CloudwatchLogs' }])
    await put(['one', 'fine', 'two'])
    await put(['three'], { streamId: 's2' })
    await delivery.deliver(KEY)
    const document = { messageType: 'DATA_MESSAGE', owner: OWNER.account, logGroup: 'app', subscriptionFilters: ['f'] }
    const event = (message: string, sequence: number) => {
      const timestamp = clock.now()
      return { id: eventIdOf({ timestamp, sequence }), timestamp, message }
    }
    expect(target.documents.slice(1).toSorted((one, other) => (one.logStream < other.logStream ? -1 : 1))).toEqual([
      { ...document, logStream: 's1', logEvents: [event('one', 1), event('two', 3)] },
      { ...document, logStream: 's2', logEvents: [event('three', 4)] },
    ])
    expect(target.headers[0]).toMatchObject({ 'content-encoding': 'gzip', 'content-type': 'application/json' })
    expect(logs.lastSequence('app-id')).toBe(4)
  })

  it('gets what comes late, and nothing twice', async () => {
    const { delivery, put, clock } = await aSite()
    await put(['one'])
    await delivery.deliver(KEY)
    await put(['of an hour ago'], { at: clock.now() - 3_600_000 })
    await delivery.deliver(KEY)
    await delivery.deliver(KEY)
    expect(target.messages()).toEqual(['one', 'of an hour ago'])
  })

  it('goes on where it was after a start', async () => {
    const { delivery, put, options } = await aSite()
    await put(['one'])
    await delivery.deliver(KEY)
    delivery.stop()
    await put(['two'])
    await new Delivery(options).deliver(KEY)
    expect(target.messages()).toEqual(['one', 'two'])
    expect(target.documents.filter(({ messageType }) => messageType === 'CONTROL_MESSAGE')).toHaveLength(1)
  })

  it('gets many events in portions', async () => {
    const { delivery, put } = await aSite()
    const messages = Array.from({ length: 25_000 }, (_, index) => `line ${index}`)
    await put(messages)
    await delivery.deliver(KEY)
    expect(target.messages()).toEqual(messages)
    expect(target.documents.map(({ logEvents }) => logEvents.length)).toEqual([1, 10_000, 10_000, 5000])
  })

  it('is tried again for a day, and then what it has not taken is dropped', async () => {
    const { delivery, put, clock, lines } = await aSite()
    await delivery.deliver(KEY)
    await put(['one', 'two'])
    target.answers(302)
    await expect(delivery.deliver(KEY)).rejects.toThrow('answers with the status 302')
    target.answers(200)
    await delivery.deliver(KEY)
    target.answers(503)
    await put(['lost'])
    await expect(delivery.deliver(KEY)).rejects.toThrow('503')
    await clock.advance(DAY_MS + 1)
    await put(['new'])
    await expect(delivery.deliver(KEY)).rejects.toThrow('503')
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
      { message: 'log events could not be delivered for a day and are dropped', filterName: 'f', events: 1 },
    ])
    target.answers(200)
    await put(['newer'])
    await delivery.deliver(KEY)
    expect(target.messages()).toEqual(['one', 'two', 'new', 'newer'])
  })

  it('needs its destination, and a role that trusts the service', async () => {
    const { delivery, put, store } = await aSite()
    await put(['one'])
    await store.transact(({ roles }) =>
      roles.update(ROLE.key, { assumeRolePolicyDocument: trusting({ Service: 'ec2.amazonaws.com' }) }),
    )
    await expect(delivery.deliver(KEY)).rejects.toThrow('does not trust logs.amazonaws.com')
    await store.transact(({ roles }) => roles.put(ROLE))
    const destination = store.tables.logDestinations.get(DESTINATION)!
    await store.transact(({ logDestinations }) => logDestinations.remove(DESTINATION))
    await expect(delivery.deliver(KEY)).rejects.toThrow('There is no destination')
    await store.transact(({ logDestinations }) => logDestinations.put(destination))
    await delivery.deliver(KEY)
    expect(target.messages()).toEqual(['one'])
  })

  it.each([
    ['http://169.254.169.254/latest/meta-data'],
    ['http://[::ffff:169.254.169.254]/'],
    ['http://[fe80::1]/'],
    ['http://0.0.0.0:9/'],
    ['http://127.0.0.1:4566/'],
    ['http://localhost:4566/'],
  ])('is not %s', async (url) => {
    const { delivery, put } = await aSite({}, url)
    await put(['one'])
    await expect(delivery.deliver(KEY)).rejects.toThrow('no address that events may be delivered to')
  })

  it('has a certificate that is trusted, if it is reached by TLS', async () => {
    const issuer = await tlsIssuer()
    const { delivery, put } = await aSite({}, issuer.url)
    await put(['one'])
    await expect(delivery.deliver(KEY)).rejects.toThrow('cannot be reached')
    await issuer.close()
  })

  it('gets nothing of streams that are gone, or after its end', async () => {
    const { delivery, put, store, logs } = await aSite()
    await put(['one'])
    await put(['two'], { streamId: 's2' })
    await store.transact(({ logStreams }) => logStreams.remove('app-id/s2'))
    await logs.removeStreams('app-id', new Set(['s2']))
    await delivery.deliver(KEY)
    await put(['three'])
    await store.transact(({ subscriptionFilters, logDeliveries }) => {
      subscriptionFilters.remove(KEY)
      logDeliveries.remove(KEY)
    })
    await delivery.deliver(KEY)
    expect(target.messages()).toEqual(['one'])
  })
})

describe('a subscription to another group', () => {
  it('copies events to streams of the same names', async () => {
    const { delivery, put, store, logs, clock } = await aSite({
      destinationArn: `${arnOf('archive')}:*`,
      pattern: 'ERROR',
    })
    await put(['ERROR 1', 'fine'], { at: clock.now() - 1000 })
    await put(['ERROR 2'], { streamId: 's2' })
    await delivery.deliver(KEY)
    await put(['ERROR 3'])
    await delivery.deliver(KEY)
    const found: (readonly [string | undefined, string, number])[] = []
    for await (const events of logs.read({ groupId: 'archive-id', direction: 'forward' }))
      for (const { streamId, message, timestamp } of events)
        found.push([store.tables.logStreams.find('byId', streamId)[0]?.name, message, timestamp])
    expect(found).toEqual([
      ['s1', 'ERROR 1', clock.now() - 1000],
      ['s2', 'ERROR 2', clock.now()],
      ['s1', 'ERROR 3', clock.now()],
    ])
    expect(target.documents).toEqual([])
    await store.transact(({ logGroups }) => logGroups.remove(arnOf('archive')))
    await put(['ERROR 4'])
    await expect(delivery.deliver(KEY)).rejects.toThrow('There is no log group')
  })
})

import { describe, expect, it } from 'vitest'
import { emptyStore } from '../../../test/services-deps.ts'
import { ManualClock } from '../../kit/clock.ts'
import { SystemIds } from '../../kit/ids.ts'
import { silentLog } from '../../kit/log.ts'
import type { SubscriptionFilterRecord } from '../../model/log-filter-records.ts'
import { LOG_DELIVERY_DELAY_MS } from '../../model/log-limits.ts'
import { MemoryLogStore } from '../../store/logs/memory-log-store.ts'
import { LogSubscriptions } from './log-subscriptions.ts'

const aFilter = (name: string): SubscriptionFilterRecord => ({
  key: name,
  account: '000000000000',
  region: 'us-east-1',
  groupId: 'g1',
  groupName: 'g',
  name,
  pattern: '',
  expressions: 0,
  createdAt: 0,
  destinationArn: 'arn',
})

const aSite = async () => {
  const [store, clock, logs] = [await emptyStore(), new ManualClock(), new MemoryLogStore()]
  const where = { endpoint: 'http://127.0.0.1:1', takesRolesForGranted: true }
  const controller = new LogSubscriptions({ store, clock, logs, ids: new SystemIds(), log: silentLog, ...where })
  const woken: string[] = []
  const end = controller.watch((key) => woken.push(key))
  const put = (groupId = 'g1') =>
    logs.append({ groupId, streamId: 's', events: [{ timestamp: 0, message: 'hello' }], ingestedAt: 0 })
  return { store, clock, logs, controller, woken, end, put }
}

describe('log subscriptions', () => {
  it('wake the filters of a group soon after an event came, once for all that come meanwhile', async () => {
    const { store, clock, controller, woken, put } = await aSite()
    await store.transact(({ subscriptionFilters }) =>
      ['a', 'b'].forEach((name) => subscriptionFilters.put(aFilter(name))),
    )
    expect(woken.splice(0)).toEqual(['a', 'b'])
    expect([...controller.keys()]).toEqual(['a', 'b'])
    await put()
    await put()
    await put('another')
    expect(woken).toEqual([])
    await clock.advance(LOG_DELIVERY_DELAY_MS)
    expect(woken.splice(0)).toEqual(['a', 'b'])
    await put()
    await clock.advance(LOG_DELIVERY_DELAY_MS)
    expect(woken).toEqual(['a', 'b'])
  })

  it('hear no more of groups without filters, or after their end', async () => {
    const { store, clock, woken, put, end } = await aSite()
    await store.transact(({ subscriptionFilters }) => subscriptionFilters.put(aFilter('a')))
    await store.transact(({ subscriptionFilters }) => subscriptionFilters.remove('a'))
    woken.length = 0
    await put()
    await store.transact(({ subscriptionFilters }) => subscriptionFilters.put(aFilter('a')))
    woken.length = 0
    await put()
    end()
    await put()
    await clock.advance(1000)
    expect(woken).toEqual([])
  })

  it('have nothing to do for filters that are gone', async () => {
    const { controller } = await aSite()
    expect(await controller.reconcile('gone')).toBeUndefined()
  })
})

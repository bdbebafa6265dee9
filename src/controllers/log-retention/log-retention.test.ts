import { describe, expect, it } from 'vitest'
import { emptyStore } from '../../../test/services-deps.ts'
import { ManualClock } from '../../kit/clock.ts'
import { logGroupArn } from '../../model/arn.ts'
import { DAY_MS } from '../../model/limits.ts'
import { MemoryLogStore } from '../../store/logs/memory-log-store.ts'
import { logRetention } from './log-retention.ts'

/** Tells what it was asked to drop. */
class ListeningLogStore extends MemoryLogStore {
  readonly dropped: [string, number][] = []

  override async dropBefore(groupId: string, timestamp: number): Promise<void> {
    this.dropped.push([groupId, timestamp])
  }
}

const aSite = async (retentionDays?: number) => {
  const [store, clock, logs] = [await emptyStore(), new ManualClock(), new ListeningLogStore()]
  const [account, region, name] = ['123456789012', 'us-east-1', 'g']
  const arn = logGroupArn(region, account, name)
  const group = { arn, account, region, name, groupId: 'g1', createdAt: 0, isProtected: false, tags: [] }
  await store.transact(({ logGroups }) =>
    logGroups.insert({ ...group, logGroupClass: 'STANDARD', ...(retentionDays !== undefined && { retentionDays }) }),
  )
  return { store, clock, logs, arn, controller: logRetention({ store, clock, logs }) }
}

describe('log retention', () => {
  it('drops what is older than the group keeps', async () => {
    const { controller, clock, logs, arn } = await aSite(7)
    expect([...controller.keys()]).toEqual([arn])
    await controller.reconcile(arn)
    expect(logs.dropped).toEqual([['g1', clock.now() - 7 * DAY_MS]])
  })

  it('leaves groups alone that keep everything, or are gone', async () => {
    const { controller, logs, store, arn } = await aSite()
    expect([...controller.keys()]).toEqual([])
    await controller.reconcile(arn)
    await store.transact(({ logGroups }) => logGroups.remove(arn))
    await controller.reconcile(arn)
    expect(logs.dropped).toEqual([])
  })
})

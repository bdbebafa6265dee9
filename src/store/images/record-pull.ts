/** When an image was pulled last. AWS: `lastRecordedPullTime` is refreshed at most once in 24 hours. */
import { inRepository } from '../../model/image-records.ts'
import { DAY_MS } from '../../model/limits.ts'
import type { Principal } from '../../model/principal.ts'
import type { Store } from '../store.ts'
import type { ReadTables } from '../tables.ts'
import { registrySettingsOf } from './registry-settings.ts'

/** Nothing for who is not to count, e.g. a scanner. */
export const recordPull = async (
  store: Store,
  repositoryId: string,
  digest: string,
  now: number,
  puller?: Principal,
): Promise<void> => {
  const key = inRepository(repositoryId, digest)
  const isDue = (): boolean => {
    const image = store.tables.images.get(key)
    return image !== undefined && now - (image.lastPulledAt ?? Number.NEGATIVE_INFINITY) >= DAY_MS
  }
  if (!isDue() || isExcluded(store.tables, repositoryId, puller)) return
  await store.transact((tx) => void (isDue() && tx.images.update(key, { lastPulledAt: now })))
}

const isExcluded = (tables: ReadTables, repositoryId: string, puller: Principal | undefined): boolean => {
  const [repository] = tables.repositories.find('byId', repositoryId)
  if (repository === undefined || puller === undefined) return false
  const { pullTimeExclusions } = registrySettingsOf(tables, repository)
  // A role is named, not its sessions.
  const arns = [puller.arn, puller.session?.issuerArn]
  return pullTimeExclusions.some(({ principalArn }) => arns.includes(principalArn))
}

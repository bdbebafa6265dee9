/** What services are built with, as tests need it: everything real but for the keys, and a guard that lets everyone do everything. */
import { SystemClock } from '../src/kit/clock.ts'
import { SystemIds } from '../src/kit/ids.ts'
import { silentLog } from '../src/kit/log.ts'
import { MasterKey } from '../src/kit/sealing.ts'
import { defaultLoadBalancingSettings } from '../src/model/load-balancing/settings.ts'
import { fixedSessionKeys, SealedSessionTokens } from '../src/model/session-tokens.ts'
import { CapacityIndex } from '../src/scheduler/capacity-index.ts'
import type { ServicesDeps } from '../src/services/deps.ts'
import { noGuard } from '../src/services/operations.ts'
import { noAuditTrail } from '../src/store/audit/audit-reader.ts'
import { temporaryBlobStore } from '../src/store/blobs/temporary-blob-store.ts'
import { TargetHealthBook } from '../src/store/load-balancing/target-health-book.ts'
import { MemoryLogStore } from '../src/store/logs/memory-log-store.ts'
import { MemoryMetricStore } from '../src/store/metrics/memory-metric-store.ts'
import { MemoryJournal } from '../src/store/journal/journal.ts'
import { Store } from '../src/store/store.ts'
import { HmacPageTokens } from '../src/wire/page-tokens.ts'

export const emptyStore = (): Promise<Store> =>
  Store.open(new MemoryJournal(), (error) => {
    throw error
  })

/** A master key that is the same in every test. */
export const aSealer = (): MasterKey => new MasterKey({ id: 'm1', key: Buffer.alloc(32, 3) })

export const servicesDeps = (store: Store, given: Partial<ServicesDeps> = {}): ServicesDeps => {
  const ids = given.ids ?? new SystemIds()
  return {
    store,
    clock: new SystemClock(),
    ids,
    log: silentLog,
    capacity: new CapacityIndex(ids),
    pageTokens: new HmacPageTokens('key'),
    agentEndpoints: { acs: 'http://127.0.0.1/acs/', tcs: 'http://127.0.0.1/tcs/' },
    guard: noGuard,
    sessions: new SealedSessionTokens(fixedSessionKeys(), ids),
    sealer: aSealer(),
    audit: noAuditTrail,
    logs: new MemoryLogStore(),
    metrics: new MemoryMetricStore(given.clock ?? new SystemClock()),
    blobs: temporaryBlobStore(),
    targetHealth: new TargetHealthBook(),
    loadBalancing: defaultLoadBalancingSettings(),
    registryEndpoint: 'http://localhost:4566',
    registryEndpointOf: () => 'http://localhost:4566',
    ...given,
  }
}

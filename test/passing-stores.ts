/** What a control plane keeps beside its store, here until the process ends. */
import type { Clock } from '../src/kit/clock.ts'
import { temporaryBlobStore } from '../src/store/blobs/temporary-blob-store.ts'
import { MemoryLogStore } from '../src/store/logs/memory-log-store.ts'
import { MemoryMetricStore } from '../src/store/metrics/memory-metric-store.ts'

export const passingStores = (clock: Clock) => ({
  logs: new MemoryLogStore(),
  metrics: new MemoryMetricStore(clock),
  blobs: temporaryBlobStore(),
})

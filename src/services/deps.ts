/** What services are built with. */
import type { Clock } from '../kit/clock.ts'
import type { Ids } from '../kit/ids.ts'
import type { Log } from '../kit/log.ts'
import type { Sealer } from '../kit/sealing.ts'
import type { SessionTokens } from '../model/principal.ts'
import type { RegistryId, ReplicationEndpoint } from '../model/registry-rules.ts'
import type { AuditReader } from '../store/audit/audit-reader.ts'
import type { BlobStore } from '../store/blobs/blob-store.ts'
import type { TargetHealthBook } from '../store/load-balancing/target-health-book.ts'
import type { LogStore } from '../store/logs/log-store.ts'
import type { MetricStore } from '../store/metrics/metric-store.ts'
import type { Store } from '../store/store.ts'
import type { PageTokens } from '../wire/page-tokens.ts'
import type { EcsDeps } from './ecs/context.ts'
import type { Guard } from './operations.ts'

export interface ServicesDeps extends EcsDeps {
  readonly store: Store
  readonly clock: Clock
  readonly ids: Ids
  /** For what goes on after calls were answered. */
  readonly log: Log
  readonly pageTokens: PageTokens
  /** Decides whether callers may do what they ask for. */
  readonly guard: Guard
  /** Makes temporary credentials. */
  readonly sessions: SessionTokens
  /** Seals what is secret in the store. */
  readonly sealer: Sealer
  /** The calls of the past. */
  readonly audit: AuditReader
  /** The events of log streams. */
  readonly logs: LogStore
  /** Metrics, as CloudWatch has them. */
  readonly metrics: MetricStore
  /** Manifests and layers of images. */
  readonly blobs: BlobStore
  /** What balancers say of targets. */
  readonly targetHealth: TargetHealthBook
  /** Where registries are that images may be replicated to. */
  readonly replicationEndpoints?: readonly ReplicationEndpoint[] | undefined
  /** Base URL of the container registry, e.g. `http://localhost:4566`. */
  readonly registryEndpoint: string
  /** The same by the name that leads to the registry of one account and region. */
  readonly registryEndpointOf: (registry: RegistryId) => string
}

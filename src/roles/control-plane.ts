/**
 * The control plane put together: services and controllers over one store, behind one gateway. Opens no socket and no file, so that
 * tests and the simulation can have as many as they like.
 */
import type { IncomingMessage, RequestListener } from 'node:http'
import type { Duplex } from 'node:stream'
import type { CertificateAuthorityChoice } from '../controllers/certificate-issuance/certificate-authority.ts'
import type { CredentialUse } from '../controllers/credential-use/credential-use.ts'
import { Controllers, type Patience } from '../controllers/index.ts'
import type { Clock } from '../kit/clock.ts'
import type { Ids } from '../kit/ids.ts'
import type { Log } from '../kit/log.ts'
import type { AuditSink } from '../model/audit-event.ts'
import { defaultLoadBalancingSettings, type LoadBalancingSettings } from '../model/load-balancing/settings.ts'
import type { ContainerInstanceRecord, TaskRecord } from '../model/records.ts'
import type { SessionTokens } from '../model/principal.ts'
import type { ReplicationEndpoint } from '../model/registry-rules.ts'
import { SealedSessionTokens } from '../model/session-tokens.ts'
import { CapacityIndex } from '../scheduler/capacity-index.ts'
import { EventFeed } from '../services/ecs/event-feed/event-feed.ts'
import { PolicyGuard } from '../services/authorization.ts'
import { noGuard } from '../services/operations.ts'
import { allServices } from '../services/index.ts'
import { type AuditReader, noAuditTrail } from '../store/audit/audit-reader.ts'
import { JournalError } from '../store/journal/journal.ts'
import type { BlobStore } from '../store/blobs/blob-store.ts'
import { TargetHealthBook } from '../store/load-balancing/target-health-book.ts'
import type { LogStore } from '../store/logs/log-store.ts'
import type { MetricStore } from '../store/metrics/metric-store.ts'
import type { Store } from '../store/store.ts'
import type { RowChange } from '../store/table.ts'
import type { Authenticator } from '../wire/authentication.ts'
import { Fault } from '../wire/fault.ts'
import { Gateway } from '../wire/gateway.ts'
import { createListener } from '../wire/listener.ts'
import { HmacPageTokens } from '../wire/page-tokens.ts'
import { AgentGate } from './agent-gate.ts'
import type { InstallationKeys } from './bootstrap.ts'
import { authenticatorBySignature, authenticatorByTrust, StoredCredentials } from './credentials.ts'
import { EXPLAIN_SERVICE_PATH, explainService } from './explain-service.ts'
import { CLAIMS_KEYS_PATH, claimsKeys } from './claims-keys.ts'
import { TRUST_CONTENT_PATH } from '../model/load-balancing/trust-content-url.ts'
import { health } from './health.ts'
import { trustContent } from './trust-content.ts'
import { usage, USAGE_PATH } from './usage.ts'
import { REGISTRY_SUFFIX, registryEndpointOf } from './registry-host.ts'
import { lazyRegistry } from './registry-parts.ts'
import type { RegistryRole } from './registry.ts'

export interface ControlPlaneOptions {
  readonly store: Store
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
  readonly account: string
  readonly region: string
  /** Accept any credentials. */
  readonly isDev: boolean
  /** Base URL that agents reach this server under. */
  readonly endpoint: string
  readonly keys: InstallationKeys
  readonly patience?: Partial<Patience> | undefined
  /** Where calls leave their trace, and where it is read. */
  readonly audit?: { readonly sink: AuditSink; readonly reader: AuditReader }
  /** Where log events lie. */
  readonly logs: LogStore
  /** Where metrics lie. */
  readonly metrics: MetricStore
  /** Where manifests and layers of images lie. */
  readonly blobs: BlobStore
  /** Known vulnerabilities of packages, in the format of OSV; without it, scans find packages alone. */
  readonly advisoriesFile?: string | undefined
  /** Where registries are that images may be replicated to. */
  readonly replicationEndpoints?: readonly ReplicationEndpoint[] | undefined
  /** Who issues certificates. */
  readonly certificateAuthority?: CertificateAuthorityChoice | undefined
  /** What hosts of the registry end with that are named as on AWS. */
  readonly registrySuffix?: string
  /** What the installation says of its load balancers, if not what is usual. */
  readonly loadBalancing?: LoadBalancingSettings | undefined
  /** Check every answer against its model; for tests. */
  readonly isChecking?: boolean
}

export class ControlPlane {
  readonly gateway: Gateway
  readonly listener: RequestListener
  readonly capacity: CapacityIndex
  readonly controllers: Controllers
  /** What ECS tells EventBridge. */
  readonly events: EventFeed
  /** What balancers say of targets. */
  readonly targetHealth = new TargetHealthBook()
  readonly #gate: AgentGate
  readonly #registry: RegistryRole

  constructor(options: ControlPlaneOptions) {
    const { store, clock, ids, log, endpoint, keys, logs, metrics, blobs } = options
    const { loadBalancing = defaultLoadBalancingSettings(), registrySuffix = REGISTRY_SUFFIX } = options
    const registryEndpoint = endpoint.replace('//127.0.0.1', '//localhost')
    const cookieKey = keys.cookieKey.toString('base64url')
    this.capacity = new CapacityIndex(ids)
    keepUpToDate(this.capacity, store)
    const sessions = new SealedSessionTokens(keys.sessionKeys, ids)
    this.controllers = new Controllers({
      store,
      clock,
      ids,
      log,
      capacity: this.capacity,
      endpoint,
      registry: { account: options.account, region: options.region, endpoint, suffix: registrySuffix },
      targetHealth: this.targetHealth,
      logs,
      blobs,
      metrics,
      audit: options.audit?.sink,
      advisoriesFile: options.advisoriesFile,
      certificateAuthority: options.certificateAuthority,
      replicationEndpoints: options.replicationEndpoints,
      patience: options.patience,
      sessions,
      sealer: keys.sealer,
      credentialsIdKey: keys.credentialsIdKey,
      balancerWelcome: { cookieKey, suffix: loadBalancing.suffix },
      takesRolesForGranted: options.isDev,
    })
    const guard = options.isDev ? noGuard : new PolicyGuard()
    const authenticator = authenticatorOf(options, sessions, this.controllers.credentialUse)
    const audit = options.audit && { sink: options.audit.sink, home: options }
    this.gateway = new Gateway({
      services: allServices({
        store,
        clock,
        ids,
        log,
        guard,
        sessions,
        sealer: keys.sealer,
        audit: options.audit?.reader ?? noAuditTrail,
        logs,
        metrics,
        blobs,
        targetHealth: this.targetHealth,
        loadBalancing,
        replicationEndpoints: options.replicationEndpoints,
        registryEndpoint,
        registryEndpointOf: registryEndpointOf(registryEndpoint, options, registrySuffix),
        capacity: this.capacity,
        pageTokens: new HmacPageTokens(keys.pageTokenKey),
        agentEndpoints: { acs: `${endpoint}/acs/`, tcs: `${endpoint}/tcs/` },
      }),
      authenticator,
      clock,
      ids,
      log,
      translate: storeFault,
      ...(audit && { audit }),
      isChecking: options.isChecking ?? false,
    })
    this.events = new EventFeed({ store, clock, ids, log })
    this.#gate = new AgentGate({
      authenticator,
      guard,
      tables: store.tables,
      clock,
      ids,
      log,
      audit,
      isDev: options.isDev,
      acs: this.controllers.acs,
      tcs: this.controllers.tcs,
      dataChannels: this.controllers.dataChannels,
      loadBalancing: this.controllers.loadBalancing,
    })
    this.#registry = lazyRegistry({ ...options, store, blobs, clock, ids, log, guard, sealer: keys.sealer, audit })
    const ownCallTools = { store, authenticator, guard, clock, ids, log, audit, translate: storeFault }
    this.listener = createListener({
      gateway: this.gateway,
      clock,
      routes: {
        '/v2/': this.#registry.listener,
        [CLAIMS_KEYS_PATH]: claimsKeys(cookieKey),
        [TRUST_CONTENT_PATH]: trustContent({ store, clock, sealer: keys.sealer }),
        '/health': health({ store, controllers: this.controllers }),
        [EXPLAIN_SERVICE_PATH]: explainService(ownCallTools, this.controllers.plans),
        [USAGE_PATH]: usage(ownCallTools, { usage: this.controllers.usage, metrics }),
      },
    })
  }

  /** For `node:http`'s `upgrade` event: the websockets of agents, and of clients of ECS Exec. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#gate.handleUpgrade(request, socket, head)
  }

  /** Resolves when agents may connect. */
  async start(): Promise<void> {
    await this.controllers.start()
  }

  /** Ends sessions and loops; the store stays open. */
  async stop(): Promise<void> {
    await this.controllers.stop()
    await this.#registry.stop()
  }
}

const keepUpToDate = (capacity: CapacityIndex, store: Store): void =>
  store.derive(['containerInstances', 'tasks'], ({ changes }) => {
    for (const { table, before, after } of changes as readonly RowChange<never>[]) {
      if (table === 'tasks') capacity.applyTask(before as TaskRecord | undefined, after as TaskRecord | undefined)
      else
        capacity.applyInstance(
          before as ContainerInstanceRecord | undefined,
          after as ContainerInstanceRecord | undefined,
        )
    }
  })

const authenticatorOf = (options: ControlPlaneOptions, sessions: SessionTokens, use: CredentialUse): Authenticator => {
  const { isDev, account, region, store, keys } = options
  const credentials = new StoredCredentials({ tables: store.tables, sealer: keys.sealer, sessions })
  const home = { account, region }
  return isDev ? authenticatorByTrust(credentials, home) : authenticatorBySignature(credentials, home, use)
}

/** What a client hears when the journal cannot write: not its mistake, and nothing was done. */
const storeFault = (error: unknown): Fault | undefined =>
  error instanceof JournalError
    ? new Fault({
        code: 'ServerException',
        message: `The state cannot be written, so the call was not done. ${error.message}`,
        side: 'server',
        status: 503,
      })
    : undefined

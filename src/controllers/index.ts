/** Every controller of the control plane, and the two servers that let agents in to them. */
import { type AcsServer, acsServer } from '../agentlink/acs-server.ts'
import { type TcsServer, tcsServer } from '../agentlink/tcs-server.ts'
import type { Clock } from '../kit/clock.ts'
import type { Ids } from '../kit/ids.ts'
import type { Log } from '../kit/log.ts'
import type { Sealer } from '../kit/sealing.ts'
import type { AuditSink } from '../model/audit-event.ts'
import { INSTANCE_LOSS_GRACE_MS, SERVICE_SETTLING_MS } from '../model/limits.ts'
import type { BalancerWelcome } from '../model/load-balancing/messages.ts'
import type { RegistryHome } from '../model/registry-home.ts'
import type { SessionTokens } from '../model/principal.ts'
import type { ReplicationEndpoint } from '../model/registry-rules.ts'
import type { CapacityIndex } from '../scheduler/capacity-index.ts'
import type { BlobStore } from '../store/blobs/blob-store.ts'
import { ServedRules } from '../store/load-balancing/served-rules.ts'
import type { TargetHealthBook } from '../store/load-balancing/target-health-book.ts'
import type { LogStore } from '../store/logs/log-store.ts'
import type { MetricStore } from '../store/metrics/metric-store.ts'
import type { Store } from '../store/store.ts'
import { PlanMemory } from './service-scheduler/plan-memory.ts'
import { AgentTelemetry } from './agent-telemetry/agent-telemetry.ts'
import { UsageBook } from './agent-telemetry/usage-book.ts'
import { UsageMetrics } from './agent-telemetry/usage-metrics.ts'
import { InstanceLoss } from './instance-loss/instance-loss.ts'
import type { CertificateAuthorityChoice } from './certificate-issuance/certificate-authority.ts'
import { CertificateIssuance } from './certificate-issuance/certificate-issuance.ts'
import { CredentialUse } from './credential-use/credential-use.ts'
import { ControllerLoop, type ControllerStatus } from './loop.ts'
import { TaskAssignment } from './task-assignment/task-assignment.ts'
import { RoleCredentials } from './task-assignment/role-credentials.ts'
import { TaskPlacement } from './task-placement/task-placement.ts'
import { capacityProviderRetention } from './retention/capacity-provider-retention.ts'
import { LogMetrics } from './log-metrics/log-metrics.ts'
import { LogSubscriptions } from './log-subscriptions/log-subscriptions.ts'
import { LoadBalancing } from './load-balancing/load-balancing.ts'
import { TargetDraining } from './load-balancing/target-draining.ts'
import { imageLifecycle } from './image-lifecycle/image-lifecycle.ts'
import { ImageReplication } from './image-replication/image-replication.ts'
import { replicationBackfills } from './image-replication/replication-backfills.ts'
import { ImageScan } from './image-scan/image-scan.ts'
import { imageCollection } from './image-collection/image-collection.ts'
import { logRetention } from './log-retention/log-retention.ts'
import { clientTokenRetention } from './retention/client-token-retention.ts'
import { DataChannels } from './exec/data-channels.ts'
import { ExecSessions } from './exec/exec-sessions.ts'
import { kmsKeyRotation } from './kms-key-rotation/kms-key-rotation.ts'
import { containerInstanceRetention } from './retention/container-instance-retention.ts'
import { sessionKeyRotation } from './session-keys/session-keys.ts'
import { kmsKeyRetention } from './retention/kms-key-retention.ts'
import { parameterRetention } from './retention/parameter-retention.ts'
import { secretRetention } from './retention/secret-retention.ts'
import { serviceDeploymentRetention } from './retention/service-deployment-retention.ts'
import { serviceRetention } from './retention/service-retention.ts'
import { serviceRevisionRetention } from './retention/service-revision-retention.ts'
import { sessionRetention } from './retention/session-retention.ts'
import { taskDefinitionRetention } from './retention/task-definition-retention.ts'
import { taskRetention } from './retention/task-retention.ts'
import { noAlarms } from './service-scheduler/rollout/no-alarms.ts'
import { ServiceScheduler } from './service-scheduler/service-scheduler.ts'

export interface ControllersOptions {
  readonly store: Store
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
  readonly capacity: CapacityIndex
  /** Base URL that agents reach this server under. */
  readonly endpoint: string
  /** The container registry here; without it, none of the images is known to be in it. */
  readonly registry?: RegistryHome | undefined
  /** What balancers say of targets. */
  readonly targetHealth: TargetHealthBook
  /** The events of log streams. */
  readonly logs: LogStore
  /** Manifests and layers of images. */
  readonly blobs: BlobStore
  /** Where registries are that images may be replicated to. */
  readonly replicationEndpoints?: readonly ReplicationEndpoint[] | undefined
  /** What images are compared with when they are scanned: a file in the format of OSV. */
  readonly advisoriesFile?: string | undefined
  /** Where what tasks use is kept as metrics. */
  readonly metrics: MetricStore
  /** Who issues certificates; absent: an authority that lasts as long as the process. */
  readonly certificateAuthority?: CertificateAuthorityChoice | undefined
  /** Seals the keys of session tokens. */
  readonly sealer: Sealer
  /** Where it stands what was done without a call. */
  readonly audit?: AuditSink | undefined
  readonly patience?: Partial<Patience> | undefined
  /** Makes the credentials of tasks' roles. */
  readonly sessions: SessionTokens
  /** What the ids of those credentials are derived with. */
  readonly credentialsIdKey: Uint8Array
  /** What balancers hear first. */
  readonly balancerWelcome: BalancerWelcome
  /** Roles that are not there are taken as if they were, as in `--dev` mode. */
  readonly takesRolesForGranted: boolean
}

/** How long services wait for things to become clear, in milliseconds; ECS's times unless told otherwise. */
export interface Patience {
  /** For a task without a health check: how long it is RUNNING before it counts as healthy. */
  readonly settlingMs: number
  /** For an agent that is silent: how long until the tasks of services on its instance are replaced. */
  readonly instanceLossGraceMs: number
}

const DEFAULT_PATIENCE: Patience = { settlingMs: SERVICE_SETTLING_MS, instanceLossGraceMs: INSTANCE_LOSS_GRACE_MS }

export class Controllers {
  readonly acs: AcsServer
  readonly tcs: TcsServer
  /** Where the clients and agents of ECS Exec meet. */
  readonly dataChannels: DataChannels
  /** Where balancers are told what to do. */
  readonly loadBalancing: LoadBalancing
  /** Why services are not where they should be. */
  readonly plans = new PlanMemory()
  /** What tasks use now. */
  readonly usage: UsageBook
  /** When access keys and roles were last used. */
  readonly credentialUse: CredentialUse
  readonly #assignment: TaskAssignment
  readonly #loop: ControllerLoop
  readonly #logMetrics: LogMetrics

  constructor(options: ControllersOptions) {
    const { store, clock, ids, log } = options
    const patience = { ...DEFAULT_PATIENCE, ...options.patience }
    const { sessions, takesRolesForGranted, credentialsIdKey: idKey } = options
    const credentials = new RoleCredentials({ tables: store.tables, clock, sessions, idKey, takesRolesForGranted })
    this.#assignment = new TaskAssignment({ store, clock, ids, log, credentials, registry: options.registry })
    this.usage = new UsageBook(clock.now())
    const telemetry = new AgentTelemetry({ store, clock, log, usage: this.usage })
    this.credentialUse = new CredentialUse(store)
    this.#logMetrics = new LogMetrics(options)
    const execSessions = new ExecSessions(options)
    this.dataChannels = new DataChannels({ clock, log, sessions: execSessions })
    const servedRules = new ServedRules(store, clock)
    this.loadBalancing = new LoadBalancing({ ...options, servedRules })
    this.acs = acsServer({ clock, ids, log, host: execSessions.hosting(this.#assignment) })
    this.tcs = tcsServer({ clock, ids, log, host: telemetry })
    this.#loop = new ControllerLoop(
      [
        this.#assignment,
        telemetry,
        execSessions,
        new UsageMetrics({ store, clock, metrics: options.metrics, usage: this.usage }),
        new ServiceScheduler({ ...options, ...patience, servedRules, alarms: noAlarms, memory: this.plans }),
        new TaskPlacement(options),
        new InstanceLoss({ store, clock, log, graceMs: patience.instanceLossGraceMs }),
        new TargetDraining(options),
        taskRetention(options),
        sessionRetention(options),
        taskDefinitionRetention(options),
        containerInstanceRetention(options),
        serviceRetention(options),
        serviceDeploymentRetention(options),
        serviceRevisionRetention(options),
        capacityProviderRetention(options),
        clientTokenRetention(options),
        parameterRetention(options),
        secretRetention(options),
        kmsKeyRetention(options),
        logRetention(options),
        imageCollection(options),
        imageLifecycle(options),
        new ImageReplication(options),
        replicationBackfills(options),
        new ImageScan(options),
        new LogSubscriptions(options),
        kmsKeyRotation(options),
        new CertificateIssuance(options),
        sessionKeyRotation(options),
        this.credentialUse,
      ],
      { clock, ids, log },
    )
  }

  /** Resolves when agents may connect. */
  async start(): Promise<void> {
    await this.#assignment.disconnectAll()
    this.#loop.start()
    this.#logMetrics.start()
  }

  async stop(): Promise<void> {
    this.acs.close()
    this.tcs.close()
    this.#logMetrics.stop()
    await this.loadBalancing.close()
    await this.dataChannels.close()
    await this.#loop.stop()
  }

  status(): readonly ControllerStatus[] {
    return this.#loop.status()
  }
}

/**
 * The container agent: registers the host, takes tasks from the control plane, has the engine carry them out and tells what became of
 * them. Here everything is put together and started in order; each part's own work is in its own folder. All that touches the world
 * comes in through the constructor, so that thousands of agents run in one process.
 */
import type { Clock } from '../kit/clock.ts'
import type { Ids } from '../kit/ids.ts'
import type { Log } from '../kit/log.ts'
import { version } from '../kit/version.ts'
import type { AttributeRecord } from '../model/records.ts'
import type { AgentFacts, Checkpoint } from './checkpoint/checkpoint.ts'
import type { AgentConfig } from './config.ts'
import { AcsHandler } from './engine/acs-handler.ts'
import { CredentialsStore } from './engine/credentials.ts'
import { TaskEngine, type TaskListener } from './engine/engine.ts'
import { LABELS } from './engine/labels.ts'
import type { EngineTask } from './engine/task.ts'
import type { CreateBody, EngineSettings, Images, LogRouting, TaskLimits } from './engine/tools.ts'
import { ExecGate } from './exec/exec-gate.ts'
import { EcrLogins } from './images/ecr-logins.ts'
import { TaskLogins } from './images/task-logins.ts'
import type { AcsLink, AgentLinks, LinkIdentity, TcsLink } from './links.ts'
import type { LogRelay } from './log-relay/log-relay.ts'
import { AgentError, register, type Registered } from './registration/register.ts'
import { customAttributes, type HostPlace, instanceTags, totalResources } from './registration/registration.ts'
import { StatusReporter } from './reporting/status-reporter.ts'
import type { ContainerRuntime, ContainerStats, RuntimeInfo } from './runtime.ts'
import { TaskSecrets } from './secrets/task-secrets.ts'
import { InstanceHealth } from './telemetry/instance-health.ts'
import type { KernelStats } from './telemetry/kernel-stats.ts'
import { Telemetry } from './telemetry/telemetry.ts'

/** What a host's containers are made with. */
export interface AgentHost {
  readonly runtime: ContainerRuntime
  readonly info: RuntimeInfo
  readonly images: Images
  readonly createBody: (agent: {
    readonly cluster: string
    readonly ownLabels: Readonly<Record<string, string>>
  }) => CreateBody
  /** Loaded when there are containers. Absent where the kernel's files are not those of the containers. */
  readonly kernelStats?: () => Promise<KernelStats>
  /** Absent where limits of whole tasks are not enforced. */
  readonly limits?: TaskLimits
  /** Absent where no logs are routed. */
  readonly logRouting?: (agent: { readonly cluster: string }) => LogRouting
  /** Capabilities and platform. */
  readonly attributes: readonly AttributeRecord[]
  /** For `containerPortRange` mappings. */
  readonly dynamicHostPorts: EngineSettings['dynamicHostPorts']
}

export interface AgentOptions {
  readonly config: AgentConfig
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
  readonly checkpoint: Checkpoint
  readonly host: AgentHost
  readonly links: AgentLinks
  /** Absent where no logs are relayed. */
  readonly logRelay?: Pick<LogRelay, 'drained' | 'forget'>
}

/** Many more calls at once make Docker slower, fewer leave it idle at the beginning and the end of a burst. Measured in `bench/`. */
const PARALLEL_STEPS = 12
/** As often as the engine has one for who listens all the time. */
const STREAMED_SAMPLE_MS = 1000
const DEFAULT_CLUSTER = 'default'
const CPU_UNITS_PER_CORE = 1024

export class Agent {
  readonly #options: AgentOptions
  readonly #facts: Partial<AgentFacts>
  readonly #engine: TaskEngine
  readonly #credentials = new CredentialsStore()
  readonly #secrets: TaskSecrets
  readonly #exec: ExecGate | undefined
  readonly #health: InstanceHealth
  readonly #ending = new AbortController()
  #reporter: StatusReporter | undefined
  #telemetry: Telemetry | undefined
  #acs: AcsLink | undefined
  #tcs: TcsLink | undefined
  #registered: Registered | undefined

  /** Reads the checkpoint. Throws `AgentError` if it belongs to an agent of another cluster. */
  constructor(options: AgentOptions) {
    this.#options = options
    const { tasks, facts } = options.checkpoint.load()
    this.#facts = facts
    this.#checkCluster()
    this.#health = new InstanceHealth(options.host.runtime, options.clock)
    this.#secrets = new TaskSecrets({ reader: options.links.secrets, credentials: this.#credentials })
    this.#engine = this.#makeEngine()
    this.#engine.restore(tasks)
    this.#exec = this.#makeExec()
    this.#engine.listen((after, before) => this.#dropCredentials(after, before))
    this.#engine.listen((after, before) => {
      if (after === undefined && before !== undefined) options.logRelay?.forget(before.arn)
    })
    this.#engine.listen((after) => this.#exec?.changed(after))
    this.#engine.listen((after, before) => this.#secrets.release(after?.arn ?? before?.arn ?? '', after))
  }

  /** Undefined before the first registration. */
  get containerInstanceArn(): string | undefined {
    return this.#registered?.containerInstanceArn ?? this.#facts.containerInstanceArn
  }

  get cluster(): string {
    return this.#options.config.cluster ?? DEFAULT_CLUSTER
  }

  /** As of the last registration. */
  get place(): HostPlace {
    return this.#registered ?? this.#facts
  }

  tasks(): IterableIterator<EngineTask> {
    return this.#engine.tasks()
  }

  /** Calls back after every change of a task, in order; `after` is undefined when it is forgotten. */
  listen(listener: TaskListener): void {
    this.#engine.listen(listener)
  }

  /** The newest sample of a container's use, by its id in the runtime. */
  lastSample(dockerId: string): ContainerStats | undefined {
    return this.#telemetry?.lastSample(dockerId)
  }

  /** Credentials by the id that containers ask with. */
  get credentials(): Pick<CredentialsStore, 'get'> {
    return this.#credentials
  }

  /**
   * Takes up work where the checkpoint left it, and resolves when the instance is registered and its links are opening. Rejects with
   * `AgentError` if it never can be.
   */
  async start(): Promise<void> {
    const { checkpoint, log } = this.#options
    // Containers carry this name: it has to be known before there are any.
    await checkpoint.flush()
    void this.#engine.start().then(() => this.#exec?.endLeft(this.#engine.tasks()))
    const registered = await this.#register()
    this.#ending.signal.throwIfAborted()
    this.#registered = registered
    await this.#remember(registered)
    log.info('registered', { containerInstanceArn: registered.containerInstanceArn, cluster: registered.cluster })
    this.#openLinks(registered)
  }

  /** Ends in order; containers run on. */
  async stop(): Promise<void> {
    this.#ending.abort(new Error('the agent is stopping'))
    await this.#exec?.stop()
    this.#acs?.stop()
    this.#telemetry?.stop()
    this.#tcs?.stop()
    await this.#engine.stop()
    this.#reporter?.stop()
    this.#options.checkpoint.close()
  }

  /** As if the process were killed: nothing is written any more. For tests and the simulation. */
  kill(): void {
    this.#ending.abort(new Error('the agent is killed'))
    this.#engine.end()
    this.#acs?.stop()
    this.#telemetry?.stop()
    this.#tcs?.stop()
    this.#reporter?.stop()
  }

  #checkCluster(): void {
    const { cluster } = this.#facts
    if (cluster === undefined || cluster === this.cluster) return
    throw new AgentError(
      `The data directory belongs to an agent of cluster ${cluster}, and this one is for ${this.cluster}: give it a directory of its own.`,
      5,
    )
  }

  #makeEngine(): TaskEngine {
    const { config, host, clock, ids, log, checkpoint } = this.#options
    const ownLabels = { [LABELS.agent]: this.#agentId() }
    return new TaskEngine({
      clock,
      ids,
      log,
      checkpoint,
      ownLabels,
      runtime: host.runtime,
      images: host.images,
      secrets: this.#secrets,
      registryLogins: this.#makeLogins(),
      createBody: host.createBody({ cluster: this.cluster, ownLabels }),
      ...(host.limits && { limits: host.limits }),
      ...(host.logRouting && { logRouting: host.logRouting({ cluster: this.cluster }) }),
      settings: engineSettings(config, host),
      totals: {
        cpu: host.info.cpus * CPU_UNITS_PER_CORE,
        memoryMiB: host.info.memoryMiB - config.reservedMemoryMiB,
        reservedTcpPorts: config.reservedPorts,
        reservedUdpPorts: config.reservedPortsUdp,
        gpuIds: [],
      },
    })
  }

  #makeLogins(): TaskLogins {
    const { links, clock, ids } = this.#options
    const credentials = this.#credentials
    return new TaskLogins(this.#secrets, links.ecr && new EcrLogins({ reader: links.ecr, credentials, clock, ids }))
  }

  #makeExec(): ExecGate | undefined {
    const { host, links, clock, ids, log } = this.#options
    if (links.exec === undefined) return undefined
    return new ExecGate({
      runtime: host.runtime,
      clock,
      ids,
      log,
      agentVersion: version(),
      credentials: this.#credentials,
      taskOf: (arn) => this.#engine.task(arn),
      link: links.exec,
      send: (message) => void this.#acs?.send(message),
    })
  }

  /** Drawn at the first start in this data directory. */
  #agentId(): string {
    const { agentId } = this.#facts
    if (agentId !== undefined) return agentId
    const drawn = this.#options.ids.hex32()
    this.#options.checkpoint.putFact('agentId', drawn)
    return drawn
  }

  #register(): Promise<Registered> {
    const { config, host, links, clock, ids, log } = this.#options
    return register({
      control: links.control,
      clock,
      ids,
      log,
      cluster: config.cluster,
      containerInstanceArn: this.#facts.containerInstanceArn,
      totalResources: totalResources(config, host.info),
      capabilities: host.attributes,
      customAttributes: customAttributes(config),
      tags: instanceTags(config),
      privateIpAddress: config.privateIpAddress,
      signal: this.#ending.signal,
    })
  }

  /** What is remembered already needs no write: an agent comes back on a full disk too. */
  async #remember(registered: Registered): Promise<void> {
    const { checkpoint } = this.#options
    const facts = Object.entries(registered) as [keyof Registered, string][]
    const news = facts.filter(([name, value]) => this.#facts[name] !== value)
    for (const [name, value] of news) checkpoint.putFact(name, value)
    if (news.length > 0) await checkpoint.flush()
  }

  #openLinks({ cluster, containerInstanceArn }: Registered): void {
    const { links, host } = this.#options
    const identity = { cluster, containerInstanceArn, dockerVersion: host.info.version }
    this.#startReporter(identity)
    this.#startAcs(identity)
    this.#startTelemetry(identity)
    this.#tcs = links.tcs(identity, () => this.#telemetry?.publish())
    this.#tcs.start()
  }

  #startReporter({ cluster }: LinkIdentity): void {
    const { config, links, clock, ids, log, logRelay } = this.#options
    this.#reporter = new StatusReporter({
      engine: this.#engine,
      receiver: links.control,
      clock,
      ids,
      log,
      cluster,
      excludeIpv6PortBinding: config.excludeIpv6PortBinding,
      ...(logRelay && { logsDrained: (taskArn) => logRelay.drained(taskArn) }),
    })
    this.#reporter.start()
  }

  #startAcs(identity: LinkIdentity): void {
    const { links, checkpoint, ids, log } = this.#options
    let wasConnected = false
    const acs = links.acs(identity, {
      onMessage: (message) => handler.handle(message),
      onConnected: () => {
        if (wasConnected) this.#reporter?.kick()
        wasConnected = true
      },
      onInactive: () => log.warn('container instance is deregistered; restart the agent to register a new one'),
    })
    const handler = new AcsHandler({
      engine: this.#engine,
      credentials: this.#credentials,
      checkpoint,
      ids,
      log,
      manifestSequence: Number(this.#facts.manifestSequence ?? -1),
      send: (message) => void acs.send(message),
      onHeartbeat: () => void this.#health.check(),
      ...(this.#exec && { sessions: this.#exec }),
    })
    this.#acs = acs
    acs.start()
  }

  #startTelemetry({ cluster, containerInstanceArn }: LinkIdentity): void {
    const { config, host, clock, ids, log } = this.#options
    this.#telemetry = new Telemetry({
      engine: this.#engine,
      runtime: host.runtime,
      health: this.#health,
      clock,
      ids,
      log,
      cluster,
      containerInstanceArn,
      disableMetrics: config.disableMetrics,
      sampleMs: config.pollMetrics ? config.pollingMetricsWaitMs : STREAMED_SAMPLE_MS,
      ...(host.kernelStats && { kernelStats: host.kernelStats }),
      publish: (request) => this.#tcs?.publish(request) ?? false,
    })
    this.#telemetry.start()
  }

  /** Those of the task role go when the task stops; those of the execution role, and all that came later, when it is cleaned up. */
  #dropCredentials(after: EngineTask | undefined, before: EngineTask | undefined): void {
    if (after === undefined) {
      this.#credentials.forget(before?.credentialsId)
      this.#credentials.forget(before?.executionCredentialsId)
    } else if (after.knownStatus === 'STOPPED') this.#credentials.forget(after.credentialsId)
  }
}

const engineSettings = (config: AgentConfig, { dynamicHostPorts }: AgentHost): EngineSettings => ({
  stopTimeoutSeconds: config.containerStopTimeoutMs / 1000,
  createTimeoutSeconds: config.containerCreateTimeoutMs / 1000,
  startTimeoutSeconds: config.containerStartTimeoutMs / 1000,
  pullDependentContainersUpfront: config.pullDependentContainersUpfront,
  sharedVolumeMatchFullConfig: config.sharedVolumeMatchFullConfig,
  cleanupWaitSeconds: config.taskCleanupWaitMs / 1000,
  cleanupJitterSeconds: config.taskCleanupJitterMs / 1000,
  parallelSteps: PARALLEL_STEPS,
  dynamicHostPorts,
})

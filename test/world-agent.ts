/**
 * An agent of a `World`: the real one, its containers simulated, its calls and websockets in memory. Its network can fail and its process
 * can be killed; its containers and what it had written down outlive it.
 */
import { Agent, type AgentHost } from '../src/agent/agent.ts'
import { type AgentConfig, loadAgentConfig } from '../src/agent/config.ts'
import type { Images } from '../src/agent/engine/tools.ts'
import type { AgentLinks, LinkIdentity } from '../src/agent/links.ts'
import { NO_TASK_ROLES } from '../src/agent/metadata/task-roles.ts'
import { AgentError } from '../src/agent/registration/register.ts'
import type { SimulatedRuntime } from '../src/agent/simulated/simulated-runtime.ts'
import type { IAMRoleCredentials } from '../src/agentlink/acs-messages.ts'
import { AcsClient } from '../src/agentlink/acs-client.ts'
import { ControlApi, type PollEndpoints } from '../src/agentlink/control-api.ts'
import type { HttpAnswer, HttpRequest } from '../src/agentlink/http-transport.ts'
import { SecretsApi } from '../src/agentlink/secrets-api.ts'
import { ecsSigner } from '../src/agentlink/signer.ts'
import type { MessageSocket, SocketListener } from '../src/agentlink/socket.ts'
import { TcsClient } from '../src/agentlink/tcs-client.ts'
import type { ManualClock } from '../src/kit/clock.ts'
import type { Ids } from '../src/kit/ids.ts'
import { silentLog } from '../src/kit/log.ts'
import { resourceId } from '../src/model/arn.ts'
import { openHost } from '../src/roles/agent-host.ts'
import type { ControlPlane } from '../src/roles/control-plane.ts'
import type { WireRequest, WireResponse } from '../src/wire/protocol.ts'
import { AgentWire, UNREACHABLE } from './fakes/agent-wire.ts'
import { HostClock } from './fakes/host-clock.ts'
import { LaggingCheckpoint } from './fakes/lagging-checkpoint.ts'

export interface WorldAgentOptions {
  readonly clock: ManualClock
  readonly ids: Ids
  readonly region: string
  readonly endpoint: string
  /** Undefined while there is none. */
  readonly controlPlane: () => ControlPlane | undefined
  /** Rejects if there is no control plane to answer. */
  readonly handle: (request: WireRequest) => Promise<WireResponse>
  /** Variables of `ecs.config`. */
  readonly config: Readonly<Record<string, string>>
}

const CREDENTIALS = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'secret' }

export class WorldAgent {
  /** The host's, which may be wrong. */
  readonly clock: HostClock
  readonly runtime: SimulatedRuntime
  readonly wire: AgentWire
  /** While it is true, no image can be pulled. */
  hasBrokenRegistry = false
  /** Why the process ended by itself. */
  failure: Error | undefined
  /** It was killed and has not been started again. */
  isDown = false
  readonly #options: WorldAgentOptions
  readonly #config: AgentConfig
  readonly #host: AgentHost
  readonly #checkpoint = new LaggingCheckpoint()
  #agent: Agent
  /** The process's: it stands still when the process does. */
  #processClock: HostClock

  private constructor(options: WorldAgentOptions, clock: HostClock, config: AgentConfig, host: AgentHost) {
    this.#options = options
    this.#config = config
    this.#host = { ...host, images: this.#images(host.images) }
    this.clock = clock
    this.runtime = host.runtime as SimulatedRuntime
    this.wire = new AgentWire(options.clock, {
      call: (request) => this.#call(request),
      connect: (url, open) => this.#connect(url, open),
    })
    this.#processClock = new HostClock(clock)
    this.#agent = this.#make()
  }

  static async start(options: WorldAgentOptions): Promise<WorldAgent> {
    const { config } = loadAgentConfig({
      ECS_CLUSTER: 'default',
      AWS_DEFAULT_REGION: options.region,
      ECS_DYNAMIC_HOST_PORT_RANGE: '32768-60999',
      ...options.config,
    })
    const clock = new HostClock(options.clock)
    const { host } = await openHost('simulated', {
      config,
      clock,
      ids: options.ids,
      log: silentLog,
      taskRoles: NO_TASK_ROLES,
    })
    const agent = new WorldAgent(options, clock, config, host)
    agent.#begin()
    return agent
  }

  /** False before the agent has registered. */
  get isRegistered(): boolean {
    return this.#agent.containerInstanceArn !== undefined
  }

  /** Throws before the agent has registered. */
  get containerInstanceArn(): string {
    const arn = this.#agent.containerInstanceArn
    if (arn === undefined) throw new Error('the agent has not registered')
    return arn
  }

  get containerInstanceId(): string {
    return resourceId(this.containerInstanceArn)
  }

  /** Containers that run on this host, whether or not an agent looks after them. */
  async runningContainers(): Promise<readonly string[]> {
    const listed = await this.runtime.list({})
    const states = await Promise.all(listed.map(({ id }) => this.runtime.inspect(id)))
    return states.filter((state) => state?.status === 'running').map((state) => state!.id)
  }

  /** Of the task's role, as a container of it would get them. */
  credentialsOf(taskArn: string): IAMRoleCredentials | undefined {
    const task = [...this.#agent.tasks()].find(({ arn }) => arn === taskArn)
    return this.#agent.credentials.get(task?.credentialsId ?? '')?.credentials
  }

  /** The process stands still, and what is sent to it waits. */
  hang(): void {
    this.#processClock.freeze()
    this.wire.silence()
  }

  goOn(): void {
    this.#processClock.thaw()
    this.wire.speak()
  }

  /** kill -9: what was not written down is gone. */
  kill(): void {
    this.isDown = true
    this.#agent.kill()
    this.#checkpoint.crash()
    this.wire.dropConnections()
  }

  /** The process again, from what the last one had written down. */
  restart(): void {
    this.kill()
    this.isDown = false
    this.failure = undefined
    this.#processClock = new HostClock(this.clock)
    this.#agent = this.#make()
    this.#begin()
  }

  #begin(): void {
    const agent = this.#agent
    agent.start().catch((error: unknown) => {
      // Killed before it had registered: the next one will.
      if (error instanceof AgentError && agent === this.#agent) this.failure = error
    })
  }

  #make(): Agent {
    const { ids } = this.#options
    const links = this.#links()
    return new Agent({
      config: this.#config,
      clock: this.#processClock,
      ids,
      log: silentLog,
      checkpoint: this.#checkpoint,
      host: this.#host,
      links,
    })
  }

  #links(): AgentLinks {
    const { ids, region, endpoint } = this.#options
    const clock = this.#processClock
    const sign = ecsSigner({ clock, region, credentials: () => CREDENTIALS })
    const control = new ControlApi({ endpoint, sign, clock, ids, userAgent: 'test', transport: this.wire.transport })
    const link = ({ cluster, containerInstanceArn, dockerVersion }: LinkIdentity, which: keyof PollEndpoints) => ({
      clock,
      ids,
      log: silentLog,
      openSocket: this.wire.openSocket,
      sign,
      endpoint: async () => (await control.discoverPollEndpoint(containerInstanceArn, cluster))[which] ?? '',
      agent: { agentHash: 'test', agentVersion: '0', cluster, containerInstanceArn, dockerVersion },
    })
    return {
      control,
      secrets: new SecretsApi({ endpoint, clock, ids, userAgent: 'test', transport: this.wire.transport }),
      acs: (identity, listener) => new AcsClient({ ...link(identity, 'endpoint'), ...listener }),
      tcs: (identity, onConnected) => new TcsClient({ ...link(identity, 'telemetryEndpoint'), onConnected }),
    }
  }

  async #call({ headers, body }: HttpRequest): Promise<HttpAnswer> {
    const answer = await this.#options.handle({
      method: 'POST',
      url: '/',
      headers,
      body: Buffer.from(body),
      sourceIp: '127.0.0.1',
    })
    return { status: answer.status, body: answer.body.toString() }
  }

  #connect({ pathname, searchParams }: URL, open: (listener: SocketListener) => MessageSocket) {
    const controlPlane = this.#options.controlPlane()
    if (controlPlane === undefined) return { exception: 'ServerException', message: UNREACHABLE }
    const { acs, tcs } = controlPlane.controllers
    return (pathname.startsWith('/acs/') ? acs : tcs).connect(searchParams, open)
  }

  #images(images: Images): Images {
    return {
      ensure: async (task, container, onDigest) =>
        this.hasBrokenRegistry
          ? { status: 'failed', error: 'CannotPullContainerError', message: 'the registry does not answer' }
          : await images.ensure(task, container, onDigest),
    }
  }
}

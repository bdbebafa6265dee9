/**
 * An agent of a `World`: the real one, its containers simulated, its calls and websockets in memory. Its network can fail and its process
 * can be killed; its containers and what it had written down outlive it.
 */
import { Agent, type AgentHost } from '../src/agent/agent.ts'
import { type AgentConfig, loadAgentConfig } from '../src/agent/config.ts'
import type { AgentLinks, LinkIdentity } from '../src/agent/links.ts'
import type { SimulatedRuntime } from '../src/agent/simulated/simulated-runtime.ts'
import { AcsClient } from '../src/agentlink/acs-client.ts'
import { ControlApi, type PollEndpoints } from '../src/agentlink/control-api.ts'
import type { HttpTransport } from '../src/agentlink/http-transport.ts'
import { ecsSigner } from '../src/agentlink/signer.ts'
import type { OpenSocket } from '../src/agentlink/socket.ts'
import { TcsClient } from '../src/agentlink/tcs-client.ts'
import type { ManualClock } from '../src/kit/clock.ts'
import type { Ids } from '../src/kit/ids.ts'
import { silentLog } from '../src/kit/log.ts'
import { resourceId } from '../src/model/arn.ts'
import { openHost } from '../src/roles/agent-host.ts'
import type { ControlPlane } from '../src/roles/control-plane.ts'
import { LaggingCheckpoint } from './fakes/lagging-checkpoint.ts'
import { type MemorySocket, openMemorySocket } from './fakes/memory-sockets.ts'

export interface WorldAgentOptions {
  readonly clock: ManualClock
  readonly ids: Ids
  readonly region: string
  readonly endpoint: string
  /** Undefined while there is none. */
  readonly controlPlane: () => ControlPlane | undefined
  /** Variables of `ecs.config`. */
  readonly config: Readonly<Record<string, string>>
}

const CREDENTIALS = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'secret' }
const UNREACHABLE = 'the control plane cannot be reached'

export class WorldAgent {
  readonly runtime: SimulatedRuntime
  readonly #options: WorldAgentOptions
  readonly #config: AgentConfig
  readonly #host: AgentHost
  readonly #checkpoint = new LaggingCheckpoint()
  readonly #sockets = new Set<MemorySocket>()
  #hasNetwork = true
  #agent: Agent

  private constructor(options: WorldAgentOptions, config: AgentConfig, host: AgentHost) {
    this.#options = options
    this.#config = config
    this.#host = host
    this.runtime = host.runtime as SimulatedRuntime
    this.#agent = this.#make()
  }

  static async start(options: WorldAgentOptions): Promise<WorldAgent> {
    const { config } = loadAgentConfig({
      ECS_CLUSTER: 'default',
      AWS_DEFAULT_REGION: options.region,
      ECS_DYNAMIC_HOST_PORT_RANGE: '32768-60999',
      ...options.config,
    })
    const { clock, ids } = options
    const { host } = await openHost('simulated', { config, clock, ids, log: silentLog })
    const agent = new WorldAgent(options, config, host)
    agent.#begin()
    return agent
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

  /** Nothing gets through any more, and what was on its way is lost. */
  loseNetwork(): void {
    this.#hasNetwork = false
    this.dropConnections()
  }

  regainNetwork(): void {
    this.#hasNetwork = true
  }

  /** Both websockets break, without a word. */
  dropConnections(): void {
    for (const socket of this.#sockets) socket.drop()
    this.#sockets.clear()
  }

  /** kill -9: what was not written down is gone. */
  kill(): void {
    this.#agent.kill()
    this.#checkpoint.crash()
    this.dropConnections()
  }

  /** The process again, from what the last one had written down. */
  restart(): void {
    this.kill()
    this.#agent = this.#make()
    this.#begin()
  }

  #begin(): void {
    this.#agent.start().catch(() => {
      // Killed before it had registered: the next one will.
    })
  }

  #make(): Agent {
    const { clock, ids } = this.#options
    const links = this.#links()
    return new Agent({
      config: this.#config,
      clock,
      ids,
      log: silentLog,
      checkpoint: this.#checkpoint,
      host: this.#host,
      links,
    })
  }

  #links(): AgentLinks {
    const { clock, ids, region, endpoint } = this.#options
    const sign = ecsSigner({ clock, region, credentials: () => CREDENTIALS })
    const control = new ControlApi({ endpoint, sign, clock, ids, userAgent: 'test', transport: this.#transport })
    const link = ({ cluster, containerInstanceArn, dockerVersion }: LinkIdentity, which: keyof PollEndpoints) => ({
      clock,
      ids,
      log: silentLog,
      openSocket: this.#openSocket,
      sign,
      endpoint: async () => (await control.discoverPollEndpoint(containerInstanceArn, cluster))[which] ?? '',
      agent: { agentHash: 'test', agentVersion: '0', cluster, containerInstanceArn, dockerVersion },
    })
    return {
      control,
      acs: (identity, listener) => new AcsClient({ ...link(identity, 'endpoint'), ...listener }),
      tcs: (identity, onConnected) => new TcsClient({ ...link(identity, 'telemetryEndpoint'), onConnected }),
    }
  }

  readonly #transport: HttpTransport = async ({ headers, body }) => {
    const controlPlane = this.#reachable()
    const { status, body: answer } = await controlPlane.gateway.handle({
      method: 'POST',
      url: '/',
      headers,
      body: Buffer.from(body),
      sourceIp: '127.0.0.1',
    })
    // An answer gets through only if there is a way back, and somebody who gave it.
    if (this.#reachable() !== controlPlane) throw new Error(UNREACHABLE)
    return { status, body: answer.toString() }
  }

  readonly #openSocket: OpenSocket = ({ url }, listener) => {
    const { pathname, searchParams } = new URL(url)
    const { client } = openMemorySocket(listener, (open) => {
      if (!this.#isConnected()) return { exception: 'ServerException', message: UNREACHABLE }
      const { acs, tcs } = this.#reachable().controllers
      return (pathname.startsWith('/acs/') ? acs : tcs).connect(searchParams, open)
    })
    this.#sockets.add(client)
    return client
  }

  #isConnected(): boolean {
    return this.#hasNetwork && this.#options.controlPlane() !== undefined
  }

  #reachable(): ControlPlane {
    const controlPlane = this.#hasNetwork ? this.#options.controlPlane() : undefined
    if (controlPlane === undefined) throw new Error(UNREACHABLE)
    return controlPlane
  }
}

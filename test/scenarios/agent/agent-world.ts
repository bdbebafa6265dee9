/**
 * A whole agent with a fake runtime and a fake control plane, under a clock that stands still. The agent can be killed and started again
 * from its checkpoint, with the containers as they are.
 */
import { Agent, type AgentHost } from '../../../src/agent/agent.ts'
import { type AgentConfig, loadAgentConfig } from '../../../src/agent/config.ts'
import { containerLabels } from '../../../src/agent/engine/labels.ts'
import type { EngineContainer, EngineTask } from '../../../src/agent/engine/task.ts'
import type { RegistryCredentials } from '../../../src/agent/runtime.ts'
import { SimulatedImages } from '../../../src/agent/simulated/simulated-images.ts'
import type { PayloadTask } from '../../../src/agentlink/acs-messages.ts'
import { ManualClock, settle } from '../../../src/kit/clock.ts'
import { SeededIds } from '../../../src/kit/ids.ts'
import { type Log, silentLog } from '../../../src/kit/log.ts'
import { FakeControl } from '../../fakes/fake-control.ts'
import { FakeLogRouting } from '../../fakes/fake-log-routing.ts'
import { FakeRuntime } from '../../fakes/fake-runtime.ts'
import { LaggingCheckpoint } from '../../fakes/lagging-checkpoint.ts'

const CLUSTER = 'arn:aws:ecs:us-east-1:000000000000:cluster/default'
const INSTANCE = 'arn:aws:ecs:us-east-1:000000000000:container-instance/default/1'

export interface AgentWorldOptions {
  readonly seed?: number
  readonly config?: Readonly<Record<string, string>>
  readonly log?: Log
}

export class AgentWorld {
  readonly clock = new ManualClock()
  readonly ids: SeededIds
  readonly runtime: FakeRuntime
  readonly control = new FakeControl()
  readonly checkpoint = new LaggingCheckpoint()
  readonly logRouting = new FakeLogRouting()
  readonly config: AgentConfig
  agent: Agent
  /** With which credentials images were asked for, in order. */
  readonly registryCredentials: (RegistryCredentials | undefined)[] = []
  readonly #log: Log
  #sequence = 0

  constructor({ seed = 1, config = {}, log = silentLog }: AgentWorldOptions = {}) {
    this.#log = log
    this.ids = new SeededIds(seed)
    this.runtime = new FakeRuntime({ clock: this.clock, ids: this.ids })
    this.config = loadAgentConfig({ ECS_CLUSTER: 'default', ...config }).config
    this.agent = this.#makeAgent()
  }

  async start(): Promise<this> {
    void this.agent.start().catch(() => {})
    await this.rest()
    return this
  }

  /** The process is gone, with all that was not durable yet. */
  kill(): void {
    this.agent.kill()
    this.checkpoint.crash()
  }

  /** The process is gone if it was not yet; another one starts from what it left. */
  async restart(): Promise<void> {
    this.kill()
    this.agent = this.#makeAgent()
    await this.start()
  }

  /** Sends tasks as one payload and lets the agent work. */
  async send(...tasks: readonly PayloadTask[]): Promise<void> {
    this.payload(...tasks)
    await this.rest()
  }

  payload(...tasks: readonly PayloadTask[]): void {
    const seqNum = ++this.#sequence
    this.control.send({
      type: 'PayloadMessage',
      message: {
        clusterArn: CLUSTER,
        containerInstanceArn: INSTANCE,
        messageId: `payload-${seqNum}`,
        seqNum,
        generatedAt: this.clock.now(),
        tasks,
      },
    })
  }

  /** The message that stops a task. */
  async stop(taskArn: string): Promise<void> {
    await this.send({ arn: taskArn, desiredStatus: 'STOPPED' })
  }

  /** Lets everything happen that needs no time. */
  async rest(): Promise<void> {
    for (let turn = 0; turn < 20; turn++) await settle()
  }

  async advance(ms: number): Promise<void> {
    await this.clock.advance(ms)
    await this.rest()
  }

  task(arn: string): EngineTask {
    const found = [...this.agent.tasks()].find((task) => task.arn === arn)
    if (found === undefined) throw new Error(`no task ${arn}`)
    return found
  }

  container(arn: string, name = 'app'): EngineContainer {
    const found = this.task(arn).containers.find(({ definition }) => definition.name === name)
    if (found === undefined) throw new Error(`no container ${name}`)
    return found
  }

  #makeAgent(): Agent {
    return new Agent({
      config: this.config,
      clock: this.clock,
      ids: this.ids,
      log: this.#log,
      checkpoint: this.checkpoint,
      host: this.#host(),
      links: this.control.links,
    })
  }

  #host(): AgentHost {
    return {
      runtime: this.runtime,
      info: {
        version: '20.10.24',
        apiVersion: '1.41',
        cpus: 4,
        memoryMiB: 8192,
        operatingSystem: 'test',
        architecture: 'x86_64',
        cgroupVersion: '2',
        cgroupDriver: 'cgroupfs',
        loggingDrivers: ['json-file'],
        volumePlugins: ['local'],
      },
      images: {
        ensure: async (task, container, _onDigest, login) => {
          this.registryCredentials.push(await login?.credentials())
          return new SimulatedImages().ensure(task, container)
        },
      },
      createBody: (agent) => (task, container) => ({
        Env: Object.entries(container.definition.environment ?? {}).map(([name, value]) => `${name}=${value}`),
        ...(JSON.parse(container.definition.dockerConfig.config ?? '{}') as object),
        Image: container.definition.image,
        Labels: {
          ...(JSON.parse(container.definition.dockerConfig.config ?? '{}') as { Labels?: Record<string, string> })
            .Labels,
          ...containerLabels(task, container, agent),
        },
        HostConfig: {
          PortBindings: Object.fromEntries(
            (container.definition.portMappings ?? []).map(({ containerPort, hostPort, protocol }) => [
              `${containerPort}/${protocol}`,
              [{ HostPort: String(hostPort ?? 0) }],
            ]),
          ),
        },
      }),
      logRouting: () => this.logRouting,
      attributes: [{ name: 'ecs.capability.full-sync' }],
      dynamicHostPorts: { first: 49_153, last: 49_200 },
    }
  }
}

export const agentWorld = (options?: AgentWorldOptions): Promise<AgentWorld> => new AgentWorld(options).start()

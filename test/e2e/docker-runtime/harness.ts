/** A Docker host on an engine of the test's own, and containers made on it the way the agent makes them. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { PayloadContainer, PayloadTask } from '../../../src/agentlink/acs-messages.ts'
import { type LoadedConfig, loadAgentConfig } from '../../../src/agent/config.ts'
import { type DockerHost, openDockerHost } from '../../../src/agent/docker/docker-host.ts'
import { acceptTask } from '../../../src/agent/engine/accept.ts'
import type { EngineContainer, EngineTask } from '../../../src/agent/engine/task.ts'
import { NO_TASK_ROLES } from '../../../src/agent/metadata/task-roles.ts'
import type { ContainerState } from '../../../src/agent/runtime.ts'
import { SystemClock } from '../../../src/kit/clock.ts'
import { SystemIds } from '../../../src/kit/ids.ts'
import { silentLog } from '../../../src/kit/log.ts'
import { buildBusyboxImage } from '../busybox-image.ts'
import { type Engine, type EngineOptions, startEngine } from '../engine.ts'

export const OWN_LABELS = { 'longshore.agent': 'e2e' }

const CONVERGE_TIMEOUT_MS = 90_000

const ids = new SystemIds()

export type ContainerChanges = Partial<PayloadContainer>

/** A task whose containers run busybox, `main` unless they are named. */
export const aTask = (
  image: string,
  containers: readonly ContainerChanges[],
  changes: Partial<PayloadTask> = {},
): EngineTask => {
  const payload: PayloadTask = {
    arn: `arn:aws:ecs:us-east-1:000000000000:task/default/${ids.hex32()}`,
    family: 'e2e',
    version: '1',
    desiredStatus: 'RUNNING',
    containers: containers.map((container) => ({
      name: 'main',
      image,
      containerArn: 'arn:aws:ecs:us-east-1:000000000000:container/default/e2e/1',
      cpu: 0,
      memory: 0,
      essential: true,
      overrides: '{}',
      dockerConfig: {},
      ...container,
    })),
    ...changes,
  }
  return acceptTask(payload, 0, ids)
}

export class Harness {
  readonly engine: Engine
  readonly host: DockerHost
  readonly image: string
  readonly directory: string

  private constructor(engine: Engine, host: DockerHost, image: string, directory: string) {
    this.engine = engine
    this.host = host
    this.image = image
    this.directory = directory
  }

  static async start(
    engineOptions: EngineOptions = {},
    environment: Readonly<Record<string, string>> = {},
  ): Promise<Harness> {
    const engine = await startEngine(engineOptions)
    const directory = mkdtempSync(join(tmpdir(), 'e2e-'))
    const image = await buildBusyboxImage(engine.socket)
    const host = await Harness.#open(engine, directory, environment)
    return new Harness(engine, host, image, directory)
  }

  static #open(engine: Engine, directory: string, environment: Readonly<Record<string, string>>): Promise<DockerHost> {
    const { config } = Harness.config(engine, directory, environment)
    return openDockerHost({ taskRoles: NO_TASK_ROLES, config, clock: new SystemClock(), ids, log: silentLog })
  }

  /** The same host as an agent sees it that is started after this one. */
  nextHost(): Promise<DockerHost> {
    return Harness.#open(this.engine, this.directory, {})
  }

  static config(engine: Engine, directory: string, environment: Readonly<Record<string, string>>): LoadedConfig {
    return loadAgentConfig({ DOCKER_HOST: engine.host, ECS_DATADIR: directory, ...environment })
  }

  async stop(): Promise<void> {
    this.host.close()
    await this.engine.stop()
    rmSync(this.directory, { recursive: true, force: true })
  }

  /** Creates one container of the task and resolves with its id. */
  async create(task: EngineTask, container: EngineContainer = task.containers[0]!): Promise<string> {
    const createBody = this.host.createBody({ cluster: 'default', ownLabels: OWN_LABELS })
    return this.host.runtime.create(container.dockerName, await createBody(task, container))
  }

  /** Creates and starts a container of a task of its own. */
  async run(changes: ContainerChanges, taskChanges: Partial<PayloadTask> = {}): Promise<string> {
    const id = await this.create(aTask(this.image, [changes], taskChanges))
    await this.host.runtime.start(id)
    return id
  }

  /** Runs a shell script to its end and resolves with what it wrote. */
  async output(
    script: string,
    changes: ContainerChanges = {},
    taskChanges: Partial<PayloadTask> = {},
  ): Promise<string> {
    const id = await this.run({ command: ['sh', '-c', script], ...changes }, taskChanges)
    await this.ended(id)
    return this.logs(id)
  }

  /** The container once it no longer runs. */
  ended(containerId: string): Promise<ContainerState> {
    return this.until(containerId, ({ status }) => status === 'exited' || status === 'dead')
  }

  async until(containerId: string, condition: (state: ContainerState) => boolean): Promise<ContainerState> {
    for (const deadline = performance.now() + CONVERGE_TIMEOUT_MS; performance.now() < deadline; await delay(20)) {
      const state = await this.host.runtime.inspect(containerId)
      if (state !== undefined && condition(state)) return state
    }
    throw new Error(`container ${containerId} did not get there`)
  }

  /** What a container without terminal wrote, both streams together. */
  async logs(containerId: string): Promise<string> {
    const frames = await this.get(`/containers/${containerId}/logs?stdout=1&stderr=1`)
    let text = ''
    // Each frame: stream, three zeros, length, bytes.
    for (let at = 0; at + 8 <= frames.length; at += 8 + frames.readUInt32BE(at + 4)) {
      text += frames.toString('utf8', at + 8, at + 8 + frames.readUInt32BE(at + 4))
    }
    return text
  }

  /** The engine's own view of a container. */
  async raw(containerId: string): Promise<{ Config: Record<string, unknown>; HostConfig: Record<string, unknown> }> {
    return JSON.parse((await this.get(`/containers/${containerId}/json`)).toString()) as never
  }

  get(path: string): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const call = request({ socketPath: this.engine.socket, path, agent: false }, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () => resolve(Buffer.concat(chunks)))
      })
      call.on('error', reject)
      call.end()
    })
  }

  /** Runs a program where the engine's ports are. */
  inNetwork(program: string, ...parameters: readonly string[]): string {
    const [first = program, ...rest] = [...this.engine.inNetwork, program, ...parameters]
    const { stdout, stderr } = spawnSync(first, rest, { encoding: 'utf8' })
    return stdout + stderr
  }
}

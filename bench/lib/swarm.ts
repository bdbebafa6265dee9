/** Docker's own orchestrator on an engine of its own: the rival of services. Spoken to over the Engine API, as ours is over ECS's. */
import type { EngineCalls } from './engine-calls.ts'

const POLL_MS = 10

interface SwarmTask {
  readonly Status: { readonly State: string }
}

export class Swarm {
  readonly #calls: EngineCalls

  private constructor(calls: EngineCalls) {
    this.#calls = calls
  }

  static async init(calls: EngineCalls): Promise<Swarm> {
    await calls.call('POST', '/swarm/init', { ListenAddr: '127.0.0.1:2377', AdvertiseAddr: '127.0.0.1' })
    return new Swarm(calls)
  }

  /** Like `docker service create --replicas`. */
  async createService(name: string, image: string, command: readonly string[], options: SwarmOptions): Promise<void> {
    await this.#calls.call('POST', '/services/create', {
      Name: name,
      TaskTemplate: {
        ContainerSpec: { Image: image, Command: command },
        Resources: { Limits: { MemoryBytes: 32 * 1024 * 1024 } },
        ...(options.network === 'host' ? { Networks: [{ Target: 'host' }] } : {}),
      },
      Mode: { Replicated: { Replicas: options.replicas } },
    })
  }

  async runningTasks(name: string): Promise<number> {
    const filters = JSON.stringify({ service: [name], 'desired-state': ['running'] })
    const text = await this.#calls.call('GET', `/tasks?filters=${encodeURIComponent(filters)}`)
    return (JSON.parse(text) as SwarmTask[]).filter(({ Status }) => Status.State === 'running').length
  }

  /** Resolves when that many tasks of the service run. */
  async running(name: string, replicas: number): Promise<void> {
    while ((await this.runningTasks(name)) < replicas) await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }

  async removeService(name: string): Promise<void> {
    await this.#calls.call('DELETE', `/services/${name}`)
  }
}

export interface SwarmOptions {
  readonly replicas: number
  readonly network: 'bridge' | 'host'
}

/** Docker's own orchestrator on an engine of its own, by its own command: the rival of services. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'

export class Swarm {
  readonly #host: string

  private constructor(host: string) {
    this.#host = host
  }

  /** Makes the engine behind `host` (a `DOCKER_HOST`) a swarm of one. */
  static async init(host: string): Promise<Swarm> {
    const swarm = new Swarm(host)
    await swarm.#docker('swarm', 'init', '--advertise-addr', '127.0.0.1')
    return swarm
  }

  /** `docker service create`; resolves, as the command ends, when all replicas run and stay so. */
  async createService(name: string, image: string, command: readonly string[], options: SwarmOptions): Promise<void> {
    const network = options.network === 'host' ? ['--network', 'host'] : []
    const limits = ['--limit-memory', `${options.memoryMiB}m`]
    const replicas = ['--replicas', String(options.replicas)]
    await this.#docker('service', 'create', '--name', name, ...replicas, ...network, ...limits, image, ...command)
  }

  async removeService(name: string): Promise<void> {
    await this.#docker('service', 'rm', name)
  }

  async #docker(...args: readonly string[]): Promise<void> {
    const child = spawn('docker', ['--host', this.#host, ...args], { stdio: ['ignore', 'ignore', 'pipe'] })
    let said = ''
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
    const [code] = (await once(child, 'exit')) as [number]
    if (code !== 0) throw new Error(`docker ${args.join(' ')}: ${said}`)
  }
}

export interface SwarmOptions {
  readonly replicas: number
  readonly network: 'bridge' | 'host'
  readonly memoryMiB: number
}

/** The Engine API by itself, as the rival of running tasks: the same image and settings, nothing around. */
import { request } from 'node:http'
import { rateOf } from './compare.ts'

/** Degrees of parallelism that `bestRate` tries. */
export const PARALLEL = [2, 4, 8, 12]

export class EngineCalls {
  readonly #socketPath: string
  readonly #image: string
  readonly #cpuShares: number
  #count = 0

  constructor(socketPath: string, image: string, cpuShares: number) {
    this.#cpuShares = cpuShares
    this.#socketPath = socketPath
    this.#image = image
  }

  /** Resolves with the container's id once it runs. */
  async createAndStart(command: readonly string[], networkMode: string): Promise<string> {
    const name = `rival-${process.pid}-${this.#cpuShares}-${this.#count++}`
    const body = {
      Image: this.#image,
      Cmd: command,
      HostConfig: { NetworkMode: networkMode, CpuShares: this.#cpuShares, Memory: 32 * 1024 * 1024 },
    }
    const { Id } = JSON.parse(await this.call('POST', `/containers/create?name=${name}`, body)) as { Id: string }
    await this.call('POST', `/containers/${Id}/start`)
    return Id
  }

  async stopAndRemove(id: string): Promise<void> {
    await this.call('POST', `/containers/${id}/stop?t=10`)
    await this.call('DELETE', `/containers/${id}`)
  }

  /** Starts `count` containers, `parallel` at a time; resolves with their ids. */
  async startMany(count: number, parallel: number, command: readonly string[], networkMode: string): Promise<string[]> {
    const ids: string[] = []
    let begun = 0
    const work = async (): Promise<void> => {
      while (begun++ < count) ids.push(await this.createAndStart(command, networkMode))
    }
    await Promise.all(Array.from({ length: parallel }, work))
    return ids
  }

  /** Containers per second at the best of several degrees of parallelism. */
  async bestRate(count: number, command: readonly string[], networkMode: string): Promise<number> {
    const rates: number[] = []
    for (const parallel of PARALLEL) {
      let ids: string[] = []
      rates.push(await rateOf(count, async () => (ids = await this.startMany(count, parallel, command, networkMode))))
      await this.removeAll(ids)
    }
    return Math.max(...rates)
  }

  async removeAll(ids: readonly string[]): Promise<void> {
    for (const id of ids) await this.call('DELETE', `/containers/${id}?force=1`)
  }

  call(method: string, path: string, body?: object): Promise<string> {
    return new Promise((resolve, reject) => {
      const text = body === undefined ? '' : JSON.stringify(body)
      const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }
      const call = request({ socketPath: this.#socketPath, method, path, headers }, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () => {
          const answer = Buffer.concat(chunks).toString()
          if ((response.statusCode ?? 500) < 400) resolve(answer)
          else reject(new Error(`${method} ${path}: ${answer}`))
        })
      })
      call.on('error', reject)
      call.end(text)
    })
  }
}

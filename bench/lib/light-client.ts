/**
 * Calls of the ECS API that cost the machine as little as an engine's client does. The SDK's client takes milliseconds of CPU per call, which
 * on a small machine the container that is being started lacks. Unsigned: for servers in `--dev` mode.
 */
import { Agent, request } from 'node:http'

export class LightClient {
  readonly #endpoint: URL
  readonly #agent = new Agent({ keepAlive: true })

  constructor(endpoint: string) {
    this.#endpoint = new URL(endpoint)
  }

  call<Output>(operation: string, input: object): Promise<Output> {
    const body = JSON.stringify(input)
    const headers = {
      'content-type': 'application/x-amz-json-1.1',
      'content-length': Buffer.byteLength(body),
      'x-amz-target': `AmazonEC2ContainerServiceV20141113.${operation}`,
    }
    return new Promise((resolve, reject) => {
      const call = request(this.#endpoint, { method: 'POST', headers, agent: this.#agent }, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString()
          if (response.statusCode === 200) resolve(JSON.parse(text) as Output)
          else reject(new Error(`${operation}: ${text}`))
        })
      })
      call.on('error', reject)
      call.end(body)
    })
  }

  close(): void {
    this.#agent.destroy()
  }
}

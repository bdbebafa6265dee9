/** A target that says what it was asked, as JSON, and what asks it over a plain socket or TLS. */
import { createServer, type IncomingHttpHeaders, request as httpRequest, type Server } from 'node:http'
import { request as httpsRequest, type RequestOptions } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'

export interface Echoed {
  readonly target: string
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** Names and values as they came. */
  readonly rawHeaders: readonly string[]
  readonly body: string
}

export class EchoTarget {
  readonly name: string
  readonly #server: Server
  readonly #upgraded = new Set<Duplex>()
  isHealthy = true
  /** It ends connections instead of answering. */
  isCutting = false
  /** Further headers of its answers. */
  answerHeaders: Record<string, string | string[]> = {}
  /** Requests but for those of health checks. */
  count = 0

  private constructor(name: string) {
    this.name = name
    this.#server = createServer((request, response) => {
      if (request.headers['user-agent'] === 'ELB-HealthChecker/2.0') {
        response.writeHead(this.isHealthy ? 200 : 500).end()
        return
      }
      this.count += 1
      if (this.isCutting) {
        request.socket.destroy()
        return
      }
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const { method, url, headers, rawHeaders } = request
        response.writeHead(200, { 'content-type': 'application/json', ...this.answerHeaders })
        response.end(
          JSON.stringify({ target: name, method, url, headers, rawHeaders, body: Buffer.concat(chunks).toString() }),
        )
      })
    })
  }

  static async start(name = 'target'): Promise<EchoTarget> {
    const target = new EchoTarget(name)
    await new Promise<void>((resolve) => target.#server.listen(0, '127.0.0.1', resolve))
    return target
  }

  /** From now on it takes upgrades with the key of RFC 6455's example, and gives back what comes then. */
  upgrade(): void {
    this.#server.on('upgrade', (_request, socket, head) => {
      this.#upgraded.add(socket)
      socket.write(
        'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n',
      )
      if (head.length > 0) socket.write(`<${head.toString()}>`)
      socket.on('data', (bytes: Buffer) => socket.write(`<${bytes.toString()}>`))
      socket.on('error', () => socket.destroy())
    })
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    for (const socket of this.#upgraded) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface Question extends RequestOptions {
  readonly port: number
  readonly body?: string
  readonly isEncrypted?: boolean
}

/** One request over a connection of its own. */
export const ask = ({ body, isEncrypted = false, ...options }: Question): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const send = isEncrypted ? httpsRequest : httpRequest
    const request = send({ host: '127.0.0.1', agent: false, rejectUnauthorized: false, ...options }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString(),
        }),
      )
      response.on('error', reject)
    })
    request.on('error', reject)
    request.end(body)
  })

export const echoed = ({ body }: Answer): Echoed => JSON.parse(body) as Echoed

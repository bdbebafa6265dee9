/** A target for `Load`: answers at once, slowly at `/slow`, and echoes over WebSockets. It ends like a good server: after what it has. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'

const SLOW_MS = 3000

export class LoadTarget {
  readonly name: string
  readonly #server: Server
  readonly #webSockets: WebSocketServer
  isHealthy = true
  /** Requests but for those of health checks. */
  count = 0
  checks = 0

  private constructor(name: string) {
    this.name = name
    this.#server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
      if (request.headers['user-agent'] === 'ELB-HealthChecker/2.0') {
        this.checks++
        response.writeHead(this.isHealthy ? 200 : 503).end()
        return
      }
      this.count++
      const answer = (): void => void response.end(`${name}\n`)
      if (request.url === '/slow') setTimeout(answer, SLOW_MS)
      else answer()
    })
    this.#webSockets = new WebSocketServer({ server: this.#server })
    this.#webSockets.on('connection', (socket) => socket.on('message', (data: Buffer) => socket.send(data.toString())))
  }

  static async start(name: string): Promise<LoadTarget> {
    const target = new LoadTarget(name)
    await new Promise<void>((resolve) => target.#server.listen(0, '127.0.0.1', resolve))
    return target
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** As a container that is killed: what is under way is cut. */
  async kill(): Promise<void> {
    for (const socket of this.#webSockets.clients) socket.terminate()
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

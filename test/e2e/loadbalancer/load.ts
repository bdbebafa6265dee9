/**
 * Constant load through a balancer, of every kind that a failed request could hide in: HTTP/1.1 on connections that are kept and on new ones,
 * HTTP/2 over TLS, a WebSocket that echoes, answers that take long. Nothing is sent twice, though clients might. Every request that fails, is
 * cut or is answered with an unexpected status is remembered with its reason.
 */
import { Agent, request } from 'node:http'
import { connect as connectHttp2, type ClientHttp2Session, constants } from 'node:http2'
import { WebSocket } from 'ws'

export interface LoadOptions {
  /** Of an HTTP listener. */
  readonly url: string
  /** Of an HTTPS listener; without it there is no HTTP/2. */
  readonly secureUrl?: string
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>
  /** Requests that each kind has under way at once. */
  readonly concurrency?: number
  /** A path whose answer takes so long that it outlives changes; without it there are no slow requests. */
  readonly slowPath?: string
  /** Of a WebSocket that echoes. */
  readonly webSocketPath?: string
  /** Between two requests of one client. */
  readonly pauseMs?: number
}

export interface LoadResult {
  /** By kind. */
  readonly answered: Readonly<Record<string, number>>
  /** Each with kind, time and reason. */
  readonly failures: readonly string[]
}

const ANSWER_TIMEOUT_MS = 90_000
/** RFC 9113, 8.7: nobody has looked at the request, because its session was told to go away meanwhile. */
const REFUSED = 'refused'
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

export class Load {
  readonly #options: LoadOptions
  readonly #answered = new Map<string, number>()
  readonly #failures: string[] = []
  readonly #clients: Promise<void>[] = []
  #isEnding = false

  constructor(options: LoadOptions) {
    this.#options = options
  }

  start(): void {
    const { concurrency = 4, secureUrl, slowPath, webSocketPath } = this.#options
    for (let client = 0; client < concurrency; client++) {
      const kept = new Agent({ keepAlive: true, maxSockets: 1 })
      void this.#repeat('keep-alive', () => this.#http1('/', kept)).finally(() => kept.destroy())
      void this.#repeat('new connection', () => this.#http1('/', new Agent({ keepAlive: false })))
      if (slowPath !== undefined)
        void this.#repeat('slow', () => this.#http1(slowPath, new Agent({ keepAlive: false })))
    }
    if (secureUrl !== undefined) this.#clients.push(this.#http2Client(secureUrl))
    if (webSocketPath !== undefined) this.#clients.push(this.#webSocketClient(webSocketPath))
  }

  /** Begins nothing new; resolves when what is under way has ended. */
  async stop(): Promise<LoadResult> {
    this.#isEnding = true
    await Promise.all(this.#clients)
    return this.result
  }

  get result(): LoadResult {
    return { answered: Object.fromEntries(this.#answered), failures: [...this.#failures] }
  }

  #repeat(kind: string, work: () => Promise<string | undefined>): Promise<void> {
    const client = (async () => {
      while (!this.#isEnding) {
        this.#note(kind, await work())
        await sleep(this.#options.pauseMs ?? 2)
      }
    })()
    this.#clients.push(client)
    return client
  }

  #note(kind: string, failure: string | undefined): void {
    if (failure === undefined) this.#answered.set(kind, (this.#answered.get(kind) ?? 0) + 1)
    else this.#failures.push(`${kind} at ${new Date().toISOString()}: ${failure}`)
  }

  /** Undefined: answered with 200, whole. */
  #http1(path: string, agent: Agent): Promise<string | undefined> {
    const { url, headers } = this.#options
    return new Promise((resolve) => {
      const asked = request(
        new URL(path, url),
        { agent, headers: { ...headers }, timeout: ANSWER_TIMEOUT_MS },
        (answer) => {
          let bytes = 0
          answer.on('data', (chunk: Buffer) => (bytes += chunk.length))
          answer.once('end', () => {
            const expected = answer.headers['content-length']
            const isWhole = expected === undefined || Number(expected) === bytes
            if (answer.statusCode === 200 && isWhole) resolve(undefined)
            else resolve(`status ${answer.statusCode}, ${bytes} of ${expected ?? '?'} bytes`)
          })
          answer.once('error', (error) => resolve(`cut: ${error.message}`))
          answer.once('close', () => resolve('cut'))
        },
      )
      asked.once('timeout', () => asked.destroy(new Error('no answer')))
      asked.once('error', (error: NodeJS.ErrnoException) => resolve(`${error.code ?? ''} ${error.message}`))
      asked.end()
    })
  }

  async #http2Client(url: string): Promise<void> {
    let session: ClientHttp2Session | undefined
    while (!this.#isEnding) {
      if (session === undefined || session.closed || session.destroyed) session = this.#openSession(url)
      const outcome = await this.#http2(session)
      if (outcome !== REFUSED) this.#note('HTTP/2', outcome)
      await sleep(this.#options.pauseMs ?? 2)
    }
    session?.close()
  }

  /** A session that is told to go away takes no more requests, and the next one is opened. */
  #openSession(url: string): ClientHttp2Session {
    const session = connectHttp2(url, { rejectUnauthorized: false })
    session.on('error', (error) => this.#note('HTTP/2', `session: ${error.message}`))
    return session
  }

  #http2(session: ClientHttp2Session): Promise<string | undefined> {
    return new Promise((resolve) => {
      const stream = session.request({ ':path': '/', ...this.#options.headers })
      let status: number | undefined
      stream.once('response', (headers) => (status = headers[':status']))
      stream.once('end', () => resolve(status === 200 ? undefined : `status ${status}`))
      stream.once('error', (error) =>
        resolve(stream.rstCode === constants.NGHTTP2_REFUSED_STREAM ? REFUSED : error.message),
      )
      stream.once('close', () => resolve(status === 200 ? undefined : 'cut'))
      stream.resume()
      stream.end()
    })
  }

  /** One connection from the beginning to the end: each message has to come back. */
  async #webSocketClient(path: string): Promise<void> {
    const { url, headers } = this.#options
    const socket = new WebSocket(new URL(path, url.replace(/^http/, 'ws')), { headers: { ...headers } })
    const isOpen = await new Promise<boolean>((resolve) => {
      socket.once('open', () => resolve(true))
      socket.once('error', (error) => {
        this.#note('WebSocket', error.message)
        resolve(false)
      })
    })
    for (let turn = 0; isOpen && !this.#isEnding; turn++) {
      this.#note('WebSocket', await echo(socket, String(turn)))
      if (socket.readyState !== WebSocket.OPEN) return
      await sleep(20)
    }
    socket.terminate()
  }
}

const echo = (socket: WebSocket, text: string): Promise<string | undefined> =>
  new Promise((resolve) => {
    const closed = (code: number): void => resolve(`closed with ${code}`)
    socket.once('close', closed)
    socket.once('message', (data: Buffer) => {
      socket.off('close', closed)
      resolve(data.toString() === text ? undefined : 'another message came back')
    })
    socket.send(text)
  })

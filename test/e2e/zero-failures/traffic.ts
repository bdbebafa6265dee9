/**
 * Constant traffic of every kind that a failed request could hide in. Nothing is sent twice by the client, what fails once has failed, and is
 * remembered with its time and cause. The exception is HTTP/2's own: a request that finds its session told to go away goes over the next one.
 */
import { randomBytes, randomInt } from 'node:crypto'
import { Agent } from 'node:http'
import { type ClientHttp2Session, connect } from 'node:http2'
import { Agent as SecureAgent } from 'node:https'
import { setTimeout as delay } from 'node:timers/promises'
import type { WebSocket } from 'ws'
import {
  type Answer,
  echo,
  http1,
  http2,
  openWebSocket,
  type Question,
  StreamRefused,
  type Trust,
} from './exchanges.ts'

export interface TrafficOptions {
  /** Of the HTTP and the HTTPS listener. */
  readonly origin: string
  readonly secureOrigin: string
  readonly trust: Trust
  /** What `/slow` takes. */
  readonly slowMs: number
}

export interface Failure {
  readonly kind: string
  /** What was done to the site at that time. */
  readonly during: string
  readonly beganAt: number
  readonly endedAt: number
  readonly cause: string
}

/** Of the load balancer's rules: `/steady` leads to a service that nothing happens to, `/shop` to one whose traffic is shifted. */
export const STEADY = '/steady'
export const SHOP = '/shop'

const PAUSE_MS = 15
const ECHO_EVERY_MS = 50
const BODY_BYTES = 200_000

export class Traffic {
  readonly #options: TrafficOptions
  readonly #clients: Promise<void>[] = []
  readonly #answered = new Map<string, number>()
  readonly #failures: Failure[] = []
  /** Cut because of something after which that may be. */
  readonly #excused: Failure[] = []
  #excuse: { readonly kinds: RegExp; endedAt: number } | undefined
  #during = 'start'
  /** Answers since `forget`, by path, version and container. */
  #seen = new Set<string>()
  #refused = 0
  #isEnding = false

  constructor(options: TrafficOptions) {
    this.#options = options
  }

  start(): void {
    const { origin, slowMs, secureOrigin, trust } = this.#options
    const kept = (): Agent => new Agent({ keepAlive: true, maxSockets: 1 })
    const fresh = new Agent({ keepAlive: false })
    const ask = (kind: string, clients: number, question: () => Question, agent: () => Agent): void => {
      for (let client = 0; client < clients; client++) {
        const own = agent()
        this.#repeat(kind, () => this.#seeing(question(), (asked) => http1({ origin, agent: own, ...asked })))
      }
    }
    const get = (path: string) => (): Question => ({ path })
    const post = (uploadMs: number) => (): Question => {
      return { path: '/', method: 'POST', body: randomBytes(randomInt(BODY_BYTES)), uploadMs }
    }
    ask('GET, kept connection', 3, get('/'), kept)
    ask('GET, new connection', 3, get('/'), () => fresh)
    ask('POST, kept connection', 2, post(0), kept)
    ask('POST, new connection', 1, post(0), () => fresh)
    ask('POST, slow', 2, post(slowMs), () => fresh)
    ask('GET, slow', 4, get('/slow'), kept)
    ask('stream', 2, get('/stream'), () => fresh)
    ask('GET of the shop', 2, get(`${SHOP}/`), kept)
    ask('GET of the shop, slow', 1, get(`${SHOP}/slow`), () => fresh)
    const secure = new SecureAgent({ keepAlive: false })
    this.#repeat('GET, new TLS connection', () =>
      this.#seeing({ path: '/' }, (asked) => http1({ origin: secureOrigin, agent: secure, trust, ...asked })),
    )
    this.#startHttp2()
    for (let client = 0; client < 2; client++) this.#clients.push(this.#webSocketClient('WebSocket', '/echo', slowMs))
    this.#clients.push(this.#webSocketClient('long WebSocket', `${STEADY}/echo`, Number.POSITIVE_INFINITY))
  }

  /** Begins nothing new; resolves when what is under way has ended. */
  async stop(): Promise<void> {
    this.#isEnding = true
    await Promise.all(this.#clients)
  }

  /** What is done to the site from now on. */
  set during(event: string) {
    this.#during = event
  }

  get failures(): readonly Failure[] {
    return this.#failures
  }

  get excused(): readonly Failure[] {
    return this.#excused
  }

  /** Requests over HTTP/2 that were refused before anybody looked at them. */
  get refused(): number {
    return this.#refused
  }

  /** By kind. */
  get answered(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#answered)
  }

  get total(): number {
    return [...this.#answered.values()].reduce((sum, count) => sum + count, 0)
  }

  /** Answers of quick requests in the next while, as `<path> <version> <container>`. */
  async observe(ms = 500): Promise<ReadonlySet<string>> {
    this.#seen = new Set()
    await delay(ms)
    return this.#seen
  }

  /** What began before `event` is over may be cut, if it is of these kinds. */
  async excusing<T>(kinds: RegExp, event: () => Promise<T>): Promise<T> {
    const excuse = { kinds, endedAt: Number.POSITIVE_INFINITY }
    this.#excuse = excuse
    try {
      return await event()
    } finally {
      excuse.endedAt = performance.now()
    }
  }

  #repeat(kind: string, exchange: () => Promise<unknown>): void {
    const client = async (): Promise<void> => {
      while (!this.#isEnding) {
        await this.#attempt(kind, exchange)
        await delay(PAUSE_MS)
      }
    }
    this.#clients.push(client())
  }

  async #attempt(kind: string, exchange: () => Promise<unknown>, beganAt = performance.now()): Promise<boolean> {
    try {
      await exchange()
      this.#answered.set(kind, (this.#answered.get(kind) ?? 0) + 1)
      return true
    } catch (error) {
      const [cause, endedAt] = [String(error instanceof Error ? error.message : error), performance.now()]
      const failure = { kind, during: this.#during, beganAt, endedAt, cause }
      const isExcused = this.#excuse?.kinds.test(kind) === true && beganAt <= this.#excuse.endedAt
      ;(isExcused ? this.#excused : this.#failures).push(failure)
      return false
    }
  }

  async #seeing(question: Question, ask: (question: Question) => Promise<Answer>): Promise<void> {
    const seen = this.#seen
    const { version, id } = await ask(question)
    if (question.path.endsWith('/')) seen.add(`${question.path} ${version} ${id}`)
  }

  /** A session at a time, with several requests under way; one that is told to go away takes no more, and the next one is opened. */
  #startHttp2(): void {
    let session: ClientHttp2Session | undefined
    const current = (): ClientHttp2Session => {
      if (session === undefined || session.closed || session.destroyed) session = this.#openSession()
      return session
    }
    const ask = (kind: string, clients: number, question: () => Question): void => {
      for (let client = 0; client < clients; client++)
        this.#repeat(kind, () => this.#seeing(question(), (asked) => this.#overHttp2(current, asked)))
    }
    ask('HTTP/2 GET', 2, () => ({ path: '/' }))
    ask('HTTP/2 POST', 1, () => ({ path: '/', method: 'POST', body: randomBytes(randomInt(BODY_BYTES)) }))
    ask('HTTP/2 GET, slow', 2, () => ({ path: '/slow' }))
    const ending = async (): Promise<void> => {
      while (!this.#isEnding) await delay(PAUSE_MS)
      session?.close()
    }
    this.#clients.push(ending())
  }

  /** RFC 9113, 8.7: what is refused in that way was not processed, and is sent again. */
  async #overHttp2(session: () => ClientHttp2Session, question: Question): Promise<Answer> {
    for (;;) {
      try {
        return await http2(session(), question)
      } catch (error) {
        if (!(error instanceof StreamRefused)) throw error
        this.#refused++
      }
    }
  }

  #openSession(): ClientHttp2Session {
    const { secureOrigin, trust } = this.#options
    const beganAt = performance.now()
    const session = connect(secureOrigin, { ...trust })
    session.on('error', (error) => void this.#attempt('HTTP/2 session', () => Promise.reject(error), beganAt))
    session.on('goaway', () => session.close())
    return session
  }

  /** One connection after another, each as long as that. */
  async #webSocketClient(kind: string, path: string, lastingMs: number): Promise<void> {
    const url = new URL(path, this.#options.origin.replace(/^http/, 'ws')).href
    while (!this.#isEnding) {
      let socket: WebSocket | undefined
      const beganAt = performance.now()
      await this.#attempt(`${kind}, opened`, async () => (socket = await openWebSocket(url)), beganAt)
      while (socket !== undefined && !this.#isEnding && performance.now() < beganAt + lastingMs) {
        const opened = socket
        if (!(await this.#attempt(kind, () => echo(opened), beganAt))) break
        await delay(ECHO_EVERY_MS)
      }
      socket?.close()
      await delay(PAUSE_MS)
    }
  }
}

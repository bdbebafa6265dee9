/**
 * A thin client of the Docker Engine API over `node:http`: one connection pool, the API version agreed with the engine, a time limit
 * on every call, failures as `RuntimeError`. It knows no endpoint of the API; `docker-runtime.ts` does.
 * https://docs.docker.com/reference/api/engine/
 */
import type { ClientRequest, IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Clock } from '../../kit/clock.ts'
import { http } from '../../kit/node.ts'
import { RuntimeError } from '../runtime.ts'
import type { EngineEndpoint } from './engine-endpoint.ts'
import { errorOfAnswer, errorOfConnection } from './engine-error.ts'
import type { VersionAnswer } from './engine-types.ts'

/** The API version this client is written against. A newer engine speaks it too; an older one is met at its own. */
const WRITTEN_FOR = '1.44'
/** Docker 17.06: older engines cannot tell the digest that a registry has for an image. */
const MINIMUM_API_VERSION = '1.30'

const NEGOTIATION_TIMEOUT_MS = 30_000
/** Idle connections kept for the next call. */
const IDLE_CONNECTIONS = 8
const ANSWER_BYTES = 64 * 1024 * 1024

export interface EngineCall {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** Without the version, e.g. `/containers/json`. */
  readonly path: string
  /** Members that are undefined are left out. */
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON. */
  readonly body?: unknown
  /** Until the whole answer is there; of a stream, until it begins. */
  readonly timeoutMs: number
}

interface Destroyable {
  destroy(error: Error): unknown
}

export class EngineApi {
  readonly #endpoint: EngineEndpoint
  readonly #clock: Clock
  readonly #connections = new http.Agent({ keepAlive: true, maxFreeSockets: IDLE_CONNECTIONS })
  #version: Promise<string> | undefined

  constructor(endpoint: EngineEndpoint, clock: Clock) {
    this.#endpoint = endpoint
    this.#clock = clock
  }

  /** Makes the call and resolves with its JSON answer, undefined if that is empty. */
  async call<T>(call: EngineCall): Promise<T> {
    const { path, deadline } = await this.#prepare(call)
    return this.#exchange<T>(call, path, deadline)
  }

  /** Makes a call whose answer is a stream. The caller reads it to its end or destroys it. */
  async stream(call: EngineCall): Promise<IncomingMessage> {
    const { path, deadline } = await this.#prepare(call)
    return this.#open(call, path, deadline)
  }

  /**
   * Makes a call after which the connection is the caller's, to speak over it what the call has asked for. An engine that takes the call and
   * keeps the connection is refused.
   */
  async hijack(call: EngineCall): Promise<Duplex> {
    const { path, deadline } = await this.#prepare(call)
    const request = this.#request({ ...call, headers: { Connection: 'Upgrade', Upgrade: 'tcp' } }, path)
    const answer = await this.#limit(request, call, deadline, () => {
      const answered = connectionOf(request)
      request.end(bodyOf(call))
      return answered
    })
    if (!('statusCode' in answer)) return answer as Duplex
    throw errorOfAnswer(answer.statusCode ?? 0, await this.#read(answer, call, deadline))
  }

  /** The version of the API that is spoken, agreed on at the first call. */
  apiVersion(): Promise<string> {
    this.#version ??= this.#negotiate()
    return this.#version
  }

  close(): void {
    this.#connections.destroy()
  }

  async #prepare(call: EngineCall): Promise<{ path: string; deadline: number }> {
    const deadline = this.#clock.monotonic() + call.timeoutMs
    return { path: `/v${await this.apiVersion()}${call.path}${queryText(call.query)}`, deadline }
  }

  async #negotiate(): Promise<string> {
    try {
      const call = { method: 'GET', path: '/version', timeoutMs: NEGOTIATION_TIMEOUT_MS } as const
      const answer = await this.#exchange<VersionAnswer>(call, call.path, this.#clock.monotonic() + call.timeoutMs)
      return agreedVersion(answer)
    } catch (error) {
      this.#version = undefined
      throw error
    }
  }

  async #exchange<T>(call: EngineCall, path: string, deadline: number): Promise<T> {
    const response = await this.#open(call, path, deadline)
    return parseAnswer<T>(await this.#read(response, call, deadline))
  }

  /** Resolves when an answer of success begins; an answer of failure is read and thrown. */
  async #open(call: EngineCall, path: string, deadline: number): Promise<IncomingMessage> {
    const request = this.#request(call, path)
    const response = await this.#limit(request, call, deadline, () => {
      const answered = answerOf(request)
      request.end(bodyOf(call))
      return answered
    })
    const status = response.statusCode ?? 0
    // 304: the container already is in the state that the call asks for.
    if ((status >= 200 && status < 300) || status === 304) return response
    throw errorOfAnswer(status, await this.#read(response, call, deadline))
  }

  #request(call: EngineCall, path: string): ClientRequest {
    const body = bodyOf(call)
    return http.request({
      ...this.#endpoint.target,
      agent: this.#connections,
      method: call.method,
      path,
      headers: {
        Host: 'docker',
        ...call.headers,
        ...(body === undefined
          ? { 'Content-Length': 0 }
          : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }),
      },
    })
  }

  #read(response: IncomingMessage, call: EngineCall, deadline: number): Promise<string> {
    return this.#limit(response, call, deadline, () => readText(response))
  }

  /** Runs one part of a call; whatever ends it, it ends with the call's time. */
  async #limit<T>(exchange: Destroyable, call: EngineCall, deadline: number, part: () => Promise<T>): Promise<T> {
    const timer = this.#clock.setTimer(Math.max(0, deadline - this.#clock.monotonic()), () =>
      exchange.destroy(
        new RuntimeError('timeout', `no answer to ${call.method} ${call.path} within ${call.timeoutMs} ms`),
      ),
    )
    try {
      return await part()
    } catch (error) {
      throw errorOfConnection(this.#endpoint, error as NodeJS.ErrnoException)
    } finally {
      timer.cancel()
    }
  }
}

const bodyOf = ({ body }: EngineCall): string | undefined => (body === undefined ? undefined : JSON.stringify(body))

/** The connection, or an answer that is none. */
const connectionOf = (request: ClientRequest): Promise<Duplex | IncomingMessage> =>
  new Promise((resolve, reject) => {
    request.once('upgrade', (_response, connection: Duplex, head: Buffer) => {
      if (head.length > 0) connection.unshift(head)
      resolve(connection)
    })
    request.once('response', resolve)
    request.on('error', reject)
  })

const answerOf = (request: ClientRequest): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    request.once('response', resolve)
    // Stays for the whole life of the request: an error after the answer began is the stream's to report.
    request.on('error', reject)
  })

const readText = async (response: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes > ANSWER_BYTES) throw new RuntimeError('refused', `an answer of more than ${ANSWER_BYTES} bytes`)
  }
  return Buffer.concat(chunks).toString('utf8')
}

const parseAnswer = <T>(text: string): T => {
  if (text.trim() === '') return undefined as T
  try {
    return JSON.parse(text) as T
  } catch {
    throw new RuntimeError('refused', `the Docker Engine's answer is no JSON: ${text.slice(0, 200)}`)
  }
}

const queryText = (query: EngineCall['query'] = {}): string => {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) if (value !== undefined) parameters.set(name, String(value))
  return parameters.size === 0 ? '' : `?${parameters.toString()}`
}

/** Negative, zero or positive, as `a` is older than, the same as or newer than `b`. */
export const compareVersions = (a: string, b: string): number => {
  const [majorA = 0, minorA = 0] = a.split('.').map(Number)
  const [majorB = 0, minorB = 0] = b.split('.').map(Number)
  return majorA - majorB || minorA - minorB
}

/** The version to speak with an engine: ours, or its newest if that is older, but never below its oldest. */
export const agreedVersion = ({ ApiVersion, MinAPIVersion }: VersionAnswer): string => {
  if (compareVersions(ApiVersion, MINIMUM_API_VERSION) < 0) {
    throw new RuntimeError(
      'refused',
      `the Docker Engine speaks API version ${ApiVersion}; at least ${MINIMUM_API_VERSION} is needed`,
    )
  }
  const version = compareVersions(ApiVersion, WRITTEN_FOR) < 0 ? ApiVersion : WRITTEN_FOR
  return MinAPIVersion !== undefined && compareVersions(MinAPIVersion, version) > 0 ? MinAPIVersion : version
}

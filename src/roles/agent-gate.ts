/** The door for agents' websockets: which of the two services a path means, and whose key signed the request. */
import { Buffer } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { AcsServer } from '../agentlink/acs-server.ts'
import type { Caller } from '../agentlink/session-server.ts'
import type { TcsServer } from '../agentlink/tcs-server.ts'
import type { Clock } from '../kit/clock.ts'
import type { Log } from '../kit/log.ts'
import { http } from '../kit/node.ts'
import type { Authenticator } from '../wire/authentication.ts'
import { SignatureError } from '../wire/signature-fault.ts'

export interface AgentGateOptions {
  readonly authenticator: Authenticator
  readonly clock: Clock
  readonly log: Log
  readonly isDev: boolean
  readonly acs: AcsServer
  readonly tcs: TcsServer
}

const SIGNING_NAME = 'ecs'

export class AgentGate {
  readonly #options: AgentGateOptions

  constructor(options: AgentGateOptions) {
    this.#options = options
  }

  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { acs, tcs } = this.#options
    const path = (request.url ?? '/').split('?', 1)[0]
    const server = path === '/acs/ws' ? acs : path === '/tcs/ws' ? tcs : undefined
    if (server === undefined) return refuse(socket, 404, { message: `There is no websocket at ${path}.` })
    try {
      server.handleUpgrade(request, socket, head, this.#callerOf(request))
    } catch (error) {
      if (!(error instanceof SignatureError)) throw error
      refuse(socket, 403, { AccessDeniedException: error.message })
    }
  }

  /** Undefined in `--dev` mode, where anyone may be anyone. */
  #callerOf(request: IncomingMessage): Caller | undefined {
    const { authenticator, clock, isDev } = this.#options
    const signed = { method: 'GET', url: request.url ?? '/', headers: request.headers, body: Buffer.alloc(0) }
    const { principal } = authenticator.identify(signed, SIGNING_NAME, clock.now())
    return isDev ? undefined : { account: principal.account }
  }
}

const refuse = (socket: Duplex, status: number, body: object): void => {
  const text = JSON.stringify(body)
  socket.on('error', () => socket.destroy())
  socket.end(
    `HTTP/1.1 ${status} ${http.STATUS_CODES[status]}\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${Buffer.byteLength(text)}\r\nConnection: close\r\n\r\n${text}`,
  )
}

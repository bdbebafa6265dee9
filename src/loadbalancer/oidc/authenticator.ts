/**
 * The server behind HAProxy that logs users in, on a unix socket that nobody else reaches. No request that it gets goes on to a target: it
 * answers all of them.
 */
import { rmSync } from 'node:fs'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { http } from '../../kit/node.ts'
import type { Log } from '../../kit/log.ts'
import { LISTENER_HEADER, REASON_HEADER, RULE_HEADER } from '../configuration/oidc.ts'
import { errorPage, SERVER } from '../configuration/pages.ts'
import type { Login, LoginAnswer, LoginRequest } from './login.ts'

/** More than HAProxy lets through. */
const LARGEST_HEADERS_BYTES = 64 * 1024

export class AuthenticatorServer {
  readonly #login: Login
  readonly #log: Log
  readonly #server: Server

  constructor(login: Login, log: Log) {
    this.#login = login
    this.#log = log
    const options = { maxHeaderSize: LARGEST_HEADERS_BYTES, requireHostHeader: false }
    this.#server = http.createServer(options, (request, response) => {
      void this.#answer(request, response)
    })
    // HAProxy chooses by itself how long it keeps a connection.
    this.#server.keepAliveTimeout = 0
  }

  async listen(socketPath: string): Promise<void> {
    rmSync(socketPath, { force: true })
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(socketPath, resolve)
    })
  }

  async close(): Promise<void> {
    await new Promise((resolve) => {
      this.#server.close(resolve)
      this.#server.closeAllConnections()
    })
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      send(response, await this.#login.answer(loginRequest(request)))
    } catch (error) {
      this.#log.error('a request for a login failed', { error })
      send(response, { status: 500, reason: 'AuthUnhandledException' })
    }
  }
}

const loginRequest = ({ url = '/', headers }: IncomingMessage): LoginRequest => ({
  listener: one(headers[LISTENER_HEADER]),
  rule: headers[RULE_HEADER] === undefined ? undefined : one(headers[RULE_HEADER]),
  host: headers.host ?? '',
  url,
  cookies: headers.cookie ?? '',
})

const one = (header: string | readonly string[] | undefined): string => [header].flat()[0] ?? ''

const send = (response: ServerResponse, { status, location, cookies = [], reason }: LoginAnswer): void => {
  const page = errorPage(status)
  response.writeHead(status, {
    server: SERVER,
    'content-type': 'text/html',
    'content-length': page.length,
    'cache-control': 'no-store',
    ...(location !== undefined && { location }),
    ...(cookies.length > 0 && { 'set-cookie': [...cookies] }),
    ...(reason !== undefined && { [REASON_HEADER]: reason }),
  })
  response.end(page)
}

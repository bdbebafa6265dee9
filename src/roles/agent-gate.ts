/**
 * The door for agents' websockets: which of the two services a path means, whose key signed the request, and whether the policies of its
 * owner let it be the agent of the instance that it names. Whose instance that is, whoever lets it in looks at. Balancers come in by a door of
 * their own; data channels of ECS Exec come by here, too, but are let in by their tokens, elsewhere.
 */
import { Buffer } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { AcsServer } from '../agentlink/acs-server.ts'
import type { Opener } from '../agentlink/session-server.ts'
import type { TcsServer } from '../agentlink/tcs-server.ts'
import type { DataChannels } from '../controllers/exec/data-channels.ts'
import type { LoadBalancing } from '../controllers/load-balancing/load-balancing.ts'
import type { Clock } from '../kit/clock.ts'
import type { Ids } from '../kit/ids.ts'
import type { Log } from '../kit/log.ts'
import { http } from '../kit/node.ts'
import { on } from '../services/ecs/access.ts'
import type { Guard, NamedDemand } from '../services/operations.ts'
import type { ReadTables } from '../store/tables.ts'
import { AccessDenied } from '../wire/access-denied.ts'
import type { Authenticator } from '../wire/authentication.ts'
import type { Audit } from '../wire/gateway.ts'
import type { CallContext } from '../wire/service.ts'
import { SignatureError } from '../wire/signature-fault.ts'
import type { Caller } from '../wire/sigv4.ts'
import { BALANCER_ACTION } from './bootstrap.ts'
import { callContext, callerOf } from './call-context.ts'
import { leaveTrace } from './trace.ts'

export interface AgentGateOptions {
  readonly authenticator: Authenticator
  readonly guard: Guard
  readonly tables: ReadTables
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
  readonly audit: Audit | undefined
  readonly isDev: boolean
  readonly acs: AcsServer
  readonly tcs: TcsServer
  readonly dataChannels: DataChannels
  readonly loadBalancing: LoadBalancing
}

/** What opening a session takes, and where the query names the container instance. */
const DOORS = {
  '/acs/ws': { server: 'acs', name: 'Poll', instanceMember: 'containerInstanceArn' },
  '/tcs/ws': { server: 'tcs', name: 'StartTelemetrySession', instanceMember: 'containerInstance' },
} as const

type Door = (typeof DOORS)[keyof typeof DOORS]

const BALANCER_PATH = '/balancer/ws'
/** No action of AWS's: whoever may do it gets the private keys of certificates, so no policy that AWS has is to let anyone. */
const BALANCER_DEMAND: NamedDemand = { action: BALANCER_ACTION, resource: '*', context: {} }

interface Traced {
  caller: Caller | undefined
  error?: unknown
}

export class AgentGate {
  readonly #options: AgentGateOptions

  constructor(options: AgentGateOptions) {
    this.#options = options
  }

  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { dataChannels } = this.#options
    const sessionId = dataChannels.sessionOf(request)
    if (sessionId === undefined) this.#agentUpgrade(request, socket, head)
    else
      dataChannels.handleUpgrade(sessionId, request, socket, head, ({ status, message }) =>
        refuse(socket, status, { message }),
      )
  }

  #agentUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const path = (request.url ?? '/').split('?', 1)[0] ?? ''
    if (path === BALANCER_PATH) return this.#balancerUpgrade(request, socket, head)
    const door = Object.hasOwn(DOORS, path) ? DOORS[path as keyof typeof DOORS] : undefined
    if (door === undefined) return refuse(socket, 404, { message: `There is no websocket at ${path}.` })
    const traced = this.#letIn(request, socket, (caller) =>
      this.#options[door.server].handleUpgrade(request, socket, head, this.#openerOf(request, door, caller)),
    )
    const parameters = { containerInstance: instanceOf(request, door) }
    leaveTrace(this.#options, { ...traced, request, name: door.name, parameters })
  }

  #balancerUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const traced = this.#letIn(request, socket, (caller) => {
      const { clock, isDev, loadBalancing } = this.#options
      if (isDev) return loadBalancing.handleUpgrade(request, socket, head)
      const call = callContext(request, caller, this.#options)
      this.#check(call, BALANCER_DEMAND)
      const mayStay = (): boolean => this.#mayStay({ ...call, now: clock.now() }, BALANCER_DEMAND)
      return loadBalancing.handleUpgrade(request, socket, head, mayStay)
    })
    leaveTrace(this.#options, { ...traced, request, name: 'OpenBalancerSession', parameters: {} })
  }

  /** Opens, or refuses whoever may not come in. */
  #letIn(request: IncomingMessage, socket: Duplex, open: (caller: Caller) => void): Traced {
    const traced: Traced = { caller: undefined }
    try {
      open((traced.caller = callerOf(request, this.#options)))
    } catch (error) {
      if (!(error instanceof SignatureError || error instanceof AccessDenied)) throw error
      traced.error = error
      refuse(socket, 403, { AccessDeniedException: error.message })
    }
    return traced
  }

  /** Undefined in `--dev` mode, where anyone may be anyone. */
  #openerOf(request: IncomingMessage, door: Door, caller: Caller): Opener | undefined {
    const { clock, isDev, tables } = this.#options
    if (isDev) return undefined
    const call = callContext(request, caller, this.#options)
    const demand = { action: `ecs:${door.name}`, ...on(tables, instanceOf(request, door)) }
    this.#check(call, demand)
    return { caller: caller.principal, mayStay: () => this.#mayStay({ ...call, now: clock.now() }, demand) }
  }

  #check(call: CallContext, demand: NamedDemand): void {
    const { guard, tables } = this.#options
    if (guard.applies(call, true)) guard.check(tables, call, [demand])
  }

  /** A connection must not outlive the key, the session, the role or the policies that it was opened by. */
  #mayStay(call: CallContext, demand: NamedDemand): boolean {
    if (!this.#isGood(call)) return false
    try {
      this.#check(call, demand)
      return true
    } catch (error) {
      if (error instanceof SignatureError || error instanceof AccessDenied) return false
      throw error
    }
  }

  #isGood({ principal: { accessKeyId, session }, now }: CallContext): boolean {
    if (session !== undefined) return session.expiresAt > now
    return this.#options.tables.accessKeys.get(accessKeyId)?.status === 'Active'
  }
}

const instanceOf = ({ url = '/' }: IncomingMessage, { instanceMember }: Door): string =>
  new URL(url, 'http://agent').searchParams.get(instanceMember) ?? ''

const refuse = (socket: Duplex, status: number, body: object): void => {
  const text = JSON.stringify(body)
  socket.on('error', () => socket.destroy())
  socket.end(
    `HTTP/1.1 ${status} ${http.STATUS_CODES[status]}\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${Buffer.byteLength(text)}\r\nConnection: close\r\n\r\n${text}`,
  )
}

/**
 * Calls that no AWS API has: `GET`, with what is asked for in the query, answered with JSON whose times are milliseconds since the epoch.
 * They are signed, refused and on record as calls of the ECS API are.
 */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { Clock } from '../kit/clock.ts'
import type { Ids } from '../kit/ids.ts'
import type { Log } from '../kit/log.ts'
import { parseArn } from '../model/arn.ts'
import type { Guard, NamedDemand } from '../services/operations.ts'
import type { Store } from '../store/store.ts'
import { AccessDenied, accessDeniedFault } from '../wire/access-denied.ts'
import type { Authenticator } from '../wire/authentication.ts'
import { Fault } from '../wire/fault.ts'
import type { Audit } from '../wire/gateway.ts'
import { SignatureError, signatureFault } from '../wire/signature-fault.ts'
import type { Caller } from '../wire/sigv4.ts'
import { internalFailure, methodNotAllowed } from '../wire/wire-faults.ts'
import { callContext, callerOf } from './call-context.ts'
import { leaveTrace } from './trace.ts'

export interface OwnCallTools {
  readonly store: Store
  readonly authenticator: Authenticator
  readonly guard: Guard
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
  readonly audit: Audit | undefined
  /** What becomes of errors that are not faults. */
  readonly translate: (error: unknown) => Fault | undefined
}

export interface OwnCall<Asked> {
  readonly path: string
  /** As it is called in the audit trail. */
  readonly name: string
  /** What the query may name. */
  readonly parameters: ReadonlySet<string>
  /** Throws faults. */
  readonly read: (query: URLSearchParams, caller: Caller) => Asked
  /** AWS: reading data is no event of the trail, as calls that manage things are. Refusals are on record all the same. */
  readonly readsData?: boolean
  readonly demands: (asked: Asked) => readonly NamedDemand[]
  /** Throws faults. What it tells of the store is durable before anyone hears of it. */
  readonly answer: (asked: Asked, caller: Caller) => object | Promise<object>
}

export const ownCall =
  <Asked>(tools: OwnCallTools, call: OwnCall<Asked>): RequestListener =>
  (request, response) => {
    request.resume()
    answerTo(tools, call, request).then(
      (answer) => send(response, 200, answer),
      (error: unknown) => {
        const { code, message, status } = faultOf(error, call.path, tools)
        send(response, status, { __type: code, message })
      },
    )
  }

const answerTo = async <Asked>(
  tools: OwnCallTools,
  call: OwnCall<Asked>,
  request: IncomingMessage,
): Promise<object> => {
  if (request.method !== 'GET') throw methodNotAllowed(request.method ?? '')
  const { caller, asked } = admitted(tools, call, request)
  const answer = await call.answer(asked, caller)
  await tools.store.durable()
  return answer
}

/** Who asks for what, if he may know. */
const admitted = <Asked>(
  tools: OwnCallTools,
  { name, parameters, read, demands, readsData = false }: OwnCall<Asked>,
  request: IncomingMessage,
): { caller: Caller; asked: Asked } => {
  const traced: { caller: Caller | undefined; error?: unknown } = { caller: undefined }
  const query = queryOf(request)
  try {
    const caller = (traced.caller = callerOf(request, tools))
    const asked = read(query, caller)
    const call = callContext(request, caller, tools)
    const { guard, store } = tools
    if (guard.applies(call, true)) guard.check(store.tables, call, demands(asked))
    return { caller, asked }
  } catch (error) {
    traced.error = error
    throw error
  } finally {
    const named = Object.fromEntries([...query].filter(([parameter]) => parameters.has(parameter)))
    if (!readsData || traced.error !== undefined) leaveTrace(tools, { ...traced, request, name, parameters: named })
  }
}

/** Only the path and query count: a request line may hold a whole URL. */
const queryOf = ({ url = '/' }: IncomingMessage): URLSearchParams =>
  new URLSearchParams(url.includes('?') ? url.slice(url.indexOf('?') + 1) : '')

/** Whether a resource is the caller's account's, in the region that the call was signed for. */
export const isCallersOwn = (arn: string, { principal, region }: Caller): boolean => {
  const parsed = parseArn(arn)
  return parsed?.account === principal.account && parsed.region === region
}

const faultOf = (error: unknown, path: string, { translate, ids, log }: OwnCallTools): Fault => {
  if (error instanceof Fault) return error
  if (error instanceof SignatureError) return signatureFault(error, 'json')
  if (error instanceof AccessDenied) return accessDeniedFault(error, 'json')
  const fault = translate(error)
  if (fault !== undefined) return fault
  const requestId = ids.uuid()
  log.error('request failed', { requestId, path, error: String(error) })
  return internalFailure(requestId)
}

const send = (response: ServerResponse, status: number, body: object): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`)
}

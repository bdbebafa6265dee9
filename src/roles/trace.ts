/** Traces in the audit trail of what comes another way than through the gateway: agents' websockets, and explanations of services. */
import { Buffer } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import type { Clock } from '../kit/clock.ts'
import type { Ids } from '../kit/ids.ts'
import { AccessDenied } from '../wire/access-denied.ts'
import { auditEventOf } from '../wire/audit/audit-event-of.ts'
import { Fault } from '../wire/fault.ts'
import type { Audit } from '../wire/gateway.ts'
import type { StructureShape } from '../wire/schema.ts'
import type { Caller } from '../wire/sigv4.ts'

export interface Traced {
  readonly request: IncomingMessage
  /** As an event is named, e.g. `Poll`. */
  readonly name: string
  /** ECS unless given. */
  readonly service?: string
  /** What was asked for, by the names that the service has for it. */
  readonly parameters: Readonly<Record<string, unknown>>
  /** Absent if the caller could not be made certain of. */
  readonly caller: Caller | undefined
  /** Why it was refused. */
  readonly error?: unknown
}

export interface TraceTools {
  readonly audit: Audit | undefined
  readonly clock: Clock
  readonly ids: Ids
}

export const leaveTrace = ({ audit, clock, ids }: TraceTools, traced: Traced): void => {
  const { request, name, service = 'ecs', parameters, caller, error } = traced
  const { method = 'GET', url = '/', headers, socket } = request
  audit?.sink.append(
    auditEventOf({
      request: { method, url, headers, body: Buffer.alloc(0), sourceIp: socket.remoteAddress ?? '' },
      requestId: ids.uuid(),
      eventId: ids.uuid(),
      arrivedAt: clock.now(),
      service,
      operation: { name, input: shapeOf(parameters), output: shapeOf({}) },
      caller,
      input: parameters,
      output: undefined,
      fault: faultOf(error),
      home: audit.home,
    }),
  )
}

const shapeOf = (parameters: Readonly<Record<string, unknown>>): StructureShape => ({
  kind: 'structure',
  name: 'Parameters',
  union: false,
  members: Object.keys(parameters).map((name) => ({ name, shape: { kind: 'document' }, required: false, traits: {} })),
})

const faultOf = (error: unknown): { readonly code: string; readonly message: string } | undefined => {
  if (error === undefined) return undefined
  if (error instanceof Fault) return { code: error.code, message: error.message }
  const message = error instanceof Error ? error.message : ''
  return { code: error instanceof AccessDenied ? 'AccessDeniedException' : 'UnrecognizedClientException', message }
}

/** The faults of the wire itself: what no service models, in the codes that each family of protocols has for it. */
import { Fault } from './fault.ts'
import type { Claim } from './protocol.ts'

/** Families of protocols, by how they word the faults that no service models. */
export type FaultStyle = 'json' | 'query' | 'ec2'

/** Names what was asked for and what there is. */
export const unknownOperation = (claim: Claim, style: FaultStyle, services: readonly string[]): Fault => {
  const asked = [claim.address, claim.operation].filter((part) => part !== '').join('.') || 'nothing'
  return new Fault({
    code: style === 'json' ? 'UnknownOperationException' : 'InvalidAction',
    message: `The request asks for ${asked}, which is no operation of the services that Longshore has: ${services.join(', ')}.`,
  })
}

export const missingAction = (): Fault =>
  new Fault({
    code: 'MissingAction',
    message: 'The request names no operation: it has neither an X-Amz-Target header nor an Action field.',
  })

export const notImplemented = (service: string, operation: string): Fault =>
  new Fault({
    code: 'NotImplemented',
    message: `${service}:${operation} is not implemented by this version of Longshore. See docs/coverage.md for what is.`,
    side: 'server',
    status: 501,
  })

export const bodyTooLarge = (limit: number): Fault =>
  new Fault({
    code: 'RequestEntityTooLargeException',
    message: `The request body is larger than ${limit} bytes.`,
    status: 413,
  })

export const noSuchPath = (path: string): Fault =>
  new Fault({ code: 'UnknownOperationException', message: `Nothing is served at ${path.slice(0, 128)}.`, status: 404 })

export const methodNotAllowed = (method: string): Fault =>
  new Fault({ code: 'MethodNotAllowed', message: `The method ${method} is not allowed here.`, status: 405 })

export const internalFailure = (requestId: string): Fault =>
  new Fault({
    code: 'InternalFailure',
    message: `An internal error occurred. The log has the details under request id ${requestId}.`,
    side: 'server',
  })

/** Codes that every AWS service may answer with, whatever it models. */
export const COMMON_CODES: ReadonlySet<string> = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'InternalFailure',
  'InvalidParameterCombination',
  'InvalidParameterValue',
  'MissingParameter',
  'NotImplemented',
  'OptInRequired',
  'SerializationException',
  'ServiceUnavailable',
  'ThrottlingException',
  'ValidationError',
  'ValidationException',
  'MalformedInput',
])

/**
 * What an AWS protocol is to the gateway: it recognises its requests, and for each service makes a codec that turns bytes into
 * input and output into bytes. One file per protocol implements this; the gateway knows none of them by name.
 */
import type { Fault } from './fault.ts'
import type { ErrorShape, OperationShape } from './schema.ts'
import type { ProtocolName, ServiceAddress, ServiceDefinition } from './service.ts'
import type { FaultStyle } from './wire-faults.ts'

/** Header names in lower case; a header that came more than once is a list. */
export type RequestHeaders = Readonly<Record<string, string | readonly string[] | undefined>>

export interface WireRequest {
  readonly method: string
  /** Path and query as sent. */
  readonly url: string
  readonly headers: RequestHeaders
  readonly body: Buffer
  readonly sourceIp: string
  /** It came by TLS. */
  readonly isSecureTransport?: boolean
}

export interface WireResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  /** In the place of the body: what is sent as it comes. Whoever gets it must read it or end it (`return`). */
  readonly stream?: AsyncGenerator<Buffer, void, void>
}

/** What a request says about itself before anyone looked it up. */
export interface Claim {
  /** How this request's protocol is named. */
  readonly protocol: ProtocolName
  /** What tells services apart: the target prefix, or the API version. */
  readonly address: string
  /** Name of the operation as the client wrote it. */
  readonly operation: string
  /** The protocol's own view of the body, for its codec. */
  readonly content: unknown
}

export interface Protocol {
  readonly names: readonly ProtocolName[]
  /** Which codes faults of the wire itself carry. */
  readonly faultStyle: FaultStyle
  /** What the request asks for, or undefined if it is not of this protocol. */
  recognise(request: WireRequest): Claim | undefined
  /** Whether the claim is addressed to the service. */
  isFor(service: ServiceAddress, claim: Claim): boolean
  codec(service: ServiceDefinition, options: CodecOptions): Codec
  /** A fault as an answer, whether or not the service and the fault's model are known. */
  refuse(fault: Fault, context: RefusalContext): WireResponse
}

export interface RefusalContext {
  readonly requestId: string
  readonly shape: ErrorShape | undefined
  readonly claim: Claim | undefined
  readonly service: ServiceDefinition | undefined
}

export interface CodecOptions {
  /** Throw a `Bug` if an output has what the model does not know. For tests. */
  readonly isChecking: boolean
}

/** One service spoken in one protocol. */
export interface Codec {
  /** The input, with only what the model knows. Throws `Fault` if the request does not fit the model. */
  decode(operation: OperationShape, claim: Claim): object
  encode(operation: OperationShape, output: object, claim: Claim, requestId: string): WireResponse
}

/** One header's value; lists as HTTP joins them. */
export const headerOf = (headers: RequestHeaders, name: string): string | undefined => {
  const value = headers[name]
  return typeof value === 'object' ? value.join(',') : value
}

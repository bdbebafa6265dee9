/**
 * The way of every API call: an ordered list of steps over one exchange, the call itself, and the answer. What a step needs, the
 * ones before it have filled in. Sockets, body limits and timeouts are in `listener.ts`; what an operation does is its service's.
 */
import { Buffer } from 'node:buffer'
import { Bug } from '../kit/assert.ts'
import type { Clock } from '../kit/clock.ts'
import type { Ids } from '../kit/ids.ts'
import type { Log } from '../kit/log.ts'
import { AccessDenied, accessDeniedFault } from './access-denied.ts'
import type { AuditSink } from '../model/audit-event.ts'
import { REQUEST_BODY_BYTES } from '../model/limits.ts'
import { auditEventOf } from './audit/audit-event-of.ts'
import type { Authenticator, Home } from './authentication.ts'
import { checkOutput } from './check-output.ts'
import { Ec2QueryProtocol } from './ec2-query.ts'
import { Fault } from './fault.ts'
import { JsonProtocol } from './json.ts'
import { type Claim, headerOf, type Protocol, type WireRequest, type WireResponse } from './protocol.ts'
import { QueryProtocol } from './query.ts'
import { type Route, Router, ServedService } from './router.ts'
import type { ErrorShape } from './schema.ts'
import type { CallContext, LazyService, ServiceDefinition } from './service.ts'
import { SignatureError, signatureFault } from './signature-fault.ts'
import type { Caller } from './sigv4.ts'
import {
  COMMON_CODES,
  internalFailure,
  methodNotAllowed,
  missingAction,
  noSuchPath,
  notImplemented,
} from './wire-faults.ts'

export interface GatewayOptions {
  readonly services: readonly (ServiceDefinition | LazyService)[]
  readonly authenticator: Authenticator
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
  /** Faults for errors that the wire does not know, e.g. the store's; what gives undefined becomes `InternalFailure`. */
  readonly translate?: (error: unknown) => Fault | undefined
  /** Every call to an operation that there is leaves a trace here before it is answered. */
  readonly audit?: Audit
  /** Check each answer against its model: an answer in a shape that clients do not know becomes `InternalFailure`. For tests. */
  readonly isChecking?: boolean
}

export interface Audit {
  readonly sink: AuditSink
  /** Of calls whose account and region are not known. */
  readonly home: Home
}

/** One request on its way. Steps fill it from top to bottom. */
class Exchange {
  readonly request: WireRequest
  readonly requestId: string
  readonly arrivedAt: number
  readonly startedAt: number
  protocol: Protocol | undefined
  claim: Claim | undefined
  route: Route | undefined
  caller: Caller | undefined
  input: object | undefined
  output: object | undefined
  /** What it is answered with instead. */
  fault: Fault | undefined

  constructor(request: WireRequest, requestId: string, clock: Clock) {
    this.request = request
    this.requestId = requestId
    this.arrivedAt = clock.now()
    this.startedAt = clock.monotonic()
  }
}

/** Does its part and returns nothing, or answers early. What it has to wait for is awaited. */
type Step = (exchange: Exchange) => WireResponse | undefined | Promise<undefined>

export class Gateway {
  readonly #options: GatewayOptions
  readonly #protocols: readonly Protocol[] = [new JsonProtocol(), new QueryProtocol(), new Ec2QueryProtocol()]
  readonly #services: readonly ServedService[]
  readonly #router: Router

  constructor(options: GatewayOptions) {
    this.#options = options
    this.#services = options.services.map(
      (service) => new ServedService(service, this.#protocols, options.isChecking ?? false),
    )
    this.#router = new Router(this.#services)
  }

  /** The life of a request, in this order. */
  readonly #steps: readonly Step[] = [
    (exchange) => this.#greet(exchange),
    (exchange) => this.#recognise(exchange),
    (exchange) => this.#loadService(exchange),
    (exchange) => this.#findOperation(exchange),
    (exchange) => this.#identifyCaller(exchange),
    (exchange) => this.#requireHandler(exchange),
    (exchange) => this.#decode(exchange),
  ]

  /** Answers one request; never rejects. */
  async handle(request: WireRequest): Promise<WireResponse> {
    const exchange = new Exchange(request, this.#options.ids.uuid(), this.#options.clock)
    const response = await this.#answer(exchange)
    this.#tryToLeaveTrace(exchange)
    this.#logLine(exchange, response)
    return response
  }

  /** How many bytes the body of a request may have that is addressed to this target. */
  bodyBytes(target: string | undefined): number {
    const prefix = target?.split('.', 1)[0]
    const service = this.#services.find(({ address }) => prefix !== undefined && address.targetPrefix === prefix)
    return service?.address.bodyBytes ?? REQUEST_BODY_BYTES
  }

  /** The answer to a request that was refused before it could be read, e.g. because it is too large. */
  refuse(request: WireRequest, fault: Fault): WireResponse {
    const exchange = new Exchange(request, this.#options.ids.uuid(), this.#options.clock)
    exchange.protocol = this.#protocols[0]
    const response = this.#refusal(exchange, fault)
    this.#logLine(exchange, response)
    return response
  }

  async #answer(exchange: Exchange): Promise<WireResponse> {
    try {
      for (const step of this.#steps) {
        const early = step(exchange)
        if (early instanceof Promise) await early
        else if (early !== undefined) return early
      }
      return await this.#call(exchange)
    } catch (error) {
      return this.#refusal(exchange, error)
    }
  }

  #greet({ request, requestId }: Exchange): WireResponse | undefined {
    const { method, url } = request
    const path = url.split('?', 1)[0] ?? ''
    if (path !== '/' && path !== '') throw noSuchPath(path)
    if (method === 'POST' || url.includes('Action=')) return undefined
    if (method === 'GET' || method === 'HEAD') return this.#welcome(requestId)
    if (method === 'OPTIONS')
      return { status: 204, headers: { Allow: ALLOWED, 'x-amzn-RequestId': requestId }, body: Buffer.alloc(0) }
    throw methodNotAllowed(method)
  }

  #welcome(requestId: string): WireResponse {
    const names = this.#services.map(({ address }) => address.name).join(', ')
    const text =
      `This is Longshore: Amazon ECS that you run yourself.\nIt speaks the AWS APIs of: ${names}.\n` +
      'Point a client here, e.g.: aws --endpoint-url <this address> ecs list-clusters\n'
    return {
      status: 200,
      headers: { 'Content-Type': 'text/plain; charset=utf-8', 'x-amzn-RequestId': requestId },
      body: Buffer.from(text),
    }
  }

  /** A form may be of several protocols: it is of the first that a service so addressed speaks. */
  #recognise(exchange: Exchange): undefined {
    for (const protocol of this.#protocols) {
      const claim = protocol.recognise(exchange.request)
      if (claim === undefined) continue
      exchange.protocol ??= protocol
      exchange.claim ??= claim
      if (this.#router.candidates(protocol, claim).length === 0) continue
      exchange.protocol = protocol
      exchange.claim = claim
      return
    }
    if (exchange.claim === undefined) throw missingAction()
  }

  #loadService({ protocol, claim }: Exchange): undefined | Promise<undefined> {
    const missing = this.#router.candidates(known(protocol), known(claim)).filter(({ isLoaded }) => !isLoaded)
    return missing.length === 0
      ? undefined
      : Promise.all(missing.map((service) => service.load())).then(() => undefined)
  }

  #findOperation(exchange: Exchange): undefined {
    const { request, protocol, claim } = exchange
    exchange.route = this.#router.route(request, known(protocol), known(claim))
  }

  #identifyCaller(exchange: Exchange): undefined {
    const { request, route, arrivedAt } = exchange
    const { authenticator } = this.#options
    const { service, operation } = known(route)
    exchange.caller = service.definition.unsigned?.has(operation.name)
      ? authenticator.anonymous()
      : authenticator.identify(request, service.definition.name, arrivedAt)
  }

  #requireHandler({ route }: Exchange): undefined {
    const { service, operation } = known(route)
    if (!service.definition.operations.has(operation.name))
      throw notImplemented(service.definition.name, operation.name)
  }

  #decode(exchange: Exchange): undefined {
    const { codec, operation } = known(exchange.route)
    exchange.input = codec.decode(operation, known(exchange.claim))
  }

  async #call(exchange: Exchange): Promise<WireResponse> {
    const { codec, operation, service } = known(exchange.route)
    exchange.output = await service.definition.call(operation.name, known(exchange.input), contextOf(exchange))
    const response = codec.encode(operation, exchange.output, known(exchange.claim), exchange.requestId)
    return response.stream === undefined ? response : { ...response, stream: this.#watched(response.stream, exchange) }
  }

  /** Who reads it does not say why it broke off. */
  async *#watched(stream: NonNullable<WireResponse['stream']>, { requestId, route }: Exchange) {
    try {
      yield* stream
    } catch (error) {
      this.#options.log.error('an answer broke off', { requestId, operation: route?.operation.name, error })
      throw error
    }
  }

  #refusal(exchange: Exchange, error: unknown): WireResponse {
    const { requestId, claim, route } = exchange
    const protocol = exchange.protocol ?? this.#protocolOf(exchange.request)
    const fault = this.#faultOf(exchange, error, protocol)
    const shape = route?.service.model.errors.get(fault.code)
    exchange.fault = fault
    return protocol.refuse(withModelledStatus(fault, shape), {
      requestId,
      shape,
      claim,
      service: route?.service.definition,
    })
  }

  /** How to say no to a request that could not be recognised: as its content type would have it. */
  #protocolOf({ headers }: WireRequest): Protocol {
    const style = headerOf(headers, 'content-type')?.startsWith('application/x-www-form-urlencoded') ? 'query' : 'json'
    return known(this.#protocols.find(({ faultStyle }) => faultStyle === style))
  }

  #faultOf(exchange: Exchange, error: unknown, protocol: Protocol): Fault {
    if (error instanceof SignatureError) return signatureFault(error, protocol.faultStyle)
    if (error instanceof AccessDenied) return accessDeniedFault(error, protocol.faultStyle)
    const fault = error instanceof Fault ? error : this.#options.translate?.(error)
    const complaint = fault === undefined ? error : this.#complaintAbout(fault, exchange)
    if (fault !== undefined && complaint === undefined) return fault
    const { requestId, route } = exchange
    this.#options.log.error('request failed', { requestId, operation: route?.operation.name, error: complaint })
    return internalFailure(requestId)
  }

  /** What is wrong with a service's fault itself, if answers are checked. */
  #complaintAbout(fault: Fault, { route, input }: Exchange): unknown {
    if (this.#options.isChecking !== true || route === undefined || input === undefined) return undefined
    const shape = route.service.model.errors.get(fault.code)
    if (shape === undefined) {
      return COMMON_CODES.has(fault.code) || route.service.definition.faults.codes?.has(fault.code)
        ? undefined
        : new Bug(`${route.operation.name} answers ${fault.code}, which is not modelled`)
    }
    try {
      checkOutput(shape.structure, fault.members, fault.code)
      return undefined
    } catch (error) {
      return error
    }
  }

  /** What cannot be written down was done all the same, and has its answer. */
  #tryToLeaveTrace(exchange: Exchange): void {
    try {
      this.#leaveTrace(exchange)
    } catch (error) {
      this.#options.log.error('a call left no trace', { requestId: exchange.requestId, error })
    }
  }

  #leaveTrace({ request, requestId, arrivedAt, route, caller, input, output, fault }: Exchange): void {
    const { audit, ids } = this.#options
    if (audit === undefined || route === undefined) return
    const { service, operation } = route
    if (service.definition.untraced?.has(operation.name)) return
    const [name, eventId] = [service.definition.name, ids.uuid()]
    const { home } = audit
    audit.sink.append(
      auditEventOf({
        request,
        requestId,
        eventId,
        arrivedAt,
        service: name,
        operation,
        caller,
        input,
        output,
        fault,
        home,
      }),
    )
  }

  #logLine(exchange: Exchange, { status }: WireResponse): void {
    const { requestId, request, claim, route, caller, fault, startedAt } = exchange
    this.#options.log.info('request', {
      requestId,
      service: route?.service.definition.name,
      operation: claim?.operation,
      status,
      code: fault?.code,
      durationMs: Math.round((this.#options.clock.monotonic() - startedAt) * 1000) / 1000,
      principal: caller?.principal.arn,
      sourceIp: request.sourceIp,
    })
  }
}

const ALLOWED = 'GET, HEAD, OPTIONS, POST'

const known = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Bug('a step of the gateway ran before what it needs')
  return value
}

const contextOf = ({ request, requestId, arrivedAt, caller }: Exchange): CallContext => {
  const { principal, region } = known(caller)
  const userAgent = headerOf(request.headers, 'user-agent') ?? ''
  const host = headerOf(request.headers, 'host')
  const invocationId = headerOf(request.headers, 'amz-sdk-invocation-id')
  return {
    requestId,
    account: principal.account,
    region,
    now: arrivedAt,
    principal,
    sourceIp: request.sourceIp,
    userAgent,
    isSecureTransport: request.isSecureTransport ?? false,
    ...(invocationId !== undefined && { invocationId }),
    ...(host !== undefined && { host }),
  }
}

/** The model's word on status and side counts for more than the handler's. */
const withModelledStatus = (fault: Fault, shape: ErrorShape | undefined): Fault => {
  if (shape === undefined) return fault
  const status = shape.status ?? (shape.side === fault.side ? fault.status : undefined)
  const { code, message, members } = fault
  return new Fault({ code, message, members, side: shape.side, ...(status === undefined ? {} : { status }) })
}

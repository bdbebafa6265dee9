/**
 * `GET /explain/service?cluster=<name or ARN>&service=<name or ARN>`: what the service scheduler thought when it last looked at a service,
 * as JSON with times in milliseconds since the epoch. No AWS API has it. It is signed, and refused, as calls of the ECS API are, and says
 * nothing that DescribeServices, DescribeTasks and DescribeContainerInstances would not let the caller find out.
 */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { PlanMemory, RememberedGroup, RememberedPlan } from '../controllers/service-scheduler/plan-memory.ts'
import { printPlan } from '../controllers/service-scheduler/plan/print-plan.ts'
import type { Clock } from '../kit/clock.ts'
import type { Ids } from '../kit/ids.ts'
import type { Log } from '../kit/log.ts'
import { clusterArn, isArn, parseArn, serviceArn } from '../model/arn.ts'
import type { ServiceRecord } from '../model/service-records.ts'
import { on } from '../services/ecs/access.ts'
import type { Guard } from '../services/operations.ts'
import type { Store } from '../store/store.ts'
import { AccessDenied, accessDeniedFault } from '../wire/access-denied.ts'
import type { Authenticator } from '../wire/authentication.ts'
import { Fault } from '../wire/fault.ts'
import { SignatureError, signatureFault } from '../wire/signature-fault.ts'
import type { Audit } from '../wire/gateway.ts'
import type { Caller } from '../wire/sigv4.ts'
import { internalFailure, methodNotAllowed } from '../wire/wire-faults.ts'
import { callContext, callerOf } from './call-context.ts'
import { leaveTrace } from './trace.ts'

export const EXPLAIN_SERVICE_PATH = '/explain/service'

export interface ServiceExplanation {
  readonly serviceArn: string
  /** The service has stood still with all its tasks running since then. */
  readonly steadySince?: number
  /** Absent when the scheduler has not looked since this server started. */
  readonly plan?: PrintedPlan
}

interface PrintedPlan extends RememberedPlan {
  readonly groups: readonly (RememberedGroup & { readonly printed: readonly string[] })[]
}

export interface ExplainServiceOptions {
  readonly store: Store
  readonly plans: PlanMemory
  readonly authenticator: Authenticator
  readonly guard: Guard
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
  readonly audit: Audit | undefined
  /** What becomes of errors that are not faults. */
  readonly translate: (error: unknown) => Fault | undefined
}

export const explainService =
  (options: ExplainServiceOptions): RequestListener =>
  (request, response) => {
    request.resume()
    explanationFor(options, request).then(
      (explanation) => answer(response, 200, explanation),
      (error: unknown) => refuse(response, faultOf(error, options)),
    )
  }

const explanationFor = async (
  options: ExplainServiceOptions,
  request: IncomingMessage,
): Promise<ServiceExplanation> => {
  const { store, plans } = options
  if (request.method !== 'GET') throw methodNotAllowed(request.method ?? '')
  const { caller, named } = admitted(options, request)
  const service = requireService(store, caller, named)
  const plan = plans.get(service.serviceArn)
  // What is told of the store must be durable, as in every answer.
  await store.durable()
  return {
    serviceArn: service.serviceArn,
    ...(service.steadySince === undefined ? {} : { steadySince: service.steadySince }),
    ...(plan === undefined ? {} : { plan: printed(plan) }),
  }
}

/** Who asks for what, if he may know. Either way it is on record. */
const admitted = (options: ExplainServiceOptions, request: IncomingMessage): { caller: Caller; named: Named } => {
  const traced: { caller: Caller | undefined; error?: unknown } = { caller: undefined }
  try {
    const caller = (traced.caller = callerOf(request, options))
    const named = namedIn(queryOf(request), caller)
    checkAllowed(options, request, caller, named.serviceArn)
    return { caller, named }
  } catch (error) {
    traced.error = error
    throw error
  } finally {
    const parameters = Object.fromEntries([...queryOf(request)].filter(([name]) => NAMES.has(name)))
    leaveTrace(options, { ...traced, request, name: 'ExplainService', parameters })
  }
}

/** What the query may name. */
const NAMES = new Set(['cluster', 'service'])

const printed = (plan: RememberedPlan): PrintedPlan => ({
  ...plan,
  groups: plan.groups.map((group) => ({ ...group, printed: printPlan(group.plan) })),
})

/** Only the path and query count: a request line may hold a whole URL. */
const queryOf = ({ url = '/' }: IncomingMessage): URLSearchParams =>
  new URLSearchParams(url.includes('?') ? url.slice(url.indexOf('?') + 1) : '')

type Named = Pick<ServiceRecord, 'clusterArn' | 'serviceArn'>

const namedIn = (query: URLSearchParams, { principal, region }: Caller): Named => {
  const cluster = query.get('cluster') ?? 'default'
  const service = query.get('service')
  if (!service) throw new Fault({ code: 'InvalidParameterException', message: 'The query must name a service.' })
  const ofCluster = isArn(cluster) ? cluster : clusterArn(region, principal.account, cluster)
  return { clusterArn: ofCluster, serviceArn: isArn(service) ? service : serviceArn(ofCluster, service) }
}

const checkAllowed = (options: ExplainServiceOptions, request: IncomingMessage, caller: Caller, arn: string): void => {
  const { guard, store } = options
  const call = callContext(request, caller, options)
  const demand = { action: 'ecs:DescribeServices', ...on(store.tables, arn) }
  if (guard.applies(call, true)) guard.check(store.tables, call, [demand])
}

const requireService = (store: Store, { principal, region }: Caller, named: Named): ServiceRecord => {
  const found = store.tables.services.get(named.serviceArn)
  if (found?.clusterArn === named.clusterArn && isAt(found.serviceArn, principal.account, region)) return found
  throw new Fault({ code: 'ServiceNotFoundException', message: 'Service not found.' })
}

const isAt = (arn: string, account: string, region: string): boolean => {
  const parsed = parseArn(arn)
  return parsed?.account === account && parsed.region === region
}

const faultOf = (error: unknown, { translate, ids, log }: ExplainServiceOptions): Fault => {
  if (error instanceof Fault) return error
  if (error instanceof SignatureError) return signatureFault(error, 'json')
  if (error instanceof AccessDenied) return accessDeniedFault(error, 'json')
  const fault = translate(error)
  if (fault !== undefined) return fault
  const requestId = ids.uuid()
  log.error('request failed', { requestId, path: EXPLAIN_SERVICE_PATH, error: String(error) })
  return internalFailure(requestId)
}

const refuse = (response: ServerResponse, { code, message, status }: Fault): void =>
  answer(response, status, { __type: code, message })

const answer = (response: ServerResponse, status: number, body: object): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`)
}

/**
 * `GET /explain/service?cluster=<name or ARN>&service=<name or ARN>`: what the service scheduler thought when it last looked at a service.
 * It says nothing that DescribeServices, DescribeTasks and DescribeContainerInstances would not let the caller find out.
 */
import type { RequestListener } from 'node:http'
import type { PlanMemory, RememberedGroup, RememberedPlan } from '../controllers/service-scheduler/plan-memory.ts'
import { printPlan } from '../controllers/service-scheduler/plan/print-plan.ts'
import { clusterArn, isArn, serviceArn } from '../model/arn.ts'
import type { ServiceRecord } from '../model/service-records.ts'
import { on } from '../services/ecs/access.ts'
import type { Store } from '../store/store.ts'
import { Fault } from '../wire/fault.ts'
import type { Caller } from '../wire/sigv4.ts'
import { isCallersOwn, ownCall, type OwnCallTools } from './own-call.ts'

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

export const explainService = (tools: OwnCallTools, plans: PlanMemory): RequestListener =>
  ownCall(tools, {
    path: EXPLAIN_SERVICE_PATH,
    name: 'ExplainService',
    parameters: new Set(['cluster', 'service']),
    read: namedIn,
    demands: (named) => [{ action: 'ecs:DescribeServices', ...on(tools.store.tables, named.serviceArn) }],
    answer: (named, caller) => explanationOf(requireService(tools.store, caller, named), plans),
  })

const explanationOf = ({ serviceArn: arn, steadySince }: ServiceRecord, plans: PlanMemory): ServiceExplanation => {
  const plan = plans.get(arn)
  return {
    serviceArn: arn,
    ...(steadySince === undefined ? {} : { steadySince }),
    ...(plan === undefined ? {} : { plan: printed(plan) }),
  }
}

const printed = (plan: RememberedPlan): PrintedPlan => ({
  ...plan,
  groups: plan.groups.map((group) => ({ ...group, printed: printPlan(group.plan) })),
})

type Named = Pick<ServiceRecord, 'clusterArn' | 'serviceArn'>

const namedIn = (query: URLSearchParams, { principal, region }: Caller): Named => {
  const cluster = query.get('cluster') ?? 'default'
  const service = query.get('service')
  if (!service) throw new Fault({ code: 'InvalidParameterException', message: 'The query must name a service.' })
  const ofCluster = isArn(cluster) ? cluster : clusterArn(region, principal.account, cluster)
  return { clusterArn: ofCluster, serviceArn: isArn(service) ? service : serviceArn(ofCluster, service) }
}

const requireService = (store: Store, caller: Caller, named: Named): ServiceRecord => {
  const found = store.tables.services.get(named.serviceArn)
  if (found?.clusterArn === named.clusterArn && isCallersOwn(found.serviceArn, caller)) return found
  throw new Fault({ code: 'ServiceNotFoundException', message: 'Service not found.' })
}

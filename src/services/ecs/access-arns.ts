/**
 * The ARNs that a request's names, ids and ARNs stand for, when it is to be decided whether the caller may do what it asks for. Nothing is
 * refused here: what makes no sense gives an ARN that no resource has, and the operation says what is wrong with it to whoever may call it.
 * What the operation would act upon always gives the ARN of just that.
 */
import {
  clusterArn,
  containerInstanceArn,
  isArn,
  parseArn,
  resourceId,
  serviceArn,
  taskArn,
  taskDefinitionFamilyArn,
  taskSetArn,
} from '../../model/arn.ts'
import type { EcsContext } from './context.ts'
import { ECS_NAME, latestActive } from './lookups.ts'

export const clusterNamed = ({ region, account }: EcsContext, nameOrArn = 'default'): string =>
  isArn(nameOrArn) ? nameOrArn : clusterArn(region, account, nameOrArn)

/** AWS: ARNs of the first format do not name the cluster: `task/<id>`, `service/<name>`. */
const nameWithoutCluster = (arn: string): string | undefined => {
  const [, name, ...rest] = parseArn(arn)?.resource.split('/') ?? []
  return rest.length === 0 ? name : undefined
}

const inCluster =
  (arnOf: (cluster: string, id: string) => string) =>
  (cluster: string, idOrArn: string): string => {
    const id = isArn(idOrArn) ? nameWithoutCluster(idOrArn) : idOrArn
    return id === undefined ? idOrArn : arnOf(cluster, id)
  }

export const serviceNamed = inCluster(serviceArn)

export const taskNamed = inCluster(taskArn)

export const containerInstanceNamed = (cluster: string, idOrArn: string): string =>
  isArn(idOrArn) ? idOrArn : containerInstanceArn(cluster, idOrArn)

export const taskSetNamed = (service: string, idOrArn: string): string =>
  isArn(idOrArn) ? idOrArn : taskSetArn(service, idOrArn)

/** Without a revision it is the latest ACTIVE one; `<family>:*` if there is none, as for a revision that is to be. */
export const taskDefinitionNamed = (context: EcsContext, identifier: string): string => {
  const own = taskDefinitionFamilyArn(context.region, context.account, '')
  const named = isArn(identifier) ? identifier : own + identifier
  if (resourceId(named).includes(':')) return named
  const family = named.startsWith(own) ? named.slice(own.length) : ''
  const latest = ECS_NAME.test(family) ? latestActive(context, family) : undefined
  return latest?.taskDefinitionArn ?? `${named}:*`
}

const OF_SERVICE = /:service-(?:deployment|revision)\/([^/]+\/[^/]+)\/.*$/

/** The service of a service deployment or service revision. */
export const serviceOfArn = (arn: string): string => arn.replace(OF_SERVICE, ':service/$1')

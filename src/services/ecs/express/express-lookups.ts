/** Finds the Express service that a request names by its ARN. */
import { isArn } from '../../../model/arn.ts'
import type { ServiceRecord } from '../../../model/service-records.ts'
import type { Demand } from '../../operations.ts'
import { ANY, on } from '../access.ts'
import type { EcsContext } from '../context.ts'
import { invalidParameter } from '../faults.ts'
import { requireCluster } from '../lookups.ts'
import { getService } from '../service-lookups.ts'
import { clusterArnOfService } from '../../../model/arn.ts'
import { type ExpressService, isExpress } from './describe.ts'

export interface NamesService {
  readonly serviceArn?: string | undefined
}

export const onExpressService = ({ serviceArn = ANY }: NamesService, context: EcsContext): readonly Demand[] => [
  on(context.tx, serviceArn),
]

/** Whatever its status; undefined if there is no service of that ARN. */
export const getExpressService = (context: EcsContext, { serviceArn }: NamesService): ExpressService | undefined => {
  if (!serviceArn) throw invalidParameter('Service ARN can not be blank.')
  const [, ...name] = serviceArn.slice(serviceArn.lastIndexOf(':') + 1).split('/')
  if (!isArn(serviceArn) || name.length !== 2)
    throw invalidParameter('serviceArn must be the ARN of a service, with the name of its cluster.')
  const service = getService(context, requireCluster(context, clusterArnOfService(serviceArn)), serviceArn)
  return service && expressOnly(service)
}

const expressOnly = (service: ServiceRecord): ExpressService => {
  if (isExpress(service)) return service
  throw invalidParameter('The specified service is not an Express service.')
}

/** Elastic Load Balancing: Application and Network Load Balancers, version 2015-12-01. Requests are led by balancers, not by this. */
import { sdkModel } from '../../wire/sdk-model.ts'
import type { ServiceDefinition } from '../../wire/service.ts'
import { ELBV2 } from '../addresses.ts'
import type { ServicesDeps } from '../deps.ts'
import { performer } from '../operations.ts'
import type { Elbv2OperationTable } from './context.ts'
import { listenerOperations } from './listener-operations.ts'
import { loadBalancerOperations } from './load-balancer-operations.ts'
import { missingMember } from './missing-member.ts'

const operations: Elbv2OperationTable = { ...loadBalancerOperations, ...listenerOperations }

export const elbv2Service = (deps: ServicesDeps): ServiceDefinition => {
  const { store, guard, ids, pageTokens, sealer, targetHealth, loadBalancing } = deps
  return {
    ...ELBV2,
    model: () => sdkModel('@aws-sdk/client-elastic-load-balancing-v2'),
    faults: { invalidInput: 'ValidationError', missingMember },
    numbers: {},
    operations: new Set(Object.keys(operations)),
    call: performer({
      store,
      service: ELBV2.name,
      table: operations,
      deps: { ids, pageTokens, sealer, targetHealth, loadBalancing },
      guard,
      isOpenToRoot: true,
    }),
  }
}

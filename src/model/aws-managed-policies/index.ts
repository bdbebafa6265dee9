/** AWS's own managed policies that setups with containers attach. They are data of the program, not rows of the store. */
import type { PolicyRecord } from '../iam-records.ts'
import { administrationPolicies } from './administration.ts'
import { containerRegistryPolicies } from './container-registry.ts'
import { containerServiceLinkedPolicies } from './container-service-linked.ts'
import { containerServiceRolePolicies } from './container-service-roles.ts'
import { containerServicePolicies } from './container-service.ts'
import { expressGatewayPolicies } from './express-gateway.ts'
import { loadBalancingPolicies } from './load-balancing.ts'
import { observationPolicies } from './observation.ts'
import { readOnlyAccessPolicies } from './read-only-access.ts'
import { secretsAndParametersPolicies } from './secrets-and-parameters.ts'

const byArn: ReadonlyMap<string, PolicyRecord> = new Map(
  [
    ...administrationPolicies,
    ...containerRegistryPolicies,
    ...containerServiceLinkedPolicies,
    ...containerServicePolicies,
    ...containerServiceRolePolicies,
    ...expressGatewayPolicies,
    ...loadBalancingPolicies,
    ...observationPolicies,
    ...readOnlyAccessPolicies,
    ...secretsAndParametersPolicies,
  ].map((policy) => [policy.arn, policy]),
)

/** The policy of an ARN like `arn:aws:iam::aws:policy/ReadOnlyAccess`, if it is one of AWS's own. */
export const awsManagedPolicy = (arn: string): PolicyRecord | undefined => byArn.get(arn)

export const awsManagedPolicies = (): Iterable<PolicyRecord> => byArn.values()

/**
 * SimulatePrincipalPolicy: what a user, group or role is allowed by its own policies, those of its groups and those of the request, less
 * those that the request excludes, within its permissions boundary or the one that the request puts in its place.
 */
import type { SimulatePrincipalPolicyRequest, SimulatePolicyResponse } from '@aws-sdk/client-iam'
import type { IamContext, IamOperation } from '../context.ts'
import { readDocument } from '../documents.ts'
import { requireEntity } from '../entities.ts'
import { ARN, check } from '../rules.ts'
import { exclusionsOf } from '../simulation/exclusions.ts'
import { boundaryOf, type HeldPolicy, identityPoliciesOf } from '../simulation/held-policies.ts'
import { onPolicySource } from '../simulation/policy-source.ts'
import { sceneOf } from '../simulation/request.ts'
import { simulate } from '../simulation/simulate.ts'
import {
  boundaryOfInput,
  policiesOfInput,
  type SimulatedPolicies,
  type SimulatedPolicy,
} from '../simulation/simulated-policies.ts'

export const simulatePrincipalPolicy: IamOperation<SimulatePrincipalPolicyRequest, SimulatePolicyResponse> = {
  access: onPolicySource,
  handle: (input, context) => {
    check(input, { PolicySourceArn: ARN })
    const scene = sceneOf(context, input, input.PolicySourceArn)
    return simulate(context, 'SimulatePrincipalPolicy', input, scene, policiesOf(context, input))
  },
}

const policiesOf = (context: IamContext, input: SimulatePrincipalPolicyRequest): SimulatedPolicies => {
  const entity = requireEntity(context, input.PolicySourceArn)
  const { isExcluded, isBoundaryExcluded } = exclusionsOf(input.PolicyExclusionList)
  const held = identityPoliciesOf(context, entity).filter((policy) => !isExcluded(policy))
  const ownBoundary = isBoundaryExcluded ? undefined : boundaryOf(context, entity)
  return {
    identity: [...held.map(simulated), ...policiesOfInput(input.PolicyInputList, 'PolicyInputList')],
    boundary: boundaryOfInput(input.PermissionsBoundaryPolicyInputList) ?? (ownBoundary && simulated(ownBoundary)),
  }
}

const simulated = ({ name, sourceType, document }: HeldPolicy): SimulatedPolicy => ({
  sourceId: name,
  sourceType,
  document: readDocument(document, 'identity'),
})

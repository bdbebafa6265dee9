/** SimulateCustomPolicy: what the policies of the request would allow if someone had them. */
import type { SimulateCustomPolicyRequest, SimulatePolicyResponse } from '@aws-sdk/client-iam'
import { onAnything } from '../access.ts'
import type { IamOperation } from '../context.ts'
import { sceneOf } from '../simulation/request.ts'
import { simulate } from '../simulation/simulate.ts'
import { boundaryOfInput, policiesOfInput, type SimulatedPolicies } from '../simulation/simulated-policies.ts'

export const simulateCustomPolicy: IamOperation<SimulateCustomPolicyRequest, SimulatePolicyResponse> = {
  access: onAnything,
  handle: (input, context) => {
    const scene = sceneOf(context, input)
    const policies = {
      identity: policiesOfInput(input.PolicyInputList, 'PolicyInputList'),
      boundary: boundaryOfInput(input.PermissionsBoundaryPolicyInputList),
      organization: organizationOf(input),
    }
    return simulate(context, 'SimulateCustomPolicy', input, scene, policies)
  },
}

const organizationOf = ({
  OrderedOrganizationPolicyInputList: levels,
}: SimulateCustomPolicyRequest): SimulatedPolicies['organization'] =>
  levels?.map(({ ServiceControlPolicyInputList: documents }, index) =>
    policiesOfInput(documents, `OrderedOrganizationPolicyInputList.${index + 1}.ServiceControlPolicyInputList`),
  )

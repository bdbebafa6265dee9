/** Which instances of a cluster a request's constraints admit, whatever they have left: ACTIVE, connected, with what the task needs. */
import type { ClusterCapacity } from './index/cluster-capacity.ts'
import type { InstanceState } from './index/instance-state.ts'
import type { View } from './index/view.ts'
import type { CompiledExpressions } from './query-language.ts'
import type { PlacementRequest } from './types.ts'

export type AdmissionRequest = Pick<
  PlacementRequest,
  'clusterArn' | 'requiredAttributes' | 'constraints' | 'capacityProviderName'
>

const ZONE = 'ecs.availability-zone'

/** Ids of the instances. Throws `ExpressionError` if a `memberOf` constraint cannot be read. */
export const admittedInstances = (
  cluster: ClusterCapacity,
  request: AdmissionRequest,
  expressions: CompiledExpressions,
): readonly string[] => {
  const view = viewOf(cluster, request, expressions)
  const ids: string[] = []
  for (const { size, slots } of view.cells)
    for (let position = 0; position < size; position++) ids.push(view.instanceAt(slots[position]!)!.containerInstanceId)
  return ids
}

/** The Availability Zones of the instances, in alphabetical order. */
export const admittedZones = (
  cluster: ClusterCapacity,
  request: AdmissionRequest,
  expressions: CompiledExpressions,
): readonly string[] => {
  const view = viewOf(cluster, request, expressions)
  const zones = view.cells.flatMap(({ size, slots }) => (size === 0 ? [] : (zoneOf(view.instanceAt(slots[0]!)) ?? [])))
  return zones.toSorted()
}

/** The view that spreading over zones uses, too. */
const viewOf = (cluster: ClusterCapacity, request: AdmissionRequest, expressions: CompiledExpressions): View => {
  const memberOf = request.constraints.flatMap((constraint) =>
    constraint.type === 'memberOf' ? [constraint.expression] : [],
  )
  return cluster.view(
    {
      capacityProviderName: request.capacityProviderName,
      requiredAttributes: request.requiredAttributes,
      expressions: memberOf.map((text) => expressions.get(text)),
      memberOf,
    },
    [ZONE],
  )
}

const zoneOf = (instance: InstanceState | undefined): string | undefined =>
  instance?.record?.attributes.find(({ name }) => name === ZONE)?.value

/** The attributes of a PutAttributes or DeleteAttributes call, by the container instances that they are meant for. */
import type { Attribute } from '@aws-sdk/client-ecs'
import { isArn } from '../../model/arn.ts'
import { ATTRIBUTES_PER_CALL } from '../../model/limits.ts'
import type { ClusterRecord, ContainerInstanceRecord } from '../../model/records.ts'
import { findContainerInstance } from './container-instance-lookups.ts'
import type { EcsContext } from './context.ts'
import { ecsEnums, oneOf } from './enums.ts'
import { invalidParameter, targetNotFound } from './faults.ts'
import { missing } from './missing-member.ts'

export interface AttributeTarget {
  readonly instance: ContainerInstanceRecord
  readonly attributes: readonly Attribute[]
}

/** The instances that are named, each once, in the order of their first attribute; all of them are registered. */
export const attributeTargets = (
  context: EcsContext,
  cluster: ClusterRecord,
  attributes: readonly Attribute[] | undefined,
): readonly AttributeTarget[] => {
  if (!attributes?.length) throw missing('attributes')
  if (attributes.length > ATTRIBUTES_PER_CALL)
    throw invalidParameter(`attributes can have at most ${ATTRIBUTES_PER_CALL} items.`)
  const byId = new Map<string, { instance: ContainerInstanceRecord; attributes: Attribute[] }>()
  for (const attribute of attributes) {
    const instance = requireTarget(context, cluster, attribute)
    const target = byId.get(instance.containerInstanceId)
    if (target === undefined) byId.set(instance.containerInstanceId, { instance, attributes: [attribute] })
    else target.attributes.push(attribute)
  }
  return [...byId.values()]
}

const requireTarget = (
  context: EcsContext,
  cluster: ClusterRecord,
  { targetId, targetType }: Attribute,
): ContainerInstanceRecord => {
  if (!targetId) throw invalidParameter('targetId cannot be empty.')
  if (targetType !== undefined) oneOf('attributes.targetType', targetType, ecsEnums.TargetType)
  else if (!isArn(targetId)) throw invalidParameter('targetType must be specified with the short form of a targetId.')
  const instance = findContainerInstance(context, cluster, targetId)
  if (instance === undefined || instance.status === 'INACTIVE')
    throw targetNotFound(`The specified target ${targetId} was not found.`)
  return instance
}

/** DeleteAttributes: takes custom attributes off container instances. One that is not there is left out of the answer. */
import type { Attribute, DeleteAttributesRequest, DeleteAttributesResponse } from '@aws-sdk/client-ecs'
import { containerInstanceArn } from '../../../model/arn.ts'
import { onAttributeTargets } from '../access.ts'
import { attributeTargets, type AttributeTarget } from '../attribute-targets.ts'
import { capacityProviderNameOf } from '../capacity-provider-instances.ts'
import { checkCustom, checkedAttributeName } from '../container-instance-attributes.ts'
import type { EcsContext, EcsOperation } from '../context.ts'
import { invalidParameter } from '../faults.ts'
import { requireCluster } from '../lookups.ts'

export const deleteAttributes: EcsOperation<DeleteAttributesRequest, DeleteAttributesResponse> = {
  access: onAttributeTargets,
  handle: (input, context) => {
    const targets = attributeTargets(context, requireCluster(context, input.cluster), input.attributes)
    return { attributes: targets.flatMap((target) => remove(context, target)) }
  },
}

const remove = (context: EcsContext, { instance, attributes: given }: AttributeTarget): Attribute[] => {
  const names = new Set(given.map(nameOf))
  const removed = instance.attributes.filter(({ name }) => names.has(name))
  if (removed.length === 0) return []
  const attributes = instance.attributes.filter(({ name }) => !names.has(name))
  context.tx.containerInstances.update(instance.containerInstanceId, {
    attributes,
    capacityProviderName: capacityProviderNameOf(context, context.tx.clusters.get(instance.clusterArn), { attributes }),
    version: instance.version + 1,
  })
  const targetId = containerInstanceArn(instance.clusterArn, instance.containerInstanceId)
  return removed.map((attribute) => ({ ...attribute, targetId }))
}

/** AWS: "specify the attribute name and target ID, but don't specify the value". */
const nameOf = ({ name, value }: Attribute): string => {
  if (value !== undefined) throw invalidParameter('Attribute value cannot be specified when deleting an attribute.')
  const checked = checkedAttributeName(name)
  checkCustom({ name: checked })
  return checked
}
